"""What a run amounted to, as plain JSON. Programs read these names: they are added to and not renamed."""

from decimal import Decimal
from typing import NamedTuple

from cockpit.queries.plain import Json, number, purse
from cockpit.stats.counts import RunCounts
from oms.domain.units import ZERO, Money, add_money
from oms.state import State

FRACTION_STEP = Decimal("0.000001")


class Tape(NamedTuple):
    """Which prices were played: the first and the last session of this run, and the hash of all that decides them."""

    name: str
    start: str | None
    end: str | None
    hash: str


class Ending(NamedTuple):
    """Where the journal stands after the run, and what ended it. `wall_secs` counts from the start of the process's
    work to the closed journal."""

    seq: int
    hash: str
    trace: str
    seed: int
    wall_secs: float
    ended_by: str


class Books(NamedTuple):
    """What an account has amounted to since its journal began: orders taken on, executions, fees, and realized."""

    orders: int
    fills: int
    fees: tuple[Money, ...]
    realized: Decimal


def books_of(state: State) -> Books:
    """Return the books as they stand."""
    fees: tuple[Money, ...] = ()
    positions = state.ledger.positions.values()
    for position in positions:
        for fee in position.fees:
            fees = add_money(fees, fee)
    realized = sum((position.realized for position in positions), ZERO)
    return Books(len(state.blotter.orders), len(state.blotter.exec_ids), fees, realized)


def report(counts: RunCounts, before: Books, state: State, tape: Tape, ending: Ending) -> Json:
    """Return the result of a run; money in the base currency, null where a mark is missing.

    Counts and `max_drawdown` are of this run; `fees`, `realized`, `unrealized` and `equity` are of the account, so that
    they add up also when the run went on from an earlier one. `run` and `account` say both, side by side; `before` are
    the books that the run began with.
    """
    account = books_of(state)
    run = Books(
        orders=account.orders - before.orders,
        fills=account.fills - before.fills,
        fees=_less(account.fees, before.fees),
        realized=account.realized - before.realized,
    )
    return {
        "bars": counts.bars,
        "quotes": counts.quotes,
        "signals": counts.signals,
        "orders": counts.orders,
        "fills": counts.fills,
        "partial_fills": counts.partial_fills,
        "denied": dict(counts.denied),
        "rejected": counts.rejected,
        "canceled": counts.canceled,
        "fees": purse(account.fees),
        "realized": number(account.realized),
        "unrealized": number(state.equity.unrealized),
        "equity": number(state.equity.now),
        "max_drawdown": number(counts.max_drawdown.quantize(FRACTION_STEP)),
        "final_seq": ending.seq,
        "final_hash": ending.hash,
        "trace": ending.trace,
        "tape": {"name": tape.name, "from": tape.start, "to": tape.end, "hash": tape.hash},
        "seed": ending.seed,
        "wall_s": round(ending.wall_secs, 3),
        "ended_by": ending.ended_by,
        "submitted": counts.submitted,
        "expired": counts.expired,
        "signals_filled": counts.signals_filled,
        "signals_denied": counts.signals_denied,
        "signals_expired": counts.signals_expired,
        "signals_declined": counts.signals_declined,
        "run": _books(run),
        "account": _books(account),
    }


def _books(books: Books) -> Json:
    return {
        "orders": books.orders,
        "fills": books.fills,
        "fees": purse(books.fees),
        "realized": number(books.realized),
    }


def _less(fees: tuple[Money, ...], before: tuple[Money, ...]) -> tuple[Money, ...]:
    paid = {fee.currency: fee.amount for fee in before}
    return tuple(Money(fee.amount - paid.get(fee.currency, ZERO), fee.currency) for fee in fees)
