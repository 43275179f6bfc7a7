"""The same tape, configuration and seed give the same events; a journal gives the same state."""

from pathlib import Path

import pytest

from cockpit.market import Bounds
from cockpit.modes import MODES
from cockpit.session import fold
from oms.chains import Chains
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify
from oms.state import State
from tests.doubles.runs import kinds, play

SIXTY = Bounds(bars=60)


async def test_two_runs_of_one_tape_have_one_trace(tmp_path: Path) -> None:
    first = await play(tmp_path / "a", SIXTY)
    second = await play(tmp_path / "b", SIXTY)

    assert first.trace == second.trace
    assert first.hash != second.hash, "the chain over stored bytes holds wall stamps, and no two runs share those"


async def test_another_seed_has_another_trace(tmp_path: Path) -> None:
    ten = Bounds(bars=10)
    first = await play(tmp_path / "a", ten)
    second = await play(tmp_path / "b", ten, session__seed="8")

    assert first.trace != second.trace


@pytest.mark.parametrize("bars", ["path", "bar"])
async def test_backtest_and_paper_give_equal_events(tmp_path: Path, bars: str) -> None:
    """For equal settings the mode decides where books are kept; the word itself stands in the first record."""
    paper = await play(tmp_path / "a", SIXTY, feed__tape__bars=bars)
    backtest = await play(tmp_path / "b", SIXTY, session__mode='"backtest"', feed__tape__bars=bars)

    seen = [(record.ts, record.event) for record in paper.records]
    expected = [(record.ts, record.event) for record in backtest.records]
    assert kinds(paper.records)["OrderFilled"] > 10
    assert expected[1:] == seen[1:]


@pytest.mark.parametrize("mode", list(MODES))
async def test_bars_are_told_as_the_mode_does_unless_they_are_set(tmp_path: Path, mode: str) -> None:
    own, told = {"paper": ("path", "bar"), "backtest": ("bar", "path")}[mode]
    three = Bounds(bars=3)
    unset = await play(tmp_path / "a", three, session__mode=mode)
    as_own = await play(tmp_path / "b", three, session__mode=mode, feed__tape__bars=own)
    as_told = await play(tmp_path / "c", three, session__mode=mode, feed__tape__bars=told)

    hashes = [run.built.market.feed.hash for run in (unset, as_own, as_told)]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


async def test_folding_the_journal_gives_the_durable_state(tmp_path: Path) -> None:
    run = await play(tmp_path, SIXTY)
    path = tmp_path / "paper" / "sim" / "SIM-000001" / "journal.sqlite"

    assert verify(path).seq == run.state.seq

    journal, folded = await SqliteJournal.open(path), State()
    await fold(journal, folded, Chains())
    await journal.close()

    assert folded.digest() == run.state.digest()
