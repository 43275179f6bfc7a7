"""Orders: a ticket is a complete wish, an order is a ticket we have taken responsibility for.

The status says where the order is between us and the venue; `oms.lifecycle` holds the one table of moves between
them. Groups of statuses are sets named here, never lists repeated elsewhere.
"""

from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Final

from msgspec import Struct, json

from oms.domain.ids import AccountId, BrokerId, ClientOrderId, InstrumentId, StrategyId, VenueOrderId
from oms.domain.units import ZERO, Money, Nanos, Price, Quantity


class Side(StrEnum):
    """Direction [54]."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def sign(self) -> int:
        """+1 for BUY, -1 for SELL."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> "Side":
        """The other side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """How the price is set [40]."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    STOP_MARKET = "STOP_MARKET"  # sleeps until the market reaches its stop price, then is a market order
    STOP_LIMIT = "STOP_LIMIT"  # sleeps likewise, then is a limit order


class TimeInForce(StrEnum):
    """How long the order works [59]."""

    DAY = "DAY"
    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"  # all of it at once, or nothing
    GTD = "GTD"  # until `expires_at`
    AT_THE_OPEN = "AT_THE_OPEN"  # in the opening of a session, or not at all
    AT_THE_CLOSE = "AT_THE_CLOSE"  # in the closing of the session, or not at all


class Purpose(StrEnum):
    """Why the ticket exists: to take risk, or to give it back."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"
    PROTECT = "PROTECT"  # a stop: no stop of trading cancels it, and it may leave in one


class OrderStatus(StrEnum):
    """Where an order is. See the sets below for what a status means to a reader."""

    PENDING = "PENDING"
    VALIDATED = "VALIDATED"
    HELD = "HELD"
    DENIED = "DENIED"
    SUBMITTED = "SUBMITTED"
    UNKNOWN = "UNKNOWN"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    TRIGGERED = "TRIGGERED"
    PENDING_REPLACE = "PENDING_REPLACE"
    PENDING_CANCEL = "PENDING_CANCEL"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    NOT_FOUND = "NOT_FOUND"


class OrderFlag(StrEnum):
    """What is odd about an order, besides where it is: a person should know."""

    OVERDUE = "OVERDUE"  # we asked to cancel or to change it, and no answer came in time; gone once there is one
    FILLED_LATE = "FILLED_LATE"  # it traded after it had ended
    FOUND_LATE = "FOUND_LATE"  # the venue has it after all
    OVERFILLED = "OVERFILLED"  # more traded than was ordered
    UNPROTECTED = "UNPROTECTED"  # a stop was asked for, and what it traded is without one
    SOFT = "SOFT"  # its stop was lost at the venue and is held here instead; takes the place of the one before
    TURNED = "TURNED"  # it closed what another order had closed already, and so turned the position round
    TIMED = "TIMED"  # it is good until an instant that its venue does not know: it is canceled from here then
    EXTERNAL = "EXTERNAL"  # somebody else's, in our account: its fills count, and we never touch it


ALARMS: Final = frozenset({OrderFlag.UNPROTECTED, OrderFlag.SOFT})  # of which an order has one at most
LOCAL: Final = frozenset({OrderStatus.PENDING, OrderStatus.VALIDATED, OrderStatus.HELD})
WORKING: Final = frozenset({OrderStatus.ACCEPTED, OrderStatus.TRIGGERED, OrderStatus.PARTIALLY_FILLED})
STOPS: Final = frozenset({OrderType.STOP_MARKET, OrderType.STOP_LIMIT})  # they have a stop price
TOUCHED: Final[dict[OrderType, OrderType]] = {  # what a stop is once the market has reached its price
    OrderType.STOP_MARKET: OrderType.MARKET,
    OrderType.STOP_LIMIT: OrderType.LIMIT,
}
LIMITS: Final = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})  # they have a limit price
AUCTIONS: Final = frozenset({TimeInForce.AT_THE_OPEN, TimeInForce.AT_THE_CLOSE})  # a market order waits for one too
AT_ONCE: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK})  # they wait for nothing
CLOSED: Final = frozenset(
    {
        OrderStatus.DENIED,
        OrderStatus.REJECTED,
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.EXPIRED,
        OrderStatus.NOT_FOUND,
    }
)


class OrderTicket(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A complete proposed order, before risk. `broker` and `account` are its route.

    `stop_px` belongs to the stop orders and `expires_at` to GTD; with GTC it is when we cancel it ourselves.
    `reduce_only` asks that it never opens: what does not lie against the account's net is denied. `signal_px` is the
    price that the wish was formed at; `reason` says in words why, and is shown.

    `protect_px` asks for a stop and `target_px` for a limit order that give back what this one trades, and `trail_by`
    for a stop that follows the market at this distance; in a STOP_MARKET, that it does so itself. A leg that was made
    of them names its parent. What is as it is by default is not written, so a field more changes no ticket without it.
    """

    broker: BrokerId
    account: AccountId
    strategy_id: StrategyId
    instrument_id: InstrumentId
    side: Side
    quantity: Quantity
    order_type: OrderType
    limit_px: Price | None = None
    stop_px: Price | None = None
    tif: TimeInForce = TimeInForce.DAY
    expires_at: Nanos | None = None
    purpose: Purpose = Purpose.OPEN
    reduce_only: bool = False
    confidence: float | None = None
    signal_px: Price | None = None
    group_id: str | None = None
    protect_px: Price | None = None
    target_px: Price | None = None
    trail_by: Price | None = None
    parent_id: ClientOrderId | None = None
    reason: str = ""

    @property
    def trails(self) -> bool:
        """Whether it is a stop that follows the market."""
        return self.trail_by is not None and self.order_type is OrderType.STOP_MARKET

    @property
    def rests(self) -> bool:
        """Whether it may wait at its venue, for its price or for an auction."""
        return self.tif in AUCTIONS if self.order_type is OrderType.MARKET else self.tif not in AT_ONCE

    @property
    def closes_at_once(self) -> bool:
        """Whether it gives back at the market, at any price, and waits for nothing."""
        return self.purpose is Purpose.CLOSE and self.order_type is OrderType.MARKET and not self.rests

    @property
    def protects(self) -> bool:
        """Whether it is a stop that only gives back: what counts as protection, and what no stop of trading cancels."""
        return self.purpose is Purpose.PROTECT

    @property
    def is_touched(self) -> bool:
        """Whether it is a stop that only gives back and has no price to wait for any more, because one has touched
        it."""
        return self.purpose is Purpose.PROTECT and self.stop_px is None

    @property
    def is_exit(self) -> bool:
        """Whether it waits to give back what is held and can do nothing else, and was asked for by itself: no leg.

        Its purpose says so, or `reduce_only`; whether the venue is told as well is a matter of its own.
        """
        return self.parent_id is None and (self.reduce_only or self.purpose is not Purpose.OPEN) and self.rests

    @property
    def only_reduces(self) -> bool:
        """Whether it gives back what is held and can do nothing else: an exit by itself, or a leg of a bracket."""
        return self.reduce_only or self.is_exit or self.parent_id is not None

    @property
    def passes_stop(self) -> bool:
        """Whether it may leave while trading is stopped: the stop of a bracket, which was asked for with its parent, or
        one that was held here and has no stop price now, because a price has touched it."""
        return self.purpose is Purpose.PROTECT and (self.stop_px is None or self.parent_id is not None)

    @property
    def asks_protection(self) -> bool:
        """Whether what it trades is to be given back by legs of its own."""
        if self.protect_px is None and self.target_px is None and self.trail_by is None:
            return False
        return not self.trails

    @property
    def signed_qty(self) -> Quantity:
        """The quantity with its direction: positive buys."""
        return self.quantity if self.side is Side.BUY else -self.quantity


