"""What an installation puts into everybody's site-packages."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_only_the_five_packages_are_installed(shipped: set[str]) -> None:
    """A package called `tests` or a file called `run.py` would get in the way of other projects."""
    roots = {name.split("/")[0] for name in shipped}

    assert {root for root in roots if not root.endswith(".dist-info")} == {
        "brokers",
        "cockpit",
        "oms",
        "risk",
        "strategies",
    }


def test_every_module_is_installed_but_the_maker_of_the_tape(shipped: set[str]) -> None:
    maker = "brokers/tapes/make_us_daily.py"
    packages = ("brokers", "cockpit", "oms", "risk", "strategies")
    modules = {path.relative_to(ROOT).as_posix() for package in packages for path in (ROOT / package).rglob("*.py")}

    assert maker in modules
    assert modules - shipped == {maker}


def test_the_recorded_prices_are_installed_with_their_license(shipped: set[str]) -> None:
    tapes = [name for name in shipped if name.endswith(".csv.gz")]
    licenses = {f"brokers/tapes/LICENSE-{Path(tape).name.removesuffix('.csv.gz')}.txt" for tape in tapes}

    assert tapes
    assert licenses <= shipped


def test_the_settings_that_are_installed_are_those_of_the_repository(shipped: set[str]) -> None:
    assert "cockpit/config_default.toml" in shipped
    assert (ROOT / "cockpit" / "config_default.toml").read_bytes() == (ROOT / "config.toml").read_bytes()
