"""An account that an earlier version of this program has traded goes on here.

`older/` holds one as SQL text: 235 records of 28 kinds in two runs, written by the code before the first release, with
the venue's book beside them. Strategies and a person have traded, stops and targets were made, held, changed, moved and
filled, trading was halted and resumed, and protective orders work on. Its end stands below as `HASH`, so the file
itself cannot be adapted to whatever the code does now.

When a test here fails, what is stored has another form than it had, and accounts that exist would be refused, or worse,
be read as something else. Where that was not meant, it is the code that is wrong. Where it was:

    keep this file, for such journals are out there, and let a migration (`oms/journal/schema.py`) or the codec read it;
    a record that is only written otherwise from now on is named in `WRITTEN_OTHERWISE`, with the reason;
    a second file in the new form, left by a run of the new code, joins this one.

Prices are not in it. They come from the tape that ships, and a start demands the tape that a journal was played on: who
changes the tape ends all accounts that were played on it, and this one with them.
"""

import sqlite3
from collections import Counter
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from oms.domain.order import OrderStatus
from oms.journal.codec import decode, encode
from oms.journal.reader import read_rows
from oms.journal.verify import verify
from oms.state import State
from tests.sessions.trader import trading

OLDER: Final = Path(__file__).parent / "older"
RECORDS: Final = 235
HASH: Final = "9cffb7c93fc48ca9fbd5393111d33ea65101f2adf23c64935eea08ae84dc2554"
WRITTEN_OTHERWISE: Final = MappingProxyType(
    {
        "SignalRaised": "a signal that is of no group does not say so any more",
        "OrderCanceled": "a cancel without words has no text, and only what we kept back says that it was withheld",
    }
)


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """Return the folder of the account, as the run before has left it."""
    folder = tmp_path
    for name in ("paper", "sim", "SIM-000001"):
        folder /= name
        folder.mkdir(mode=0o700)
    for name in ("journal", "venue"):
        file = folder / f"{name}.sqlite"
        file.touch(0o600)
        connection = sqlite3.connect(file)
        connection.executescript((OLDER / f"{name}.sql").read_text("utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
    head = folder / "head"
    head.write_text(f"{RECORDS:020d} {HASH} {RECORDS:020d}\n")
    for one in folder.iterdir():
        one.chmod(0o600)
    return folder


def folded(account: Path) -> State:
    """Return what the journal alone says."""
    state = State({})
    for row in read_rows(account / "journal.sqlite"):
        state.apply(decode(row))
    return state


def test_it_verifies_to_the_hash_it_was_left_with(account: Path) -> None:
    verified = verify(account / "journal.sqlite")

    assert (verified.seq, verified.hash) == (RECORDS, HASH)


def test_it_folds_to_what_was_held_and_what_worked(account: Path) -> None:
    state = folded(account)

    assert Counter(order.status for order in state.blotter.orders.values()) == {
        OrderStatus.FILLED: 10,
        OrderStatus.CANCELED: 6,
        OrderStatus.ACCEPTED: 6,
        OrderStatus.DENIED: 1,
    }
    held = {(key.instrument_id, key.strategy_id): position.quantity for key, position in state.ledger.open.items()}
    assert held == {
        ("IBM.XNYS", "trend_following"): 34,
        ("MSFT.XNAS", "trend_following"): 164,
        ("IBM.XNYS", "manual"): 8,
        ("GOOG.XNAS", "manual"): 1,
    }
    assert list(state.ledger.cash.values()) == [Decimal("89593.22")]
    stops = [(key.instrument_id, one) for key in state.ledger.open for one in state.brackets.protection(key)]
    assert [(str(name), one.stop_px, int(one.quantity)) for name, one in stops] == [
        ("IBM.XNYS", Decimal("124.62"), 34),
        ("MSFT.XNAS", Decimal("28.06"), 164),
        ("IBM.XNYS", Decimal("123.23"), 8),
    ]


def test_what_is_read_is_written_alike(account: Path) -> None:
    """So a record of this form means the same to the program that wrote it as to this one."""
    rows = list(read_rows(account / "journal.sqlite"))
    again = [row._replace(payload=encode(decode(row))) for row in rows]

    assert [decode(row) for row in again] == [decode(row) for row in rows]
    changed = {row.kind for row, new in zip(rows, again, strict=True) if new.payload != row.payload}
    assert changed <= WRITTEN_OTHERWISE.keys(), "these are written otherwise now"


async def test_a_session_goes_on_where_it_was_left(account: Path, tmp_path: Path) -> None:
    before = folded(account)

    async with trading(tmp_path) as trader:
        await trader.open()
        assert trader.state.runs.run_id == before.runs.run_id + 1
        assert trader.state.ledger.net == before.ledger.net
        assert trader.state.ledger.cash == before.ledger.cash
        assert trader.state.brackets.left.by_key.keys() == before.brackets.left.by_key.keys()
        assert (await trader.sell("1", "GOOG")).status is OrderStatus.FILLED

    verified = verify(account / "journal.sqlite")
    written = Counter(row.kind for row in read_rows(account / "journal.sqlite", RECORDS))
    assert verified.seq > RECORDS
    assert written["OrderFilled"] == 1
    assert not {"BalanceReported", "PositionAdjusted", "ReportQuarantined", "TradingReduced"} & written.keys()
