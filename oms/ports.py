"""What the core calls and does not implement. A port lives with its caller, and the core is the caller here.

Nothing in a port may block: `Broker.submit` and its like hand over and return; what came of it arrives as a report. A
broker whose library waits for the venue declares that it `blocks`, and is called on threads of its own. What the core
drives itself, a feed that is pulled and a venue inside the process, stands in `oms/lockstep.py`.
"""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Protocol

from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.events import Event, Record
from oms.domain.heartbeat import Heartbeat
from oms.domain.ids import AccountId, BrokerId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.market import MarketData
from oms.domain.order import Order, OrderTicket
from oms.domain.report import VenueReport
from oms.domain.risk import RiskDecision, RuleLimits, Sizing
from oms.domain.signal import TradingSignal
from oms.domain.units import Nanos, Quantity
from oms.state import State


class Clock(Protocol):
    """Engine time. It never goes back."""

    def now(self) -> Nanos:
        """Return the present instant."""
        ...

    def hear(self, ts: Nanos) -> None:
        """Take note of the time of an input: a clock that is moved by them goes forward to it."""
        ...


class Feed(Protocol):
    """Where market data come from."""

    name: str
    hash: str  # hex digest of everything that makes its prices; which of them are played is no part of it
    instruments: tuple[Instrument, ...]
    interval: Nanos  # longest time between two quotes of one instrument while the market is open


class Broker(Protocol):
    """One account at one venue, as the engine sees it.

    `submit`, `cancel`, `replace` and `query` raise ConnectionError, with words, where the link is gone or was never
    opened, and nothing else. Whether the venue was told all the same is not known then, so an order that was being
    handed over is in flight and is asked for once `connect` has opened another link.
    """

    broker_id: BrokerId
    account: AccountId

    @property
    def capabilities(self) -> Capabilities:
        """What the adapter can do by itself; the same for as long as it lives."""
        ...

    def submit(self, order: Order) -> None:
        """Hand an approved order over. Called once per order; the outcome arrives as a report, `Unclear` where an
        answer proves nothing, or not at all: then it is asked for by `query`, and never handed over again.

        Raises:
            ConnectionError: the link is gone; the venue may have the order or not.
        """
        ...

    def cancel(self, order: Order) -> None:
        """Ask to cancel; answered by a CANCELED report, a fill that came first, or a CancelReject.

        Raises:
            ConnectionError: the link is gone.
        """
        ...

    def replace(self, order: Order, ticket: OrderTicket) -> None:
        """Ask to change an order that works into `ticket`, the change of number `order.replaces`; answered by REPLACED
        with the new terms, a fill that came first, or a ReplaceReject. One that is asked again is the same change.

        Raises:
            ConnectionError: the link is gone.
        """
        ...

    def query(self, order: Order) -> None:
        """Ask what became of an order; answered by all its reports again, or by NotFound.

        Raises:
            ConnectionError: the link is gone.
        """
        ...

    async def connect(self) -> AccountSnapshot:
        """Open the link, unless it stands, and return the venue's own books.

        Whoever waits for a venue outside the process sets a deadline: one that takes the call and says nothing is
        canceled here, and the next call begins anew.

        Raises:
            ConnectionError: the venue cannot be reached; the text says why.
        """
        ...

    async def close(self) -> None:
        """End the link; working orders stay at the venue."""
        ...


class LiveBroker(Broker, Protocol):
    """A broker whose venue is outside the process and speaks when it likes."""

    def stream(self) -> AsyncIterator[MarketData | VenueReport | Heartbeat]:
        """Yield what the venue says over the link that `connect` opened, in its order, until that is closed. Where the
        capabilities declare `heartbeat_secs`, something comes at least so often, if only a heartbeat.

        Raises:
            ConnectionError: the link was lost. `connect` opens another, and then there is another stream.
        """
        ...


class Sized(NamedTuple):
    """A signal made into a ticket, and how its quantity came about."""

    ticket: OrderTicket
    sizing: Sizing


class Declined(NamedTuple):
    """A signal that no ticket is made of, and why, in words."""

    text: str


class Headroom(NamedTuple):
    """The most that would pass, and the rule that binds it (None when nothing does)."""

    quantity: Quantity
    rule: str | None


class RiskGate(Protocol):
    """The one judge. Pure: it reads the state and sends nothing."""

    def limits(self) -> tuple[RuleLimits, ...]:
        """Return the limits table in the order in which decisions list what they observed."""
        ...

    def check(
        self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = (), *, confirmed: bool = False
    ) -> RiskDecision:
        """Judge a ticket as if the tickets `beside` it were already reserved. `confirmed`: somebody typed the word for
        a flatten, so it may pass while trading is HALTED, if it does no more than close what its strategy holds."""
        ...

    def check_change(self, order: Order, ticket: OrderTicket, state: State) -> RiskDecision:
        """Judge the difference it would make if an open order became `ticket`."""
        ...

    def headroom(self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = ()) -> Headroom:
        """Return the largest quantity of this ticket that every rule would pass."""
        ...

    def watch(self, state: State) -> Sequence[Event]:
        """Return what the limits demand after the market moved, without any ticket."""
        ...


class Reactor(Protocol):
    """What answers records with opinions: the strategies' runner. Synchronous, no I/O, never raises."""

    def react(self, record: Record) -> Sequence[TradingSignal]:
        """Return the opinions that a datum or a fill gave rise to, which is all that is shown here; legs of one group
        stand side by side."""
        ...

    def drain_faults(self) -> Sequence[tuple[StrategyId, str]]:
        """Return, once, the strategies that raised since the last call, and what they raised. Asked after `react`."""
        ...


class Sizer(Protocol):
    """Turns an opinion into a complete ticket."""

    def size(
        self, signal: TradingSignal, state: State, gate: RiskGate, beside: Sequence[OrderTicket] = ()
    ) -> Sized | Declined:
        """Return a ticket clipped to the gate's headroom, or why the signal asks for nothing (CLOSE when flat, less
        than a lot). Without room the ticket keeps the wanted quantity, so that the gate denies it in its own words."""
        ...


class Journal(Protocol):
    """The append-only record."""

    async def append(self, records: Sequence[Record]) -> None:
        """Make the records durable in one commit.

        Raises:
            JournalError: nothing of it is durable and nothing may be sent.
        """
        ...

    def replay(self, after: int = 0) -> AsyncIterator[Record]:
        """Yield the records after a sequence number, in order."""
        ...

    async def close(self) -> None:
        """Write what waits and let go of the file."""
        ...
