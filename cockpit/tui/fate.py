"""What becomes of stops, in sentences: where one stands, where it was reached, and that it is lost or held here.

A stop that works is no news, for Working orders shows it; so a trail is told where it begins and then where it ends.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from cockpit.tui.wish import order_in_words, stands
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import Order, OrderFlag, OrderType
from oms.state import State


class Sentence(NamedTuple):
    """A kind in one word, the words themselves, and the theme's word for how much it matters."""

    kind: str
    text: str
    word: str = "text"


AboutOrder: TypeAlias = Callable[[Any, State], Sentence | None]
"""Says what an event of an order means, by the state after it; None where it is no news."""


def of_order(fate: str, word: str = "text", kind: str = "order") -> Callable[[Any, State], Sentence]:
    """Return what says that an order met this fate, and the event's own text if it has one."""

    def say(event: Any, state: State) -> Sentence:  # noqa: ANN401 - any event of an order
        text = getattr(event, "text", "")
        return Sentence(kind, f"{order_in_words(event, state)}: {fate}{': ' if text else ''}{text}", word)

    return say


def is_step(event: ev.Event, *, by_person: bool) -> bool:
    """Tell whether an order was changed as its trail moves, which is no line of the log: a trail takes ten steps for
    each of its lengths, and Working orders and Positions show where it stands. What a person changes of it is one."""
    return isinstance(event, oev.OrderReplaced) and event.ticket.trails and not by_person


def _accepted(event: oev.OrderAccepted, state: State) -> Sentence | None:
    """Say where a stop begins that trails, and how far behind."""
    order = state.blotter.orders[event.client_order_id]
    return of_order(f"stands {stands(order.ticket, state)}")(event, state) if order.ticket.trails else None


def _held(event: oev.OrderHeld, state: State) -> Sentence | None:
    """Say that a stop is held here and why the venue does not have it; not that a leg waits for its entry, and not
    again where its entry was said to have lost the one before."""
    order = state.blotter.orders[event.client_order_id]
    if event.client_order_id not in state.brackets.legs.soft or order.ticket.stop_px is None:
        return None
    if OrderFlag.SOFT in _entry_flags(order, state):
        return None
    where, why = stands(order.ticket, state), event.text.removeprefix("soft: ")
    return Sentence("order", f"{order_in_words(event, state)}: soft, held here {where}: {why}", "warn")


def _entry_flags(order: Order, state: State) -> tuple[OrderFlag, ...]:
    parent_id = order.ticket.parent_id
    entry = state.blotter.get(parent_id) if parent_id is not None else None
    return entry.flags if entry is not None else ()


def _released(event: oev.OrderReleased, state: State) -> Sentence | None:
    """Say that the price of what was held here was touched, and not that a leg's turn has come."""
    if event.ticket.order_type is not OrderType.MARKET:
        was_touched = event.ticket.parent_id is None and event.ticket.stop_px is None
        return of_order("touched here, sent with its limit", "warn")(event, state) if was_touched else None
    in_vain = state.brackets.failures(state.blotter.orders[event.client_order_id])
    return of_order("sent to the market again" if in_vain else "touched here, sent to the market", "warn")(event, state)


def _triggered(event: oev.OrderTriggered, state: State) -> Sentence:
    where = stands(state.blotter.orders[event.client_order_id].ticket, state).partition(",")[0].removeprefix("at ")
    return of_order(f"its stop price{f' {where}' if where else ''} was reached", "warn")(event, state)


def _flagged(event: oev.OrderFlagged, state: State) -> Sentence:
    """Say what is odd about an order; a stop that is held here is a warning, none at all an alarm."""
    flag = event.flag.replace("_", " ").lower()
    is_news = event.over or event.flag is OrderFlag.TIMED
    word = "info" if is_news else "warn" if event.flag is OrderFlag.SOFT else "danger"
    said = f"{'no longer ' if event.over else ''}{flag}, {event.text}"
    return Sentence("order", f"{order_in_words(event, state)}: {said}", word)


STOPS: Final[dict[type, AboutOrder]] = {
    oev.OrderAccepted: _accepted,
    oev.OrderHeld: _held,
    oev.OrderReleased: _released,
    oev.OrderTriggered: _triggered,
    oev.OrderFlagged: _flagged,
}
