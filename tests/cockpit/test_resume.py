"""A resume undoes the stop it was meant for and no later one."""

import asyncio
from pathlib import Path

import pytest

from cockpit.bootstrap import Built, build
from cockpit.paths import paths_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.risk import TradingState
from oms.lanes import EngineEnded
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
    await session.halt("ann", "first")

    resuming = asyncio.ensure_future(session.resume("bob"))
    await asyncio.sleep(0)  # the resume has been asked and not been decided
    session.halt("ann", "second")
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
    await session.halt("ann", "first")
    closed: list[bool] = []

    def stop_on_news(_record: ev.Record) -> None:
        session.halt("ann", "second")
        closed.append(session.latch.flag.is_set())

    session.bus.subscribe(stop_on_news, ev.TradingResumed)
    await session.resume("bob")
    await session.inbox.ask(do.PauseStrategy(actor="ann"))

    assert closed == [True]
    assert session.state.trading.state is TradingState.HALTED
    assert session.latch.flag.is_set()
    assert latch_file(tmp_path).exists()
    session.end("test", "done")
    await task


async def test_what_is_asked_of_an_engine_that_ends_is_refused_and_not_left_waiting(tmp_path: Path) -> None:
    built, task = await serving(tmp_path)
    session = built.session
    session.end("test", "done")

    with pytest.raises(EngineEnded):
        await session.inbox.ask(do.PauseStrategy(actor="ann"))
    await task
    with pytest.raises(EngineEnded):
        await session.inbox.ask(do.PauseStrategy(actor="ann"))