_encode: Final = json.Encoder().encode


def ticket_hash(ticket: OrderTicket) -> str:
    """Return the SHA-256 of exactly what may leave, in lower-case hex: of the ticket as the journal writes it."""
    return sha256(_encode(ticket)).hexdigest()


class Order(Struct, frozen=True, kw_only=True, gc=False):
    """A ticket we answer for. `filled_value` is the sum of quantity times price over its fills, so that `avg_px`
    is exact whatever the split. `acknowledged` says that the venue named it as one that it has, and `triggered` that
    its stop price was reached. `replacing` is the ticket it was asked to become, until the venue has answered, and
    `replaces` counts how often it was asked. `arrival_px` is the mark at which it left.
    `confirmed`: somebody typed the word for it, a flatten. `unwanted`: a cancel was asked for and not refused.
    `withheld`: it was approved, and we kept it back. `moot`: it was to go because nothing is left of its position."""

    client_order_id: ClientOrderId
    ticket: OrderTicket
    status: OrderStatus
    ts_init: Nanos
    ts_event: Nanos
    venue_order_id: VenueOrderId | None = None
    acknowledged: bool = False
    filled_qty: Quantity = ZERO
    filled_value: Decimal = ZERO
    fees: tuple[Money, ...] = ()
    text: str = ""
    flags: tuple[OrderFlag, ...] = ()
    triggered: bool = False
    replacing: OrderTicket | None = None
    replaces: int = 0
    arrival_px: Price | None = None
    confirmed: bool = False
    unwanted: bool = False
    withheld: bool = False
    moot: bool = False

    @property
    def most_qty(self) -> Quantity:
        """What it may come to in all: while the venue owes the answer to a change, the larger of the two quantities."""
        quantity, changed = self.ticket.quantity, self.replacing
        return quantity if changed is None or changed.quantity <= quantity else changed.quantity

    @property
    def leaves_qty(self) -> Quantity:
        """What may still be filled [151]; zero once closed, also when it closed unfilled."""
        if self.status in CLOSED:
            return ZERO
        return max(ZERO, self.most_qty - self.filled_qty)

    @property
    def avg_px(self) -> Price | None:
        """The average fill price [6], or None without a fill."""
        return self.filled_value / self.filled_qty if self.filled_qty else None

    @property
    def is_local(self) -> bool:
        """Whether it never left, so that no venue can know it."""
        return self.status in LOCAL or self.status is OrderStatus.DENIED

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is expected; a late fill is still legal and still counted."""
        return self.status in CLOSED
