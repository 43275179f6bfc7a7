"""What a run amounted to, as plain JSON. Programs read these names: they are added to and not renamed."""

from decimal import Decimal
from typing import NamedTuple

from cockpit.queries.state import Json, number
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


def report(counts: RunCounts, state: State, tape: Tape, ending: Ending) -> Json:
    """Return the result of a run; money in the base currency, null where a mark is missing.

    What is counted is of this run; fees, realized, unrealized and equity are of the account, so that they add up also
    when the run went on from an earlier one.
    """
    positions = state.ledger.positions.values()
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
        "fees": {money.currency: number(money.amount) for money in _fees(state)},
        "realized": number(sum((position.realized for position in positions), ZERO)),
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
    }


def _fees(state: State) -> tuple[Money, ...]:
    purse: tuple[Money, ...] = ()
    for position in state.ledger.positions.values():
        for fee in position.fees:
            purse = add_money(purse, fee)
    return purse
