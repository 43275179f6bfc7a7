"""Admission: which orders the venue takes. A refusal says in words what is wrong, because a person will read it."""

from collections.abc import Container, Mapping

from brokers.sim.book import Book
from oms.domain.ids import AccountId, BrokerId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import is_tradable


class Admission:
    """Judges tickets for one account. It reads the book and changes nothing."""

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

    def refusal(self, ticket: OrderTicket, book: Book, quoted: Container[InstrumentId]) -> str:
        """Return why a ticket is not taken, in words; empty when it is. `quoted` are the instruments with a price."""
        if (ticket.broker, ticket.account) != self._route:
            return f"account {ticket.account} at {ticket.broker} is not kept here"
        instrument = self._instruments.get(ticket.instrument_id)
        if instrument is None:
            return f"{ticket.instrument_id} is not traded here"
        if ticket.order_type is OrderType.MARKET and ticket.instrument_id not in quoted:
            return f"no price of {ticket.instrument_id} yet"
        unsound = unsound_quantity(ticket, instrument) or unsound_limit(ticket, instrument)
        if unsound or self._short_sale or ticket.side is Side.BUY:
            return unsound
        sellable = book.sellable(ticket.instrument_id)
        return (
            ""
            if ticket.quantity <= sellable
            else f"no short sale here: {ticket.quantity} asked, {sellable} held and not yet offered"
        )


def unsound_quantity(ticket: OrderTicket, instrument: Instrument) -> str:
    """Return what is wrong with a ticket's quantity; empty when nothing is."""
    quantity = ticket.quantity
    if not is_tradable(quantity):
        return f"quantity {quantity} is no number that can be traded"
    if not instrument.on_lot(quantity):
        return f"quantity {quantity} is not a multiple of the lot {instrument.lot}"
    return ""


def unsound_limit(ticket: OrderTicket, instrument: Instrument) -> str:
    """Return what is wrong with a ticket's limit price; empty when nothing is."""
    limit = ticket.limit_px
    if ticket.order_type is OrderType.MARKET:
        return "" if limit is None else f"a market order has no limit price, got {limit}"
    if limit is None:
        return "a limit order needs a limit price"
    if not is_tradable(limit):
        return f"limit price {limit} is no number that can be traded"
    if not instrument.on_tick(limit):
        return f"limit price {limit} is not a multiple of the tick {instrument.tick}"
    return ""
