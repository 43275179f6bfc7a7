"""A few threads for calls that may never return, and when each of those began.

A call waits until a thread is free, and for so long it can be taken back: whoever takes it out of the line first, a
thread or somebody who thought better of it, has it alone. So what was taken back never begins, and what has begun is
never taken for something that has not.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from itertools import count
from queue import SimpleQueue
from typing import Final, Generic, TypeAlias, TypeVar

THREADS: Final = 4

Call: TypeAlias = Callable[[], None]
Name = TypeVar("Name", bound=Hashable)


class Threads(Generic[Name]):
    """A few threads that make calls, the oldest first. They are started when they are needed, and a process does not
    wait for them when it ends. What a call raises ends its thread, so it should raise nothing."""

    def __init__(self, name: str, monotonic: Callable[[], float]) -> None:
        self._name = name
        self._monotonic = monotonic
        self._line: dict[Name, Call] = {}  # one `pop` is one step, so each call has one taker
        self._turns: SimpleQueue[Name | None] = SimpleQueue()
        self._started = 0
        self._numbers = count()
        self._began: dict[int, float] = {}  # by thread, when the call that it makes began

    def make(self, name: Name, call: Call) -> None:
        """Make a call as soon as a thread is free, in the place of one of the same name that still waits."""
        if self._started < THREADS:
            self._started += 1
            number = next(self._numbers)
            work = threading.Thread(target=self._work, args=(number, self._turns), daemon=True)
            work.name = f"{self._name} {number}"
            work.start()
        self._line[name] = call
        self._turns.put(name)

    @property
    def waiting(self) -> Sequence[Name]:
        """The calls that no thread has begun, the oldest first."""
        return tuple(self._line)

    def take_back(self, name: Name) -> bool:
        """Tell whether a call of this name was still waiting; it is not made then."""
        return self._line.pop(name, None) is not None

    def are_held(self, secs: float) -> bool:
        """Tell whether so many calls began longer ago than this that no thread is free."""
        now = self._monotonic()
        return sum(now - began > secs for began in tuple(self._began.values())) >= THREADS

    def close(self) -> None:
        """Let the threads end once they are free; for what is asked after that there are others."""
        for _ in range(self._started):
            self._turns.put(None)
        self._turns, self._started = SimpleQueue(), 0

    def _work(self, number: int, turns: "SimpleQueue[Name | None]") -> None:
        while (name := turns.get()) is not None:
            call = self._line.pop(name, None)
            if call is None:
                continue
            self._began[number] = self._monotonic()
            try:
                call()
            finally:
                del self._began[number]
