"""A whole session on the wall clock, trading at the venue on the socket, in virtual time.

The engine, the gate, the link and the adapter are the real ones. The wall is the loop's clock, which the venue's
delays and the engine's deadlines share, so half a minute of waiting for an answer takes as long as looking at it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final, TypeVar

from cockpit.assembly import Memory, Minds
from cockpit.latch import Latch
from cockpit.live import live_session
from cockpit.session import Session
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderStatus, Side, TimeInForce
from oms.domain.units import SECOND, ZERO, Nanos
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.ledger import CashKey, NetKey
from oms.ports import RiskGate
from oms.state import State
from strategies.base import BaseStrategy
from strategies.context import FLAT
from strategies.runner import StrategyRunner
from tests.doubles.core import FixedSizer
from tests.doubles.venue.adapter import WireBroker
from tests.doubles.venue.book import VenueBook, half
from tests.doubles.venue.listed import (
    ABC,
    ACCOUNT,
    CASH,
    INSTRUMENTS,
    RATE_CENTS,
    RATES,
    TRADED,
    WIRE,
    LiveFeed,
    every_rule,
    ticket,
)
from tests.doubles.venue.venue import Venue, Verdict
from tests.doubles.virtual_time import in_virtual_time

START: Final = 1_276_867_800 * SECOND  # 2010-06-18T13:30Z
KERNEL_SECS: Final = 0.001  # what one end of a socket wrote may be under way to the other for so long

T = TypeVar("T")
S = TypeVar("S", bound="Stage")


class Stage:
    """A session at a venue, and what is said and known on both sides."""

    def __init__(
        self,
        venue: Venue,
        gate: RiskGate | None = None,
        memory: Memory | None = None,
        strategies: Sequence[BaseStrategy] = (),
    ) -> None:
        self.venue = venue
        self._strategies = strategies
        self.records: list[ev.Record] = []
        self.session = self._build(gate or every_rule(), memory or a_memory())
        self.session.bus.subscribe(self.records.append)

    @property
    def state(self) -> State:
        """The engine's state."""
        return self.session.state

    def _build(self, gate: RiskGate, memory: Memory) -> Session:
        self.broker = WireBroker(
            broker_id=WIRE,
            account=ACCOUNT,
            address=lambda: self.venue.address,
            instruments=INSTRUMENTS,
            wall=wall,
            heartbeat_secs=self.venue.beat_secs,
        )
        return live_session(
            broker=self.broker,
            feed=LiveFeed(),
            minds=Minds(
                gate,
                FixedSizer(WIRE, ACCOUNT),
                StrategyRunner(self._strategies, lambda _strategy, _instrument: FLAT),
            ),
            memory=memory,
            latch=Latch(None),
            begin=do.BeginRun(
                actor="test",
                prefix="T",
                mode="test",
                seed=1,
                config_hash="0",
                feed="wire",
                feed_hash="0",
                currency="USD",
                instruments=INSTRUMENTS,
                limits=gate.limits(),
                strategies=tuple(strategy.strategy_id for strategy in self._strategies),
            ),
            wall=wall,
            chance=lambda: 0.5,
        )

    # -- what a trader does ---------------------------------------------------------------------------------------

    async def quote(self, cents: int) -> None:
        """Let all prices but the rates of currencies move, to so many cents and a cent above, and wait until the engine
        has seen it."""
        for symbol in TRADED:
            at = RATE_CENTS if symbol in RATES else cents
            self.venue.show(symbol, at, at + 1)
        quotes = self.state.marks.quotes
        await self.until(lambda: all(i.instrument_id in quotes for i in INSTRUMENTS))
        await asyncio.sleep(0.1)

    async def submit(
        self,
        quantity: int,
        side: Side = Side.BUY,
        limit: str | None = None,
        instrument: Instrument = ABC,
        tif: TimeInForce = TimeInForce.GTC,
    ) -> ClientOrderId:
        """Put a ticket to the gate, which passes it; return the order's id once it is durable."""
        wish = ticket(quantity, side, limit, instrument, tif)
        records = await self.session.inbox.ask(do.SubmitTicket(actor="test", ticket=wish))
        submitted = records[-1].event
        assert isinstance(submitted, oev.OrderSubmitted), submitted
        return submitted.client_order_id

    async def cancel_all(self) -> None:
        """Ask to cancel whatever is open."""
        for order_id in tuple(self.state.blotter.open):
            await self.session.inbox.ask(do.CancelOrder(actor="test", client_order_id=order_id))

    async def up(self) -> None:
        """Wait until the link is up."""
        await self.until(lambda: self.state.runs.links.get(WIRE) == "")

    async def down(self) -> None:
        """Wait until the link is down."""
        await self.until(lambda: self.links()[-1] != "up")

    async def resolved(self) -> float:
        """Wait until no order is open; return how many seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self.until(lambda: not self.state.blotter.open)
        return loop.time() - began

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait, in virtual time, until something is so; five minutes are too long."""
        async with asyncio.timeout(300):
            while not happened():  # noqa: ASYNC110 - it costs no time here, and nobody has to tell
                await asyncio.sleep(0.1)

    # -- what is known --------------------------------------------------------------------------------------------

    def status(self, order_id: ClientOrderId) -> OrderStatus:
        """Return what an order is."""
        return self.state.blotter.orders[order_id].status

    def count(self, kind: type) -> int:
        """Return how many events of a kind there were."""
        return sum(isinstance(record.event, kind) for record in self.records)

    def links(self) -> list[str]:
        """Return how the link went: a word for up, and the reasons for down."""
        kinds = (ev.BrokerConnected, ev.BrokerDisconnected)
        said = [record.event for record in self.records if isinstance(record.event, kinds)]
        return [event.text if isinstance(event, ev.BrokerDisconnected) else "up" for event in said]

    def differences(self) -> list[str]:
        """Return where our books are not the venue's, to the last digit."""
        verdict, ledger = self.venue.verdict(), self.state.ledger
        found = [
            f"{currency}: {amount} there, {ours} here"
            for currency, amount in verdict.account.cash.items()
            if (ours := ledger.cash.get(CashKey(WIRE, ACCOUNT, currency))) != Decimal(amount)
        ]
        for instrument in INSTRUMENTS:
            theirs = Decimal(verdict.account.net.get(instrument.symbol, "0"))
            ours = ledger.net.get(NetKey(WIRE, ACCOUNT, instrument.instrument_id), ZERO)
            if ours != theirs:
                found.append(f"{instrument.symbol}: {theirs} there, {ours} here")
        return [*found, *self._orders_that_differ(verdict)]

    def _orders_that_differ(self, verdict: Verdict) -> list[str]:
        found = []
        for order_id, order in self.state.blotter.orders.items():
            unsent = "canceled" if order.withheld else "not_found"
            state, filled = verdict.orders.get(order_id, unsent), verdict.filled.get(order_id, ZERO)
            here = order.status.value.lower().replace("partially_filled", "working").replace("accepted", "working")
            if (here, order.filled_qty) != (state, filled):
                found.append(f"{order_id}: {state} {filled} there, {here} {order.filled_qty} here")
        return found


