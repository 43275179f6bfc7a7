"""A start on what an account left behind: it goes on from one past, or it is refused and leaves everything as it was.

The story behind the refusals: client order ids count the runs of a journal, so a journal that begins again beside the
venue's book makes them a second time, and the venue tells the fills of the old orders as those of the new.
"""

import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest

from brokers.synthetic import SyntheticFeed
from cockpit.bootstrap import build
from cockpit.market import Bounds
from cockpit.paths import Paths, paths_for
from cockpit.settings import ConfigError
from oms.domain import events as ev
from oms.domain.market import Quote
from oms.domain.risk import TradingState
from oms.domain.units import SECOND
from oms.journal.errors import JournalBroken, JournalLocked
from oms.journal.lock import Lock
from oms.journal.private import make_file, make_folder
from tests.doubles.runs import kinds, play, settings_for

SHORT, LONG = Bounds(bars=12), Bounds(bars=10)


@pytest.fixture
async def paths(tmp_path: Path) -> Paths:
    """An account that has traded for a while."""
    run = await play(tmp_path, SHORT)
    assert kinds(run.records)["OrderFilled"] > 1
    return paths_for(settings_for(), tmp_path, {})


def contents(paths: Paths) -> dict[str, bytes]:
    """Return the account's files."""
    return {file.name: file.read_bytes() for file in paths.account.iterdir()}


def copied(paths: Paths, name: str) -> Path:
    """Return a copy of one of the account's files, kept outside of the account."""
    kept = paths.state / f"{name}.kept"
    shutil.copy(paths.account / name, kept)
    return kept


def lose(paths: Paths, *names: str) -> None:
    """Delete some of the account's files."""
    for name in names:
        (paths.account / name).unlink()


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (("journal.sqlite", "head"), r"venue.sqlite is the venue's book of a journal that is gone: .*journal.sqlite"),
        (("journal.sqlite",), "missing: there is no .*journal.sqlite, its head names record"),
        (("journal.sqlite", "venue.sqlite"), "missing: there is no .*journal.sqlite, its head names record"),
        (("venue.sqlite",), r"venue.sqlite is missing or older than .*journal.sqlite, which counts \d+ executions"),
    ],
    ids=["journal and head", "journal", "journal and book", "book"],
)
async def test_a_start_on_half_an_account_is_refused_and_leaves_it_as_it_was(
    paths: Paths, lost: tuple[str, ...], words: str
) -> None:
    lose(paths, *lost)
    before = contents(paths)

    with pytest.raises(JournalBroken, match=words):
        await play(paths.state, LONG)

    assert contents(paths) == before


async def test_an_older_book_beside_a_newer_journal_is_refused(paths: Paths) -> None:
    """It would fill orders again under execution ids that we have counted, and we would not hear of it."""
    older = copied(paths, "venue.sqlite")
    await play(paths.state, LONG)
    shutil.copy(older, paths.venue)
    before = contents(paths)

    with pytest.raises(JournalBroken, match=r"venue.sqlite is missing or older than .*journal.sqlite"):
        await play(paths.state, LONG)

    assert contents(paths) == before


async def test_an_older_journal_beside_a_newer_book_is_refused(paths: Paths) -> None:
    older = [(paths.account / name, copied(paths, name)) for name in ("journal.sqlite", "head")]
    await play(paths.state, LONG)
    for place, copy in older:
        shutil.copy(copy, place)
    before = contents(paths)

    with pytest.raises(
        JournalBroken, match=r"journal.sqlite is older than .*venue.sqlite, which holds the order SIM-2-\d"
    ):
        await play(paths.state, LONG)

    assert contents(paths) == before


@pytest.mark.parametrize("statements", [(), ("PRAGMA journal_mode = WAL",)], ids=["nothing", "no table"])
async def test_a_first_start_that_was_killed_while_it_made_the_journal_is_made_up_for(
    tmp_path: Path, statements: tuple[str, ...]
) -> None:
    """J-01: nothing was ever acknowledged, so there is nothing to miss."""
    paths = paths_for(settings_for(), tmp_path, {})
    make_file_in_folder(paths.journal)
    with closing(sqlite3.connect(paths.journal)) as unmade:
        for statement in statements:
            unmade.execute(statement)

    run = await play(tmp_path, SHORT)

    assert run.records[0].seq == 1


async def test_a_file_without_a_table_beside_a_venues_book_is_refused(paths: Paths) -> None:
    lose(paths, "journal.sqlite", "head")
    make_file_in_folder(paths.journal)

    with pytest.raises(JournalBroken, match=r"venue.sqlite is the venue's book of a journal that is gone"):
        await play(paths.state, LONG)


