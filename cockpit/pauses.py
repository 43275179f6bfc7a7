"""The pauses between two calls at a venue that does not answer: each longer than the last, and cut short on demand.

A pause shrinks again only once the link has stood for a while; otherwise a venue that hangs up at once would be called
without end. Nobody is kept waiting by that: who asks for the link now ends the pause that runs.
"""

import asyncio
from collections.abc import Callable
from typing import Final

FIRST_SECS: Final = 1.0
LAST_SECS: Final = 30.0
STEADY_SECS: Final = 60.0  # a link that stood for so long begins with the first pause when it goes


class Pauses:
    """Of one link. `chance` draws from 0 to 1: pauses are spread by it, so that many clients do not come back at one
    instant."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._next_secs = FIRST_SECS
        self._impatient = asyncio.Event()

    async def longer(self) -> None:
        """Wait for about twice as long as the last time, up to a bound, unless somebody is impatient."""
        secs = self._next_secs * (1 + self._chance()) / 2
        self._next_secs = min(2 * self._next_secs, LAST_SECS)
        await self.wait(secs)

    async def wait(self, secs: float) -> None:
        """Wait for so long, unless somebody is impatient. One waits at a time."""
        self._impatient.clear()
        try:
            async with asyncio.timeout(secs):
                await self._impatient.wait()
        except TimeoutError:
            return

    def cut_short(self) -> None:
        """End the pause that runs."""
        self._impatient.set()

    def stood(self, secs: float) -> None:
        """Begin with the first pause again if the link stood for long enough."""
        if secs >= STEADY_SECS:
            self._next_secs = FIRST_SECS
