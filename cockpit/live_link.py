"""The link to a venue outside the process: it is heard while the loop runs, it goes, and it comes back by itself.

While it is not up nothing leaves; what is approved meanwhile is withheld, and says so. It is up when our books and the
venue's were compared and were equal, or surely are not, which is then booked as a difference; and when no record was
made between the look and the saying. While it stands `cockpit.vigil` looks at them again.

A venue that goes and comes is met with pauses that grow (`cockpit.pauses`).

A connection can stand and be dead: nothing comes over it, and nobody says that it has ended. A venue that promises a
sign of life therefore counts as gone when it has given none for several times as long, and is hung up and called again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, repeat
from typing import Final

from cockpit.comparison import Comparison
from cockpit.link import ACTOR, Link
from cockpit.pauses import Pauses
from cockpit.vigil import Vigil
from oms.domain.account import AccountSnapshot
from oms.domain.events import BrokerConnected
from oms.domain.heartbeat import Heartbeat
from oms.domain.market import MarketData
from oms.engine import OrderManagementSystem
from oms.journal.errors import JournalError
from oms.lanes import EngineEnded
from oms.live_inbox import LiveInbox
from oms.ports import LiveBroker
from oms.router import Router

LOOK_SECS: Final = (0.05, 0.5, 1.0, 2.0, 4.0, 8.0)  # from the questions to the look at the books; the last for ever
COUNTED_SECS: Final = 0.02  # until what came before the snapshot has been counted; longer, and it would be old
CONNECT_SECS: Final = 30.0  # a venue that took the call and has shown no books by then is away
SILENT_BEATS: Final = 3  # heartbeats that a link misses before it counts as gone
SILENT_SECS: Final = 5.0  # and it is never hung up for less
BEGINNING: Final = "our books and the venue's are being compared"


class LiveLink(Link):
    """`chance` draws from 0 to 1: pauses are spread by it, so that many clients do not come back at one instant."""

    halts_when_lost = False  # it comes back by itself, and nothing leaves before the books agree

    def __init__(
        self,
        *,
        broker: LiveBroker,
        engine: OrderManagementSystem,
        inbox: LiveInbox,
        router: Router,
        chance: Callable[[], float],
    ) -> None:
        super().__init__(broker=broker, engine=engine, inbox=inbox, router=router)
        self._live = broker
        self._entrance = inbox
        self._pauses = Pauses(chance)
        self._told = ""  # the last reason given for being down
        self._heard_at = 0.0  # when the venue said something last, on the loop's clock
        self._comparison = Comparison(engine.state, self._route)  # the newest
        self._vigil = Vigil(
            state=engine.state,
            route=self._route,
            actor=ACTOR,
            look=self._look,
            ask=lambda orders: self._try_each(broker.query, orders),
            settle=inbox.ask,
            is_over=lambda: self.is_lost or bool(self._waiting),
            pause=self._pauses.wait,
        )
        self._waiting: list[asyncio.Future[None]] = []

    async def open(self) -> None:
        """Reach the venue; the books are compared once the loop runs, and nothing leaves before."""
        self._router.down(self._route)
        await self._connect()
        self._tell(BEGINNING)

    async def keep(self) -> None:
        """Hear the venue, and come back to it whenever it goes, until canceled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                stood_from = loop.time()
                self._tell(await self._stand())
                self._pauses.stood(loop.time() - stood_from)
                await self._come_back()
        finally:
            self._answer(ConnectionError("the run has ended"))

    async def again(self) -> None:
        """Try now instead of later, and return when the link is up. Raises ConnectionError."""
        up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(up)
        self._pauses.cut_short()
        await up

    def forget(self) -> None:
        """Keep what waits: it was not counted, and counts on the state that is folded anew."""

    async def recall(self) -> None:
        """Ask about every open order; the answers come in as everything does."""
        if not self.is_lost:
            self._query_open()

    async def _stand(self) -> str:
        """Hear the venue and agree on the books; return, when the link goes, why."""
        async with asyncio.TaskGroup() as tasks:
            hearing = tasks.create_task(self._hear(), name="hear the venue")
            silence = tasks.create_task(self._fall_silent(), name="watch for silence")
            agreeing = tasks.create_task(self._agree(), name="agree on the books")
            await asyncio.wait([hearing, silence], return_when=asyncio.FIRST_COMPLETED)
            for task in (hearing, silence, agreeing):
                task.cancel()
        if not hearing.cancelled():
            return hearing.result()
        await self._hang_up()
        return silence.result()

    async def _fall_silent(self) -> str:
        """Return, once the venue has said nothing for too long, for how long; never where it promises no heartbeat."""
        loop, beat_secs = asyncio.get_running_loop(), self._broker.capabilities.heartbeat_secs
        if beat_secs is None:
            await asyncio.Event().wait()
            return ""
        secs = max(SILENT_SECS, SILENT_BEATS * beat_secs)
        self._heard_at = loop.time()
        while (left := self._heard_at + secs - loop.time()) > 0:  # noqa: ASYNC110 - for nothing to happen
            await asyncio.sleep(left)
        return f"the venue has said nothing for {secs:g} s"

    async def _hang_up(self) -> None:
        """End a link that stands, so that another is opened; whoever takes leave with an error, or not in time, is
        left."""
        with suppress(Exception):  # a link that was given up may end in any way, and must not end the next one
            async with asyncio.timeout(CONNECT_SECS):
                await self._broker.close()

    async def _hear(self) -> str:
        """Pass on what the venue says; return why it ends."""
        loop = asyncio.get_running_loop()
        try:
            async for said in self._live.stream():
                self._heard_at = loop.time()
                if isinstance(said, Heartbeat):
                    continue
                if not isinstance(said, MarketData):
                    self._comparison.hear(said.client_order_id)
                    self._vigil.hear(said.client_order_id)
                self._entrance.hear(said)
        except ConnectionError as error:
            return str(error) or type(error).__name__
        return "the venue says no more"

    async def _connect(self) -> AccountSnapshot:
        """Return the venue's books. Raises ConnectionError, also when the venue says nothing for too long."""
        try:
            async with asyncio.timeout(CONNECT_SECS):
                return await self._broker.connect()
        except TimeoutError as error:
            msg = f"the venue has said nothing for {CONNECT_SECS:g} s"
            raise ConnectionError(msg) from error

    async def _come_back(self) -> None:
        """Connect, after a pause and as often as it takes."""
        while True:
            await self._pauses.longer()
            try:
                await self._connect()
            except ConnectionError as error:
                self._fail(error)
            else:
                return

    async def _look(self) -> AccountSnapshot:
        """Return the venue's books once what came before them was counted. Raises ConnectionError."""
        snapshot = await self._connect()
        await asyncio.sleep(COUNTED_SECS)
        return snapshot

    async def _agree(self) -> None:
        """Agree on the books and go up; from then on see to it that it stays so, and go up again where it does not.

        A link that is lost again and again under a stream that stands goes up as seldom as one that comes and goes."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self._compare()
                up_from = loop.time()
                try:
                    await self._vigil.keep(self._broker.capabilities.books_secs)
                except ConnectionError as error:
                    self._fail(error)
                self._pauses.stood(loop.time() - up_from)
                if not self._waiting:
                    await self._pauses.longer()
        except EngineEnded:
            return

    async def _compare(self) -> None:
        """Compare the books until they agree, or until it is certain that they do not, and go up. Raises
        EngineEnded."""
        comparison = self._comparison = Comparison(self._engine.state, self._route)
        for secs in chain(LOOK_SECS, repeat(LOOK_SECS[-1])):
            try:
                self._try_each(self._broker.query, comparison.questions())
                await self._pauses.wait(secs)
                snapshot = await self._look()
                if comparison.look(snapshot) and await self._go_up(snapshot):
                    return
            except ConnectionError as error:  # the link may stand, and the venue not show its books
                self._fail(error)
            except JournalError:
                comparison.doubt()

    async def _go_up(self, snapshot: AccountSnapshot) -> bool:
        """Say that the books were compared; tell whether that still held when it was decided."""
        records = await self._inbox.ask(self._up(snapshot, self._engine.state.seq))
        if not any(isinstance(record.event, BrokerConnected) for record in records):
            return False
        self._told = ""
        self._router.up(self._route)
        self._repeat_cancels()
        self._renew_protection()
        self._answer(None)
        return True

    def _tell(self, why: str) -> None:
        """Withhold what is approved from now on, and tell the engine, once for each reason."""
        self._router.down(self._route)
        if why != self._told:
            self._told = why
            self._inbox.put(self._down(why))

    def _fail(self, error: ConnectionError) -> None:
        """Tell the engine and everybody who waits for the link why it is not up."""
        self._tell(str(error) or type(error).__name__)
        self._answer(error)

    def _answer(self, error: ConnectionError | None) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if one.done():
                continue
            if error is None:
                one.set_result(None)
            else:
                one.set_exception(error)
