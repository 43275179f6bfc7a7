"""What holds whatever is ordered and however the market goes."""

import asyncio
from decimal import Decimal

from hypothesis import event, given, settings
from hypothesis import strategies as st

from brokers import path
from brokers.sim.settings import SimSettings
from brokers.sim.venue import SIM, SimBroker
from brokers.synthetic import SyntheticFeed
from oms.domain.fees import PercentFee
from oms.domain.ids import MANUAL, AccountId, ClientOrderId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import Bar, BarSpec, Quote, SessionEnded
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import DAY, ZERO, Money

ACCOUNT = AccountId("T-1")
INSTRUMENTS = SyntheticFeed(seed=1, count=2).instruments
OPENING = Decimal(100_000)
ENDS = {ExecType.REJECTED, ExecType.CANCELED, ExecType.EXPIRED}


def a_quote(instrument: Instrument, bid: int, spread: int) -> Quote:
    return Quote(instrument=instrument, ts=1, bid=bid, ask=bid + spread, last=bid, bid_size=1, ask_size=1)


def a_ticket(
    instrument: Instrument,
    side: Side,
    quantity: Decimal,
    limit: Decimal | None,
    tif: TimeInForce,
    purpose: Purpose = Purpose.OPEN,
) -> OrderTicket:
    return OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=MANUAL,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=quantity,
        order_type=OrderType.MARKET if limit is None else OrderType.LIMIT,
        limit_px=limit,
        tif=tif,
        purpose=purpose,
    )


OPENING_QUOTES = [a_quote(instrument, 30, 1) for instrument in INSTRUMENTS]
instruments, sides, tifs = st.sampled_from(INSTRUMENTS), st.sampled_from(Side), st.sampled_from(TimeInForce)
purposes = st.sampled_from([Purpose.OPEN, *Purpose])
quotes = st.builds(a_quote, instruments, st.integers(1, 60), st.integers(0, 5))
wrong_quotes = st.builds(a_quote, instruments, st.integers(-2, 1), st.integers(-3, 0))
limits = st.integers(1, 60).map(lambda ticks: Decimal(ticks) / 100)
tickets = st.builds(a_ticket, instruments, sides, st.integers(1, 500).map(Decimal), st.none() | limits, tifs, purposes)
wrong_tickets = st.builds(a_ticket, instruments, sides, st.decimals(), st.none() | st.decimals(), tifs)
cancels = st.integers(0, 20)
ends = st.just(SessionEnded(session="2010-06-18", ts=1))
# Drawn by place, because `one_of` would count what stands in it twice once.
kinds = (quotes, quotes, quotes, quotes, tickets, tickets, tickets, wrong_quotes, wrong_tickets, cancels, ends)
steps = st.lists(st.integers(0, len(kinds) - 1).flatmap(kinds.__getitem__), min_size=20, max_size=60)
venue_settings = st.builds(
    SimSettings,
    slippage_bps=st.integers(0, 200).map(Decimal),
    partial=st.sampled_from([ZERO, Decimal("0.5"), Decimal(1)]),
    reject=st.sampled_from([ZERO, Decimal("0.3")]),
    short_sale=st.booleans(),
)

Step = Quote | SessionEnded | OrderTicket | int


def play(venue: SimBroker, story: list[Step]) -> tuple[dict[ClientOrderId, OrderTicket], list[ExecutionReport]]:
    """Return what was ordered and all that was said of it; a number cancels the order of that place."""
    ordered: dict[ClientOrderId, OrderTicket] = {}
    for step in (*OPENING_QUOTES, *story):
        if isinstance(step, Quote | SessionEnded):
            venue.on_market(step)
        elif isinstance(step, OrderTicket):
            order = an_order(len(ordered), step)
            ordered[order.client_order_id] = step
            venue.submit(order)
        elif step < len(ordered):
            venue.cancel(an_order(step, ordered[ClientOrderId(f"T-1-{step}")]))
    return ordered, [report for report in venue.drain() if isinstance(report, ExecutionReport)]


def an_order(number: int, ticket: OrderTicket) -> Order:
    order_id = ClientOrderId(f"T-1-{number}")
    return Order(client_order_id=order_id, ticket=ticket, status=OrderStatus.SUBMITTED, ts_init=1, ts_event=1)


