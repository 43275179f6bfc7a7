"""What a run amounted to, counted as its records go by."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.market import Quote
from oms.domain.order import OrderStatus
from oms.domain.risk import GROUP
from oms.domain.units import ZERO
from oms.state import State


class RunCounts:
    """Subscribes to the bus of one run.

    `bars` are the sessions played to their end; `orders` all that were taken on, those among them that the gate denied
    (`orders_denied`) and those that went to a venue (`submitted`). `denied` has an entry for every rule, zeros
    included, and one for the orders that fell with another leg. A signal counts as filled with its first fill, as
    denied or expired when an order of its did so before it was filled, and as declined when it came to no order.
    """

    def __init__(self, rules: Sequence[str]) -> None:
        self.bars = 0
        self.quotes = 0
        self.signals = 0
        self.signals_filled = 0
        self.signals_denied = 0
        self.signals_expired = 0
        self.signals_declined = 0
        self.orders = 0
        self.submitted = 0
        self.fills = 0
        self.partial_fills = 0
        self.rejected = 0
        self.canceled = 0
        self.expired = 0
        self.denied: Counter[str] = Counter(dict.fromkeys((*rules, GROUP), 0))
        self.orders_denied = 0
        self.peak: Decimal | None = None
        self.max_drawdown = ZERO
        self._answered: set[str] = set()  # signals by their correlation, once they are one of the three

    def watch(self, record: ev.Record, state: State) -> None:  # noqa: C901 - one case for each kind that is counted
        """Count one record; `state` is the state after its batch."""
        match record.event:
            case ev.MarketMoved(data=data):
                self._market(data, state)
            case sev.SignalRaised():
                self.signals += 1
            case sev.SignalDeclined():
                self.signals_declined += 1
            case ev.TapePositioned():
                self.bars += 1
            case oev.OrderInitialized():
                self.orders += 1
            case oev.OrderSubmitted():
                self.submitted += 1
            case oev.OrderDenied(decision=decision):
                self.orders_denied += 1
                self.denied.update(decision.failed)
                self.signals_denied += self._answers(record)
            case oev.OrderRejected():
                self.rejected += 1
            case oev.OrderCanceled():
                self.canceled += 1
            case oev.OrderExpired():
                self.expired += 1
                self.signals_expired += self._answers(record)
            case oev.OrderFilled():
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

    def _fill(self, record: ev.Record, event: oev.OrderFilled, state: State) -> None:
        self.fills += 1
        order = state.blotter.orders[event.client_order_id]
        if order.filled_qty < order.ticket.quantity or order.status is not OrderStatus.FILLED:
            self.partial_fills += 1
        self.signals_filled += self._answers(record)

    def _answers(self, record: ev.Record) -> bool:
        """Tell whether this is the first thing that became of a signal."""
        signal = record.correlation_id
        if signal is None or not (signal[:1] == "S" and signal[1:].isdigit()) or signal in self._answered:
            return False
        self._answered.add(signal)
        return True
