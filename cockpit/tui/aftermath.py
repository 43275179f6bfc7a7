"""What came of an emergency stop: which venue has let go of how many orders, and how long that took.

The stop itself needs no answer, so the answers are counted here, beside it, as their records come back after the
commit. Milliseconds are wall time from the press to the venue's last word.
"""

from collections.abc import Callable

from cockpit import format as fmt
from cockpit.session import Session
from cockpit.tui.said import PART, Said
from oms.domain import events as ev
from oms.domain.ids import BrokerId, ClientOrderId
from oms.domain.text import sanitize


class Aftermath:
    """Follows the orders that worked when the stop came. `monotonic` tells wall seconds."""

    def __init__(self, session: Session, monotonic: Callable[[], float]) -> None:
        self._session = session
        self._monotonic = monotonic
        self._began: float | None = None
        self._asked: dict[BrokerId, int] = {}
        self._left: dict[BrokerId, set[ClientOrderId]] = {}
        self._took: dict[BrokerId, float] = {}
        """Wall seconds after which a venue had closed all it was asked to."""
        session.bus.subscribe(self._on_order, *ev.ORDER_EVENTS)
        session.bus.subscribe(self._on_resumed, ev.TradingResumed)

    def begin(self, pressed: float) -> None:
        """The stop has been asked for, nothing of it has happened yet: remember what works."""
        state = self._session.state
        self._began = pressed
        self._left = {broker: set() for broker in state.runs.links}
        for order_id, order in state.blotter.open.items():
            self._left.setdefault(order.ticket.broker, set()).add(order_id)
        self._asked = {broker: len(orders) for broker, orders in self._left.items()}
        self._took.clear()

    def said(self) -> Said | None:
        """Return what has come of it so far; None while there is no stop to speak of."""
        if self._began is None:
            return None
        held = len(self._session.state.ledger.open)
        venues = ", ".join(self._venue(broker) for broker in self._asked) or "no venue"
        told = [f"STOPPED: {venues}", f"{fmt.plural(held, 'position')} stay" if held else "no positions", "^R resumes"]
        if (failed := self._session.latch.file_error) is not None:
            told.insert(1, f"latch file: {failed}")
        return Said(sanitize(PART.join(told)), "danger" if any(self._left.values()) else "warn")

    def _venue(self, broker: BrokerId) -> str:
        asked, left = self._asked[broker], len(self._left[broker])
        if not asked:
            return f"{broker} had no orders"
        took = f" in {fmt.count(round(self._took[broker] * 1_000))} ms" if broker in self._took else ""
        return f"{broker} {fmt.count(asked - left)}/{fmt.count(asked)} orders closed{took}"

    def _on_resumed(self, _record: ev.Record) -> None:
        """Whoever resumed: there is nothing more to say."""
        self._began = None

    def _on_order(self, _record: ev.Record) -> None:
        orders = self._session.state.blotter.orders
        for broker, left in self._left.items():
            closed = {order_id for order_id in left if orders[order_id].is_closed}
            if closed and closed == left and self._began is not None:
                self._took[broker] = self._monotonic() - self._began
            left.difference_update(closed)
