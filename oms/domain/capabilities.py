"""What an adapter can do by itself, and how far its answers may be trusted."""

from msgspec import Struct

from oms.domain.order import OrderTicket, OrderType, TimeInForce
from oms.domain.units import SECOND, Nanos


class Capabilities(Struct, frozen=True, kw_only=True):
    """What is declared once per adapter. What is not among `order_types` and `tifs`, and what it lacks otherwise, is
    never handed over to it.

    Raises:
        ValueError: an answer or a heartbeat that may not take any time.
    """

    order_types: frozenset[OrderType] = frozenset(OrderType)
    tifs: frozenset[TimeInForce] = frozenset(TimeInForce)
    replaces: bool = True  # it changes an order that works, under the same id
    reduce_only: bool = True  # it sees to it that such an order never opens
    answer_secs: float = 10.0  # after so long without an answer the outcome is unknown
    knows_at_once: bool = False  # its first "not found" is definitive: it cannot have the order on its way
    blocks: bool = False  # its calls wait for the venue, so each is made on a thread
    heartbeat_secs: float | None = None  # a stream that stands says something so often; None: it may be silent

    def __post_init__(self) -> None:
        """Refuse a deadline that would pass before anything could be said."""
        if not self.answer_secs > 0:
            msg = f"answer_secs must be positive, got {self.answer_secs}"
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
        if ticket.order_type not in self.order_types or ticket.tif not in self.tifs:
            return f"{ticket.broker} takes no {ticket.tif} {ticket.order_type}"
        if ticket.reduce_only and not self.reduce_only:
            return f"{ticket.broker} takes no orders that only reduce"
        return f"{ticket.broker} moves no stops" if ticket.trails and not self.replaces else ""