def a_venue(chosen: SimSettings) -> SimBroker:
    fees = PercentFee(frac=Decimal("0.001"))
    return SimBroker(
        account=ACCOUNT, cash=Money(OPENING, "USD"), seed=7, instruments=INSTRUMENTS, fees=fees, settings=chosen
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(venue_settings, steps)
def test_cash_and_positions_are_what_the_fills_moved_and_nothing_else(chosen: SimSettings, story: list[Step]) -> None:
    venue = a_venue(chosen)
    _, reports = play(venue, story)
    cash, net = OPENING, dict.fromkeys((instrument.instrument_id for instrument in INSTRUMENTS), ZERO)
    for report in reports:
        if report.last_qty is not None and report.last_px is not None and report.fee is not None:
            signed = report.side.sign * report.last_qty
            cash -= signed * report.last_px + report.fee.amount
            net[report.instrument_id] += signed

    books = asyncio.run(venue.connect())
    held: dict[InstrumentId, Decimal] = dict(books.net)
    assert books.cash == (Money(cash, "USD"),)
    assert held == {instrument_id: quantity for instrument_id, quantity in net.items() if quantity}
    assert chosen.short_sale or all(quantity > 0 for quantity in held.values())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(venue_settings, steps)
def test_an_order_is_answered_first_filled_at_most_once_over_and_silent_after_its_end(
    chosen: SimSettings, story: list[Step]
) -> None:
    ordered, reports = play(a_venue(chosen), story)
    for order_id, ticket in ordered.items():
        mine = [report for report in reports if report.client_order_id == order_id]
        told = [report.exec_type for report in mine]
        filled = sum((report.last_qty or ZERO for report in mine), ZERO)

        assert told[0] in {ExecType.NEW, ExecType.REJECTED}
        assert told.count(ExecType.NEW) + told.count(ExecType.REJECTED) == 1
        assert not ENDS & set(told[:-1])
        assert told[0] is ExecType.REJECTED or filled <= ticket.quantity
        for report in mine:
            if report.last_px is not None and ticket.limit_px is not None:
                assert (ticket.limit_px - report.last_px) * ticket.side.sign >= 0


@settings(max_examples=75, deadline=None, derandomize=True)
@given(venue_settings, steps)
def test_execution_ids_are_never_used_twice_and_every_fill_is_on_the_grid(
    chosen: SimSettings, story: list[Step]
) -> None:
    _, reports = play(a_venue(chosen), story)
    trades = [report for report in reports if report.exec_type is ExecType.TRADE]

    assert len({report.exec_id for report in trades}) == len(trades)
    for report in trades:
        (instrument,) = (known for known in INSTRUMENTS if known.instrument_id == report.instrument_id)
        assert report.last_qty is not None
        assert report.last_px is not None
        assert report.last_qty > 0
        assert report.last_px > 0
        assert instrument.on_lot(report.last_qty)
        assert instrument.on_tick(report.last_px)


@st.composite
def days(draw: st.DrawFn) -> tuple[Bar, int]:
    """A bar with room in it, and a limit price in ticks strictly inside."""
    low = draw(st.integers(1, 60_000))
    high = low + draw(st.one_of(st.integers(2, 12), st.integers(2, 3_000)))
    within = st.one_of(st.sampled_from([low, high]), st.integers(low, high))
    bar = Bar(
        instrument=INSTRUMENTS[0],
        spec=BarSpec("1d", DAY),
        ts=2_000,
        ts_open=1_000,
        ts_close=2_000,
        open=draw(within),
        high=high,
        low=low,
        close=draw(within),
        volume=1_000,
    )
    near = st.one_of(st.integers(1, 5).map(low.__add__), st.integers(1, 5).map(high.__sub__))
    return bar, draw(st.one_of(near, st.integers(low + 1, high - 1)).filter(lambda ticks: low < ticks < high))


def resting_fill(told: list[Quote], ticket: OrderTicket) -> Decimal | None:
    """Return what a limit that rests after the opening quote trades at; None if it takes at once or never trades."""
    venue = a_venue(SimSettings())
    opening, *others = told
    venue.on_market(opening)
    venue.submit(an_order(0, ticket))
    if any(isinstance(report, ExecutionReport) and report.last_px is not None for report in venue.drain()):
        return None
    for quote in others:
        venue.on_market(quote)
    (px,) = [r.last_px for r in venue.drain() if isinstance(r, ExecutionReport)] or [None]
    return px


@settings(max_examples=400, deadline=None, derandomize=True)
@given(days(), sides, st.integers(0, 2**63))
def test_what_trades_inside_a_bar_trades_on_its_path_at_the_same_price(
    day: tuple[Bar, int], side: Side, seed: int
) -> None:
    bar, ticks = day
    ticket = a_ticket(bar.instrument, side, Decimal(10), bar.instrument.price(ticks), TimeInForce.DAY)
    inside = resting_fill(path.ends(bar, seed), ticket)

    event("traded" if inside is not None else "did not trade")
    assert inside is None or inside == resting_fill(path.quotes(bar, seed), ticket)
