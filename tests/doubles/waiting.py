"""A broker whose library waits for the venue, which may never answer: then a call returns when the test lets it.

The venue is in memory and keeps what it was given. Calls come on threads; what the venue says goes to the loop.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Final

from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.ids import AccountId, BrokerId, ClientOrderId
from oms.domain.order import Order, OrderTicket
from oms.domain.report import ExecType, ExecutionReport, NotFound, VenueReport
from oms.domain.units import Money

PATIENCE_SECS: Final = 10.0  # real seconds after which a test of threads has failed


class WaitingBroker:
    """`hangs` names the calls that do not return before `let_go`; they have reached the venue or have not, as they
    would: a cancel that hangs has not, and an order that hangs has not either."""

    capabilities = Capabilities(blocks=True)

    def __init__(self, broker_id: BrokerId, account: AccountId) -> None:
        self.broker_id = broker_id
        self.account = account
        self.hangs: set[str] = set()
        self.calls: list[tuple[str, ClientOrderId]] = []  # in the order in which they began
        self.at_venue: dict[ClientOrderId, ExecType] = {}
        self.said: asyncio.Queue[VenueReport | None] = asyncio.Queue()
        self.let_go = threading.Event()
        self.began = threading.Semaphore(0)  # one for each call
        self._loop = asyncio.get_running_loop()

    def submit(self, order: Order) -> None:
        """Take an order."""
        self._reach("submit", order)
        self.at_venue[order.client_order_id] = ExecType.NEW
        self._say(self._report(order))

    def cancel(self, order: Order) -> None:
        """Cancel it."""
        self._reach("cancel", order)
        self.at_venue[order.client_order_id] = ExecType.CANCELED
        self._say(self._report(order))

    def replace(self, order: Order, ticket: OrderTicket) -> None:  # noqa: ARG002 - it does not come to that
        """Note that it was asked for."""
        self._reach("replace", order)

    def query(self, order: Order) -> None:
        """Say what it is."""
        self._reach("query", order)
        known = order.client_order_id in self.at_venue
        self._say(self._report(order) if known else NotFound(client_order_id=order.client_order_id, ts=0))

    async def connect(self) -> AccountSnapshot:
        """Show books that nothing was traded in."""
        cash = (Money(Decimal(100_000), "USD"),)
        return AccountSnapshot(broker=self.broker_id, account=self.account, ts=0, cash=cash, net=(), open_orders=())

    async def stream(self) -> AsyncIterator[VenueReport]:
        """Yield what the venue says until it is closed."""
        while (said := await self.said.get()) is not None:
            yield said

    async def close(self) -> None:
        """End the stream."""
        self.said.put_nowait(None)

    @property
    def sent(self) -> set[ClientOrderId]:
        """The orders whose hand-over has begun."""
        return {order_id for call, order_id in self.calls if call == "submit"}

    def has_begun(self, calls: int) -> bool:
        """Wait until so many more calls have begun; tell whether they have. It stands still for no time otherwise."""
        return all(self.began.acquire(timeout=PATIENCE_SECS) for _ in range(calls))

    def _reach(self, call: str, order: Order) -> None:
        hangs = call in self.hangs
        self.calls.append((call, order.client_order_id))
        self.began.release()
        if hangs:
            self.let_go.wait()

    def _say(self, report: VenueReport) -> None:
        self._loop.call_soon_threadsafe(self.said.put_nowait, report)

    def _report(self, order: Order) -> ExecutionReport:
        return ExecutionReport(
            exec_type=self.at_venue[order.client_order_id],
            client_order_id=order.client_order_id,
            instrument_id=order.ticket.instrument_id,
            side=order.ticket.side,
            ts=0,
        )
