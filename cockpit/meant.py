"""What a flatten means: whose shares and orders, what of them is not over, and what a flatten of an earlier run left.

A flatten that somebody asked for is no record of the journal; its orders are, and so is what made way for it. Of one
that ended with its process, that is what tells: a stop that made way and is not back, or a close that still works.
"""

from collections.abc import Sequence
from typing import NamedTuple

from oms.blotter import net_key
from oms.domain import commands as do
from oms.domain.ids import BrokerId, InstrumentId, StrategyId
from oms.domain.order import Order, OrderStatus
from oms.domain.units import ZERO
from oms.state import State


class End(NamedTuple):
    """How a flatten that went on is over. `why` it was given up, in words; empty where nothing is held any more."""

    command: do.FlattenPosition
    why: str


def means(command: do.FlattenPosition, instrument_id: InstrumentId, strategy_id: StrategyId) -> bool:
    """Tell whether a flatten is of a strategy's share of an instrument."""
    return command.instrument_id in (None, instrument_id) and command.strategy_id in (None, strategy_id)


def held_of(state: State, command: do.FlattenPosition) -> Sequence[InstrumentId]:
    """Return the instruments in which something is held that a flatten means."""
    keys = [key for key in state.ledger.open if means(command, key.instrument_id, key.strategy_id)]
    return tuple(dict.fromkeys(key.instrument_id for key in keys))


def under_way(state: State, command: do.FlattenPosition) -> Sequence[Order]:
    """Return what of a flatten is not over: the cancels that are not confirmed, and its own orders."""
    return [
        one
        for one in state.blotter.open.values()
        if (one.status is OrderStatus.PENDING_CANCEL or one.confirmed)
        and means(command, one.ticket.instrument_id, one.ticket.strategy_id)
    ]


def is_in_the_way(state: State, order: Order) -> bool:
    """Tell whether an order may close what is held, so that the core closes nothing there before it is gone."""
    net = net_key(order.ticket)
    return any(
        position.quantity * order.ticket.side.sign < ZERO
        for key, position in state.ledger.open.items()
        if (key.broker, key.account, key.instrument_id) == net
    )


def is_at(state: State, broker: BrokerId, command: do.FlattenPosition) -> bool:
    """Tell whether a broker holds something that a flatten means, or owes an answer for it."""
    held = any(key.broker == broker and means(command, key.instrument_id, key.strategy_id) for key in state.ledger.open)
    return held or any(order.ticket.broker == broker for order in under_way(state, command))


def cut_off(state: State) -> Sequence[InstrumentId]:
    """Return the instruments of flattens that were under way when the journal ended, and in which something is held."""
    orders = state.blotter.orders
    made_way = [orders[order_id].ticket.instrument_id for order_id in state.brackets.legs.aside]
    closing = [one.ticket.instrument_id for one in state.blotter.open.values() if one.confirmed]
    held = {key.instrument_id for key in state.ledger.open}
    return [instrument_id for instrument_id in dict.fromkeys((*made_way, *closing)) if instrument_id in held]
