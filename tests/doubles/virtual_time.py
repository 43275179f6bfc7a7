"""An event loop whose time passes only when everybody waits.

Waiting for half a second takes no time and lasts exactly half a second, so a test of waiting is quick and its times
are equal in every run. A loop that waits for nothing that could come would wait for ever; it fails instead.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Jump(selectors.DefaultSelector):
    """Instead of waiting, lets as much time pass as was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.waits = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            message = "everybody waits, and nothing is going to happen"
            raise RuntimeError(message)
        self.waits += 1
        self.now += max(timeout, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `pass_time` is what work would take."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now

    def pass_time(self, secs: float) -> None:
        """Let time pass as if somebody worked for so long."""
        self._jump.now += secs

    @property
    def waits(self) -> int:
        """How often the loop went round."""
        return self._jump.waits


def in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end and return what it returns."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def virtual_loop() -> VirtualLoop:
    """Return the loop that runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop
