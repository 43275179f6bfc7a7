"""What a run amounted to, counted as its records go by."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from oms.domain import events as ev
from oms.domain.market import Bar, Quote
from oms.domain.order import OrderStatus
from oms.domain.units import ZERO
from oms.state import State


class RunCounts:
    """Subscribes to the bus of one run. `denied` has an entry for every rule, zeros included."""

    def __init__(self, rules: Sequence[str]) -> None:
        self.bars = 0
        self.quotes = 0
        self.signals = 0
        self.signals_filled = 0
        self.orders = 0
        self.fills = 0
        self.partial_fills = 0
        self.rejected = 0
        self.canceled = 0
        self.expired = 0
        self.denied: Counter[str] = Counter(dict.fromkeys(rules, 0))
        self.orders_denied = 0
        self.peak: Decimal | None = None
        self.max_drawdown = ZERO
        self._filled_orders: set[str] = set()

    def watch(self, record: ev.Record, state: State) -> None:
        """Count one record; `state` is the state after its batch."""
        match record.event:
            case ev.MarketMoved(data=data):
                self._market(data, state)
            case ev.SignalRaised():
                self.signals += 1
            case ev.OrderSubmitted():
                self.orders += 1
            case ev.OrderDenied(decision=decision):
                self.orders_denied += 1
                self.denied.update(decision.failed)
            case ev.OrderRejected():
                self.rejected += 1
            case ev.OrderCanceled():
                self.canceled += 1
            case ev.OrderExpired():
                self.expired += 1
            case ev.OrderFilled():
                self._fill(record, record.event, state)
            case _:
                pass

    def _market(self, data: object, state: State) -> None:
        if isinstance(data, Quote):
            self.quotes += 1
            equity = state.equity.now
            if equity is not None:
                if self.peak is None or equity > self.peak:
                    self.peak = equity
                elif self.peak:
                    self.max_drawdown = max(self.max_drawdown, (self.peak - equity) / self.peak)
        elif isinstance(data, Bar):
            self.bars += 1

    def _fill(self, record: ev.Record, event: ev.OrderFilled, state: State) -> None:
        self.fills += 1
        order = state.blotter.orders[event.client_order_id]
        if order.filled_qty < order.ticket.quantity or order.status is not OrderStatus.FILLED:
            self.partial_fills += 1
        if event.client_order_id not in self._filled_orders:
            self._filled_orders.add(event.client_order_id)
            if record.correlation_id is not None and record.correlation_id.startswith("S"):
                self.signals_filled += 1
