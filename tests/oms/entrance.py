"""An inbox with its feed and its venue in virtual time: what came out of it, and when."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeAlias

from oms.domain.deadline import DeadlineReached
from oms.domain.market import Bar, BarSpec, MarketData
from oms.inbox import Inbox
from oms.lanes import Asked
from oms.pace import Pace, Tempo
from tests.doubles.core import Desk, ListFeed
from tests.doubles.virtual_time import in_virtual_time, virtual_loop
from tests.oms.examples import ACCOUNT, INSTRUMENTS, SIM, START, quote

Seen: TypeAlias = list[tuple[float, list[object]]]


class Entrance:
    """An inbox with its feed and its venue, and what came out of it with the time at which it did."""

    def __init__(self, data: Iterable[MarketData] = (), rate: float | None = None) -> None:
        self.feed = ListFeed(data)
        self.venue = Desk(SIM, ACCOUNT)
        self.pace = Pace(Tempo(per_instant=1 / rate) if rate else None)
        self.deadlines: list[int] = []  # what the engine would wait for; each is over once it was told
        self.inbox = Inbox(self.feed, self.venue, self.pace, lambda: min(self.deadlines, default=None))
        self.seen: Seen = []

    async def run(self, each: Callable[[list[Asked]], None] = lambda _batch: None) -> None:
        """Take batches until closed."""
        async for batch in self.inbox.batches():
            self.seen.append((round(virtual_loop().time(), 6), [asked.cause for asked in batch]))
            for asked in batch:
                if isinstance(asked.cause, DeadlineReached):
                    self.deadlines.remove(asked.cause.ts)
            each(batch)

    def play(self, *acts: tuple[float, Callable[[], object]], until: float = 100.0) -> Seen:
        """Run in virtual time, do each act at its time, close at the end, and return what came out."""

        async def main() -> None:
            taking = asyncio.create_task(self.run())
            for at, act in sorted(acts, key=lambda one: one[0]):
                await asyncio.sleep(at - virtual_loop().time())
                act()
            await asyncio.sleep(until - virtual_loop().time())
            self.inbox.close()
            await taking

        in_virtual_time(main())
        return self.seen

    def times(self) -> list[float]:
        """Return when market data came out."""
        return [at for at, causes in self.seen if hasattr(causes[-1], "instrument")]


def causes(seen: Seen) -> list[list[object]]:
    return [what for _, what in seen]


def instants(count: int) -> list[MarketData]:
    return [quote("150", ts=START + number) for number in range(count)]


def bar(ts: int) -> Bar:
    """Return a bar that is over just before it is seen at `ts`."""
    return Bar(
        instrument=INSTRUMENTS[0],
        spec=BarSpec("1d", 1),
        ts=ts,
        ts_open=ts - 2,
        ts_close=ts - 1,
        open=1,
        high=1,
        low=1,
        close=1,
        volume=1,
    )
