"""Why did this happen: every record's correlation and causation.

The correlation names what started a chain, a signal (`S` and its sequence number) or a hand-written order (its id),
and stays the same along it. The causation is the parent's sequence number, so a walk along it ends at the root. The
chains are themselves a fold over records, and a restart continues them. The place of an order stays after its end: a
fill may come late, and why it was ordered must be said then too.
"""

from typing import Final, TypeAlias

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, InstrumentId, SignalId, StrategyId, signal_id, to_signal_id

# of a venue; they may undo other orders
_NEWS: Final = frozenset({oev.OrderFilled, oev.OrderRejected, oev.OrderUnfound})

# A place in a chain: what started it, and the number of its newest record. Made for every record there is, so it is
# a plain tuple, which costs far less than one with names.
Place: TypeAlias = tuple[str | None, int | None]


_ALONE: Final[Place] = (None, None)


class Chains:
    """The newest place of every order, the newest signal of every strategy, and the roots of the decision at hand."""

    def __init__(self) -> None:
        self._orders: dict[ClientOrderId, Place] = {}
        self._signals: dict[InstrumentId, Place] = {}
        self._newest: dict[StrategyId, SignalId] = {}
        self._root: Place | None = None
        self._news: Place | None = None

    def reset(self) -> None:
        """Forget everything, to be restored anew."""
        self._orders.clear()
        self._newest.clear()
        self.begin()

    def begin(self) -> None:
        """Forget the roots: a new input is decided."""
        if self._signals:
            self._signals.clear()
        self._root = self._news = None

    def place(self, event: ev.Event, seq: int) -> Place:
        """Return (correlation, parent) for an event about to be recorded as `seq`, and remember it."""
        kind = type(event)
        if kind not in oev.ORDER_KINDS:
            return self._begin_chain(event, seq)
        order_id: ClientOrderId = event.client_order_id  # type: ignore[union-attr]
        correlation, before = self._orders.get(order_id) or self._born_of(event, order_id)
        if kind is oev.OrderPendingCancel:
            _, before = self._root or self._news or (None, before)  # the halt or the other leg, not its last step
        here = self._orders[order_id] = correlation, seq
        if kind in _NEWS:
            self._news = here  # what is decided beside it, on another leg, is decided because of it
        return correlation, before

    def _born_of(self, event: ev.Event, order_id: ClientOrderId) -> Place:
        """Return what an order comes of: of what became of another leg or of its parent, of a signal, or of nothing."""
        if type(event) is not oev.OrderInitialized:
            return order_id, None
        of = event.ticket.parent_id
        parent = self._news or self._orders.get(of) if of is not None else None
        return parent or self._signals.get(event.ticket.instrument_id) or self._news or (order_id, None)

    def signal_of(self, order_id: ClientOrderId) -> SignalId | None:
        """Return which signal an order came of; None where none did: somebody wrote it by hand, or it is unknown."""
        correlation, _ = self._orders.get(order_id, _ALONE)
        return to_signal_id(correlation)

    def newest_signal(self, strategy_id: StrategyId) -> SignalId | None:
        """Return which signal a strategy raised last; None before its first."""
        return self._newest.get(strategy_id)

    def restore(self, record: ev.Record) -> None:
        """Take a record of an earlier run in."""
        if type(record.event) in oev.ORDER_KINDS:
            order_id: ClientOrderId = record.event.client_order_id  # type: ignore[union-attr]
            self._orders[order_id] = record.correlation_id, record.seq
        elif type(record.event) is sev.SignalRaised:
            self._newest[record.event.signal.strategy_id] = signal_id(record.seq)

    def _begin_chain(self, event: ev.Event, seq: int) -> Place:
        if type(event) is sev.SignalRaised:
            correlation = self._newest[event.signal.strategy_id] = signal_id(seq)
            self._signals[event.signal.instrument_id] = correlation, seq
            return correlation, None
        if type(event) is sev.SignalDeclined:
            return self._signals[event.instrument_id]
        if type(event) is ev.TradingHalted or type(event) is ev.TradingReduced:
            self._root = None, seq
        return _ALONE
