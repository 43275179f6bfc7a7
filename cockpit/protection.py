"""How a position is protected, in the one meaning that the screen, the command line and a script share.

A position may have several stops at different prices, and one price has to stand for them. It is the worst: the last
at which any of what they cover is given back. The nearest would promise a loss that only a part of the position has,
and whoever shows another price than this one disagrees with the list beside it. What no stop covers is bare, and
nobody works that out for himself.

A stop protects once it works: at its venue, or here, as soft as this process. One that is on its way may be rejected
yet, and of one whose venue does not answer, be it to the order or to its cancel, nobody knows whether it stands. Both
are shown, for they were asked for, and they count for nothing.
"""

from enum import StrEnum
from typing import NamedTuple

from oms.domain.order import Order, OrderFlag, OrderStatus
from oms.domain.position import Position
from oms.domain.units import ZERO, Price, Quantity
from oms.state import State


class Where(StrEnum):
    """Where the stops of a position are, by the one that is worst off."""

    VENUE = "venue"
    SOFT = "soft"  # held here
    SENT = "sent"  # on its way, and not taken yet
    UNKNOWN = "unknown"  # its venue has not answered in time


class Covered(NamedTuple):
    """What the stops of a position come to together: the worst price, how much of it they give back, which is never
    more than is held, and where they are."""

    worst_px: Price
    quantity: Quantity
    where: Where


def protection_of(position: Position, state: State) -> Covered | None:
    """Return what covers a position; None when nothing does."""
    stops = [stop for stop in state.brackets.protection(position.key) if stop.quantity]
    if not stops:
        return None
    worst = min if position.quantity > ZERO else max
    known = Where.VENUE if all(stop.at_venue for stop in stops) else Where.SOFT
    unsure = [order for order, _, quantity in state.brackets.stops(position.key) if quantity and not is_sure(order)]
    if unsure:
        known = Where.UNKNOWN if any(map(_is_unanswered, unsure)) else Where.SENT
    return Covered(
        worst(stop.stop_px for stop in stops),
        abs(position.quantity) - bare_qty(position, state),
        known,
    )


def bare_qty(position: Position, state: State) -> Quantity:
    """Return for how much of a position there is no stop at all, not even one on its way."""
    covered = sum((stop.quantity for stop in state.brackets.protection(position.key)), ZERO)
    return max(ZERO, abs(position.quantity) - covered)


def unprotected_qty(position: Position, state: State) -> Quantity:
    """Return how much of a position no stop protects for certain at this moment."""
    sure = sum((quantity for order, _, quantity in state.brackets.stops(position.key) if is_sure(order)), ZERO)
    return max(ZERO, abs(position.quantity) - sure)


def is_sure(order: Order) -> bool:
    """Tell whether it is known of an open order that it stands: its venue has it, or it is held here."""
    return order.status is not OrderStatus.SUBMITTED and not _is_unanswered(order)


def _is_unanswered(order: Order) -> bool:
    """Tell whether a venue owes the answer to an order, or to its cancel, for longer than it may."""
    is_overdue = order.status is OrderStatus.PENDING_CANCEL and OrderFlag.OVERDUE in order.flags
    return is_overdue or order.status is OrderStatus.UNKNOWN
