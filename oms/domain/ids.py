"""Names of things: every id is a string with a type of its own, so that one cannot stand in for another.

An instrument id is `SYMBOL.LISTING` (`AAPL.XNAS`, `BRK.B.XNYS`, `EUR/USD.FX`): what is traded and where it is
listed. The broker that trades it is a route and never part of the id. A client order id is `PREFIX-RUN-N`: RUN
counts the runs of one journal and N the orders of one run, so no id is ever made twice in a journal.
"""

from typing import NamedTuple, NewType

InstrumentId = NewType("InstrumentId", str)
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
    """Return the last part (`SIM-1-42` -> `42`): what screens and lists show and what may be typed instead of the id.

    Never a piece of it: the end of one order's number may be the whole number of another.
    """
    return order_id.rpartition("-")[2]
