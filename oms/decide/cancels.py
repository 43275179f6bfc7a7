"""The way to cancel: what the venue may have is asked back, what is held here is simply canceled.

Two things are said elsewhere, where they are meant: a person's wish that is repeated (`commands`), and a cancel that is
asked for again after a silence (`deadlines`).
"""

from collections.abc import Iterator

from oms.domain import order_events as oev
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
