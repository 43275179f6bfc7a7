"""Lanes in which nothing waits: what is put in is served before whoever put it in goes on."""

from collections.abc import AsyncIterator, Callable

from oms.domain import commands as do
from oms.lanes import Asked, Lanes
from oms.pace import Pace


class Straight(Lanes):
    """To the engine by the shortest way."""

    def __init__(self, serve: Callable[[do.Command], None]) -> None:
        super().__init__(Pace())
        self._serve = serve

    def put(self, command: do.Command) -> None:
        """Serve a command now."""
        self._serve(command)

    def batches(self) -> AsyncIterator[list[Asked]]:
        """There are none."""
        raise NotImplementedError
