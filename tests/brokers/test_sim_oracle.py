"""Every kind of order beside an oracle that knows only prices: what a venue may do is worked out from the quotes alone.

The oracle keeps no orders and matches nothing. It is told what was asked and hears what was said, instant by instant,
and holds each word against the quote of that instant.
"""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from brokers.sim.settings import SimSettings
from oms.domain.ids import ClientOrderId
from oms.domain.market import Quote, SessionEnded
from oms.domain.order import LIMITS, STOPS, Order, OrderType, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import ZERO, Price
from tests.brokers.venue import A, a_quote, a_venue, an_order

OPENING = Decimal(100_000)
ticks = st.integers(9_990, 10_010)  # a few, so that they meet
prices = ticks.map(lambda number: str(Decimal(number) / 100))
KINDS = {
    OrderType.MARKET: st.tuples(st.none(), st.none()),
    OrderType.LIMIT: st.tuples(prices, st.none()),
    OrderType.STOP_MARKET: st.tuples(st.none(), prices),
    OrderType.STOP_LIMIT: st.tuples(prices, prices),
}


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """A sound order, but for its time in force, which may not fit it."""
    limit, stop = draw(KINDS[draw(st.sampled_from(OrderType))])
    tif = draw(st.sampled_from([TimeInForce.GTC, TimeInForce.GTC, *TimeInForce]))
    return an_order(
        0,
        draw(st.sampled_from(Side)),
        draw(st.integers(1, 9)),
        tif,
        limit=limit,
        stop=stop,
        expires_at=draw(st.integers(1, 60)) if tif is TimeInForce.GTD else None,
        reduce_only=draw(st.booleans()),
    )


quotes = st.builds(lambda bid, spread: (bid, bid + spread), ticks, st.integers(1, 4))
changes = st.tuples(st.integers(0, 20), st.integers(1, 9), prices)
story = st.lists(st.one_of(quotes, quotes, orders(), orders(), changes, st.just("end")), min_size=10, max_size=50)
fills = st.builds(
    SimSettings, fill=st.sampled_from(["spread", "depth"]), partial=st.sampled_from([ZERO, Decimal("0.4")])
)


Asked: TypeAlias = dict[ClientOrderId, Order]


class Told:
    """One instant: the quote that stands, and what was said."""

    def __init__(self, quote: Quote, reports: list[ExecutionReport]) -> None:
        self.quote = quote
        self.reports = reports

    def touch(self, side: Side) -> Price:
        """Return what a taker of this side meets."""
        return self.quote.ask_px if side is Side.BUY else self.quote.bid_px


def play(chosen: SimSettings, steps: list[object]) -> tuple[Asked, list[Told], Decimal, Decimal]:
    """Return the orders as they are at the end, the instants, and cash and net of the venue's books."""
    venue, told = a_venue(chosen), list[Told]()
    asked: Asked = {}
    standing = a_quote(10_000, 10_001)
    for ts, step in enumerate([(10_000, 10_001), *steps], 1):
        if step == "end":
            venue.on_market(SessionEnded(session="2010-06-18", ts=ts))
        elif isinstance(step, Order):
            order = replace(step, client_order_id=ClientOrderId(f"T-1-{len(asked)}"))
            asked[order.client_order_id] = order
            venue.submit(order)
        elif isinstance(step, tuple) and len(step) == 2:
            standing = a_quote(*step, ts=ts)
            venue.on_market(replace(standing, bid_size=3, ask_size=3))
        elif isinstance(step, tuple) and step[0] < len(asked):
            order = asked[ClientOrderId(f"T-1-{step[0]}")]
            px = Decimal(step[2]) if order.ticket.limit_px is not None else None
            ticket = replace(order.ticket, quantity=Decimal(step[1]), limit_px=px)
            order = replace(order, replaces=order.replaces + 1)
            venue.replace(order, ticket)
            asked[order.client_order_id] = order
        reports = [report for report in venue.drain() if isinstance(report, ExecutionReport)]
        told.append(Told(standing, reports))
    books = asyncio.run(venue.connect())
    return asked, told, books.cash[0].amount, dict(books.net).get(A.instrument_id, ZERO)


