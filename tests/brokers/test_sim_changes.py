"""Changing an order that works, orders that may only reduce, and the sizes and marks that a fill model looks at."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.sim.settings import SimSettings
from oms.domain.market import Bar, BarSpec
from oms.domain.order import Order, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport, ReplaceReject, Terms
from oms.domain.units import DAY
from tests.brokers.venue import A, a_quote, a_venue, an_order, changed, kinds, said, the_trade

NEW, REPLACED, TRADE, TRIGGERED = ExecType.NEW, ExecType.REPLACED, ExecType.TRADE, ExecType.TRIGGERED
DEPTH = SimSettings(fill="depth")


def test_a_change_is_answered_with_the_new_terms_under_its_number() -> None:
    venue = a_venue()
    order = an_order(1, limit="99.00")
    venue.submit(order)
    venue.replace(*changed(order, limit_px=Decimal("98.00"), quantity=Decimal(7)))

    new, report = said(venue)
    assert kinds([new, report]) == [NEW, REPLACED]
    assert report.terms == Terms(number=1, quantity=Decimal(7), limit_px=Decimal("98.00"))


def test_a_change_that_is_asked_again_is_told_again_and_made_once() -> None:
    venue = a_venue()
    order = an_order(1, limit="99.00")
    venue.submit(order)
    venue.replace(*changed(order, quantity=Decimal(7)))
    venue.replace(*changed(order, number=2, quantity=Decimal(5)))
    venue.replace(*changed(order, quantity=Decimal(7)))

    _, first, second, again = said(venue)
    assert first == again
    venue.on_market(a_quote(9_800, 9_801))
    assert the_trade(venue).last_qty == 5
    assert second.terms is not None


def test_a_change_to_a_price_that_the_quote_meets_trades_at_once() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    order = an_order(1, limit="99.00")
    venue.submit(order)
    venue.replace(*changed(order, limit_px=Decimal("100.50")))

    assert the_trade(venue).last_px == Decimal("100.01")


@pytest.mark.parametrize(
    ("terms", "first"),
    [
        ({"quantity": Decimal(5)}, "T-1-1"),  # it only shrinks
        ({"quantity": Decimal(11)}, "T-1-2"),
        ({"limit_px": Decimal("99.01")}, "T-1-2"),
    ],
)
def test_only_an_order_that_shrinks_keeps_its_place(terms: dict[str, Decimal], first: str) -> None:
    venue = a_venue()
    order = an_order(1, limit="99.00")
    venue.submit(order)
    venue.submit(an_order(2, limit="99.00"))
    venue.replace(*changed(order, 1, **terms))
    said(venue)
    venue.on_market(a_quote(9_000, 9_001))

    assert said(venue)[0].client_order_id == first


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"quantity": Decimal(1)}, "1 are filled already"),
        ({"quantity": Decimal("1.5")}, "not a multiple of the lot"),
        ({"limit_px": Decimal("1.005")}, "not a multiple of the tick"),
        ({"stop_px": Decimal("98.00")}, "has no stop price"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_words_and_leaves_the_order(
    terms: dict[str, Decimal], words: str
) -> None:
    venue = a_venue(DEPTH)
    order = an_order(1, limit="99.00")
    venue.submit(order)
    venue.on_market(a_quote(9_899, 9_900))  # one lot is shown
    venue.drain()
    venue.replace(*changed(order, 1, **terms))

    (answer,) = venue.drain()
    assert isinstance(answer, ReplaceReject)
    assert words in answer.text
    venue.on_market(a_quote(9_899, 9_900, ts=2))
    assert the_trade(venue).last_px == Decimal("99.00")


def test_a_change_of_what_has_ended_or_is_unknown_is_refused_with_words() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    order = an_order(1)
    venue.submit(order)
    venue.replace(*changed(order, quantity=Decimal(20)))
    venue.replace(*changed(an_order(2), quantity=Decimal(20)))

    refused = [report for report in venue.drain() if isinstance(report, ReplaceReject)]
    assert [report.text for report in refused] == ["the order is already filled", "no such order here"]


def test_a_stop_price_that_was_reached_is_changed_no_more() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    order = an_order(1, stop="101.00", limit="101.50")
    venue.submit(order)
    venue.on_market(a_quote(10_199, 10_200, ts=2))
    venue.drain()
    venue.replace(*changed(order, stop_px=Decimal("103.00")))
    venue.replace(*changed(order, number=2, limit_px=Decimal("102.50")))

    refused, replaced, trade = venue.drain()
    assert isinstance(refused, ReplaceReject)
    assert isinstance(replaced, ExecutionReport)
    assert isinstance(trade, ExecutionReport)
    assert (replaced.exec_type, trade.last_px) == (REPLACED, Decimal("102.00"))


def test_an_order_that_may_only_reduce_is_cut_to_what_is_there() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, quantity=4))
    said(venue)
    venue.submit(an_order(2, Side.SELL, quantity=10, reduce_only=True))
    cut = said(venue)
    venue.on_market(a_quote(9_999, 10_001, ts=2))

    assert kinds(cut) == [NEW, TRADE]
    assert cut[-1].last_qty == 4
    (canceled,) = said(venue)
    assert canceled.text == "it is to reduce only, and nothing is left to reduce"


def test_an_order_that_may_only_reduce_is_rejected_where_it_would_open() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, Side.SELL, reduce_only=True))

    (report,) = said(venue)
    assert report.text == "it is to reduce only, and there is nothing to reduce"


def filled_in(venue_settings: SimSettings, orders: list[Order], shows: int) -> list[tuple[str, int]]:
    venue = a_venue(venue_settings)
    venue.on_market(a_quote(9_999, 10_001))
    for order in orders:
        venue.submit(order)
    for ts in range(2, 2 + shows):
        venue.on_market(a_quote(9_999, 10_001, ts=ts))
    return [(r.client_order_id, int(r.last_qty)) for r in said(venue) if r.last_qty is not None]


def test_depth_gives_what_the_quote_shows_and_the_next_quote_the_next() -> None:
    wishes = [an_order(1, quantity=2), an_order(2, quantity=2), an_order(3, Side.SELL, quantity=1)]

    assert filled_in(DEPTH, wishes, 3) == [
        ("T-1-1", 1),
        ("T-1-3", 1),  # the other side has a size of its own
        ("T-1-1", 1),
        ("T-1-2", 1),
        ("T-1-2", 1),
    ]
    assert filled_in(SimSettings(), wishes[:1], 0) == [("T-1-1", 2)]


@pytest.mark.parametrize(("side", "stop"), [(Side.SELL, "100.00"), (Side.BUY, "100.04")])
def test_under_instant_a_stop_wakes_with_the_mark_and_not_with_a_side_of_the_quote(side: Side, stop: str) -> None:
    venue = a_venue(SimSettings(fill="instant"))
    middle = a_quote(10_000, 10_004)
    venue.on_market(replace(middle, last=10_002))
    venue.submit(an_order(1, side, stop=stop))
    asleep = kinds(said(venue))
    venue.on_market(replace(middle, last=10_000 if side is Side.SELL else 10_004, ts=2))

    trade = the_trade(venue)
    assert asleep == [NEW]
    assert trade.last_px == Decimal(stop)


def test_instant_meets_the_mark_and_knows_no_spread() -> None:
    venue = a_venue(SimSettings(fill="instant"))
    venue.on_market(a_quote(9_999, 10_101))  # the last price is the bid
    venue.submit(an_order(1))

    assert the_trade(venue).last_px == Decimal("99.99")


def bars() -> list[Bar]:
    closes = (10_000, 10_100, 10_000, 10_100)
    return [
        Bar(
            instrument=A,
            spec=BarSpec("1d", DAY),
            ts=1,
            ts_open=0,
            ts_close=1,
            open=close,
            high=close,
            low=close,
            close=close,
            volume=10_000,
        )
        for close in closes
    ]


def test_impact_grows_with_the_root_of_the_size_and_needs_bars() -> None:
    """By hand: the returns are +1 %, -0.99009.. %, +1 %, so sigma is 1.149 %; a hundredth of a day's volume is a
    tenth of it as a root, which k = 1 makes 11.49 bp, or 12 ticks up from 100.00."""
    moved = []
    for quantity, shown in ((100, 0), (100, 4), (400, 4)):
        venue = a_venue(SimSettings(impact=Decimal(1)))
        for bar in bars()[:shown]:
            venue.on_market(bar)
        venue.on_market(a_quote(9_999, 10_000))
        venue.submit(an_order(1, quantity=quantity))
        moved.append(the_trade(venue).last_px)

    assert moved == [Decimal("100.00"), Decimal("100.12"), Decimal("100.23")]


def test_only_what_trades_moves_the_price() -> None:
    """400 are wanted and 100 are shown: the taker pays what 100 move."""
    moved = []
    for quantity in (100, 400):
        venue = a_venue(SimSettings(impact=Decimal(1), fill="depth"))
        for bar in bars():
            venue.learn(bar)
        venue.on_market(replace(a_quote(9_999, 10_000), ask_size=100))
        venue.submit(an_order(1, quantity=quantity))
        trade = the_trade(venue)
        moved.append((trade.last_qty, trade.last_px))

    assert moved == [(Decimal(100), Decimal("100.12"))] * 2


def test_what_a_quantity_would_move_can_be_asked_before_it_is_sent() -> None:
    venue = a_venue(SimSettings(impact=Decimal(1)))
    before = venue.impact_frac(A.instrument_id, Decimal(100))
    for bar in bars():
        venue.on_market(bar)

    assert before == 0
    assert venue.impact_frac(A.instrument_id, Decimal(100)) == pytest.approx(0.001149, rel=1e-3)
    assert a_venue().impact_frac(A.instrument_id, Decimal(100)) == 0


@pytest.mark.parametrize("tif", [TimeInForce.DAY, TimeInForce.IOC])
def test_impact_never_carries_a_taker_beyond_its_limit(tif: TimeInForce) -> None:
    venue = a_venue(SimSettings(impact=Decimal(100)))
    for bar in bars():
        venue.on_market(bar)
    venue.on_market(a_quote(9_999, 10_000))
    venue.submit(an_order(1, quantity=400, limit="100.05", tif=tif))

    assert the_trade(venue).last_px == Decimal("100.05")
