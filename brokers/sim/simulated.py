"""What a simulated venue is, besides a broker: it lives in the process, is shown the market first, and is made alike.

A session that simulates makes its venue from these arguments and asks nothing else about it, so another way to match
orders is a subclass in a file of its own and one line in `brokers.catalog`. The venue lives in the feed's time: it is
told each datum before the engine sees it and what it has to say is fetched, never pushed.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Sequence
from pathlib import Path

from brokers.base import BaseBroker
from brokers.sim.settings import SimSettings
from oms.domain.fees import FeeSchedule
from oms.domain.ids import AccountId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import Bar, MarketData
from oms.domain.report import VenueReport
from oms.domain.units import Money, Nanos, Quantity


class SimulatedVenue(BaseBroker):
    """The port `oms.lockstep.SimulatedBroker` as an abstract class.

    The account opens with `cash`, trades `instruments` and pays `fees`; chance comes from `seed` alone. `book` is the
    file that outlives the process; without one the books are in memory.
    """

    @abstractmethod
    def __init__(
        self,
        *,
        account: AccountId,
        cash: Money,
        seed: int,
        instruments: Sequence[Instrument],
        fees: FeeSchedule,
        settings: SimSettings,
        book: Path | None,
    ) -> None: ...

    @abstractmethod
    def due(self) -> Nanos | None:
        """Return when something arrives there, or its answer here, next; None when nothing is on its way."""

    @abstractmethod
    def expires(self) -> Nanos | None:
        """Return when an order that works there expires next by the clock; None when none does."""

    @abstractmethod
    def pass_to(self, ts: Nanos) -> None:
        """Let time go on to an instant between two data.

        Raises:
            ConnectionError: the venue cannot keep its book.
        """

    @abstractmethod
    def on_market(self, data: MarketData) -> None:
        """See a datum, and match what rests against it.

        Raises:
            ConnectionError: the venue cannot keep its book.
        """

    def learn(self, bar: Bar) -> None:
        """See a bar that is over and is not played: of before the session, or of the part of it that an earlier run has
        played. A venue whose law of impact needs the past has it from here, at every start, so that what an order costs
        does not depend on when the program was started."""

    def keep(self) -> Awaitable[object] | None:
        """Begin to keep what happened; return what is done when that is over, None where nobody has to wait for it.
        Raises nothing, nor does what it returns: a failure is told by `drain`."""
        return None

    @abstractmethod
    def drain(self) -> Sequence[VenueReport]:
        """Take all reports that wait, oldest first.

        Raises:
            ConnectionError: the venue cannot keep its book; nothing of what happened is told.
        """

    def impact_frac(self, instrument_id: InstrumentId, quantity: Quantity) -> float:  # noqa: ARG002 - most have no law
        """Return what taking a quantity now would move the price against the taker, as a fraction of it."""
        return 0.0
