"""The link between a session and its venue: reaching it, counting what it did meanwhile, and losing it.

Whatever the venue, nothing may leave before every order that was not closed has been asked for and the totals agree,
or differ for a reason that is on record. How that is done depends on who moves time. A venue inside the process says
what it has to say when it is asked, so everything is counted before the loop runs. One outside answers when it likes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Final

from oms.domain import commands as do
from oms.domain.account import AccountSnapshot
from oms.domain.ids import Route
from oms.domain.market import Bar
from oms.domain.order import Order, OrderStatus
from oms.engine import OrderManagementSystem
from oms.inbox import Inbox
from oms.lanes import Asked, Lanes
from oms.lockstep import SimulatedBroker
from oms.ports import Broker
from oms.router import Router

ACTOR: Final = "session"  # who does what nobody asked for


class Link(ABC):
    """One broker of one session. `halts_when_lost` says whether a person must look before trading goes on."""

    halts_when_lost: bool

    def __init__(self, *, broker: Broker, engine: OrderManagementSystem, inbox: Lanes, router: Router) -> None:
        self._broker = broker
        self._engine = engine
        self._inbox = inbox
        self._router = router
        self._route = Route(broker.broker_id, broker.account)

    def tell_of_cancels(self, told: Callable[[Order], None]) -> None:
        """Call something for every order whose cancel is handed over, at once or once the venue is there again."""
        self._router.tell_of_cancels(told)

    @property
    def is_lost(self) -> bool:
        """Whether the link is gone, as far as the journal says."""
        return bool(self._engine.state.runs.links.get(self._broker.broker_id))

    @abstractmethod
    async def open(self) -> None:
        """Reach the venue at a start, before the loop runs.

        Raises:
            JournalError: what it said cannot be written.
            ConnectionError: it cannot be reached.
        """

    @abstractmethod
    async def keep(self) -> None:
        """Do beside the loop what the link needs, until canceled or until there is nothing to do."""

    @abstractmethod
    async def again(self) -> None:
        """Reach a venue that was lost, while the loop runs. Raises ConnectionError."""

    @abstractmethod
    def forget(self) -> None:
        """Drop what the venue said and nobody counted: the state is folded anew, and it is asked again."""

    @abstractmethod
    async def recall(self) -> None:
        """Ask again, after `forget`. Raises JournalError."""

    async def close(self) -> None:
        """Let go of the venue; working orders stay there."""
        await self._broker.close()

    def _up(self, snapshot: AccountSnapshot, seq: int | None = None) -> do.BrokerUp:
        return do.BrokerUp(actor=ACTOR, broker=self._broker.broker_id, snapshot=snapshot, seq=seq)

    def _down(self, text: str) -> do.BrokerDown:
        return do.BrokerDown(actor=ACTOR, broker=self._broker.broker_id, text=text)

    def _query_open(self) -> None:
        """Ask the venue what became of every order that was not closed."""
        orders = self._engine.state.blotter.open.values()
        self._try_each(self._broker.query, [one for one in orders if not one.is_local])

    def _renew_protection(self) -> None:
        """Let stops go to the venue that were held here while there was no link."""
        self._inbox.put(do.RenewProtection(actor=ACTOR))

    def _repeat_cancels(self) -> None:
        """Ask again to cancel where the answer may be lost."""
        orders = self._engine.state.blotter.open.values()
        self._try_each(self._cancel, [one for one in orders if one.status is OrderStatus.PENDING_CANCEL])

    def _cancel(self, order: Order) -> None:
        """Hand a cancel over. Raises ConnectionError."""
        self._broker.cancel(order)
        if not self._broker.capabilities.blocks:
            self._router.canceling(order)

    def _try_each(self, ask: Callable[[Order], None], orders: Sequence[Order]) -> None:
        """Ask about orders until the link goes; the engine is told of that as when it goes under an order."""
        try:
            for order in orders:
                ask(order)
        except ConnectionError as error:
            self._inbox.put(self._down(str(error)))


class LockstepLink(Link):
    """The link to a venue inside the process. `seen` is shown the bars that an earlier run has seen already."""

    halts_when_lost = True  # it cannot keep its book, and that does not pass by itself

    def __init__(
        self,
        *,
        broker: SimulatedBroker,
        engine: OrderManagementSystem,
        inbox: Inbox,
        router: Router,
        seen: Callable[[Sequence[Bar]], None],
    ) -> None:
        super().__init__(broker=broker, engine=engine, inbox=inbox, router=router)
        self._inside = inbox
        self._seen = seen

    async def open(self) -> None:
        """Count all that the venue has to say, then go past what an earlier run saw: engine time never goes back."""
        snapshot = await self._broker.connect()
        self._query_open()
        await self._serve_reports()
        await self._engine.take([Asked(self._up(snapshot))], self._inbox)
        self._repeat_cancels()  # not before: what they cancel would still work in the snapshot
        await self._serve_reports()
        self._renew_protection()
        self._inside.skip(self._engine.state.ts, lambda bar: self._seen([bar]))

    async def keep(self) -> None:
        """Do nothing: the inbox asks the venue."""

    async def again(self) -> None:
        """Connect anew; what the venue answers is left in its outbox, and the inbox takes it before any command."""
        snapshot = await self._broker.connect()
        self._router.up(self._route)
        self._query_open()
        await self._inbox.ask(self._up(snapshot))
        self._repeat_cancels()
        self._renew_protection()

    def forget(self) -> None:
        """Empty the outbox."""
        self._inside.said()

    async def recall(self) -> None:
        """Ask about every open order and count the answers."""
        self._query_open()
        await self._serve_reports()

    async def _serve_reports(self) -> None:
        await self._engine.take(self._inside.said(), self._inbox)
