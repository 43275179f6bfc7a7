"""A stand is a broker with its venue under our control: we show it prices, end its session and look at what it said.

The simulated venue stands here with the settings that make it hardest to keep a promise: every execution is split,
takers pay slippage, and nobody may sell short. The venue on a socket is as hard, and speaks from outside the process.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from brokers.base import BaseBroker
from brokers.sim.settings import SimSettings
from brokers.sim.venue import SimBroker
from brokers.synthetic import SyntheticFeed
from oms.domain.account import AccountSnapshot
from oms.domain.fees import PercentFee
from oms.domain.heartbeat import Heartbeat
from oms.domain.ids import BrokerId
from oms.domain.market import Quote, SessionEnded
from oms.domain.report import VenueReport
from oms.domain.units import Money
from tests.doubles.orders import ACCOUNT
from tests.doubles.venue.adapter import WireBroker
from tests.doubles.venue.book import Traded, VenueBook, half
from tests.doubles.venue.venue import Venue

OPENING = Decimal(100_000)
BEAT_SECS = 0.01
(INSTRUMENT,) = SyntheticFeed(seed=1, count=1).instruments


class Stand(Protocol):
    """What a test of the promises needs of a broker's venue. `beats` are the signs of life that came over the link."""

    beats: asyncio.Queue[Heartbeat]

    @property
    def broker(self) -> BaseBroker:
        """The adapter under test; after a restart it may be another."""
        ...

    async def open(self) -> None:
        """Make the venue ready and connect."""
        ...

    async def close(self) -> None:
        """Let go of both."""
        ...

    async def restart(self) -> AccountSnapshot:
        """Close and connect anew."""
        ...

    async def show(self, bid: int, ask: int) -> None:
        """Let the market move, in ticks."""
        ...

    async def end_session(self) -> None:
        """End the trading day."""
        ...

    async def said(self) -> list[VenueReport]:
        """Return what the venue said since the last call, all of it."""
        ...


class SimStand:
    """The simulated venue, with its book in memory or on disk."""

    def __init__(self, book: Path | None) -> None:
        self._book = book
        self._ts = 0
        self.beats: asyncio.Queue[Heartbeat] = asyncio.Queue()
        self.broker = self._stand_up()

    def _stand_up(self) -> SimBroker:
        return SimBroker(
            account=ACCOUNT,
            cash=Money(OPENING, "USD"),
            seed=7,
            instruments=(INSTRUMENT,),
            fees=PercentFee(frac=Decimal("0.0005")),
            settings=SimSettings(partial=Decimal(1), slippage_bps=Decimal(5), short_sale=False),
            book=self._book,
        )

    async def open(self) -> None:
        """Open the book."""
        await self.broker.connect()

    async def close(self) -> None:
        """Close the book."""
        await self.broker.close()

    async def restart(self) -> AccountSnapshot:
        """Close; a book on disk is opened by another broker."""
        await self.broker.close()
        if self._book is not None:
            self.broker = self._stand_up()
        return await self.broker.connect()

    async def show(self, bid: int, ask: int) -> None:
        """Show a quote."""
        self._ts += 1
        self.broker.on_market(
            Quote(instrument=INSTRUMENT, ts=self._ts, bid=bid, ask=ask, last=bid, bid_size=1, ask_size=1)
        )

    async def end_session(self) -> None:
        """Show the session's end."""
        self._ts += 1
        self.broker.on_market(SessionEnded(session="2010-06-18", ts=self._ts))

    async def said(self) -> list[VenueReport]:
        """Empty the outbox."""
        return list(self.broker.drain())


class SocketStand:
    """The venue on a loopback socket, and the adapter that speaks its protocol."""

    def __init__(self) -> None:
        traded = {INSTRUMENT.symbol: Traded(tick=INSTRUMENT.tick, lot=INSTRUMENT.lot)}
        self._venue = Venue(VenueBook(traded, {"USD": OPENING}, slices=half, short_sale=False), beat_secs=BEAT_SECS)
        self.beats: asyncio.Queue[Heartbeat] = asyncio.Queue()
        self._said: list[VenueReport] = []
        self._listening: asyncio.Task[None] | None = None
        self.broker = WireBroker(
            broker_id=BrokerId("sim"),
            account=ACCOUNT,
            address=lambda: self._venue.address,
            instruments=(INSTRUMENT,),
            wall=lambda: 0,
            heartbeat_secs=BEAT_SECS,
        )

    async def open(self) -> None:
        """Listen and connect."""
        await self._venue.open()
        await self._connect()

    async def close(self) -> None:
        """Disconnect and listen no more."""
        await self._disconnect()
        await self._venue.close()

    async def restart(self) -> AccountSnapshot:
        """Disconnect and connect again."""
        await self.said()
        await self._disconnect()
        return await self._connect()

    async def show(self, bid: int, ask: int) -> None:
        """Show a quote once the venue has heard all that it was told before."""
        await self.broker.connect()
        self._venue.show(INSTRUMENT.symbol, bid, ask)

    async def end_session(self) -> None:
        """End the day once the venue has heard all that it was told before."""
        await self.broker.connect()
        self._venue.end_session()

    async def said(self) -> list[VenueReport]:
        """Wait until everything that was asked before is answered: the venue answers in order."""
        await self.broker.connect()
        await asyncio.sleep(0)
        said, self._said = self._said, []
        return said

    async def _connect(self) -> AccountSnapshot:
        snapshot = await self.broker.connect()
        self._listening = asyncio.create_task(self._listen())
        return snapshot

    async def _disconnect(self) -> None:
        await self.broker.close()
        if self._listening is not None:
            await self._listening

    async def _listen(self) -> None:
        async for said in self.broker.stream():
            if isinstance(said, Heartbeat):
                self.beats.put_nowait(said)
            elif not isinstance(said, Quote):
                self._said.append(said)  # type: ignore[arg-type]


STANDS: dict[str, Callable[[Path], Stand]] = {
    "sim, book in memory": lambda _: SimStand(None),
    "sim, book on disk": lambda folder: SimStand(folder / "venue.sqlite"),
    "on a socket": lambda _: SocketStand(),
}
