"""What an order waits for that is held here, in words: the legs of a bracket before it is their turn."""

from oms.domain.ids import short_id
from oms.domain.order import Order, OrderStatus
from oms.state import State


def waits_for(order: Order, state: State) -> str:
    """Return `order 40 to fill`, or `its price, watched here: ...` where the venue does not have it, or that the market
    is tried again; empty for an order that is not held here."""
    if order.status is not OrderStatus.HELD:
        return ""
    parent_id = order.ticket.parent_id
    if order.ticket.is_touched:
        return f"the next try at the market: {order.text.removeprefix('soft: ')}"
    if order.client_order_id in state.brackets.legs.soft or parent_id is None:
        return f"its price, watched here: {order.text.removeprefix('soft: ')}"
    return f"order {short_id(parent_id)} to fill"
