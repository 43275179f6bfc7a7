"""What an adapter can do by itself, and how far its answers may be trusted."""

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct

from oms.domain.order import TOUCHED, OrderTicket, OrderType, TimeInForce
from oms.domain.units import SECOND, Nanos


class Capabilities(Struct, frozen=True, kw_only=True):
    """What is declared once per adapter. What is not among `order_types` and `tifs`, and what it lacks otherwise, is
    never handed over to it: a stop is held here instead, and anything else refused.

    Raises:
        ValueError: an answer, a look or a heartbeat that may not take any time.
    """

    order_types: frozenset[OrderType] = frozenset(OrderType)
    tifs: frozenset[TimeInForce] = frozenset(TimeInForce)
    replaces: bool = True  # it changes an order that works, under the same id
    reduce_only: bool = True  # it sees to it that such an order never opens; else we do
    answer_secs: float = 10.0  # after so long without an answer the outcome is unknown
    knows_at_once: bool = False  # its first "not found" is definitive: it cannot have the order on its way
    blocks: bool = False  # its calls wait for the venue, so each is made on a thread
    books_secs: float = 20.0  # while a link stands, its books are looked at so often
    heartbeat_secs: float | None = None  # a stream that stands says something so often; None: it may be silent

    def __post_init__(self) -> None:
        """Refuse a deadline that would pass before anything could be said."""
        if not self.answer_secs > 0:
            msg = f"answer_secs must be positive, got {self.answer_secs}"
            raise ValueError(msg)
        if not self.books_secs > 0:
            msg = f"books_secs must be positive, got {self.books_secs}"
            raise ValueError(msg)
        if self.heartbeat_secs is not None and not self.heartbeat_secs > 0:
            msg = f"heartbeat_secs must be positive, got {self.heartbeat_secs}"
            raise ValueError(msg)

    @property
    def answer_within(self) -> Nanos:
        """The deadline of an answer, as a duration."""
        return int(self.answer_secs * SECOND)

    def lacking(self, ticket: OrderTicket) -> str:
        """Return what the broker does not do of a ticket, in words; empty when it does all of it. A trail is moved."""
        if ticket.tif not in self.tifs:
            return f"{ticket.broker} takes no {ticket.tif} {ticket.order_type}"
        if ticket.order_type not in self.order_types:
            return f"{ticket.broker} takes no {ticket.order_type}"
        return f"{ticket.broker} moves no stops" if ticket.trails and not self.replaces else ""

    def refuses(self, ticket: OrderTicket) -> str:
        """Return what of a ticket neither the broker does nor can be done here in its place, in words; empty when there
        is nothing. A stop can be held here, as long as the broker takes what it becomes."""
        kind = TOUCHED.get(ticket.order_type, ticket.order_type)
        if ticket.tif not in self.tifs:
            return f"{ticket.broker} takes no {ticket.tif} orders: it takes {_listed(TimeInForce, self.tifs)}"
        if ticket.order_type not in self.order_types and kind not in self.order_types:
            return f"{ticket.broker} takes no {kind} orders: it takes {_listed(OrderType, self.order_types)}"
        return ""


def _listed(kinds: type[StrEnum], known: Collection[StrEnum]) -> str:
    """Return `DAY, GTC, IOC`: the known ones, in the order in which they are declared."""
    return ", ".join(kind for kind in kinds if kind in known)
