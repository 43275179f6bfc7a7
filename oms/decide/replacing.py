"""The wish to change an order, and what follows where no venue has to be asked: legs that wait for it fit it again."""

from collections.abc import Iterator

from oms.decide.changes import Changes
from oms.decide.protection import Protection
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.state import State


class Replacing:
    """Answers `ReplaceOrder`."""

    def __init__(self, changes: Changes, protection: Protection) -> None:
        self._changes = changes
        self._protection = protection

    def replace_order(self, state: State, command: do.ReplaceOrder) -> Iterator[ev.Event]:
        """Change an order if the gate lets it: at its venue, or here and at once."""
        order = state.blotter.get(command.client_order_id)
        for event in self._changes.replace_order(state, command):
            yield event
            if order is not None and isinstance(event, oev.OrderReplaced):
                yield from self._protection.follow(state, order, event)
