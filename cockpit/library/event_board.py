"""What happens, told to a script as it happens: the bus of the session, from outside.

Whoever listens is called after the commit and in the order of the journal, so what has a number is durable. What no
journal has is told too, with 0 for its number: prices, and how it goes with an order that a venue has not answered for.
Many can listen to one kind of event without knowing of each other.
"""

from collections.abc import Callable

from cockpit.library.argument import to_callback
from cockpit.library.errors import RequestError
from cockpit.library.guests import Callback, Guests
from cockpit.session import Session
from oms.domain.events import KINDS, PASSING, Record
from oms.domain.options import nearest


class EventBoard:
    """`session.events`."""

    def __init__(self, session: Session, guests: Guests) -> None:
        self._session = session
        self._guests = guests
        self._subscribers: dict[type, dict[object, Callback[Record]]] = {}  # each under a mark of its subscription

    def subscribe(self, event_type: type | str, callback: Callback[Record]) -> Callable[[], None]:
        """Call `callback(record)` for every event of a kind from now on; return what ends that.

        The kind is a class of `oms.domain.events` or `oms.domain.order_events`, or its name: `OrderFilled`. The record
        has the `event`, its number `seq` and its engine time `ts`. Two subscriptions of one callback end one by one.

        Raises:
            RequestError: it is no kind of event, or nothing that can be called.
        """
        kind = _to_kind(event_type)
        to_callback(callback)
        called = self._subscribers.get(kind)
        if called is None:
            called = self._subscribers[kind] = {}
            self._session.bus.subscribe(self._on_event, kind)
        mark, subscribed = object(), called
        subscribed[mark] = callback

        def unsubscribe() -> None:
            subscribed.pop(mark, None)

        return unsubscribe

    def _on_event(self, record: Record) -> None:
        for callback in tuple(self._subscribers[type(record.event)].values()):
            self._guests.call(callback, record)


def _to_kind(event_type: type | str) -> type:
    known = KINDS | {kind.__name__: kind for kind in PASSING}
    name = event_type if isinstance(event_type, str) else str(getattr(event_type, "__name__", event_type))
    found = known.get(name)
    if found is None or not (isinstance(event_type, str) or event_type is found):
        raise RequestError(f"event_type: there is no event {name!r}; {nearest(name, [*known])}")
    return found
