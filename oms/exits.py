"""What stands behind a position: the orders that wait to give it back.

An order by hand that waits, and would give back no more than what its strategy holds, is an exit: it is kept within
that share here, reserves nothing, follows its position and never outlives it. What the venue is told is another matter.
A venue knows the account's net and no strategies, so that an order is to reduce only is told to it where the net allows
that, and is no part of what an exit is.

There are two kinds, and they never meet. Stops lie where the position loses, targets where it gains, so of what is held
a stop and a target may stand for the same part: whichever trades, the other follows the position and is gone. That is
all that links them, and two orders by hand are one-cancels-the-other like the legs of a bracket. Two of the same kind
are another matter: one quote may reach both. So exits of one kind may together stand for what is held and no more, and
a bracket counts once in each kind that it asks for, with what is `left` of it.

A sale at the market gives back too. While it is on its way an exit that is placed has only the room beside it. Those
that stand already stay, and give way to what it trades and not to what it may: else a sale that nobody takes would
leave the position with neither. So both may trade. What is more than there was turns the position round, and that is
flagged on the order that did it and given back at once, whichever of the two was first (`oms.left`). For this a sale by
hand that is within its strategy's share is marked to close; a larger one is meant to turn the position, and is not.

Whoever sees the numbers differently, the gate or the hand that reduces orders, lets a position be turned round.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec.structs import replace

from oms.blotter import net_key, position_key
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.order import STOPS, Order, OrderFlag, OrderTicket, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Quantity
from oms.ledger import NetKey
from oms.reservations import Reserved
from oms.state import State

_BUY: Final = Side.BUY  # a member of an enum costs two lookups, a name none
_NOTHING: Final = Reserved()


class Cover(NamedTuple):
    """An order and how much of a position it stands for."""

    order: Order
    quantity: Quantity


def is_stop(ticket: OrderTicket) -> bool:
    """Tell of which kind an exit is: one that waits for a loss, be it touched already and a limit order since, or one
    that waits for a gain or an auction."""
    return ticket.order_type in STOPS or ticket.protects


def held_against(state: State, key: PositionKey, side: Side) -> Quantity:
    """Return what a strategy holds that an order of this side would give back."""
    position = state.ledger.open.get(key)
    return max(ZERO, -position.quantity * side.sign) if position is not None else ZERO


def net_with(state: State, key: NetKey, side: Side) -> Quantity:
    """Return what the account holds on a side, once all its open orders on that side have traded; negative while the
    net lies against the side."""
    net, reserved = state.ledger.net.get(key, ZERO), state.blotter.reserved.get(key, _NOTHING)
    return net + reserved.buy_qty if side is _BUY else reserved.sell_qty - net


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


def spent(state: State, key: PositionKey) -> list[Order]:
    """Return the orders of a position that would close at once, a stop that was touched or a sale at the market, and
    find nothing held: all that they could do is open another."""
    return [
        order
        for order in state.blotter.open.values()
        if _gives_back_at_once(order)
        and position_key(order.ticket) == key
        and not held_against(state, key, order.ticket.side)
    ]


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
    """Return a ticket by hand as the exit that it is: where it is within what its strategy holds and asks for no legs,
    as PROTECT if it is a stop, else as CLOSE. Any other is returned as is.

    A limit that waits is marked besides to reduce only where the account's net has as much now, because the venue,
    which knows no strategies, is told that. It is an exit either way. A stop is never marked: where another strategy
    comes to hold the other way the venue would find nothing to reduce and drop it, as it never would the stop of a
    bracket.
    """
    if ticket.asks_protection or ticket.purpose is not Purpose.OPEN:
        return ticket
    key, side = position_key(ticket), ticket.side
    if not ZERO < ticket.quantity <= held_against(state, key, side) - state.blotter.open_orders(key).on(side):
        return ticket
    if ticket.rests and is_stop(ticket):
        return replace(ticket, purpose=Purpose.PROTECT)
    told = ticket.rests and state.inflight.at(ticket.broker).reduce_only and _is_within_net(ticket, state)
    return replace(ticket, purpose=Purpose.CLOSE, reduce_only=ticket.reduce_only or told)


def _gives_back_at_once(order: Order) -> bool:
    """Tell whether an order, by itself, is meant to close and does not wait for that, as an exit does."""
    is_meant_to = order.ticket.purpose is not Purpose.OPEN or OrderFlag.TURNED in order.flags
    return is_meant_to and order.ticket.parent_id is None and not order.ticket.rests


def _is_within_net(ticket: OrderTicket, state: State) -> bool:
    """Tell whether the account's net, less what is on its way, has as much to give back as a ticket asks for."""
    return ticket.quantity <= -net_with(state, net_key(ticket), ticket.side)
