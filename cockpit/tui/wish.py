"""An order in words, as the log names it: whose it was, what it wanted, and which one it is."""

from typing import Any

from cockpit import format as fmt
from cockpit.ticket.kind import kind_and_prices, kind_of
from oms.domain.ids import short_id, symbol_of
from oms.domain.order import Order, OrderTicket, OrderType, Purpose
from oms.state import State


def order_in_words(event: Any, state: State) -> str:  # noqa: ANN401 - any event of an order
    """Return `trend_following SELL 18 IBM stop #42` for an order that an event is about."""
    order = state.blotter.get(event.client_order_id)
    if order is None:
        return str(event.client_order_id)
    return f"{asked(order.ticket, state)} {which(order)}"


def which(order: Order) -> str:
    """Return `stop #42`, `target #43`, `#44`: the kind of order, unless it is a market order, and what it is called."""
    ticket = order.ticket
    if ticket.purpose is Purpose.PROTECT:
        kind = "trailing stop " if ticket.trails else "stop "
    elif ticket.parent_id is not None:
        kind = "target "
    else:
        kind = "" if ticket.order_type is OrderType.MARKET else f"{kind_of(ticket).words.lower()} "
    return f"{kind}#{short_id(order.client_order_id)}"


def asked(ticket: OrderTicket, state: State) -> str:
    """Return `trend_following SELL 18 IBM`."""
    instrument = state.instruments.get(ticket.instrument_id)
    amount = fmt.quantity(ticket.quantity, instrument.lot) if instrument is not None else str(ticket.quantity)
    return f"{ticket.strategy_id} {ticket.side} {amount} {symbol_of(ticket.instrument_id)}"


def terms(ticket: OrderTicket, state: State) -> str:
    """Return `BUY 18 IBM LIMIT 129.50`: what was asked for, whoever it was for."""
    instrument = state.instruments.by_id[ticket.instrument_id]
    what = f"{ticket.side} {fmt.quantity(ticket.quantity, instrument.lot)} {symbol_of(ticket.instrument_id)}"
    return f"{what} {kind_and_prices(ticket, instrument.tick)}"


def with_prices(ticket: OrderTicket, state: State) -> str:
    """Return `trend_following SELL 18 IBM stop 124.50`: what an order has become, with its prices."""
    instrument = state.instruments.get(ticket.instrument_id)
    prices = (("limit", ticket.limit_px), ("stop", ticket.stop_px))
    if instrument is None:
        return asked(ticket, state)
    said = [f" {name} {fmt.price(px, instrument.tick)}" for name, px in prices if px is not None]
    return asked(ticket, state) + "".join(said)


def stands(ticket: OrderTicket, state: State) -> str:
    """Return where a stop stands, `at 124.50, trails by 2.50`; empty for what has no stop price."""
    instrument = state.instruments.get(ticket.instrument_id)
    if instrument is None or ticket.stop_px is None:
        return ""
    trails = f", trails by {fmt.price(ticket.trail_by, instrument.tick)}" if ticket.trails else ""
    return f"at {fmt.price(ticket.stop_px, instrument.tick)}{trails}"
