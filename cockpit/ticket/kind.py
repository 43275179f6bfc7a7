"""Types of orders as a trader names them.

There is one more than a venue knows: a stop that follows the market is a kind of its own, and not merely a stop with a
length. Forms, lists, questions and results say the same words for it.
"""

from decimal import Decimal
from typing import NamedTuple

from cockpit import format as fmt
from oms.domain.order import OrderTicket, OrderType


class Kind(NamedTuple):
    """A type, and whether it trails."""

    order_type: OrderType
    trails: bool = False

    @property
    def words(self) -> str:
        """`STOP LIMIT`, `TRAILING STOP`."""
        return "TRAILING STOP" if self.trails else self.order_type.replace("_", " ")


def kind_of(ticket: OrderTicket) -> Kind:
    """Return what kind of order a ticket is."""
    return Kind(ticket.order_type, ticket.trails)


def kind_and_prices(ticket: OrderTicket, tick: Decimal, at: str = "") -> str:
    """Return a kind with its prices: `LIMIT 129.50`, with `at` between them, or `STOP LIMIT stop 274.44 limit 277.15`:
    of two prices each has its name, since nobody can tell from a number which of them starts the order."""
    prices = [(name, px) for name, px in (("stop", ticket.stop_px), ("limit", ticket.limit_px)) if px is not None]
    named = [f"{name if len(prices) > 1 else at} {fmt.price(px, tick)}".strip() for name, px in prices]
    return " ".join([kind_of(ticket).words, *named])
