"""A stop closes the gate at once, whoever waits for it; a resume undoes the stop it was meant for and no later one."""

import asyncio
from pathlib import Path

import pytest

from cockpit.bootstrap import Built, build
from cockpit.link import ACTOR
from cockpit.paths import paths_for
from cockpit.switch import StopStands
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import GATE
from oms.domain.risk import TradingState
from oms.journal.errors import JournalError
from tests.doubles.runs import settings_for


async def serving(folder: Path) -> tuple[Built, "asyncio.Task[None]"]:
    """Return a session that runs with its tape held."""
    settings = settings_for()
    built = await build(settings, paths_for(settings, folder, {}), speed="max")
    await built.session.start(built.market.history)
    built.session.pace.pause(paused=True)
    return built, asyncio.create_task(built.session.serve())


def latch_file(folder: Path) -> Path:
    """Return the account's latch."""
    return folder / "paper" / "sim" / "SIM-000001" / "HALTED"


async def test_a_stop_while_a_resume_is_committing_wins(tmp_path: Path) -> None:
    built, task = await serving(tmp_path)
    session = built.session
    await session.switch.halt("ann", "first")

    resuming = asyncio.ensure_future(session.switch.resume("bob"))
    await asyncio.sleep(0)  # the resume has been asked and not been decided
    session.switch.halt("ann", "second")
    records = await resuming

    assert [type(record.event).__name__ for record in records] == ["CommandRefused"]
    assert session.state.trading.state is TradingState.HALTED
    assert session.latch.flag.is_set()
    assert latch_file(tmp_path).read_text() == "ann: second"
    session.end("test", "done")
    await task


async def test_a_stop_that_comes_with_the_news_of_a_resume_keeps_the_latch_closed(tmp_path: Path) -> None:
    """The resume is already durable; between its news and the stop's own record nothing may leave."""
    built, task = await serving(tmp_path)
    session = built.session
    await session.switch.halt("ann", "first")
    closed: list[bool] = []

    def stop_on_news(_record: ev.Record) -> None:
        session.switch.halt("ann", "second")
        closed.append(session.latch.flag.is_set())

    session.bus.subscribe(stop_on_news, ev.TradingResumed)
    await session.switch.resume("bob")
    await session.inbox.ask(do.PauseStrategy(actor="ann"))

    assert closed == [True]
    assert session.state.trading.state is TradingState.HALTED
    assert session.latch.flag.is_set()
    assert latch_file(tmp_path).exists()
    session.end("test", "done")
    await task


async def test_the_gate_is_closed_before_anything_is_decided(tmp_path: Path) -> None:
    built, task = await serving(tmp_path)
    session = built.session
    stopped = session.switch.halt("ann", "enough")

    assert session.latch.flag.is_set()
    assert session.state.trading.halts == 0
    await stopped
    assert session.state.trading.halts == 1
    assert latch_file(tmp_path).read_text() == "ann: enough"
    session.end("test", "done")
    await task


async def test_what_the_limits_decide_closes_the_gate_too(tmp_path: Path) -> None:
    built, task = await serving(tmp_path)
    session = built.session
    await session.inbox.ask(do.HaltTrading(actor=GATE, reason="10% lost", cause="drawdown"))

    assert session.latch.flag.is_set()
    assert latch_file(tmp_path).read_text() == "drawdown: 10% lost"
    session.end("test", "done")
    await task


async def test_what_we_add_to_a_stop_of_somebody_is_no_stop_of_its_own(tmp_path: Path) -> None:
    built, task = await serving(tmp_path)
    session = built.session
    await session.switch.halt("ann", "enough")
    await session.switch.halt(ACTOR, "sim is lost")

    assert session.aftermath.stop is not None
    assert session.aftermath.stop.actor == "ann"
    session.end("test", "done")
    await task


async def test_while_something_says_stop_nobody_resumes(tmp_path: Path) -> None:
    built, task = await serving(tmp_path)
    session, stands = built.session, ["a file says stop"]
    session.switch.refuse_resume(lambda: stands[0])
    await session.switch.halt("ann", "enough")
    with pytest.raises(StopStands, match="a file says stop"):
        await session.switch.resume("ann")
    assert session.latch.flag.is_set()
    stands[0] = ""
    await session.switch.resume("ann")

    assert not session.latch.flag.is_set()
    assert not latch_file(tmp_path).exists()
    session.end("test", "done")
    await task


@pytest.mark.parametrize("held", [True, False])
async def test_a_resume_lets_the_tape_go_on_that_a_fault_held_and_not_one_that_somebody_held(
    tmp_path: Path, held: bool
) -> None:
    built, task = await serving(tmp_path)
    session = built.session
    session.pace.pause(paused=held)
    session.switch.stand_still()
    await session.switch.halt("ann", "enough")
    assert session.pace.paused
    await session.switch.resume("ann")

    assert session.pace.paused is held
    session.end("test", "done")
    await task


async def test_a_stop_whose_record_could_not_be_written_is_owed_and_no_other(tmp_path: Path) -> None:
    settings = settings_for()
    switch = (session := (await build(settings, paths_for(settings, tmp_path, {}), speed="max")).session).switch
    assert switch.lost() == ()
    stopped = switch.halt("ann", "enough")
    assert switch.lost() == (), "it is not decided yet"
    stopped.set_exception(JournalError("no space"))
    assert switch.lost() == (do.HaltTrading(actor="ann", reason="enough"),)
    switch.halt("bob", "again").set_result(())

    assert switch.lost() == ()
    assert isinstance(stopped.exception(), JournalError)
    await session.close()
