"""An event loop whose time passes only when everybody waits.

Waiting for half a second takes no time and lasts exactly half a second, so a test of waiting is quick and its times
are equal in every run. A loop that waits for nothing that could come would wait for ever; it fails instead.

Sockets work in it: what can be read is read before time passes. What one end wrote may need a moment in the kernel
before the other can read it, so a test with sockets says for how long the loop looks for it in real time before it
lets much time pass.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

MUCH_SECS = 0.2  # shorter than any deadline: who misses something for so long hears it in time all the same


class _Jump(selectors.DefaultSelector):
    """Instead of waiting, lets as much time pass as was asked for."""

    def __init__(self, kernel_secs: float) -> None:
        super().__init__()
        self.now = 0.0
        self.waits = 0
        self._kernel_secs = kernel_secs

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.waits += 1
        idle = timeout is None or timeout > MUCH_SECS
        ready = super().select(self._kernel_secs if idle else 0)
        if ready:
            return ready
        if timeout is None:
            message = "everybody waits, and nothing is going to happen"
            raise RuntimeError(message)
        self.now += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `pass_time` is what work would take."""

    def __init__(self, kernel_secs: float = 0.0) -> None:
        self._jump = _Jump(kernel_secs)
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


def in_virtual_time(main: Coroutine[Any, Any, T], kernel_secs: float = 0.0) -> T:
    """Run to the end and return what it returns."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(kernel_secs)) as runner:
        return runner.run(main)


def virtual_loop() -> VirtualLoop:
    """Return the loop that runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop
