"""What a cancel takes away from a position, in words: its stop, its target, and what is left to close it.

The risk that was planned is the one that a change of the stop would show too (`cockpit.ticket.planned`).
"""

from collections.abc import Sequence
from typing import Final

from cockpit import format as fmt
from cockpit.protection import is_sure
from cockpit.ticket.planned import planned_change, planned_of
from oms.blotter import position_key
from oms.domain.ids import short_id, symbol_of
from oms.domain.order import Order, OrderStatus
from oms.domain.units import ZERO, Quantity
from oms.state import State

LISTED: Final = 4
"""Orders that a question names one by one."""
NOT_AGAIN: Final = "It is not made again, whatever is resumed."


def unprotected(orders: Sequence[Order], state: State) -> list[str]:
    """Say what each strategy's position loses with its stops: `removes stop 186.40: 300 AAPL are unprotected`, and in a
    line of its own what is at risk then."""
    said = [line for order in orders[:LISTED] for line in _without_stop(order, state)]
    said += [f"and {fmt.count(len(orders) - LISTED)} more"] if len(orders) > LISTED else []
    return [*said, NOT_AGAIN] if [order.ticket.parent_id is None for order in orders] == [False] else said


def without_target(order: Order, state: State) -> list[str]:
    """Say what becomes of a position without its target: `removes target 230.00: 10 AAPL keep the stop 200.00`."""
    ticket, instrument = order.ticket, state.instruments.by_id[order.ticket.instrument_id]
    said = f"removes target {fmt.price(ticket.limit_px, instrument.tick)}"
    if _waits(order, state):
        return [f"{said}: {_filling(order)} has none.", NOT_AGAIN]
    quantity = planned_of(ticket, order.leaves_qty, state).covered_qty
    what = f"{fmt.quantity(quantity, instrument.lot)} {symbol_of(ticket.instrument_id)}"
    sure = [px for stop, px, _ in state.brackets.stops(position_key(ticket)) if is_sure(stop)]
    at = ", ".join(dict.fromkeys(fmt.price(px, instrument.tick) for px in sure))
    keep, have = fmt.verb(quantity, "keeps", "keep"), fmt.verb(quantity, "has", "have")
    kept = f"{said}: {what} {f'{keep} the stop {at}' if sure else f'{have} no stop either'}."
    return [kept] if ticket.parent_id is None else [kept, NOT_AGAIN]


def _without_stop(order: Order, state: State) -> list[str]:
    ticket, instrument = order.ticket, state.instruments.by_id[order.ticket.instrument_id]
    said = f"removes stop {fmt.price(ticket.stop_px, instrument.tick)}"
    if _waits(order, state):
        return [f"{said}: {_filling(order)} is unprotected"]
    if not is_sure(order):
        return [f"{said}, which was not answered for: whether it stands is not known"]
    before, after = planned_change(order, ticket, ZERO, state)
    what = _part(before.covered_qty, before.held_qty, instrument.lot)
    said = f"{said}: {what} {symbol_of(ticket.instrument_id)} {fmt.verb(before.covered_qty, 'is', 'are')} unprotected"
    if before.amount is None:
        return [said]
    all_of_it = "unlimited" if after.amount is None else fmt.money(after.amount)
    return [said, f"at risk: {fmt.money(before.amount)} → {all_of_it}"]


def _part(quantity: Quantity, held: Quantity, lot: Quantity) -> str:
    """Return `10`, or `10 of 20` where that is not all that is held."""
    whole = f" of {fmt.quantity(held, lot)}" if quantity < held else ""
    return f"{fmt.quantity(quantity, lot)}{whole}"


def _waits(order: Order, state: State) -> bool:
    """Tell whether a leg waits for its parent still, and not for its price."""
    is_leg = order.ticket.parent_id is not None
    return is_leg and order.status is OrderStatus.HELD and order.client_order_id not in state.brackets.legs.soft


def _filling(order: Order) -> str:
    assert order.ticket.parent_id is not None  # noqa: S101 - only a leg waits so
    return f"what order {short_id(order.ticket.parent_id)} fills"
