"""The way to cancel: what the venue may have is asked back, what is held here is simply canceled.

Two things are said elsewhere, where they are meant: a person's wish that is repeated (`commands`), and a cancel that is
asked for again after a silence (`deadlines`).
"""

from collections.abc import Iterator

from oms.domain import order_events as oev
from oms.domain.ids import GATE
from oms.domain.order import Order, OrderStatus
from oms.domain.risk import TradingState
from oms.lifecycle import allowed
from oms.state import State


def is_stopped(state: State, order: Order) -> bool:
    """Tell whether the stop in force means this order, wherever it comes to light: all but what protects, and a flatten
    that somebody has typed the word for since anybody but a limit stopped trading."""
    if state.trading.state is not TradingState.HALTED or order.ticket.protects:
        return False
    return not (order.confirmed and order.ts_init >= state.trading.stopped_at)


def wanted_back(state: State, order: Order) -> Iterator[oev.OrderEvent]:
    """Note that what is being canceled for a flatten is wanted back once it is: we ask for the cancel now."""
    if order.client_order_id in state.brackets.legs.aside and allowed(order.status, oev.OrderPendingCancel):
        text = "the flatten that it makes way for went no further"
        yield oev.OrderPendingCancel(client_order_id=order.client_order_id, actor=GATE, text=text)


def cancel(order: Order, actor: str, text: str, *, aside: bool = False, moot: bool = False) -> Iterator[oev.OrderEvent]:
    """Cancel an order; nothing where that was asked already or there is nothing to cancel. `aside`: a flatten needs its
    place, and only that. `moot`: nothing is left for it to give back."""
    order_id = order.client_order_id
    if allowed(order.status, oev.OrderPendingCancel):
        if order.status is not OrderStatus.PENDING_CANCEL:
            yield oev.OrderPendingCancel(client_order_id=order_id, actor=actor, text=text, aside=aside, moot=moot)
    elif order.status is OrderStatus.HELD:
        said = f"{actor}: {text}" if text else f"canceled by {actor}"
        yield oev.OrderCanceled(client_order_id=order_id, text=said, aside=aside)


def cancel_orphaned(state: State) -> Iterator[oev.OrderEvent]:
    """Cancel the legs that waited here for an entry which was held here as well and is gone: no venue will tell."""
    for leg in tuple(state.brackets.legs.loose):
        order = state.blotter.orders[leg]
        if order.status is OrderStatus.HELD:
            yield from cancel(order, GATE, "the order that it waited for is gone", moot=True)
