"""What came of a stop: the gate, and for each venue how many cancels it was handed, how many it confirmed, and when.

A stop needs no answer, and whoever gave it may be another process or a file. So the answers are counted here, beside
it, for the newest stop, whoever asked for it: what is handed over as it is handed over, what is confirmed as its
record comes back after the commit. Times are seconds of the wall from when the stop was asked for.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from oms.bus import Bus
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import BrokerId, ClientOrderId
from oms.domain.order import Order, OrderStatus
from oms.state import State

_PENDING_CANCEL: Final = OrderStatus.PENDING_CANCEL  # a member of an enum costs two lookups, a name none
SILENT_SECS: Final = 1.0  # after which a venue that has confirmed less than it was handed is said not to answer


class Stop(NamedTuple):
    """A stop as it was given: by whom, why, and the monotonic seconds when it was asked for and the gate was closed."""

    actor: str
    reason: str
    asked_at: float
    closed_at: float


@dataclass
class Cancels:
    """What one venue was to cancel. `handed_secs` and `confirmed_secs` are of the last of them."""

    asked: int = 0
    handed_secs: float = 0.0
    confirmed_secs: float = 0.0
    obstacle: str = ""  # why it has not done all of them
    not_handed: set[ClientOrderId] = field(default_factory=set)
    waiting: set[ClientOrderId] = field(default_factory=set)

    @property
    def handed(self) -> int:
        """How many cancels the venue was handed."""
        return self.asked - len(self.not_handed)

    @property
    def confirmed(self) -> int:
        """How many orders it has let go of."""
        return self.asked - len(self.waiting)


class Aftermath:
    """Follows the newest stop of one session. `monotonic` tells wall seconds."""

    def __init__(self, bus: Bus, state: State, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._monotonic = monotonic
        self.stop: Stop | None = None
        self.journaled_secs: float | None = None  # until the halt itself was durable, and its cancels decided
        self._venues: dict[BrokerId, Cancels] = {}
        self._asked: dict[ClientOrderId, None] = {}
        self._before: set[ClientOrderId] = set()  # whose cancels had been handed over before
        bus.subscribe(self._on_order, *oev.ORDER_EVENTS)
        bus.subscribe(self._on_halted, ev.TradingHalted)
        bus.subscribe(self._on_resumed, ev.TradingResumed)

    def begin(self, stop: Stop) -> None:
        """The gate is closed, and nothing else of it has happened yet."""
        not_handed = {order_id for cancels in self._venues.values() for order_id in cancels.not_handed}
        self.stop, self.journaled_secs = stop, None
        self._venues = {broker: Cancels() for broker in self._state.runs.links}
        self._asked = {}
        self._before = set(self._pending()) - not_handed

    def hand_over(self, order: Order) -> None:
        """The cancel of an order was handed to its venue."""
        order_id, cancels = order.client_order_id, self._venues.get(order.ticket.broker)
        if self.stop is not None and cancels is not None and order_id in cancels.not_handed:
            cancels.not_handed.discard(order_id)
            cancels.handed_secs = self._monotonic() - self.stop.asked_at

    @property
    def gate_secs(self) -> float:
        """How long it took from the asking to the closed gate."""
        return self.stop.closed_at - self.stop.asked_at if self.stop is not None else 0.0

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is waited for."""
        return self.journaled_secs is not None and not any(cancels.waiting for cancels in self._venues.values())

    def venues(self) -> dict[BrokerId, Cancels]:
        """Return the venues with what became of their cancels, and why a venue has not done all of them."""
        since = self._monotonic() - self.stop.asked_at if self.stop is not None else 0.0
        for broker, cancels in self._venues.items():
            down = self._state.runs.links.get(broker, "")
            silent = "does not answer" if cancels.waiting and since >= SILENT_SECS else ""
            cancels.obstacle = f"does not answer: {down}" if down else silent
        return self._venues

    def asked(self) -> Sequence[Order]:
        """Return the orders that were to be canceled, as they are now, oldest first."""
        orders = self._state.blotter.orders
        return [orders[order_id] for order_id in self._asked if order_id in orders]

    def kept(self) -> Sequence[Order]:
        """Return the orders that the stop left at their venues: what protects a position stays."""
        return [order for order_id, order in self._state.blotter.open.items() if order_id not in self._asked]

    def _on_halted(self, _record: ev.Record) -> None:
        """Its cancels are decided by now, and all of them wait."""
        if self.stop is None or self.journaled_secs is not None:
            return
        self.journaled_secs = self._monotonic() - self.stop.asked_at
        pending, orders = self._pending(), self._state.blotter.open
        self._asked = dict.fromkeys(pending)
        of_venues: dict[BrokerId, set[ClientOrderId]] = {}
        for order_id in pending:
            of_venues.setdefault(orders[order_id].ticket.broker, set()).add(order_id)
        for broker, waiting in of_venues.items():
            self._venues[broker] = Cancels(len(waiting), not_handed=waiting - self._before, waiting=waiting)

    def _pending(self) -> Sequence[ClientOrderId]:
        orders = self._state.blotter.open.items()
        return [order_id for order_id, order in orders if order.status is _PENDING_CANCEL]

    def _on_resumed(self, _record: ev.Record) -> None:
        """Whoever resumed: there is nothing more to say."""
        self.stop = None

    def _on_order(self, record: ev.Record) -> None:
        order_id: ClientOrderId | None = getattr(record.event, "client_order_id", None)
        if order_id is None or order_id not in self._asked or self.stop is None:
            return
        order = self._state.blotter.orders[order_id]
        cancels = self._venues[order.ticket.broker]
        if order.is_closed and order_id in cancels.waiting:
            cancels.waiting.discard(order_id)
            cancels.confirmed_secs = self._monotonic() - self.stop.asked_at
