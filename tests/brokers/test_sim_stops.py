"""Stops: when they wake, what they get then, and what they never get."""

from decimal import Decimal

import pytest
from msgspec import structs

from brokers.sim.settings import SimSettings
from oms.domain.ids import StrategyId
from oms.domain.market import Range
from oms.domain.order import Side, TimeInForce
from oms.domain.report import ExecType
from tests.brokers.venue import a_quote, a_venue, an_order, kinds, said, the_trade

NEW, TRIGGERED, TRADE, CANCELED = ExecType.NEW, ExecType.TRIGGERED, ExecType.TRADE, ExecType.CANCELED


@pytest.mark.parametrize(
    ("side", "stop", "asleep", "awake"),
    [
        (Side.BUY, "101.00", (10_098, 10_099), (10_090, 10_100)),  # the ask wakes a buy
        (Side.SELL, "99.00", (9_901, 9_902), (9_900, 9_990)),  # the bid wakes a sell
    ],
)
def test_a_stop_sleeps_until_its_side_of_the_quote_reaches_it(
    side: Side, stop: str, asleep: tuple[int, int], awake: tuple[int, int]
) -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, side, stop=stop))
    venue.on_market(a_quote(*asleep, ts=2))
    before = kinds(said(venue))
    venue.on_market(a_quote(*awake, ts=3))

    after = said(venue)
    assert before == [NEW]
    assert kinds(after) == [TRIGGERED, TRADE]
    assert after[1].last_px == Decimal(stop)


@pytest.mark.parametrize(("side", "stop", "px"), [(Side.BUY, "101.00", "105.01"), (Side.SELL, "99.00", "95.00")])
def test_a_gap_beyond_the_stop_fills_where_the_market_opens(side: Side, stop: str, px: str) -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, side, stop=stop))
    bid = 10_500 if side is Side.BUY else 9_500
    venue.on_market(a_quote(bid, bid + 1, ts=2))

    *_, trade = said(venue)
    assert trade.last_px == Decimal(px)


def test_a_stop_limit_is_a_limit_once_it_is_awake() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, stop="101.00", limit="101.50"))
    venue.on_market(a_quote(10_199, 10_200, ts=2))  # through both: it wakes and rests
    woke = kinds(said(venue))
    venue.on_market(a_quote(10_140, 10_150, ts=3))

    assert woke == [NEW, TRIGGERED]
    (trade,) = said(venue)
    assert (trade.exec_type, trade.last_px) == (TRADE, Decimal("101.50"))


def test_a_stop_limit_takes_at_once_what_is_within_its_limit() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, stop="101.00", limit="101.50"))
    venue.on_market(a_quote(10_119, 10_120, ts=2))

    *_, trade = said(venue)
    assert trade.last_px == Decimal("101.20")


@pytest.mark.parametrize(
    ("side", "stop", "reached"),
    [(Side.SELL, "99.50", True), (Side.SELL, "99.49", False), (Side.BUY, "100.50", True), (Side.BUY, "100.51", False)],
)
def test_inside_a_bar_a_stop_trades_at_its_own_price(side: Side, stop: str, reached: bool) -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, side, stop=stop))
    venue.on_market(a_quote(10_000, 10_001, ts=9, between=Range(9_952, 10_048, 9_950, 10_050)))

    reports = said(venue)
    assert kinds(reports) == ([NEW, TRIGGERED, TRADE] if reached else [NEW])
    assert not reached or reports[-1].last_px == Decimal(stop)


def test_a_stop_that_came_with_the_close_of_a_bar_has_not_seen_the_bar() -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_001, ts=9, between=Range(9_952, 10_048, 9_950, 10_050)))
    venue.submit(an_order(1, Side.SELL, stop="99.60"))

    assert kinds(said(venue)) == [NEW]