def make_file_in_folder(path: Path) -> None:
    """Make an empty private file and the private folders above it."""
    make_folder(path.parent)
    make_file(path)


async def test_an_older_book_in_which_only_cash_differs_is_taken_over_with_an_alarm(paths: Paths) -> None:
    """What the venue moved by itself, an interest or a fee, is no other past; a person looks all the same."""
    with sqlite3.connect(paths.venue) as by_hand:
        by_hand.execute("UPDATE account SET cash = cash + 5")
    by_hand.close()

    run = await play(paths.state, LONG)

    (alarm,) = [record.event for record in run.records if isinstance(record.event, ev.TradingReduced)]
    assert alarm.cause == "reconcile"
    assert run.state.trading.state is TradingState.REDUCING


async def test_a_record_that_cannot_follow_is_a_broken_journal_and_no_accident(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms.journal.verify.sha256", lambda _ticket: sha256(b"another ticket"))

    with pytest.raises(JournalBroken, match="its ticket hash is not that of the ticket of SIM-1-1"):
        await play(paths.state, LONG)


async def test_beside_a_running_engine_nothing_is_read(paths: Paths) -> None:
    """Its journal and its book would be read at two moments and seem to be of two pasts."""
    lose(paths, "venue.sqlite")
    held = Lock.take(paths.account / "lock")
    try:
        with pytest.raises(JournalLocked):
            await play(paths.state, LONG)
    finally:
        held.release()


async def begun(folder: Path, changes: dict[str, str], quotes: int = 8) -> list[ev.Record]:
    """Run for so many quotes of whatever feed, and return all records, also those that are not durable."""
    settings = settings_for(**changes)
    session = (await build(settings, paths_for(settings, folder, {}), speed="max")).session
    records: list[ev.Record] = []

    left = iter(range(quotes - 1))

    def note(record: ev.Record) -> None:
        records.append(record)
        if isinstance(record.event, ev.MarketMoved) and next(left, None) is None:
            session.end("test", "enough")

    session.bus.subscribe(note)
    await session.start()
    await session.serve()
    return records


def moved(records: list[ev.Record]) -> list[Quote]:
    """Return the quotes among what was recorded."""
    events = [record.event for record in records]
    return [event.data for event in events if isinstance(event, ev.MarketMoved) and isinstance(event.data, Quote)]


def change(**changes: str) -> dict[str, str]:
    return changes


SYNTHETIC = change(session__feed="synthetic", feed__synthetic__quotes_per_sec="1", strategies="{}")


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (change(), change(session__seed="8"), "played on us_daily_2000_2013 with seed 7; --fresh begins a new one"),
        (change(), change(feed__tape__bars="bar"), "with seed 7 and other settings or contents; --fresh"),
        (change(), SYNTHETIC, "played on us_daily_2000_2013 with seed 7; --fresh"),
        (SYNTHETIC, change(), "played on synthetic-4 with seed 7; --fresh"),
        (SYNTHETIC, SYNTHETIC | change(feed__synthetic__instruments="3"), "played on synthetic-4 with seed 7; --fresh"),
        (SYNTHETIC, SYNTHETIC | change(feed__synthetic__quotes_per_sec="2"), "and other settings or contents; --fresh"),
    ],
    ids=["seed", "telling", "to synthetic", "to the tape", "instruments", "interval"],
)
async def test_a_journal_goes_on_only_with_the_prices_it_was_played_on(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], words: str
) -> None:
    await begun(tmp_path, first)

    with pytest.raises(ConfigError, match=words):
        await begun(tmp_path, second)


@pytest.mark.parametrize("quotes", [90, 86_400 + 90], ids=["within a day", "on the second day"])
async def test_a_synthetic_market_goes_on_where_it_was_left(tmp_path: Path, quotes: int) -> None:
    first = moved(await begun(tmp_path, SYNTHETIC, quotes))
    second = moved(await begun(tmp_path, SYNTHETIC, 40))
    unbroken = SyntheticFeed(seed=7, count=4, interval=4 * SECOND)
    later = (datum for datum in iter(unbroken.advance, None) if isinstance(datum, Quote) and datum.ts > first[-1].ts)

    assert second == list(islice(later, 40))


async def test_other_dates_are_the_same_tape(paths: Paths) -> None:
    run = await play(paths.state, Bounds(start="2010-03-01", end="2010-03-31"))

    assert run.state.runs.run_id == 2
