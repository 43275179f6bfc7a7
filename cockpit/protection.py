"""How a position is protected, in the one meaning that the screen, the command line and a script share.

A position may have several stops at different prices, and one price has to stand for them. It is the worst: the last
at which any of what they cover is given back. The nearest would promise a loss that only a part of the position has,
and whoever shows another price than this one disagrees with the list beside it. What no stop covers is bare, and
nobody works that out for himself.
"""

from typing import NamedTuple

from oms.domain.position import Position
from oms.domain.units import ZERO, Price, Quantity
from oms.state import State


class Covered(NamedTuple):
    """What the stops of a position come to together: the worst price, how much of it they give back, which is never
    more than is held, and whether the venue has all of them."""

    worst_px: Price
    quantity: Quantity
    at_venue: bool


def protection_of(position: Position, state: State) -> Covered | None:
    """Return what covers a position; None when nothing does."""
    stops = [stop for stop in state.brackets.protection(position.key) if stop.quantity]
    if not stops:
        return None
    worst = min if position.quantity > ZERO else max
    return Covered(
        worst(stop.stop_px for stop in stops),
        abs(position.quantity) - bare_qty(position, state),
        all(stop.at_venue for stop in stops),
    )


def bare_qty(position: Position, state: State) -> Quantity:
    """Return how much of a position no stop in force would give back."""
    covered = sum((stop.quantity for stop in state.brackets.protection(position.key)), ZERO)
    return max(ZERO, abs(position.quantity) - covered)
