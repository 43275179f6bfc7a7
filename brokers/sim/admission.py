"""Admission: which orders and changes the venue takes. A refusal says in words what is wrong, because a person will
read it."""

from collections.abc import Mapping
from typing import Final

from brokers.sim.book import Book, is_giving_back
from brokers.sim.floor import Floor
from brokers.sim.placed import PlacedOrder
from oms.domain.ids import AccountId, BrokerId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.order import LIMITS, STOPS, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.units import Nanos, Price, Quantity, is_tradable

_MARKET: Final = OrderType.MARKET  # a member of an enum costs two lookups, a name none
_BUY: Final = Side.BUY
_AT_THE_OPEN: Final = TimeInForce.AT_THE_OPEN
_ALWAYS: Final = frozenset({TimeInForce.DAY, TimeInForce.GTC})  # can be kept whenever an order comes
_NOT_WAITING: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK, _AT_THE_OPEN, TimeInForce.AT_THE_CLOSE})


class Admission:
    """Judges tickets for one account. It reads the book and the floor and changes nothing."""

    def __init__(
        self,
        broker: BrokerId,
        account: AccountId,
        instruments: Mapping[InstrumentId, Instrument],
        *,
        short_sale: bool,
    ) -> None:
        self._route = (broker, account)
        self._instruments = instruments
        self._short_sale = short_sale

    def refusal(self, ticket: OrderTicket, book: Book, floor: Floor, now: Nanos) -> str:
        """Return why a ticket is not taken, in words; empty when it is."""
        if (ticket.broker, ticket.account) != self._route:
            return f"account {ticket.account} at {ticket.broker} is not kept here"
        instrument = self._instruments.get(ticket.instrument_id)
        if instrument is None:
            return f"{ticket.instrument_id} is not traded here"
        if ticket.instrument_id not in floor.quotes and ticket.order_type is _MARKET and ticket.tif is not _AT_THE_OPEN:
            return f"no price of {ticket.instrument_id} yet"
        unsound = (
            unsound_quantity(ticket.quantity, instrument)
            or unsound_prices(ticket, instrument)
            or untimely(ticket, floor, now)
        )
        return unsound or self._excess(ticket, book, ticket.quantity)

    def refused_change(self, placed: PlacedOrder, ticket: OrderTicket, book: Book) -> str:
        """Return why an order that works is not changed into a ticket, in words; empty when it is."""
        instrument, old = self._instruments[placed.ticket.instrument_id], placed.ticket
        unsound = unsound_quantity(ticket.quantity, instrument) or unsound_prices(ticket, instrument)
        if unsound:
            return unsound
        if ticket.quantity <= placed.filled_qty:
            return f"{placed.filled_qty} are filled already"
        if placed.triggered and ticket.stop_px != old.stop_px:
            return "the stop price was reached already"
        return self._excess(ticket, book, ticket.quantity - old.quantity)

    def _excess(self, ticket: OrderTicket, book: Book, more: Quantity) -> str:
        """Return why so much more may not be traded, in words. What gives back may stand for what others offer too:
        it trades what is held by then, and no more."""
        if ticket.reduce_only and not book.reducible(ticket.instrument_id, ticket.side):
            return "it is to reduce only, and there is nothing to reduce"
        if self._short_sale or ticket.side is _BUY or is_giving_back(ticket):
            return ""
        sellable = book.sellable(ticket.instrument_id)
        return "" if more <= sellable else f"no short sale here: {more} asked, {sellable} held and not yet offered"


def unsound_quantity(quantity: Quantity, instrument: Instrument) -> str:
    """Return what is wrong with a quantity; empty when nothing is."""
    if not is_tradable(quantity):
        return f"quantity {quantity} is no number that can be traded"
    if not instrument.on_lot(quantity):
        return f"quantity {quantity} is not a multiple of the lot {instrument.lot}"
    return ""


def unsound_prices(ticket: OrderTicket, instrument: Instrument) -> str:
    """Return what is wrong with a ticket's limit and stop price; empty when nothing is."""
    kind, limit_px, stop_px = ticket.order_type, ticket.limit_px, ticket.stop_px
    if kind is _MARKET and limit_px is None and stop_px is None:
        return ""
    return _unsound("limit", limit_px, kind, instrument, wanted=kind in LIMITS) or _unsound(
        "stop", stop_px, kind, instrument, wanted=kind in STOPS
    )


def _unsound(name: str, px: Price | None, kind: OrderType, instrument: Instrument, *, wanted: bool) -> str:
    words = kind.replace("_", " ").lower()
    if px is None:
        return f"a {words} order needs a {name} price" if wanted else ""
    if not wanted:
        return f"a {words} order has no {name} price, got {px}"
    if not is_tradable(px):
        return f"{name} price {px} is no number that can be traded"
    if not instrument.on_tick(px):
        return f"{name} price {px} is not a multiple of the tick {instrument.tick}"
    return ""


def untimely(ticket: OrderTicket, floor: Floor, now: Nanos) -> str:
    """Return why a ticket's time in force cannot be kept, in words; empty when it can."""
    tif = ticket.tif
    if tif in _ALWAYS:
        return ""
    if ticket.order_type in STOPS and tif in _NOT_WAITING:
        return f"a stop waits for its price, and {tif} does not wait"
    if tif is TimeInForce.GTD:
        if ticket.expires_at is None:
            return "GTD without the instant at which it expires"
        return "" if ticket.expires_at > now else "it has expired already"
    is_on = ticket.instrument_id in floor.trading
    if tif is _AT_THE_OPEN and is_on:
        return "too late for the opening: the session has begun"
    return "too late for the closing: no session is on" if tif is TimeInForce.AT_THE_CLOSE and not is_on else ""
