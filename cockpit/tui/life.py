"""The life of the process around the screen: who may end, in which order, and with what exit code.

The session is a service beside the screen, not a part of it: a panel that crashes, a terminal that hangs up, a key
that quits, all end a view. The session's own task ends only in order: its last record written, its journal closed.
Cancelling that task would tear a commit apart, so nobody ever does.
"""

import asyncio
import select
import signal
from collections.abc import Callable, Sequence
from typing import Final

from cockpit import format as fmt
from cockpit.session import Session
from cockpit.settle import settle
from oms.domain import commands as do
from oms.domain.market import Bar
from oms.state import State

ACTOR: Final = "terminal"
KEEP: Final = "keep running without a screen"
_CODES: Final = {signal.SIGTERM: 143, signal.SIGINT: 130}


def has_hung_up(fileno: int) -> bool:
    """Whether the other side of a terminal has gone: not every terminal sends a signal when it goes."""
    poller = select.poll()
    poller.register(fileno, 0)
    return any(mask & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, mask in poller.poll(0))


def farewell(state: State) -> str:
    """Return what is left when a session has ended: `session ended 2010-05-21, NAV 100,190.60, 3 positions stay`."""
    held, working = len(state.ledger.open), len(state.blotter.open)
    stay = [fmt.plural(held, "position")] * bool(held) + [fmt.plural(working, "working order")] * bool(working)
    what = f"{' and '.join(stay)} {'stays' if held + working == 1 else 'stay'}" if stay else "no positions"
    return f"session ended {fmt.date(state.ts or None)}, NAV {fmt.money(state.equity.now)}, {what}"


class Life:
    """Runs one session, and hears the signals of the process."""

    def __init__(self, session: Session, history: Sequence[Sequence[Bar]]) -> None:
        self._session = session
        self._history = history
        self._task: asyncio.Task[None] | None = None
        self._on_end: Callable[[], None] = lambda: None
        self._on_hangup: Callable[[], None] = lambda: None
        self.exit_code = 0
        self.is_terminal_lost = False

    @property
    def has_begun(self) -> bool:
        """Whether the session was started."""
        return self._task is not None

    @property
    def is_over(self) -> bool:
        """Whether the session has ended, in order or not."""
        return self._task is not None and self._task.done()

    @property
    def failure(self) -> BaseException | None:
        """Why the session ended, if not in order."""
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        return self._task.exception()

    def begin(self, *, on_end: Callable[[], None], on_hangup: Callable[[], None]) -> None:
        """Start the session. `on_end` is called once when it is over, `on_hangup` when the terminal has gone."""
        self._on_end, self._on_hangup = on_end, on_hangup
        if self._task is None:
            self._task = asyncio.create_task(self._serve(), name="session")
            self._task.add_done_callback(lambda _task: self._on_end())

    def listen(self) -> None:
        """Take the process's signals: an end in order for TERM and INT, a life without a screen after HUP."""
        loop = asyncio.get_running_loop()
        for number in _CODES:
            loop.add_signal_handler(number, self.end_by_signal, number)
        loop.add_signal_handler(signal.SIGHUP, self.lose_terminal, "SIGHUP")

    def deafen(self) -> None:
        """Give the signals back."""
        loop = asyncio.get_running_loop()
        for number in (*_CODES, signal.SIGHUP):
            loop.remove_signal_handler(number)

    def end_by_signal(self, number: signal.Signals) -> None:
        """End in order, with the exit code that tells of the signal."""
        self.exit_code = _CODES[number]
        self.end(number.name)

    def end(self, reason: str) -> None:
        """End in order."""
        if self.has_begun:
            self._session.end(ACTOR, reason)

    def lose_terminal(self, cause: str) -> None:
        """Go on without a screen: journaled once, until the tape's end or a signal."""
        if self.is_terminal_lost:
            return
        self.is_terminal_lost = True
        if self.has_begun and not self.is_over:
            self._session.inbox.put(do.NoteTerminalLost(actor=ACTOR, cause=cause, policy=KEEP))
        self._on_hangup()

    async def outlive_screen(self) -> None:
        """Wait for the session's end: at once if it was told to, at the tape's end if only the screen has gone.

        Raises:
            Exception: whatever ended the session out of order.
        """
        if self._task is None:
            await self._session.close()
            return
        if self._session.ended_by is None and not self.is_over:
            feed = asyncio.create_task(self._session.inbox.feed_ended.wait())
            await asyncio.wait({feed, self._task}, return_when=asyncio.FIRST_COMPLETED)
            feed.cancel()
            self._session.end(ACTOR, "the tape ended")
        await asyncio.shield(self._task)

    async def _serve(self) -> None:
        try:
            await self._session.start(self._history)
        except BaseException:  # also a cancellation leaves no lock behind
            await self._session.close()
            raise
        settle()
        await self._session.serve()
