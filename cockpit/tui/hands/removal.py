"""What a cancel takes away from a position, in words: its stop, its target, and what is left to close it.

The risk that was planned is the one that a change of the stop would show too (`cockpit.ticket.planned`).
"""

from collections.abc import Sequence
from typing import Final

from cockpit import format as fmt
from cockpit.ticket.planned import planned_of
from oms.blotter import position_key
from oms.domain.ids import short_id, symbol_of
from oms.domain.order import Order, OrderStatus, Side
from oms.domain.units import Quantity
from oms.state import State

LISTED: Final = 4
"""Orders that a question names one by one."""
NOT_AGAIN: Final = "It is not made again, whatever is resumed."


def unprotected(orders: Sequence[Order], state: State) -> list[str]:
    """Say what each strategy's position loses with its stops: `removes stop 186.40: AAPL 300 is unprotected`."""
    said = [_without_stop(order, state) for order in orders[:LISTED]]
    said += [f"and {fmt.count(len(orders) - LISTED)} more"] if len(orders) > LISTED else []
    return [*said, NOT_AGAIN] if [order.ticket.parent_id is None for order in orders] == [False] else said


def without_target(order: Order, state: State) -> list[str]:
    """Say what becomes of a position without its target: `removes target 230.00: AAPL 10 keeps its stop 200.00`."""
    ticket, instrument = order.ticket, state.instruments.by_id[order.ticket.instrument_id]
    said = f"removes target {fmt.price(ticket.limit_px, instrument.tick)}"
    if _waits(order, state):
        return [f"{said}: {_filling(order)} has none.", NOT_AGAIN]
    what = _what(order, planned_of(ticket, order.leaves_qty, state).covered_qty, state)
    stops = state.brackets.protection(position_key(ticket))
    at = ", ".join(dict.fromkeys(fmt.price(stop.stop_px, instrument.tick) for stop in stops))
    return [f"{said}: {what} {f'keeps its stop {at}' if stops else 'has no stop either'}.", NOT_AGAIN]


def _without_stop(order: Order, state: State) -> str:
    ticket, instrument = order.ticket, state.instruments.by_id[order.ticket.instrument_id]
    said = f"removes stop {fmt.price(ticket.stop_px, instrument.tick)}"
    if _waits(order, state):
        return f"{said}: {_filling(order)} is unprotected"
    planned = planned_of(ticket, order.leaves_qty, state)
    is_part = planned.covered_qty < planned.held_qty
    whole = f" of {fmt.quantity(planned.held_qty, instrument.lot)}" if is_part else ""
    said = f"{said}: {_what(order, planned.covered_qty, state)}{whole} is unprotected"
    if planned.amount is None:
        return said
    end = "becomes all of it" if ticket.side is Side.SELL else "becomes unlimited"
    return f"{said}; {fmt.money(planned.amount)} of planned risk {end}"


def _what(order: Order, quantity: Quantity, state: State) -> str:
    lot = state.instruments.by_id[order.ticket.instrument_id].lot
    return f"{symbol_of(order.ticket.instrument_id)} {fmt.quantity(quantity, lot)}"


def _waits(order: Order, state: State) -> bool:
    """Tell whether a leg waits for its parent still, and not for its price."""
    return order.status is OrderStatus.HELD and order.client_order_id not in state.brackets.legs.soft


def _filling(order: Order) -> str:
    assert order.ticket.parent_id is not None  # noqa: S101 - only a leg waits so
    return f"what order {short_id(order.ticket.parent_id)} fills"
