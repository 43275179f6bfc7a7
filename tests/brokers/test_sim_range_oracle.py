"""Bars told by their ends, beside an oracle that knows only what each order could have seen.

A quote with a range is the past when it is seen: it counts for an order that was there before it, at the prices that it
has. So for every order the oracle keeps when its prices came, and what the market showed at that instant and later; a
fill that is better than that, or a stop that wakes without it, has looked where it could not have been.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SimBroker
from oms.domain.ids import ClientOrderId
from oms.domain.market import Quote, Range, SessionEnded
from oms.domain.order import LIMITS, STOPS, Order, OrderTicket, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import ZERO
from tests.brokers.venue import a_quote, a_venue, an_order

ticks = st.integers(9_990, 10_010)  # a few, so that they meet
prices = ticks.map(lambda number: str(Decimal(number) / 100))
optional = st.one_of(st.none(), prices)

RESTS = {ExecType.NEW, ExecType.REPLACED}


class Day(NamedTuple):
    """A bar: first and last bid, and how far the bids went below and above them; the ask is one tick above."""

    opening: int
    closing: int
    below: int
    above: int


class Change(NamedTuple):
    """Another quantity and another price, for whichever order has this number."""

    number: int
    quantity: int
    px: str


class Instant(NamedTuple):
    """What was said at an instant, the quote that stands, and whether the quote is what made it said."""

    ts: int
    quote: Quote
    moved: bool
    reports: list[ExecutionReport]


@st.composite
def orders(draw: st.DrawFn) -> Order:
    limit, stop = draw(st.sampled_from([(True, False), (False, True), (True, True)]))
    tif = TimeInForce.AT_THE_CLOSE if limit and not stop and draw(st.booleans()) else TimeInForce.GTC
    limit_px, stop_px = draw(prices) if limit else None, draw(prices) if stop else None
    return an_order(0, draw(st.sampled_from(Side)), draw(st.integers(1, 9)), tif, limit=limit_px, stop=stop_px)


acts = st.lists(st.one_of(orders(), st.builds(Change, st.integers(0, 8), st.integers(1, 9), prices)), max_size=3)
days = st.lists(
    st.tuples(st.builds(Day, ticks, ticks, st.integers(0, 6), st.integers(0, 6)), acts, acts), min_size=2, max_size=8
)


class Story:
    """The venue, the orders as they were last changed, and when that was."""

    def __init__(self, chosen: SimSettings) -> None:
        self.venue: SimBroker = a_venue(chosen)
        self.orders: dict[ClientOrderId, Order] = {}
        self.since: dict[ClientOrderId, int] = {}
        self.ts = 0
        self.quote = a_quote(1, 2)

    def play(self, told: list[tuple[Day, list[object], list[object]]]) -> Iterator[Instant]:
        for day, morning, evening in told:
            yield self._show(a_quote(day.opening, day.opening + 1, ts=self.ts + 1))
            yield from (self._do(act) for act in morning)
            low, high = min(day.opening, day.closing) - day.below, max(day.opening, day.closing) + day.above
            between = Range(low_ask=low + 1, high_bid=high, low_bid=low, high_ask=high + 1)
            yield self._show(a_quote(day.closing, day.closing + 1, ts=self.ts + 1, between=between))
            yield from (self._do(act) for act in evening)
            self.venue.on_market(SessionEnded(session="2010-06-18", ts=self.ts))
            yield self._heard(moved=False)

    def _show(self, quote: Quote) -> Instant:
        self.ts, self.quote = quote.ts, quote
        self.venue.on_market(quote)
        return self._heard(moved=True)

    def _do(self, act: object) -> Instant:
        if isinstance(act, Order):
            order = replace(act, client_order_id=ClientOrderId(f"T-1-{len(self.orders)}"))
            self.orders[order.client_order_id], self.since[order.client_order_id] = order, self.ts
            self.venue.submit(order)
        elif isinstance(act, Change) and act.number < len(self.orders):
            order = self.orders[ClientOrderId(f"T-1-{act.number}")]
            ticket = changed(order.ticket, act)
            order = replace(order, replaces=order.replaces + 1)
            self.venue.replace(order, ticket)
            heard = self._heard(moved=False)
            if any(report.exec_type is ExecType.REPLACED for report in heard.reports):
                if ticket != replace(order.ticket, quantity=min(order.ticket.quantity, ticket.quantity)):
                    self.since[order.client_order_id] = self.ts
                order = replace(order, ticket=ticket)
            self.orders[order.client_order_id] = order
            return heard
        return self._heard(moved=False)

    def _heard(self, *, moved: bool) -> Instant:
        reports = [report for report in self.venue.drain() if isinstance(report, ExecutionReport)]
        return Instant(self.ts, self.quote, moved, reports)


def changed(ticket: OrderTicket, act: Change) -> OrderTicket:
    """Return a ticket with another quantity, and its stop or else its limit moved."""
    if ticket.stop_px is not None:
        return replace(ticket, quantity=Decimal(act.quantity), stop_px=Decimal(act.px))
    return replace(ticket, quantity=Decimal(act.quantity), limit_px=Decimal(act.px))


def shown(at: Instant, since: int) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return what an order saw whose prices are so old: lowest ask, highest bid, lowest bid, highest ask."""
    quote, between = at.quote, at.quote.range
    seen = (quote.ask, quote.bid, quote.bid, quote.ask)
    if between is not None and at.moved and since < at.ts:
        assert between.low_bid is not None
        assert between.high_ask is not None
        seen = (between.low_ask, between.high_bid, between.low_bid, between.high_ask)
    low_ask, high_bid, low_bid, high_ask = map(quote.instrument.price, seen)
    return low_ask, high_bid, low_bid, high_ask


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from([ZERO, Decimal("0.5")]), days)
def test_nobody_trades_or_wakes_on_what_was_over_before_they_asked(
    partial: Decimal, told: list[tuple[Day, list[object], list[object]]]
) -> None:
    story = Story(SimSettings(partial=partial))
    for at in story.play(told):
        for report in at.reports:
            ticket = story.orders[report.client_order_id].ticket
            low_ask, high_bid, low_bid, high_ask = shown(at, story.since[report.client_order_id])
            buys = report.side is Side.BUY
            if report.exec_type is ExecType.TRIGGERED:
                event("woke")
                assert ticket.order_type in STOPS
                assert ticket.stop_px is not None
                assert high_ask >= ticket.stop_px if buys else low_bid <= ticket.stop_px
            elif report.last_px is not None:
                event(f"traded {ticket.order_type} {ticket.tif}")
                assert report.last_px >= low_ask if buys else report.last_px <= high_bid
                if ticket.order_type in LIMITS and ticket.limit_px is not None:
                    assert report.last_px <= ticket.limit_px if buys else report.last_px >= ticket.limit_px


@settings(max_examples=150, deadline=None, derandomize=True)
@given(days)
def test_whoever_was_there_while_the_market_came_has_woken_or_traded(
    told: list[tuple[Day, list[object], list[object]]],
) -> None:
    """The other way round: no limit order rests where the other side has come, and no stop sleeps there."""
    story, done = Story(SimSettings()), set[ClientOrderId]()
    for at in story.play(told):
        done |= {report.client_order_id for report in at.reports if report.exec_type not in RESTS}
        for order_id, order in story.orders.items():
            ticket = order.ticket
            waits = ticket.tif is TimeInForce.GTC and at.moved
            if order_id in done or not waits or story.since[order_id] >= at.ts:
                continue
            low_ask, high_bid, low_bid, high_ask = shown(at, story.since[order_id])
            buys = ticket.side is Side.BUY
            if ticket.order_type in STOPS:
                event("sleeps")
                assert ticket.stop_px is not None
                assert high_ask < ticket.stop_px if buys else low_bid > ticket.stop_px
            else:
                assert ticket.limit_px is not None
                assert low_ask > ticket.limit_px if buys else high_bid < ticket.limit_px
