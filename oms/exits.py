"""What stands behind a position: the orders that wait to give it back.

There are two kinds, and they never meet. Stops lie where the position loses, targets where it gains, so of what is held
a stop and a target may stand for the same part: whichever trades, the other follows the position and is gone. That is
all that links them, and two orders by hand are one-cancels-the-other like the legs of a bracket. Two of the same kind
are another matter: one quote may reach both. So exits of one kind may together stand for what is held and no more, and
a bracket counts once in each kind that it asks for, with what is `left` of it.

Whoever sees the numbers differently, the gate or the hand that reduces orders, lets a position be turned round.
"""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from oms.blotter import net_key, position_key
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.order import STOPS, Order, OrderTicket, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Quantity
from oms.state import State


class Cover(NamedTuple):
    """An order and how much of a position it stands for."""

    order: Order
    quantity: Quantity


def is_stop(ticket: OrderTicket) -> bool:
    """Tell of which kind an exit is: one that waits for a loss, or one that waits for a gain or an auction."""
    return ticket.order_type in STOPS


def held_against(state: State, key: PositionKey, side: Side) -> Quantity:
    """Return what a strategy holds that an order of this side would give back."""
    position = state.ledger.open.get(key)
    return max(ZERO, -position.quantity * side.sign) if position is not None else ZERO


def legs_behind(state: State, key: PositionKey, *, stops: bool) -> list[Cover]:
    """Return the legs of one kind that are in force for a position or will be made anew, oldest first."""
    found = []
    for bracket in state.brackets.of(key):
        leg_id = bracket.stop if stops else bracket.target
        if leg_id is None or not bracket.left:
            continue
        leg = state.blotter.orders[leg_id]
        if not (leg.is_closed and leg_id in state.brackets.legs.waived):
            found.append(Cover(leg, bracket.left))
    return found


def by_hand(state: State, key: PositionKey, side: Side, *, stops: bool) -> list[Cover]:
    """Return the exits of one kind that somebody asked for by themselves, oldest first."""
    orders = state.blotter.exits_of(key)
    return [
        Cover(order, order.leaves_qty)
        for order in orders
        if order.ticket.side is side and is_stop(order.ticket) is stops
    ]


def behind(state: State, key: PositionKey, side: Side, *, stops: bool) -> list[Cover]:
    """Return all exits of one kind that a position has: legs first, each kind of maker oldest first."""
    if not held_against(state, key, side):
        return []
    return [*legs_behind(state, key, stops=stops), *by_hand(state, key, side, stops=stops)]


def orphans(state: State, instrument_id: InstrumentId | None, strategy_id: StrategyId | None) -> list[Order]:
    """Return the exits by hand that still work though nothing is held for them, of an instrument and a strategy where
    these are named."""
    return [
        order
        for key in state.blotter.exits
        if instrument_id in (None, key.instrument_id) and strategy_id in (None, key.strategy_id)
        for order in state.blotter.exits_of(key)
        if not held_against(state, key, order.ticket.side)
    ]


def total(exits: Iterable[Cover]) -> Quantity:
    """Return what exits stand for together."""
    return sum((one.quantity for one in exits), ZERO)


def as_exit(ticket: OrderTicket, state: State) -> OrderTicket:
    """Return a ticket by hand as the exit that it is: where it waits, asks for no legs, and is within what its strategy
    holds, as PROTECT where it is a stop, else as CLOSE and marked to reduce only. Any other is returned as is.

    A limit is marked only where the account's net has as much, because the venue, which knows no strategies, is told
    too. A stop is not: it is kept within what its strategy holds here, and where another strategy comes to hold the
    other way the venue would find nothing to reduce and drop it, as it never would the stop of a bracket.
    """
    if not ticket.rests or ticket.asks_protection or ticket.purpose is not Purpose.OPEN:
        return ticket
    key, side = position_key(ticket), ticket.side
    if not ZERO < ticket.quantity <= held_against(state, key, side) - state.blotter.open_orders(key).on(side):
        return ticket
    if is_stop(ticket):
        return replace(ticket, purpose=Purpose.PROTECT)
    under, reserved = net_key(ticket), state.blotter.reserved.get(net_key(ticket))
    on_way = ZERO if reserved is None else reserved.buy_qty if side is Side.BUY else reserved.sell_qty
    closable = -state.ledger.net_quantity(under) * side.sign - on_way
    told = ticket.quantity <= closable and state.inflight.at(ticket.broker).reduce_only
    return replace(ticket, purpose=Purpose.CLOSE, reduce_only=True) if told else ticket
