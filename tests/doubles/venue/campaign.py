"""Campaigns against the venue that fails: lost answers, a stream that tells everything twice, late and askew, and both.

Each returns what is left of it: the venue's verdict, ours, and where they differ. Nothing is judged here.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import OrderStatus, Side
from tests.doubles.core import SmallGate
from tests.doubles.venue.book import VenueBook, one_by_one, whole
from tests.doubles.venue.faults import AnswerFault, Faults, StreamFault
from tests.doubles.venue.listed import ABC, CASH, SHARES, TRADED, XYZ
from tests.doubles.venue.stage import Stage, trading, wall
from tests.doubles.venue.venue import Venue, Verdict

A_FIFTH: Final[Mapping[AnswerFault, float]] = {  # of all answers is lost, in one way or another
    AnswerFault.DROP_BEFORE: 0.04,
    AnswerFault.DROP_AFTER: 0.05,
    AnswerFault.DELAY: 0.03,
    AnswerFault.GARBAGE: 0.02,
    AnswerFault.TRUNCATED: 0.02,
    AnswerFault.STATUS_AFTER: 0.04,
}
CUT: Final = 0.006  # of all answers is a cut connection instead
ASKEW: Final[Mapping[StreamFault, float]] = {
    StreamFault.DUPLICATE: 0.3,
    StreamFault.REORDER: 0.2,
    StreamFault.LATE: 0.2,
    StreamFault.HOLD: 0.05,
}
DEADLINE_SECS: Final = 15.0  # until then the silence about an order that rests has been noticed
BURST: Final = 25  # orders between two moves of the market


class Outcome(NamedTuple):
    """What a campaign came to."""

    verdict: Verdict
    statuses: Mapping[OrderStatus, int]
    unknown: int  # orders whose outcome was unknown at some time
    fills: int
    resolved_secs: float  # from the last order until none was open
    differences: list[str]
    trading_state: str
    losses: int  # of the link


async def lost_answers(orders: int, seed: int) -> Outcome:
    """Send orders of every kind while a fifth of the answers to orders and cancels is lost. Some are canceled, the
    rest is filled."""
    return await _send_many(orders, Faults(seed, answers=A_FIFTH, spared=("snapshot", "query")))


async def everything_at_once(orders: int, seed: int) -> Outcome:
    """The same, while answers to questions are lost as well, connections are cut, and the stream is askew."""
    stream: dict[StreamFault, float] = {fault: share for fault, share in ASKEW.items() if fault is not StreamFault.HOLD}
    return await _send_many(orders, Faults(seed, answers={**A_FIFTH, AnswerFault.CUT: CUT}, stream=stream))


async def _send_many(orders: int, faults: Faults) -> Outcome:
    venue = Venue(VenueBook(TRADED, CASH, slices=whole, now=wall))
    async with trading(venue) as stage:
        await stage.up()
        await stage.quote(1_000)
        venue.faults = faults
        for number in range(orders):
            if number % BURST == 0:
                await stage.up()
                await stage.quote(1_000 + number // BURST % 7)
            await _send(stage, number)
        sent = asyncio.get_running_loop().time()
        await asyncio.sleep(DEADLINE_SECS)
        await stage.cancel_all()
        for cents in (950, 1_050):  # the market goes through every limit
            await stage.up()
            await stage.quote(cents)
        await stage.resolved()
        return _outcome(stage, asyncio.get_running_loop().time() - sent)


async def askew_fills(fills: int, seed: int) -> Outcome:
    """Let orders trade one by one in three currencies, while the stream tells every fill anyhow."""
    venue = Venue(VenueBook(TRADED, CASH, slices=one_by_one, now=wall))
    async with trading(venue, SmallGate()) as stage:  # the rules cannot value what is priced in euros
        await stage.up()
        venue.faults = Faults(seed, stream=ASKEW, delay_secs=20.0)
        each = 50
        for number in range(fills // each):
            await stage.quote(1_000 + number * 7 % 211)
            side = Side.BUY if number % 3 else Side.SELL
            await stage.submit(each, side, instrument=SHARES[number % len(SHARES)])
        await asyncio.sleep(60)
        venue.release()
        await stage.resolved()
        await asyncio.sleep(60)  # what is still told again
        return _outcome(stage)


async def _send(stage: Stage, number: int) -> None:
    """Send one order: at the market, at a price that is met, or at one that waits. No two are alike, because the gate
    denies the twin of one that was not answered."""
    side = Side.BUY if number % 2 else Side.SELL
    instrument = ABC if number % 3 else XYZ
    limits = (None, "10.20" if side is Side.BUY else "9.80", "9.99" if side is Side.BUY else "10.05")
    await stage.submit(1 + number, side, limits[number // 2 % 3], instrument)


def _outcome(stage: Stage, resolved_secs: float = 0.0) -> Outcome:
    return Outcome(
        verdict=stage.venue.verdict(),
        statuses=Counter(order.status for order in stage.state.blotter.orders.values()),
        unknown=stage.count(oev.OrderOutcomeUnknown),
        fills=stage.count(oev.OrderFilled),
        resolved_secs=resolved_secs,
        differences=stage.differences(),
        trading_state=stage.state.trading.state.value,
        losses=stage.count(ev.BrokerDisconnected),
    )
