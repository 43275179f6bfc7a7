"""The ports of what plays in lockstep with the core: a feed that waits to be asked, and a venue inside the process.

Such a feed is pulled, one datum at a time, and only when everything the last one caused has been decided, committed
and answered; otherwise bars would overtake fills. The venue sees each datum before the engine does, and answers before
time goes on.
"""

from collections.abc import Awaitable, Sequence
from typing import Protocol

from oms.domain.ids import BrokerId
from oms.domain.market import MarketData
from oms.domain.report import VenueReport
from oms.domain.units import Nanos
from oms.ports import Broker, Feed


class LockstepFeed(Feed, Protocol):
    """Market data that wait to be asked for: a tape, a synthetic market."""

    instant: int  # counts the instants played: when it grew, the datum just returned begins a new one
    instants_per_bar: int

    def advance(self) -> MarketData | None:
        """Return the next datum in time order, or None at the end; after that always None."""
        ...


class LockstepVenue(Protocol):
    """A simulated venue that is shown each datum before the engine is."""

    broker_id: BrokerId

    def due(self) -> Nanos | None:
        """Return when something arrives there, or its answer here, next; None when nothing is on its way."""
        ...

    def expires(self) -> Nanos | None:
        """Return when an order that works there expires next by the clock; None when none does."""
        ...

    def pass_to(self, ts: Nanos) -> None:
        """Let time go on to an instant between two data: what is on its way by then arrives, what expires is expired.

        Raises:
            ConnectionError: the venue cannot keep its book.
        """
        ...

    def on_market(self, data: MarketData) -> None:
        """Match what rests against the new prices; reports wait in the outbox.

        Raises:
            ConnectionError: the venue cannot keep its book.
        """
        ...

    def keep(self) -> Awaitable[object] | None:
        """Begin to make durable what happened; return what is done when that is over, None where nobody has to wait.

        What came of it is told by `drain`, which waits for it if nobody has. Raises nothing, nor does what it returns:
        what presses is served between the two, so that this may be called again before anybody has asked `drain`.
        """
        ...

    def drain(self) -> Sequence[VenueReport]:
        """Take all reports that wait, oldest first.

        Raises:
            ConnectionError: the venue cannot keep its book; nothing of what happened is told.
        """
        ...


class SimulatedBroker(Broker, LockstepVenue, Protocol):
    """A broker whose venue is inside the process and sees the feed's data first."""
