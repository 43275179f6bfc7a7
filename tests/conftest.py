"""What every test runs under: drawn examples are the same in every run, nothing touches the user's own state, and what
is the same for all of them, bytecode and the tape that ships, is made once."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from brokers.tapes.recording import SHIPPED, Recording, read
from cockpit import market

settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Let the processes of the tests leave bytecode behind, where Python does and git does not look, also when the
    machine says otherwise: without any, each of a hundred interpreters compiles the whole cockpit once more."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test state, configuration and runtime folders of its own."""
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.delenv("COCKPIT_CONFIG", raising=False)


@pytest.fixture(autouse=True, scope="session")
def _one_tape() -> Iterator[None]:
    """Hand the tape that ships to every session of this process as it was read and checked the first time."""
    shipped = cache(lambda: read(SHIPPED))

    def once(path: Path) -> Recording:
        return shipped() if path == SHIPPED else read(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(market, "read", once)
        yield
