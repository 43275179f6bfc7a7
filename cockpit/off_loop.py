"""A broker whose library waits for its venue: every call is made on a thread of its own, and the loop goes on.

A call that never returns holds the thread it was made on and nothing else: not the loop, not another broker, and not
a cancel, because cancels have threads to themselves. What has become of it is asked of the venue by the schedule that
asks about every silence. Once all threads for a kind of call are held, the link is as good as gone: it is hung up, so
that a decent library lets go of its calls, and it is not called again before one of them has returned.

An order may have to wait for a thread, and much can happen meanwhile. A stop: so the latch is read once more there,
with nothing between the reading and the call. A cancel, which waits for nobody and would overtake it: so what still
waits is taken out of the line, and a venue is asked to cancel only what a thread has begun to hand over. The end of the
link: nothing may leave over the next one before the books agree. And time: after longer than an answer may take, a
person has been told that the outcome is not known. In each case the order is withheld by name, like what never left the
router.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Final, TypeAlias, TypeVar

from cockpit.threads import THREADS, Call, Threads
from oms.domain import commands as do
from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.heartbeat import Heartbeat
from oms.domain.ids import ROUTER, ClientOrderId
from oms.domain.market import MarketData
from oms.domain.order import Order, OrderTicket
from oms.domain.report import VenueReport
from oms.ports import LiveBroker
from oms.router import CANCELED_FIRST, LINK_DOWN, STOPPED_FIRST

LEAVE_SECS: Final = 5.0  # for so long another link waits until the last one is hung up
SUBMIT: Final = "submit"

T = TypeVar("T")
Key: TypeAlias = tuple[str, ClientOrderId]  # which call, about which order
Heard: TypeAlias = MarketData | VenueReport | Heartbeat


class OffLoop:
    """A live broker around one that `blocks`. Like any broker it is called in the loop's thread only; `put` is the
    inbox's. Until `ask_before_sending` was called no order leaves."""

    def __init__(
        self,
        broker: LiveBroker,
        put: Callable[[do.Command], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.broker_id, self.account = broker.broker_id, broker.account
        self._broker = broker
        self._put = put
        self._monotonic = monotonic
        self._patience = broker.capabilities.answer_secs
        self._cancels: Threads[Key] = Threads(f"{broker.broker_id} cancels", monotonic)
        self._orders: Threads[Key] = Threads(f"{broker.broker_id} orders", monotonic)
        self._is_stopped: Callable[[Order], bool] = _always
        self._told: Callable[[Order], None] = _ignore
        self._asked: dict[Key, float] = {}  # when calls that have not returned were asked for
        self._held_up = f"{THREADS} calls have not returned for {self._patience:g} s"
        self._gone = ""  # why nothing is called any more, until the link is opened anew
        self._hanging_up: asyncio.Task[None] | None = None
        self._heard: asyncio.Queue[Heard | Exception | None] = asyncio.Queue()

    def tell_of_cancels(self, told: Callable[[Order], None]) -> None:
        """Call something, in the loop's thread, for each order whose cancel the library has taken, or was spared."""
        self._told = told

    def ask_before_sending(self, is_stopped: Callable[[Order], bool]) -> None:
        """Ask, on the thread and last of all, whether a stop forbids an order or a change of it to leave."""
        self._is_stopped = is_stopped

    @property
    def is_held(self) -> bool:
        """Whether every thread for a kind of call is held by one that does not return."""
        return self._cancels.are_held(self._patience) or self._orders.are_held(self._patience)

    @property
    def capabilities(self) -> Capabilities:
        """What the broker itself can do."""
        return self._broker.capabilities

    def submit(self, order: Order) -> None:
        """Have an order handed over. Raises ConnectionError: the link is gone."""
        asked_at, loop = self._monotonic(), asyncio.get_running_loop()

        def send() -> None:
            if self._monotonic() - asked_at > self._patience:
                obstacle = f"calls to {self.broker_id} did not return for {self._patience:g} s"
            elif self._is_stopped(order):
                obstacle = STOPPED_FIRST
            else:
                self._broker.submit(order)
                return
            _tell(loop, self._put, _withhold(order.client_order_id, obstacle))

        self._make(self._orders, (SUBMIT, order.client_order_id), send)

    def cancel(self, order: Order) -> None:
        """Have a cancel asked for; an order that has not begun to leave is withheld instead, and the venue hears of
        neither. Raises ConnectionError: the link is gone."""
        if self._take_back((SUBMIT, order.client_order_id)):
            why = STOPPED_FIRST if self._is_stopped(order) else CANCELED_FIRST
            self._put(_withhold(order.client_order_id, why))
            self._told(order)
            return
        loop = asyncio.get_running_loop()

        def take_back() -> None:
            self._broker.cancel(order)
            _tell(loop, self._told, order)

        self._make(self._cancels, ("cancel", order.client_order_id), take_back)

    def replace(self, order: Order, ticket: OrderTicket) -> None:
        """Have a change asked for; under a stop it stays as it is. Raises ConnectionError: the link is gone."""

        def change() -> None:
            if not self._is_stopped(order):
                self._broker.replace(order, ticket)

        self._make(self._orders, (f"replace {order.replaces}", order.client_order_id), change)

    def query(self, order: Order) -> None:
        """Have an order asked about. Raises ConnectionError: the link is gone."""
        self._make(self._orders, ("query", order.client_order_id), lambda: self._broker.query(order))

    async def connect(self) -> AccountSnapshot:
        """Open the link and return the venue's books. Raises ConnectionError, also while no thread is free."""
        if self.is_held:
            raise ConnectionError(self._held_up)
        if self._hanging_up is not None:
            await asyncio.wait([self._hanging_up], timeout=LEAVE_SECS)
        snapshot = await self._broker.connect()
        self._gone = ""
        return snapshot

    async def stream(self) -> AsyncIterator[Heard]:
        """Yield what the venue says. Raises ConnectionError: the link was lost, or hung up because of its calls, be it
        that the library says so or not."""
        if self._gone:
            raise ConnectionError(self._gone)
        heard = self._heard = asyncio.Queue()
        hearing = asyncio.get_running_loop().create_task(self._hear(heard), name="hear the library")
        try:
            while (said := await heard.get()) is not None:
                if isinstance(said, Exception):
                    raise said
                yield said
        finally:
            hearing.cancel()
            self._recall()

    async def close(self) -> None:
        """End the link; a thread whose call never returns ends with the process."""
        self._recall()
        self._cancels.close()
        self._orders.close()
        await self._broker.close()

    async def _hear(self, heard: asyncio.Queue[Heard | Exception | None]) -> None:
        """Pass on what the library says, and how it ends."""
        try:
            async for said in self._broker.stream():
                heard.put_nowait(said)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever listens, and is raised there
            heard.put_nowait(error)
        else:
            heard.put_nowait(None)

    def _make(self, threads: Threads[Key], key: Key, call: Call) -> None:
        """Have a call made, unless it is being made already. Raises ConnectionError: the link is gone."""
        if threads.are_held(self._patience):
            self._hang_up(self._held_up)
        if self._gone:
            raise ConnectionError(self._gone)
        now, loop = self._monotonic(), asyncio.get_running_loop()
        asked_at = self._asked.get(key)
        if asked_at is not None and now - asked_at <= self._patience:
            return
        self._asked[key] = now

        def make() -> None:
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - whatever it raises, a thread less would be missed for ever
                _tell(loop, self._hang_up, str(error) or type(error).__name__)
            finally:
                _tell(loop, self._returned, key)

        threads.make(key, make)

    def _take_back(self, key: Key) -> bool:
        """Tell whether a call about an order has not begun; it is not made then."""
        is_waiting = self._orders.take_back(key)
        if is_waiting:
            self._returned(key)
        return is_waiting

    def _recall(self) -> None:
        """Take back what waits for a thread. Orders are withheld by name; the rest is asked again by the schedule."""
        for key in self._orders.waiting:
            call, order_id = key
            if self._take_back(key) and call == SUBMIT:
                self._put(_withhold(order_id, LINK_DOWN))

    def _hang_up(self, why: str) -> None:
        """Give the link up: who listens hears why, and comes back."""
        if not self._gone:
            self._gone = why
            self._recall()
            self._heard.put_nowait(ConnectionError(why))
            self._hanging_up = asyncio.get_running_loop().create_task(self._leave(), name="hang up")

    async def _leave(self) -> None:
        """End a link that was given up."""
        with contextlib.suppress(Exception):  # it is gone either way, and whoever listens has been told why
            await self._broker.close()

    def _returned(self, key: Key) -> None:
        self._asked.pop(key, None)


def _withhold(order_id: ClientOrderId, why: str) -> do.WithholdOrder:
    return do.WithholdOrder(actor=ROUTER, client_order_id=order_id, reason=why)


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[[T], None], arg: T) -> None:
    """Let the loop's thread do something; a call that returns when the loop has ended has nobody to tell."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(what, arg)


def _always(_order: Order) -> bool:
    """Let nothing leave."""
    return True


def _ignore(_order: Order) -> None:
    """Hear of a cancel where nobody counts them."""
