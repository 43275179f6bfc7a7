"""What trades on a quote that comes with a range: a whole session in one step, judged against the order."""

from decimal import Decimal

import pytest

from oms.domain.fill import LiquiditySide
from oms.domain.market import Range, SessionEnded
from oms.domain.order import Side, TimeInForce
from oms.domain.report import ExecType
from tests.brokers.venue import B, a_quote, a_venue, an_order, changed, kinds, said, the_trade

# A quote that comes instead of many: the market went from 99.90 to 100.20 between a quote and this one

OPENED, CLOSED = a_quote(10_000, 10_003, ts=1), a_quote(10_010, 10_013, ts=9, between=Range(9_991, 10_019))


@pytest.mark.parametrize(
    ("side", "limit", "filled"),
    [
        (Side.BUY, "99.90", False),  # the low was printed, but nobody is known to have sold there
        (Side.BUY, "99.91", True),  # the lowest ask
        (Side.BUY, "99.95", True),
        (Side.BUY, "99.89", False),
        (Side.SELL, "100.20", False),
        (Side.SELL, "100.19", True),  # the highest bid
        (Side.SELL, "100.15", True),
        (Side.SELL, "100.21", False),
    ],
)
def test_a_limit_that_rested_through_a_range_trades_at_its_price_where_the_other_side_came(
    side: Side, limit: str, filled: bool
) -> None:
    venue = a_venue()
    venue.on_market(OPENED)
    venue.submit(an_order(1, side, limit=limit))
    before = kinds(said(venue))
    venue.on_market(CLOSED)

    after = [(report.exec_type, report.last_px, report.liquidity, report.ts) for report in said(venue)]
    assert before == [ExecType.NEW]
    assert after == ([(ExecType.TRADE, Decimal(limit), LiquiditySide.MAKER, 9)] if filled else [])


def test_a_quote_beyond_its_own_range_reaches_a_limit_as_any_quote_does() -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="99.91"))
    venue.on_market(a_quote(9_988, 9_990, ts=9, between=Range(9_995, 9_999)))

    assert the_trade(venue).last_px == Decimal("99.91")


def test_two_limits_on_both_sides_of_one_range_both_trade() -> None:
    venue = a_venue()
    venue.on_market(OPENED)
    venue.submit(an_order(1, Side.SELL, limit="100.10"))
    venue.submit(an_order(2, Side.BUY, limit="99.95"))
    venue.on_market(CLOSED)

    trades = [report for report in said(venue) if report.exec_type is ExecType.TRADE]
    assert [report.last_px for report in trades] == [Decimal("100.10"), Decimal("99.95")]


def test_a_day_order_that_no_range_reached_expires_with_its_session() -> None:
    venue = a_venue()
    venue.on_market(OPENED)
    venue.submit(an_order(1, limit="99.00"))
    venue.on_market(CLOSED)
    venue.on_market(SessionEnded(session="2010-06-18", ts=9))

    assert kinds(said(venue)) == [ExecType.NEW, ExecType.EXPIRED]


def test_a_limit_from_a_night_before_trades_at_its_price_where_the_market_opens_past_it() -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="100.50", tif=TimeInForce.GTC))
    venue.on_market(OPENED)

    trade = the_trade(venue)
    assert (trade.last_px, trade.ts) == (Decimal("100.50"), 1)


def test_a_market_order_pays_what_is_quoted_and_nothing_of_the_range() -> None:
    venue = a_venue()
    venue.on_market(CLOSED)
    venue.submit(an_order(1))

    assert the_trade(venue).last_px == Decimal("100.13")


@pytest.mark.parametrize("limit", ["99.95", "100.12"])
def test_a_range_is_over_for_an_order_that_comes_with_or_after_its_quote(limit: str) -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_003, ts=1))
    venue.on_market(a_quote(20_000, 20_003, ts=9, instrument=B, between=Range(1, 30_000)))
    venue.submit(an_order(1, limit=limit))  # A's own quote of this instant is still to come
    venue.on_market(CLOSED)
    venue.submit(an_order(2, limit=limit))

    assert kinds(said(venue)) == [ExecType.NEW, ExecType.NEW]