def a_venue(beat_secs: float | None = None) -> Venue:
    """Return a venue without faults, where half of what is left of an order trades with each quote."""
    return Venue(VenueBook(TRADED, CASH, slices=half, now=wall), beat_secs=beat_secs)


def a_memory(journal: Holdover | MemoryJournal | None = None) -> Memory:
    """Return what a session knows that nothing was folded for."""
    return Memory(journal or MemoryJournal(), State({WIRE: WireBroker.capabilities}), Chains())


def wall() -> Nanos:
    """Return the time on the wall of the loop that runs."""
    return START + round(asyncio.get_running_loop().time() * SECOND)


@asynccontextmanager
async def trading(
    venue: Venue,
    gate: RiskGate | None = None,
    memory: Memory | None = None,
    strategies: Sequence[BaseStrategy] = (),
) -> AsyncIterator[Stage]:
    """Open the venue, run a session there, and end it."""
    async with serving(Stage(venue, gate, memory, strategies)) as stage:
        yield stage


@asynccontextmanager
async def serving(stage: S) -> AsyncIterator[S]:
    """Open the venue of a stage, run its session there, and end it."""
    await stage.venue.open()
    try:
        await stage.session.start()
        running = asyncio.create_task(stage.session.serve())
        try:
            yield stage
        finally:
            stage.session.end("test", "over")
            await running
    finally:
        await stage.venue.close()


def play(main: Coroutine[Any, Any, T]) -> T:
    """Run in virtual time."""
    return in_virtual_time(main, KERNEL_SECS)


def play_linked(story: Callable[[Stage], Awaitable[None]], venue: Venue | None = None) -> None:
    """Play a story of a session whose link is up, in virtual time."""

    async def main() -> None:
        async with trading(venue or a_venue()) as stage:
            await stage.up()
            await story(stage)

    play(main())


def play_quoted(story: Callable[[Stage], Awaitable[None]], venue: Venue | None = None) -> None:
    """Play a story of a session whose link is up and whose venue has shown prices, in virtual time."""

    async def quoted(stage: Stage) -> None:
        await stage.quote(1_000)
        await story(stage)

    play_linked(quoted, venue)
