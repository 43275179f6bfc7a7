"""Lanes: what people and programs ask of the engine, in the order in which it will be taken.

A stop goes first, right behind what came of handing over: what never left must not be asked back from its venue. Then
the urgent lane (flattens, cancels) goes before the normal one. Each is in the order of arrival, and none stands behind
ten thousand tickets. The end of the run goes last of all: nothing may stand behind it in the journal. What is asked is
never dropped; after `close` it is refused, by name.

A stop that comes while a batch is being decided ends it early. What is put back then goes right behind the stop, and
before all that was not part of the batch, so that the order in which things are taken is otherwise the same.

An inbox is lanes and a source of market data. Where those come from decides what kind of inbox it is.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain.events import Record
from oms.pace import Pace

BATCH: Final = 256
BREATH_SECS: Final = 0.004  # how long inputs may flow without letting the screen and the keys have the loop

URGENT: Final = (do.FlattenPosition, do.CancelOrder)

OUTCOMES: Final = (do.WithholdOrder, do.BrokerDown)  # of handing over; they are heard while the run ends

FOREMOST: Final = (*OUTCOMES, do.HaltTrading)  # a batch of these does not end early

ENDED: Final = "the engine has ended"

Reply: TypeAlias = asyncio.Future[Sequence[Record]]


class EngineEnded(RuntimeError):
    """The engine takes no more commands; nothing was done."""


class Asked(Struct, frozen=True):
    """An input with the future that is told, after the commit, which records it caused."""

    cause: Input
    reply: Reply | None = None


class Lanes(ABC):
    """What is asked, waiting. `put`, `post` and `ask` may be called from the loop's thread only.

    `pace` ends a wait whenever something is put in; how fast time passes it says only where time is recorded.
    `feed_ended` is set once no more market data will come, which of a live feed is not known.
    """

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.feed_ended = asyncio.Event()
        self._changed = pace.changed
        self._outcomes: deque[Asked] = deque()
        self._stops: deque[Asked] = deque()
        self._put_back: deque[Asked] = deque()
        self._urgent: deque[Asked] = deque()
        self._normal: deque[Asked] = deque()
        self._last: deque[Asked] = deque()
        self.closed = False

    @abstractmethod
    def batches(self) -> AsyncIterator[list[Asked]]:
        """Yield what waits, in order, until closed."""

    async def heard(self) -> None:  # noqa: B027 - most venues speak from outside
        """Return once what a venue is about to say was taken; at once where none writes a book before it speaks."""

    def put(self, command: do.Command) -> None:
        """Queue a command whose outcome nobody waits for."""
        self._enter(Asked(command))

    def post(self, command: do.Command) -> Reply:
        """Queue a command and return what will be its answer: the durable records it caused, after their commit.

        Nobody has to wait for it.
        """
        reply: Reply = asyncio.get_running_loop().create_future()
        reply.add_done_callback(_hear)
        self._enter(Asked(command, reply))
        return reply

    async def ask(self, command: do.Command) -> Sequence[Record]:
        """Queue a command and return the durable records it caused, after they were committed.

        Raises:
            JournalError: the commit failed; nothing was done.
            EngineEnded: the run is over or ending; nothing was done.
        """
        return await self.post(command)

    def put_back(self, rest: Sequence[Asked]) -> None:
        """Let what a stop kept from being decided go on behind the stop, which may not have been told yet."""
        self._put_back.extendleft(reversed(rest))

    def close(self) -> None:
        """End the batches once what already waits was taken. What comes later is refused by name."""
        self.closed = True
        self._changed.set()

    def give_up(self, kind: type[do.Command], error: Exception) -> None:
        """Answer every command of a kind that still waits with an error, and take it no more."""
        for lane in (self._put_back, self._normal):
            waiting = list(lane)
            lane.clear()
            for asked in waiting:
                if isinstance(asked.cause, kind):
                    _refuse(asked, error)
                else:
                    lane.append(asked)

    def abandon(self) -> None:
        """Refuse everything that still waits: nobody serves it any more."""
        self.closed = True
        for lane in (self._outcomes, self._stops, self._put_back, self._urgent, self._normal, self._last):
            while lane:
                _refuse(lane.popleft(), EngineEnded(ENDED))

    def _pressing(self) -> list[Asked]:
        """Take outcomes and stops, else what was put back behind one, else what is urgent; empty when none waits."""
        return first(self._outcomes) + first(self._stops) or first(self._put_back or self._urgent)

    @property
    def _stop_is_untold(self) -> bool:
        """Whether a stop seems to have come and is not here yet: it has ended a batch, or kept orders from leaving. Who
        gave it tells the loop, which has to turn."""
        return bool(self._put_back or self._outcomes) and not self._stops

    def _enter(self, asked: Asked) -> None:
        if isinstance(asked.cause, do.EndRun):
            self._last.append(asked)
        elif self.closed and not isinstance(asked.cause, OUTCOMES):
            _refuse(asked, EngineEnded(ENDED))
        else:
            self._lane(asked.cause).append(asked)
        self._changed.set()

    def _lane(self, cause: Input) -> deque[Asked]:
        if isinstance(cause, FOREMOST):
            return self._stops if isinstance(cause, do.HaltTrading) else self._outcomes
        return self._urgent if isinstance(cause, URGENT) else self._normal


def first(lane: deque[Asked], at_most: int = BATCH) -> list[Asked]:
    """Take the first of a lane out of it."""
    return [lane.popleft() for _ in range(min(len(lane), at_most))]


def _refuse(asked: Asked, error: Exception) -> None:
    if asked.reply is not None and not asked.reply.done():
        asked.reply.set_exception(error)


def _hear(reply: Reply) -> None:
    """Take an error that nobody waits for: whoever serves the inbox has it too."""
    if not reply.cancelled():
        reply.exception()
