"""What a stop protects: no more than is sure, whatever the venue answers to what it was asked."""

from typing import NamedTuple

from oms.domain.order import Order
from oms.domain.units import ZERO, Price, Quantity


class Protected(NamedTuple):
    """A stop in force: its price, how much of its position it gives back, and whether the venue has it."""

    stop_px: Price
    quantity: Quantity
    at_venue: bool


def sure_qty(stop: Order) -> Quantity:
    """Return what a stop gives back whatever the venue answers to a change that was asked for: the smaller of the two
    quantities, less what has been filled."""
    asked = stop.ticket.quantity if stop.replacing is None else min(stop.ticket.quantity, stop.replacing.quantity)
    return max(ZERO, asked - stop.filled_qty)