def test_of_a_stop_and_a_target_inside_one_bar_the_worse_comes_first() -> None:
    """A bar does not say which came first; whoever counts on the target is told of the stop."""
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1))
    venue.submit(an_order(2, Side.SELL, limit="100.40", reduce_only=True))
    venue.submit(an_order(3, Side.SELL, stop="99.60", reduce_only=True))
    said(venue)
    venue.on_market(a_quote(10_000, 10_001, ts=9, between=Range(9_952, 10_048, 9_950, 10_050)))

    reports = said(venue)
    assert [(r.client_order_id, r.exec_type) for r in reports] == [
        ("T-1-3", TRIGGERED),
        ("T-1-3", TRADE),
        ("T-1-2", CANCELED),
    ]


def test_a_leg_finds_nothing_left_where_another_exit_of_its_strategy_was_first() -> None:
    """The stop was asked for by itself, the target came with the order; one bar reaches both."""
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    parent, target = an_order(1), an_order(2, Side.SELL, limit="100.40")
    venue.submit(parent)
    venue.submit(structs.replace(target, ticket=structs.replace(target.ticket, parent_id=parent.client_order_id)))
    venue.submit(an_order(3, Side.SELL, stop="99.60", reduce_only=True))
    said(venue)
    venue.on_market(a_quote(10_000, 10_001, ts=9, between=Range(9_952, 10_048, 9_950, 10_050)))

    reports = [(report.client_order_id, report.exec_type) for report in said(venue)]
    assert reports == [("T-1-3", TRIGGERED), ("T-1-3", TRADE), ("T-1-2", CANCELED)]


def test_the_share_of_another_strategy_is_not_what_a_leg_gives_back() -> None:
    """Net there is nothing to sell; what the leg's own strategy holds there is."""
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    parent, stop, other = an_order(1), an_order(2, Side.SELL, stop="99.60"), an_order(3, Side.SELL)
    venue.submit(parent)
    venue.submit(structs.replace(stop, ticket=structs.replace(stop.ticket, parent_id=parent.client_order_id)))
    venue.submit(structs.replace(other, ticket=structs.replace(other.ticket, strategy_id=StrategyId("other"))))
    said(venue)
    venue.on_market(a_quote(9_950, 9_951, ts=9))

    assert the_trade(venue).last_qty == 10


def test_what_only_reduces_offers_nothing_that_is_not_held_already() -> None:
    """A sale of all that is held is no short sale because a stop stands behind it."""
    venue = a_venue(SimSettings(short_sale=False))
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1))
    venue.submit(an_order(2, Side.SELL, stop="99.60", reduce_only=True))
    venue.submit(an_order(3, Side.SELL, limit="100.40", reduce_only=True))
    said(venue)

    venue.submit(an_order(4, Side.SELL))

    assert kinds(said(venue)) == [NEW, TRADE]


def test_slippage_is_paid_from_the_price_that_woke_it() -> None:
    venue = a_venue(SimSettings(slippage_bps=Decimal(10)))
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, Side.SELL, stop="99.00"))
    venue.on_market(a_quote(9_900, 9_901, ts=2))

    *_, trade = said(venue)
    assert trade.last_px == Decimal("98.90")


@pytest.mark.parametrize("tif", [TimeInForce.IOC, TimeInForce.FOK, TimeInForce.AT_THE_OPEN, TimeInForce.AT_THE_CLOSE])
def test_a_stop_that_may_not_wait_is_rejected(tif: TimeInForce) -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, stop="101.00", tif=tif))

    (report,) = said(venue)
    assert (report.exec_type, report.text) == (
        ExecType.REJECTED,
        f"a stop waits for its price, and {tif} does not wait",
    )


@pytest.mark.parametrize(
    ("stop", "limit", "words"),
    [("0", None, "stop price 0 is no number"), ("1.005", None, "stop price 1.005 is not a multiple")],
)
def test_a_stop_price_that_is_none_is_rejected_with_words(stop: str, limit: str | None, words: str) -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, stop=stop, limit=limit))

    (report,) = said(venue)
    assert report.text.startswith(words)


def test_a_stop_ends_with_its_day_like_any_order() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    order = an_order(1, stop="101.00")
    venue.submit(order)
    venue.cancel(order)

    assert kinds(said(venue)) == [NEW, CANCELED]
