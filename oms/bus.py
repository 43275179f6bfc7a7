"""Ordered in-process publish and subscribe. What is published is durable, so whoever hears it may act on it."""

from collections.abc import Callable
from typing import TypeAlias

from oms.domain.events import Record

Handler: TypeAlias = Callable[[Record], None]


class Bus:
    """Handlers by kind of event, called in the order of subscription. A handler must not block and may not raise:
    one that does is a fault of the program and ends the run."""

    def __init__(self) -> None:
        self._by_kind: dict[type, list[Handler]] = {}
        self._all: list[Handler] = []

    def subscribe(self, handler: Handler, *kinds: type) -> None:
        """Call `handler` for records of these kinds; of every kind when none is named."""
        if not kinds:
            self._all.append(handler)
        for kind in kinds:
            self._by_kind.setdefault(kind, []).append(handler)

    def publish(self, record: Record) -> None:
        """Call every handler of this record's kind, then those of every kind."""
        for handler in self._by_kind.get(type(record.event), ()):
            handler(record)
        for handler in self._all:
            handler(record)
