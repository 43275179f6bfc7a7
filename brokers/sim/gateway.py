"""The gateway: what the venue does with an order, a cancel, a change or a question when it arrives.

An id that is known is answered like a question, because it is the same order told again. What is done stands in the
book at once and is said to the wire; who hears it, and when it is kept, is the venue's affair.
"""

from typing import Final

from brokers.sim.admission import Admission
from brokers.sim.book import Book
from brokers.sim.floor import Floor
from brokers.sim.matching import Matching
from brokers.sim.pit import Pit
from brokers.sim.placed import PlacedOrder
from brokers.sim.wire import Wire
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderTicket, TimeInForce
from oms.domain.report import CancelReject, ExecType, NotFound, ReplaceReject, Terms

_NEW: Final = ExecType.NEW
_AT_ONCE: Final = {
    TimeInForce.IOC: "IOC: what cannot trade at once is canceled",
    TimeInForce.FOK: "FOK: not all of it can trade at once",
}


class Gateway:
    """Takes what arrives. Each call raises BookError where the book is not open, and then nothing has happened."""

    def __init__(
        self, *, book: Book, admission: Admission, matching: Matching, floor: Floor, pit: Pit, wire: Wire
    ) -> None:
        self._book = book
        self._admission = admission
        self._matching = matching
        self._floor = floor
        self._pit = pit
        self._wire = wire

    def place(self, order: Order) -> None:
        """Take an order in, or tell again what became of it."""
        self._book.demand_open()
        order_id = order.client_order_id
        known = self._book.orders.get(order_id)
        if known is None:
            if self._matching.loses(order_id):
                self._wire.lose(order_id)
            self._take(order_id, order.ticket)
        else:
            self._pit.said += known.reports
        self._pit.say()

    def cancel(self, order: Order) -> None:
        """Cancel what is left of an order, or say why not."""
        self._book.demand_open()
        placed = self._book.orders.get(order.client_order_id)
        if placed is None:
            self._refuse_cancel(order.client_order_id, "no such order here")
        else:
            if self._wire.hear(order.client_order_id):  # the end alone would not tell what it traded
                self._pit.said += placed.reports
            if placed.working:
                self._pit.tell(placed, ExecType.CANCELED)
            else:
                self._refuse_cancel(order.client_order_id, _ended(placed))
        self._pit.say()

    def answer(self, order: Order) -> None:
        """Tell what is known of an order, without the way back."""
        self._book.demand_open()
        placed = self._book.orders.get(order.client_order_id)
        self._wire.hear(order.client_order_id)
        unknown = NotFound(client_order_id=order.client_order_id, ts=self._wire.now)
        self._wire.tell(placed.reports if placed is not None else (unknown,))

    def change(self, order: Order, ticket: OrderTicket) -> None:
        """Make an order what the ticket says, tell again that it is, or say why not."""
        self._book.demand_open()
        placed = self._book.orders.get(order.client_order_id)
        number = order.replaces
        if placed is not None and placed.changes >= number:
            self._pit.said += [r for r in placed.reports if r.terms is not None and r.terms.number == number]
        elif placed is None or not placed.working:
            self._refuse_change(order, "no such order here" if placed is None else _ended(placed))
        elif text := self._admission.refused_change(placed, ticket, self._book):
            self._refuse_change(order, text)
        else:
            terms = Terms(number=number, quantity=ticket.quantity, limit_px=ticket.limit_px, stop_px=ticket.stop_px)
            self._pit.change(placed, terms)
        self._pit.say()

    def _take(self, order_id: ClientOrderId, ticket: OrderTicket) -> None:
        pit, placed = self._pit, self._book.enter(order_id, ticket)
        text = self._admission.refusal(ticket, self._book, self._floor, self._wire.now)
        if not text and self._matching.rejects(order_id):
            text = "rejected by chance, as the venue is set to do"
        if text:
            pit.tell(placed, ExecType.REJECTED, text)
            return
        pit.tell(placed, _NEW)
        pit.meet(placed)
        if not placed.working:
            return
        if ticket.tif is TimeInForce.GTD:
            pit.look_for_expiry()
        elif ticket.tif in _AT_ONCE:
            pit.tell(placed, ExecType.CANCELED, _AT_ONCE[ticket.tif])

    def _refuse_cancel(self, order_id: ClientOrderId, text: str) -> None:
        self._pit.said.append(CancelReject(client_order_id=order_id, ts=self._wire.heard_at, text=text))

    def _refuse_change(self, order: Order, text: str) -> None:
        ts = self._wire.heard_at
        self._pit.said.append(
            ReplaceReject(client_order_id=order.client_order_id, number=order.replaces, ts=ts, text=text)
        )


def _ended(placed: PlacedOrder) -> str:
    """Return in words how an order has ended."""
    ended = placed.reports[-1].exec_type
    return f"the order is already {'filled' if ended is ExecType.TRADE else ended.lower()}"
