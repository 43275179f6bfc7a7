"""Types of orders as a trader names them.

There is one more than a venue knows: a stop that follows the market is a kind of its own, and not merely a stop with a
length. Forms, lists, questions and results say the same words for it.
"""

from typing import NamedTuple

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
