"""Reading a running session without ever telling what may still be lost.

While a batch is being committed the state is ahead of the journal. A question that comes in between is answered the
moment the commit is through, by the bus, before the engine can move on; so what anybody was told is durable. One that
comes while a venue inside the process writes its book waits for what that venue has to say: whoever asks after an order
has filled is told what came of that, however long the disk took.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

from cockpit.session import Session
from oms.domain import events as ev
from oms.lanes import EngineEnded

T = TypeVar("T")
_DURABLE: Final = tuple(ev.KINDS.values())
_LOST: Final = "the engine has ended, and its last records could not be written"


class DurableReader:
    """Answers questions about one session's state; `ended` is what is raised when no answer will be durable."""

    def __init__(self, session: Session, ended: type[Exception] = EngineEnded) -> None:
        self._session = session
        self._ended = ended
        self._waiting: list[tuple[asyncio.Future[Any], Callable[[], Any]]] = []  # for the commit in hand
        self._over = False
        session.bus.subscribe(self._committed, *_DURABLE)
        session.at_close(self._abandon)

    @property
    def is_over(self) -> bool:
        """Whether the session has been closed: what is in memory is kept by nobody any more."""
        return self._over

    @property
    def is_durable(self) -> bool:
        """Whether all of the state is written down."""
        return self._session.state.seq <= self._session.journal.seq

    async def read(self, question: Callable[[], T]) -> T:
        """Return what a question about the state is answered with when all of the state is durable.

        Raises:
            EngineEnded: the run is over, and its last commit failed; or what else was chosen for that.
            Exception: what the question raises.
        """
        await self._session.inbox.heard()
        if self.is_durable:
            return question()
        if self._over:
            raise self._ended(_LOST)
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((answer, question))
        return await answer

    def _abandon(self) -> None:
        """Tell who waits that no commit will come."""
        self._over = True
        for answer, _ in self._waiting:
            if not answer.done():
                answer.set_exception(self._ended(_LOST))

    def _committed(self, _record: ev.Record) -> None:
        """Answer who waited for this commit. A handler may not raise, so whoever asked gets what was raised."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for answer, question in waiting:
            if answer.done():  # whoever asked has left
                continue
            try:
                answer.set_result(question())
            except Exception as error:  # noqa: BLE001 - it is the question's, and goes to who asked
                answer.set_exception(error)
