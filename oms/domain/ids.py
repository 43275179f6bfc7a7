"""Names of things: every id is a string with a type of its own, so that one cannot stand in for another.

An instrument id is `SYMBOL.LISTING` (`AAPL.XNAS`, `BRK.B.XNYS`, `EUR/USD.FX`): what is traded and where it is
listed. The broker that trades it is a route and never part of the id. A client order id is `PREFIX-RUN-N`: RUN
counts the runs of one journal and N the orders of one run, so no id is ever made twice in a journal.
"""

from typing import NamedTuple, NewType

InstrumentId = NewType("InstrumentId", str)
SignalId = NewType("SignalId", str)  # what the journal calls a signal
ClientOrderId = NewType("ClientOrderId", str)  # ours [11]; at most 36 characters
VenueOrderId = NewType("VenueOrderId", str)  # the venue's [37]
ExecId = NewType("ExecId", str)  # one execution, unique per broker [17]
StrategyId = NewType("StrategyId", str)
BrokerId = NewType("BrokerId", str)
AccountId = NewType("AccountId", str)
RunId = NewType("RunId", int)  # 1 for the first run of a journal


class Route(NamedTuple):
    """Where orders go: an account at a broker."""

    broker: BrokerId
    account: AccountId


MAX_CLIENT_ORDER_ID = 36  # the shortest limit among the venues we know

MANUAL = StrategyId("manual")  # the strategy of what a person trades by hand
EXTERNAL = StrategyId("external")  # the strategy of what somebody trades in our account, past us

# Who acts where no person does: a person acts under a name. What becomes of a bracket depends on who asked.
GATE = "gate"  # the limits, and what keeps the books, the groups and the brackets whole
ENGINE = "engine"  # the loop: a silence that became an event, a strategy that raised
AUDIT = "audit"  # our books do not hold together
ROUTER = "router"  # what came of handing over


def symbol_of(instrument_id: InstrumentId) -> str:
    """Return the symbol: all before the last dot (`BRK.B.XNYS` -> `BRK.B`)."""
    return instrument_id.rpartition(".")[0] or instrument_id


def signal_id(seq: int) -> SignalId:
    """Return `S<seq>`: the name of the signal that record `seq` has raised, and the correlation id of all that came of
    it."""
    return SignalId(f"S{seq}")


def to_signal_id(correlation_id: str | None) -> SignalId | None:
    """Return the signal that a correlation names; None where it names an order or nothing."""
    if correlation_id is None or correlation_id[:1] != "S" or not correlation_id[1:].isdecimal():
        return None
    return SignalId(correlation_id)


def client_order_id(prefix: str, run: RunId, number: int) -> ClientOrderId:
    """Return `PREFIX-RUN-N`.

    Raises:
        ValueError: the id would be longer than any venue takes.
    """
    made = f"{prefix}-{run}-{number}"
    if len(made) > MAX_CLIENT_ORDER_ID:
        msg = f"client order id {made!r} is longer than {MAX_CLIENT_ORDER_ID} characters"
        raise ValueError(msg)
    return ClientOrderId(made)


def short_id(order_id: ClientOrderId) -> str:
    """Return what people call an order: its number in the first run, and run and number in every later one.

    `SIM-1-42` is `42` and `SIM-2-42` is `2-42`, on the screen, in its log, in lists and where a name is typed, so that
    no two orders of one journal are called the same. An id that is not one of ours is its last part. It is never a
    piece of a part: the end of one order's number may be the whole number of another.
    """
    rest, _, number = order_id.rpartition("-")
    run = rest.rpartition("-")[2]
    return f"{run}-{number}" if number.isdecimal() and run.isdecimal() and int(run) > 1 else number
