"""Looking at the venue's books for as long as a link stands.

A link that stands proves that the two sides talk, and not that they mean the same: a report may have been dropped, and
somebody may have traded in the account elsewhere. So the books are asked for again and again. A difference that is
certain is booked and reduces trading as one found at a new link does; all that is merely on its way is let be.

A venue that shows its books no more, several times in a row, is as good as gone: nobody could tell what is held there.
A link may also count as lost while its stream stands, for one call over it failed; nothing leaves then, and only new
books change that. So this ends as soon as it is so, and when somebody asks for the link.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from cockpit.drift import Drift
from oms.domain import commands as do
from oms.domain.account import AccountSnapshot
from oms.domain.ids import ClientOrderId, Route
from oms.domain.order import Order
from oms.journal.errors import JournalError
from oms.state import State

NEXT_LOOKS_SECS: Final = (1.0, 1.0, 1.0, 1.5, 2.0)  # from one look that found a difference to the next
FAILED_LOOKS: Final = 3  # in a row, after which the books count as not shown any more
NOTICED_SECS: Final = 1.0  # within which it is noticed that there is nothing to watch over any more


class Vigil:
    """Over one link: `look` returns the venue's books, counted after what came before them, or raises ConnectionError;
    `ask` asks about orders; `settle` has a command decided; `is_over` tells that the books must be compared anew;
    `pause` waits so many seconds, or until somebody asks for the link."""

    def __init__(
        self,
        *,
        state: State,
        route: Route,
        actor: str,
        look: Callable[[], Awaitable[AccountSnapshot]],
        ask: Callable[[Sequence[Order]], None],
        settle: Callable[[do.Command], Awaitable[object]],
        is_over: Callable[[], bool],
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._state = state
        self._route = route
        self._actor = actor
        self._look = look
        self._ask = ask
        self._settle = settle
        self._is_over = is_over
        self._pause = pause
        self._drift = Drift(state, route)

    def hear(self, order_id: ClientOrderId) -> None:
        """The venue has said something of an order."""
        self._drift.hear(order_id)

    async def keep(self, every_secs: float) -> None:
        """Look every so often, until the books must be compared anew.

        Raises:
            ConnectionError: the venue has not shown its books several times in a row.
            EngineEnded: nobody decides any more.
        """
        failed = 0
        while await self._goes_on(every_secs if not failed else NEXT_LOOKS_SECS[0]):
            try:
                await self._settle_drift()
            except ConnectionError:
                failed += 1
                if failed >= FAILED_LOOKS:
                    raise
            except JournalError:  # the state is folded anew, and the next looks begin with it
                failed = 0
            else:
                failed = 0

    async def _goes_on(self, secs: float) -> bool:
        """Wait for the next look; return whether there is still something to watch over."""
        while secs > 0 and not self._is_over():
            await self._pause(min(secs, NOTICED_SECS))
            secs -= NOTICED_SECS
        return not self._is_over()

    async def _settle_drift(self) -> None:
        """Look until the books are equal or what differs is taken over, and no more than a few times."""
        drift = self._drift = Drift(self._state, self._route)
        for secs in (*NEXT_LOOKS_SECS, 0.0):
            snapshot = await self._look()
            certain = drift.look(snapshot)
            if certain:
                await self._settle(do.ReconcileBooks(actor=self._actor, snapshot=snapshot, gaps=certain))
            if drift.is_over:
                return
            self._ask(drift.questions())
            await asyncio.sleep(secs)
