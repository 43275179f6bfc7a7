"""How fast the simulated venue is: `python bench/sim.py [ORDERS]`.

A trial buys and sells one instrument in turn at market prices. What is measured is the venue alone: from handing an
order over to holding its reports (two: NEW and TRADE), with the book in memory and on disk; and a quote that nothing
rests on. The disk book makes one commit with FULL durability per order, so its figure is the disk's.
"""

import asyncio
import sys
import tempfile
import time
from decimal import Decimal
from itertools import cycle
from pathlib import Path

from brokers.sim.venue import SIM, SimBroker
from brokers.synthetic import SyntheticFeed
from oms.domain.fees import PercentFee
from oms.domain.ids import MANUAL, AccountId, ClientOrderId
from oms.domain.market import MarketData
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Side
from oms.domain.units import Money

ACCOUNT = AccountId("BENCH-1")
IN_MEMORY, ON_DISK, QUOTES = 100_000, 2_000, 1_000_000


def main() -> None:
    """Measure and tell."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else IN_MEMORY
    tell("orders, book in memory", number, orders(None, number))
    with tempfile.TemporaryDirectory() as folder:
        number = min(number, ON_DISK)
        tell("orders, book on disk", number, orders(Path(folder) / "venue.sqlite", number))
    tell("quotes, nothing resting", QUOTES, quotes(QUOTES))
    tell("quotes made", QUOTES, made(QUOTES))


def orders(book: Path | None, number: int) -> float:
    """Return the seconds that so many market orders take."""
    feed = SyntheticFeed(seed=1, count=1)
    venue = a_venue(feed, book)
    venue.on_market(next_of(feed))
    (instrument,) = feed.instruments
    tickets = cycle(
        OrderTicket(
            broker=SIM,
            account=ACCOUNT,
            strategy_id=MANUAL,
            instrument_id=instrument.instrument_id,
            side=side,
            quantity=Decimal(10),
            order_type=OrderType.MARKET,
        )
        for side in Side
    )
    batch = [
        Order(
            client_order_id=ClientOrderId(f"BENCH-1-{place}"),
            ticket=next(tickets),
            status=OrderStatus.SUBMITTED,
            ts_init=1,
            ts_event=1,
        )
        for place in range(number)
    ]
    began = time.perf_counter()
    told = 0
    for order in batch:
        venue.submit(order)
        told += len(venue.drain())
    took = time.perf_counter() - began
    asyncio.run(venue.close())
    if told != 2 * number:
        msg = f"{number} orders made {told} reports"
        raise RuntimeError(msg)
    return took


def quotes(number: int) -> float:
    """Return the seconds in which the venue sees so many quotes that nothing rests on."""
    feed = SyntheticFeed(seed=1, count=4)
    venue = a_venue(feed, None)
    batch = [next_of(feed) for _ in range(1_000)]
    began = time.perf_counter()
    for _ in range(number // len(batch)):
        for quote in batch:
            venue.on_market(quote)
    return time.perf_counter() - began


def made(number: int) -> float:
    """Return the seconds in which the synthetic feed makes so many quotes."""
    feed = SyntheticFeed(seed=1, count=4, limit=number)
    began = time.perf_counter()
    while feed.advance() is not None:
        pass
    return time.perf_counter() - began


def a_venue(feed: SyntheticFeed, book: Path | None) -> SimBroker:
    """Return a connected venue for a feed's instruments."""
    venue = SimBroker(
        account=ACCOUNT,
        cash=Money(Decimal(100_000), "USD"),
        seed=1,
        instruments=feed.instruments,
        fees=PercentFee(frac=Decimal("0.0005")),
        book=book,
    )
    asyncio.run(venue.connect())
    return venue


def next_of(feed: SyntheticFeed) -> MarketData:
    """Return the next datum of a feed that does not end."""
    datum = feed.advance()
    if datum is None:
        msg = "the feed ended"
        raise RuntimeError(msg)
    return datum


def tell(what: str, number: int, took: float) -> None:
    """Print one line: how many, how many a second, how long each."""
    sys.stdout.write(f"{what:<26}{number:>10,}{number / took:>14,.0f}/s{took / number * 1e6:>10.2f} µs each\n")


if __name__ == "__main__":
    main()