@pytest.mark.parametrize(("limit", "price"), [(None, "100.13"), ("100.50", "100.50")])
def test_who_hears_one_close_meets_the_close_of_another_instrument_and_not_its_open(
    limit: str | None, price: str
) -> None:
    venue = a_venue()
    venue.on_market(OPENED)
    venue.on_market(a_quote(20_000, 20_003, ts=9, instrument=B, between=Range(20_000, 20_003)))
    venue.submit(an_order(1, limit=limit))
    before = kinds(said(venue))
    venue.on_market(CLOSED)

    assert before == [ExecType.NEW]
    assert the_trade(venue).last_px == Decimal(price)


def test_an_order_at_the_next_open_meets_that_open() -> None:
    venue = a_venue()
    venue.on_market(CLOSED)
    venue.on_market(a_quote(10_100, 10_103, ts=20))
    venue.submit(an_order(1))

    assert the_trade(venue).last_px == Decimal("101.03")


FALLEN = a_quote(10_010, 10_013, ts=9, between=Range(9_991, 10_019, 9_988, 10_022))  # with what wakes stops


@pytest.mark.parametrize("at_its_own_close", [True, False])
def test_a_range_is_over_for_a_price_that_an_order_was_changed_to_with_its_quote(at_its_own_close: bool) -> None:
    """A trail that follows the close of a bar would else be sold at the bar's low, which came before."""
    venue = a_venue()
    venue.on_market(OPENED)
    order = an_order(1, Side.SELL, stop="99.00", tif=TimeInForce.GTC)
    venue.submit(order)
    if at_its_own_close:
        venue.on_market(FALLEN)
    else:
        venue.on_market(a_quote(20_000, 20_003, ts=9, instrument=B, between=Range(20_000, 20_003)))
    venue.replace(*changed(order, stop_px=Decimal("100.05")))
    if not at_its_own_close:
        venue.on_market(FALLEN)
    over = kinds(said(venue))
    venue.on_market(a_quote(10_004, 10_007, ts=20))

    assert over == [ExecType.NEW, ExecType.REPLACED]
    assert the_trade(venue).last_px == Decimal("100.04")


def test_an_order_that_merely_shrinks_has_been_there_all_the_time() -> None:
    venue = a_venue()
    venue.on_market(OPENED)
    order = an_order(1, Side.SELL, stop="99.95", tif=TimeInForce.GTC)
    venue.submit(order)
    venue.on_market(a_quote(20_000, 20_003, ts=9, instrument=B, between=Range(20_000, 20_003)))
    venue.replace(*changed(order, quantity=Decimal(4)))
    venue.on_market(FALLEN)

    trade = the_trade(venue)
    assert (trade.last_px, trade.last_qty) == (Decimal("99.95"), Decimal(4))


@pytest.mark.parametrize(
    ("side", "limit", "filled"),
    [
        (Side.BUY, "100.12", False),  # the session went there, and its closing did not
        (Side.BUY, "100.13", True),
        (Side.SELL, "100.11", False),
        (Side.SELL, "100.10", True),
    ],
)
def test_an_order_at_the_close_meets_the_closing_and_nothing_of_the_range(side: Side, limit: str, filled: bool) -> None:
    venue = a_venue()
    venue.on_market(OPENED)
    venue.submit(an_order(1, side, limit=limit, tif=TimeInForce.AT_THE_CLOSE))
    venue.on_market(CLOSED)
    venue.on_market(SessionEnded(session="2010-06-18", ts=9))

    reports = said(venue)
    assert kinds(reports) == [ExecType.NEW, ExecType.TRADE if filled else ExecType.EXPIRED]
    assert not filled or reports[-1].last_px == Decimal(limit)
