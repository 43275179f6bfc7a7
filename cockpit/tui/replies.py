"""What came of what a person has asked for after it was sent, said as it comes.

The answer of a venue comes after the row of results has said "sent", and whoever reads that believes it until told
otherwise; on the smallest screen there is no log that would tell. So whatever ends an order by hand that nobody has
asked to end, and whatever is refused of a change or a cancel, is said in the same row. What goes well is not: the rows
of the screen show it. While trading is stopped the row belongs to what has come of the stop.
"""

from collections.abc import Callable
from typing import Any, Final

from cockpit import format as fmt
from cockpit.tui.said import PART, Said
from cockpit.tui.wish import terms
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, ClientOrderId, short_id
from oms.domain.order import Order, OrderStatus
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.state import State

_ENDS: Final = {
    OrderStatus.REJECTED: "REJECTED",
    OrderStatus.DENIED: "DENIED",
    OrderStatus.EXPIRED: "expired",
    OrderStatus.NOT_FOUND: "never reached the venue",
    OrderStatus.UNKNOWN: "is UNKNOWN: the venue is asked about it",
}
_FATES: Final = (oev.OrderRejected, oev.OrderExpired, oev.OrderUnfound, oev.OrderOutcomeUnknown)
_REFUSED: Final[dict[type, str]] = {oev.OrderReplaceRejected: "change", oev.OrderCancelRejected: "cancel"}


class Replies:
    """Over the records of one session. `actor` is the person, and `say` shows a sentence."""

    def __init__(self, state: State, actor: str, say: Callable[[Said], None]) -> None:
        self._state = state
        self._actor = actor
        self._say = say
        self._asked: set[tuple[type, ClientOrderId]] = set()
        """Changes and cancels that the person has asked for, by the event that would refuse them."""
        self._agreed: set[ClientOrderId] = set()
        """Orders that the person has agreed to, for whichever strategy they count."""
        self._held: set[ClientOrderId] = set()
        """Orders that were taken on to be judged later; one that is judged at once is answered for at once."""

    def watch(self, record: ev.Record) -> None:
        """Take one record in; the state is the one after it."""
        event: Any = record.event
        match event:
            case oev.OrderSubmitted() if event.ts_agreed is not None:
                self._agreed.add(event.client_order_id)
            case oev.OrderPendingReplace() if event.actor == self._actor:
                self._asked.add((oev.OrderReplaceRejected, event.client_order_id))
            case oev.OrderPendingCancel() if event.actor == self._actor and not event.aside:
                self._asked.add((oev.OrderCancelRejected, event.client_order_id))
            case oev.OrderReplaced():
                self._asked.discard((oev.OrderReplaceRejected, event.client_order_id))
            case oev.OrderReplaceRejected() | oev.OrderCancelRejected():
                self._refused(event)
            case oev.OrderCanceled():
                self._canceled(event)
            case oev.OrderHeld():
                self._held.add(event.client_order_id)
            case oev.OrderDenied() if event.client_order_id in self._held:
                self._ended(event.client_order_id)
            case _ if isinstance(event, _FATES):
                self._ended(event.client_order_id)

    def _ended(self, order_id: ClientOrderId) -> None:
        order = self._state.blotter.get(order_id)
        if order is not None and self._is_by_hand(order):
            self._tell(ended(order, self._state))

    def _refused(self, event: oev.OrderReplaceRejected | oev.OrderCancelRejected) -> None:
        asked, order = (type(event), event.client_order_id), self._state.blotter.get(event.client_order_id)
        if asked in self._asked and order is not None:
            self._asked.discard(asked)
            self._tell(refused(_REFUSED[type(event)], order, event.text, self._state))

    def _canceled(self, event: oev.OrderCanceled) -> None:
        """Say that an order is gone which nobody has asked to cancel: what made way or has lost its position is told by
        whoever did that."""
        order = self._state.blotter.get(event.client_order_id)
        asked = order is None or order.unwanted or order.moot or event.aside or event.client_order_id in self._held
        if order is not None and not asked and self._is_by_hand(order):
            self._tell(ended(order, self._state))

    def _is_by_hand(self, order: Order) -> bool:
        """Tell whether a person wrote an order. What becomes of a flatten that tells itself, and of a stop which the
        engine has made the alarm of the position that it protects."""
        if order.client_order_id in self._agreed:
            return True
        ticket = order.ticket
        made = order.confirmed or ticket.parent_id is not None or ticket.protects
        return ticket.strategy_id == MANUAL and not made

    def _tell(self, said: Said | None) -> None:
        if said is not None and self._state.trading.state is not TradingState.HALTED:
            self._say(said)


def ended(order: Order, state: State) -> Said | None:
    """Return how an order came to nothing, or not to all that was wanted; None where it did not."""
    what = f"order {short_id(order.client_order_id)}"
    if order.withheld:
        how = f"{what} was NOT SENT"
    elif order.status is OrderStatus.CANCELED and not order.unwanted:
        how = f"{what} was CANCELED by the venue"
    elif order.status in _ENDS:
        how = f"{what} {_ENDS[order.status]}"
    else:
        return None
    ticket, instrument = order.ticket, state.instruments.get(order.ticket.instrument_id)
    filled = ""
    if order.filled_qty and instrument is not None:
        of = fmt.quantity(ticket.quantity, instrument.lot)
        filled = f"{fmt.quantity(order.filled_qty, instrument.lot)} of {of} filled"
    return _said(how, filled, order.text, terms(ticket, state))


def refused(what: str, order: Order, text: str, state: State) -> Said:
    """Return that the venue refuses a change or a cancel, and that the order works on."""
    works_on = "" if order.is_closed else "it works on"
    return _said(
        f"{what} of order {short_id(order.client_order_id)} REFUSED", text, works_on, terms(order.ticket, state)
    )


def _said(*told: str) -> Said:
    return Said(sanitize(PART.join(filter(None, told))), "danger", stays=True)
