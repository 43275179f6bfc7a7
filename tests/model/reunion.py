"""How the program and its venue meet again: the questions, the repeated cancels and the renewal are the cockpit's own.

When each of them is due is for the scene to say, which lets things be lost and overtaken in between. A live session
does the same in `cockpit.live_link`, on the wall clock.
"""

from cockpit.link import Link
from oms.domain.account import AccountSnapshot


class Reunion(Link):
    """A link that is asked step by step, and waits for nothing. `is_up` while orders may leave."""

    halts_when_lost = False
    is_up = True

    async def open(self) -> None:
        """Ask what became of every open order, over a link that is used for nothing else yet."""
        self.is_up = False
        self._router.down(self._route)
        self._query_open()

    async def keep(self) -> None:
        """Nothing is heard here but what the scene tells."""

    async def again(self) -> None:
        """Hand over again, and ask for what may have been lost with the link."""
        self.is_up = True
        self._router.up(self._route)
        self._repeat_cancels()
        self._renew_protection()

    def forget(self) -> None:
        """There is nothing that was said and not counted."""

    async def recall(self) -> None:
        """Ask again about every open order."""
        self._query_open()

    def lose(self) -> None:
        """Hand over nothing until the books were compared."""
        self.is_up = False
        self._router.down(self._route)
        self._inbox.put(self._down("cut"))

    def compare(self, snapshot: AccountSnapshot) -> None:
        """Put the venue's books to the engine."""
        self._inbox.put(self._up(snapshot))
