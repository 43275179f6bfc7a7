"""A stop, a flatten and a resume while something is wrong with the settings."""

import asyncio
import os
from pathlib import Path

import pytest

from cockpit.config import load
from cockpit.estop.doors import Doors
from cockpit.paths import Paths, paths_for
from oms.domain.risk import TradingState
from tests.doubles.command_line import CommandLine, Ran
from tests.doubles.running import Engine, running

WRONG = "[sim]\nslipage_bps = 1\n"
NO_TOML = "[risk\n"
WHICH = '[session]\nmode = "papr"\n'


async def beside(engine: Engine, cockpit: CommandLine, *arguments: str) -> Ran:
    """Run a verb beside a running engine, as another process would."""
    doors = Doors(engine.session, engine.paths, load(None, {}))
    await doors.open()
    try:
        return await asyncio.to_thread(cockpit, *arguments)
    finally:
        await doors.close()


def spell(path: Path, text: str) -> None:
    """Write a file of settings."""
    path.write_text(text)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings that is found."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv("COCKPIT_CONFIG", str(path))
    return path


@pytest.mark.parametrize("text", [WRONG, NO_TOML, WHICH, "session = 5", "[estop]\nfile = 7", "[session]\ncash = 0"])
async def test_an_engine_is_stopped_whatever_is_wrong_with_the_settings(
    cockpit: CommandLine, config: Path, text: str
) -> None:
    spell(config, text)

    async with running() as engine:
        ran = await beside(engine, cockpit, "stop", "--json")

        assert (ran.code, ran.data["state"]) == (0, "HALTED"), ran
        assert engine.session.state.trading.state is TradingState.HALTED
    assert str(config) in ran.envelope["warnings"][0]
    assert ran.envelope["mode"] == "paper"


@pytest.mark.parametrize("line", ["COCKPIT__RISK__MAX_POSITION__LIMT=1", "what is this"])
async def test_an_engine_is_stopped_whatever_is_wrong_in_the_environment(
    cockpit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """The state folder is named there too, before the line that says nothing."""
    monkeypatch.chdir(tmp_path)
    state = os.environ["COCKPIT_STATE"]

    async with running() as engine:
        monkeypatch.delenv("COCKPIT_STATE")
        spell(tmp_path / ".env", f"COCKPIT_STATE={state}\n{line}\n")
        ran = await beside(engine, cockpit, "stop", "--json")

        assert ran.code == 0, ran
        assert engine.session.state.trading.state is TradingState.HALTED


@pytest.mark.parametrize("name", ["nowhere.toml", "x" * 5_000])
async def test_an_engine_is_stopped_whatever_file_was_named(cockpit: CommandLine, name: str) -> None:
    async with running() as engine:
        ran = await beside(engine, cockpit, "stop", "--config", name, "--json")

        assert (ran.code, engine.session.state.trading.state) == (0, TradingState.HALTED)


async def test_a_flatten_and_a_resume_reach_the_engine_too(cockpit: CommandLine, config: Path) -> None:
    spell(config, WRONG)

    async with running() as engine:
        await beside(engine, cockpit, "stop")
        resumed = await beside(engine, cockpit, "resume", "--confirm", "RESUME", "--json")
        assert engine.session.state.trading.state is TradingState.ACTIVE
        await beside(engine, cockpit, "flatten", "--confirm", "FLATTEN", "--json")

        assert (resumed.code, resumed.data["state"]) == (0, "ACTIVE")
        assert [order.confirmed for order in engine.session.state.blotter.orders.values()][-1]


def test_without_an_engine_the_account_that_can_be_read_is_latched(
    cockpit: CommandLine, config: Path, paths: Paths
) -> None:
    spell(config, '[session]\naccount = "OTHER-1"\ncash = -1\n')

    assert cockpit("stop").code == 0

    assert (paths.state / "paper" / "sim" / "OTHER-1" / "HALTED").exists()
    assert not paths.halted.exists()


@pytest.mark.parametrize(
    ("verb", "done"),
    [(("stop",), "stopped"), (("flatten", "--confirm", "FLATTEN"), "flattened"), (("resume",), "resumed")],
)
@pytest.mark.parametrize("text", [NO_TOML, WHICH])
def test_where_nobody_can_tell_which_account_is_meant_it_says_that_nothing_was_done_and_what_would_do_it(
    cockpit: CommandLine, config: Path, paths: Paths, text: str, verb: tuple[str, ...], done: str
) -> None:
    spell(config, text)

    ran = cockpit(*verb, "--json")

    assert (ran.code, ran.error["code"]) == (3, "CONFIG")
    assert ran.error["message"].startswith(f"nothing was {done}: {config}: ")
    assert ran.error["message"].endswith(f"no engine runs under {paths.state}")
    assert f"touch '{paths.state / 'ESTOP'}'" in ran.error["hint"]
    assert "kill -USR1" in ran.error["hint"]


async def test_between_two_engines_nobody_guesses(
    cockpit: CommandLine, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spell(config, "")
    async with running() as first:
        monkeypatch.setenv("COCKPIT__SESSION__ACCOUNT", "SIM-000002")
        other = paths_for(load(None, dict(os.environ)), None, os.environ)
        doors = Doors(first.session, other, load(None, {}))
        other.account.mkdir(parents=True, mode=0o700)
        spell(other.account / "lock", "4711 here\n")
        await doors.open()
        monkeypatch.delenv("COCKPIT__SESSION__ACCOUNT")
        spell(config, NO_TOML)
        ran = await beside(first, cockpit, "stop", "--json")
        await doors.close()

        assert (ran.code, first.session.state.trading.state) == (3, TradingState.ACTIVE)
    assert "2 engines under" in ran.error["message"]
    assert f"paper/sim/SIM-000001 (process {os.getpid()}), paper/sim/SIM-000002 (process 4711)" in ran.error["message"]
