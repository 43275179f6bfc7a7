"""The facts of one order, and where it is, read off them.

An order has no status here. It was acknowledged, a cancel is asked for, so much is filled, it ended like this: and the
status follows in one order of precedence. That is another shape than a table of moves, so a wrong move there does not
have its twin here.
"""

from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)
OPEN = {"SUBMITTED", "UNKNOWN", "ACCEPTED", "TRIGGERED", "PARTIALLY_FILLED", "PENDING_CANCEL", "PENDING_REPLACE"}
RESTING = {"ACCEPTED", "TRIGGERED", "PARTIALLY_FILLED"}


@dataclass
class Order:
    """The facts of one order."""

    symbol: str
    side: str
    qty: Decimal
    strategy: str
    sent: float
    limit: Decimal | None = None
    ended: str | None = None
    external: bool = False  # somebody else's
    acked: bool = False  # the venue has shown that it has it
    triggered: bool = False
    canceling: bool = False  # a cancel is asked for
    silent: bool = False  # an answer is overdue
    filled: Decimal = ZERO
    value: Decimal = ZERO
    flags: set[str] = field(default_factory=set)
    unseen: int = 0  # how often the venue did not know it, since it last did
    unseen_from: float = 0.0
    asked: float | None = None  # when the first question about it went out
    doubted: bool = False  # something about it was set aside
    change: tuple[Decimal, Decimal | None] | None = None  # the quantity and limit that it was asked to have
    changes: int = 0  # how often it was asked

    @property
    def most(self) -> Decimal:
        """What it may come to in all, whichever way the answer to a change goes."""
        return self.qty if self.change is None else max(self.qty, self.change[0])


def status(order: Order) -> str:
    """Return where an order is, as far as is known."""
    ended, filled = order.ended, order.filled
    if ended in {"DENIED", "REJECTED"} or filled >= order.most:
        return ended if ended in {"DENIED", "REJECTED"} else "FILLED"
    if ended or order.canceling:
        return ended or "PENDING_CANCEL"
    if order.change is not None:
        return "PENDING_REPLACE"
    if filled or order.triggered:
        return "PARTIALLY_FILLED" if filled else "TRIGGERED"
    if order.acked:
        return "ACCEPTED"
    return "UNKNOWN" if order.silent else "SUBMITTED"