def each(told: list[Told]) -> Iterator[tuple[Told, ExecutionReport]]:
    """Yield every report with its instant, in order."""
    return ((instant, report) for instant in told for report in instant.reports)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(fills, story)
def test_no_fill_is_better_than_the_market_or_worse_than_the_limit(chosen: SimSettings, steps: list[object]) -> None:
    asked, told, _, _ = play(chosen, steps)
    limit = {order_id: order.ticket.limit_px for order_id, order in asked.items()}
    for instant, report in each(told):
        if report.terms is not None:
            limit[report.client_order_id] = report.terms.limit_px
        if report.last_px is None:
            continue
        event(asked[report.client_order_id].ticket.order_type)
        sign, bound = report.side.sign, limit[report.client_order_id]
        assert (report.last_px - instant.touch(report.side)) * sign >= 0
        assert bound is None or (bound - report.last_px) * sign >= 0
        if bound is None:
            assert report.last_px == instant.touch(report.side)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(fills, story)
def test_a_stop_wakes_when_the_market_reaches_it_and_trades_nothing_before(
    chosen: SimSettings, steps: list[object]
) -> None:
    asked, told, _, _ = play(chosen, steps)
    for order_id, order in asked.items():
        if order.ticket.order_type not in STOPS:
            continue
        side, stop = order.ticket.side, order.ticket.stop_px
        asleep = False
        for instant in told:
            mine = [report for report in instant.reports if report.client_order_id == order_id]
            kinds = [report.exec_type for report in mine]
            if ExecType.NEW in kinds:
                asleep = True
            reached = stop is not None and (instant.touch(side) - stop) * side.sign >= 0
            ended = bool({ExecType.EXPIRED, ExecType.CANCELED} & set(kinds))
            if ExecType.TRIGGERED in kinds:
                assert asleep
                assert reached
                assert kinds.index(ExecType.TRIGGERED) < ([*kinds, ExecType.TRADE].index(ExecType.TRADE))
                event("woke")
                asleep = False
            elif asleep:
                assert ExecType.TRADE not in kinds
                assert ended or not reached
                asleep = not ended


@settings(max_examples=120, deadline=None, derandomize=True)
@given(fills, story)
def test_sums_stay_within_the_quantity_and_the_books_conserve(chosen: SimSettings, steps: list[object]) -> None:
    asked, told, cash, held = play(chosen, steps)
    most = {order_id: order.ticket.quantity for order_id, order in asked.items()}
    filled = dict.fromkeys(asked, ZERO)
    flow, net = OPENING, ZERO
    for _, report in each(told):
        order_id = report.client_order_id
        if report.terms is not None:
            most[order_id] = report.terms.quantity
        if report.last_qty is None or report.last_px is None:
            continue
        before, signed = net, report.side.sign * report.last_qty
        filled[order_id] += report.last_qty
        flow -= signed * report.last_px
        net += signed
        assert filled[order_id] <= most[order_id]
        if asked[order_id].ticket.reduce_only:
            event("reduced")
            assert abs(net) < abs(before)
            assert net * before >= 0
        if asked[order_id].ticket.tif is TimeInForce.FOK:
            assert report.last_qty == asked[order_id].ticket.quantity
    assert (cash, held) == (flow, net)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(fills, story)
def test_what_may_not_wait_has_ended_when_its_time_is_over(chosen: SimSettings, steps: list[object]) -> None:
    asked, told, _, _ = play(chosen, steps)
    for order_id, order in asked.items():
        ticket = order.ticket
        for ts, instant in enumerate(told, 1):
            mine = [report for report in instant.reports if report.client_order_id == order_id]
            if ticket.expires_at is not None and ts > ticket.expires_at:
                assert {report.exec_type for report in mine} <= {ExecType.REJECTED, ExecType.EXPIRED}
            if ticket.tif in {TimeInForce.IOC, TimeInForce.FOK} and mine and mine[0].exec_type is ExecType.NEW:
                assert mine[-1].exec_type in {ExecType.TRADE, ExecType.CANCELED}
            if ticket.tif is TimeInForce.AT_THE_CLOSE and any(r.exec_type is ExecType.TRADE for r in mine):
                assert steps[ts - 2] == "end"
        assert ticket.limit_px is None or ticket.order_type in LIMITS
