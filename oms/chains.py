"""Why did this happen: every record's correlation and causation.

The correlation names what started a chain, a signal (`S` and its sequence number) or a hand-written order (its id),
and stays the same along it. The causation is the parent's sequence number, so a walk along it ends at the root. The
chains are themselves a fold over records, and a restart continues them.
"""

from typing import Final, NamedTuple

from oms.domain import events as ev
from oms.domain.ids import ClientOrderId, InstrumentId

_NEWS: Final = frozenset({ev.OrderFilled, ev.OrderRejected, ev.OrderUnfound})  # of a venue; they may undo other orders


class Link(NamedTuple):
    """A place in a chain: what started it, and the newest record of it."""

    correlation_id: str | None
    seq: int | None


class Chains:
    """The newest link of every order, and the roots of the decision at hand."""

    def __init__(self) -> None:
        self._orders: dict[ClientOrderId, Link] = {}
        self._signals: dict[InstrumentId, Link] = {}
        self._root: Link | None = None
        self._news: Link | None = None

    def reset(self) -> None:
        """Forget everything, to be restored anew."""
        self._orders.clear()
        self.begin()

    def begin(self) -> None:
        """Forget the roots: a new input is decided."""
        self._signals.clear()
        self._root = self._news = None

    def place(self, event: ev.Event, seq: int) -> Link:
        """Return (correlation, parent) for an event about to be recorded as `seq`, and remember it."""
        if type(event) in ev.ORDER_KINDS:
            return self._order(event, seq)  # type: ignore[arg-type]
        if isinstance(event, ev.SignalRaised):
            link = self._signals[event.signal.instrument_id] = Link(f"S{seq}", seq)
            return Link(link.correlation_id, None)
        if isinstance(event, ev.TradingHalted | ev.TradingReduced):
            self._root = Link(None, seq)
        return Link(None, None)

    def restore(self, record: ev.Record) -> None:
        """Take a record of an earlier run in."""
        if type(record.event) in ev.ORDER_KINDS:
            order_id: ClientOrderId = record.event.client_order_id  # type: ignore[union-attr]
            self._orders[order_id] = Link(record.correlation_id, record.seq)

    def _order(self, event: ev.OrderEvent, seq: int) -> Link:
        order_id = event.client_order_id
        if isinstance(event, ev.OrderInitialized):
            parent = self._signals.get(event.ticket.instrument_id) or self._news or Link(order_id, None)
        else:
            parent = self._orders.get(order_id) or Link(order_id, None)
        correlation = parent.correlation_id
        if isinstance(event, ev.OrderPendingCancel):
            parent = self._root or self._news or parent  # the halt or the other leg is why, not the order's last step
        link = self._orders[order_id] = Link(correlation, seq)
        if type(event) in _NEWS:
            self._news = link  # what is decided beside it, on another leg, is decided because of it
        return Link(correlation, parent.seq)
