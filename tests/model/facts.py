"""The facts of one order, and where it is, read off them.

An order has no status here. It was acknowledged, a cancel is asked for, so much is filled, it ended like this: and the
status follows in one order of precedence. That is another shape than a table of moves, so a wrong move there does not
have its twin here.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from tests.model.words import Wish

ZERO = Decimal(0)
OPEN = {"SUBMITTED", "UNKNOWN", "ACCEPTED", "TRIGGERED", "PARTIALLY_FILLED", "PENDING_CANCEL", "PENDING_REPLACE"}
RESTING = {"ACCEPTED", "TRIGGERED", "PARTIALLY_FILLED"}
CLOSED = {"DENIED", "REJECTED", "FILLED", "CANCELED", "EXPIRED", "NOT_FOUND"}
LOCAL = {"HELD", "DENIED"}  # no venue can know it

Terms: TypeAlias = tuple[Decimal, Decimal | None, Decimal | None]  # quantity, limit, stop


@dataclass
class Order:
    """The facts of one order. `wish` is what it is to be now."""

    wish: Wish
    born: float
    sent: float
    ended: str | None = None
    external: bool = False  # somebody else's
    held: bool = False  # it waits here
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
    change: Terms | None = None  # what it was asked to be
    changes: int = 0  # how often it was asked
    pulled: Decimal | None = None  # the stop that it was last asked to have
    passes: bool = True  # whether the gate is to let it leave
    withheld: bool = False  # it passed, and must not leave
    unwanted: bool = False  # a cancel was asked for, and not refused
    recalled: bool = False  # the program wants this leg gone
    waived: bool = False  # a person wants it gone, and none in its place
    smaller: bool = False  # an exit that the program wants gone, and a smaller one in its place
    here: bool = False  # a stop by itself that its venue lacks, so that it waits here first
    again: bool = False  # an exit that the program made in the place of one that went
    spent: bool = False  # it was to close, and a fill has left nothing for it
    followed: bool = False  # another was made in its place
    over: bool = False  # nothing was left for it when the program wanted it gone
    failures: int = 0  # how often in a row what it stands in for went to the market for nothing
    suspect: bool = False  # the venue held what nobody had told of, and may have it from this order
    moot: bool = False  # it ended, and so did what it stood for: another need not be made if that comes back

    def alarm(self, flag: str | None) -> None:
        """Note how its stop was lost, in the place of what was noted before; None: it has one again."""
        self.flags -= {"UNPROTECTED", "SOFT"}
        self.flags |= {flag} if flag is not None else set()

    @property
    def key(self) -> tuple[str, str]:
        """Whose position it trades for."""
        return self.wish.symbol, self.wish.strategy

    @property
    def terms(self) -> Terms:
        """What a change may change."""
        return self.wish.qty, self.wish.limit, self.wish.stop

    @property
    def most(self) -> Decimal:
        """What it may come to in all, whichever way the answer to a change goes."""
        return self.wish.qty if self.change is None else max(self.wish.qty, self.change[0])

    @property
    def is_guarded(self) -> bool:
        """Whether what it trades is to be given back by legs."""
        return self.wish.stop is None and (self.wish.protect or self.wish.target or self.wish.trail) is not None

    @property
    def protects(self) -> bool:
        """Whether it is a stop that only gives back."""
        return self.wish.role == "stop" or (self.wish.exit and self.wish.stop is not None)

    @property
    def is_by_hand(self) -> bool:
        """Whether it is an exit that somebody asked for by itself, or was one until a price touched it."""
        return self.wish.exit or (self.wish.role == "stop" and not self.is_leg)

    @property
    def closes_at_once(self) -> bool:
        """Whether it is on its way to close at the market, and is no leg: a sale, or a stop that was touched."""
        return self.wish.role in {"close", "stop"} and self.wish.is_market and not self.is_leg

    @property
    def is_tried(self) -> bool:
        """Whether it is a stop by itself that a price has touched: it is at the market, or is to go there again."""
        return self.wish.role == "stop" and not self.is_leg and self.wish.is_market

    @property
    def is_lost(self) -> bool:
        """Whether it has ended, and another stop should be in its place."""
        if self.followed or self.ended is None:
            return False
        refused = self.withheld or status(self) in {"REJECTED", "DENIED", "NOT_FOUND"}
        if self.is_tried:
            refused = not self.unwanted and (refused or status(self) in {"CANCELED", "EXPIRED"})
        refused |= self.is_dropped
        by_itself = self.again or (self.is_by_hand and (self.here or self.has_stood))
        return (self.smaller and not self.over and status(self) == "CANCELED") or (by_itself and refused)

    @property
    def is_dropped(self) -> bool:
        """Whether it was a stop by itself that stood, and that its venue ended though nobody wanted it gone."""
        return self.has_stood and status(self) in {"CANCELED", "EXPIRED"}

    @property
    def has_stood(self) -> bool:
        """Whether it is a stop by itself that its venue has had, and nobody wanted gone."""
        return self.protects and not self.is_leg and self.acked and not self.unwanted

    @property
    def is_leg(self) -> bool:
        """Whether it was made to give back what another order traded."""
        return self.wish.parent is not None


def status(order: Order) -> str:
    """Return where an order is, as far as is known."""
    ended, filled = order.ended, order.filled
    if ended in {"DENIED", "REJECTED"} or filled >= order.most:
        return ended if ended in {"DENIED", "REJECTED"} else "FILLED"
    if ended or order.held:
        return ended or "HELD"
    if order.canceling or order.change is not None:
        return "PENDING_CANCEL" if order.canceling else "PENDING_REPLACE"
    if filled or order.triggered:
        return "PARTIALLY_FILLED" if filled else "TRIGGERED"
    if order.acked:
        return "ACCEPTED"
    return "UNKNOWN" if order.silent else "SUBMITTED"
