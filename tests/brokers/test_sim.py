"""What the simulated venue does with an order: prices, fees, parts, times in force, chance."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.sim.matching import chance, drawn_quantity, happens
from brokers.sim.settings import SimSettings
from brokers.sim.venue import SimBroker
from oms.domain.fees import FeeSchedule, FixedFee, PercentFee, PerShareFee
from oms.domain.fill import LiquiditySide
from oms.domain.ids import AccountId, ClientOrderId
from oms.domain.market import Bar, BarSpec, SessionEnded
from oms.domain.order import Side
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import DAY, ZERO, Money
from tests.brokers.venue import ALWAYS, NEVER, A, B, a_quote, a_venue, an_order, kinds, said, the_trade
from tests.doubles.orders import ACCOUNT


@pytest.mark.parametrize(("side", "price"), [(Side.BUY, "100.03"), (Side.SELL, "100.00")])
def test_a_market_order_buys_at_the_ask_and_sells_at_the_bid(side: Side, price: str) -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_003, ts=5))
    venue.submit(an_order(1, side))

    trade = the_trade(venue)
    assert (trade.last_px, trade.last_qty, trade.ts) == (Decimal(price), Decimal(10), 5)
    assert trade.liquidity is LiquiditySide.TAKER


def test_a_market_order_without_a_price_is_rejected_with_words() -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_003, instrument=B))
    venue.submit(an_order(1))

    (report,) = said(venue)
    assert (report.exec_type, report.text) == (ExecType.REJECTED, "no price of SYN1.SYNTH yet")


@pytest.mark.parametrize(("bid", "ask"), [(0, 10_003), (-5, -1), (10_003, 10_000)])
def test_a_quote_that_is_no_price_is_not_traded_on(bid: int, ask: int) -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="200.00"))
    venue.on_market(a_quote(bid, ask))

    assert kinds(said(venue)) == [ExecType.NEW]


@pytest.mark.parametrize(("side", "limit", "price"), [(Side.BUY, "100.05", "100.03"), (Side.SELL, "99.90", "100.00")])
def test_a_limit_that_the_quote_already_crosses_takes_at_the_quote(side: Side, limit: str, price: str) -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, side, limit=limit))

    trade = the_trade(venue)
    assert (trade.last_px, trade.liquidity) == (Decimal(price), LiquiditySide.TAKER)


@pytest.mark.parametrize(
    ("side", "limit", "untouched", "crossing"),
    [(Side.BUY, "99.95", (9_990, 9_996), (9_900, 9_905)), (Side.SELL, "100.10", (10_009, 10_015), (10_100, 10_105))],
)
def test_a_limit_that_rests_trades_at_its_own_price_even_where_the_quote_jumps_past_it(
    side: Side, limit: str, untouched: tuple[int, int], crossing: tuple[int, int]
) -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, side, limit=limit))
    venue.on_market(a_quote(*untouched))
    before = kinds(said(venue))
    venue.on_market(a_quote(*crossing))

    trade = the_trade(venue)
    assert before == [ExecType.NEW]
    assert (trade.last_px, trade.liquidity) == (Decimal(limit), LiquiditySide.MAKER)


def test_a_limit_is_crossed_by_a_quote_at_its_price() -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="100.00"))
    venue.on_market(a_quote(9_999, 10_000))

    assert the_trade(venue).last_px == Decimal("100.00")


def test_quotes_of_another_instrument_leave_an_order_alone() -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="100.00"))
    venue.on_market(a_quote(9_000, 9_001, instrument=B))

    assert kinds(said(venue)) == [ExecType.NEW]


@pytest.mark.parametrize(
    ("side", "limit", "price"),
    [
        (Side.BUY, None, "100.09"),  # 5 bp of 100.03 is 5.0015 ticks: six against us
        (Side.SELL, None, "99.95"),
        (Side.BUY, "100.05", "100.05"),
        (Side.SELL, "99.98", "99.98"),
    ],
)
def test_slippage_goes_against_the_taker_to_the_next_tick_and_never_beyond_the_limit(
    side: Side, limit: str | None, price: str
) -> None:
    venue = a_venue(SimSettings(slippage_bps=Decimal(5)))
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, side, limit=limit))

    assert the_trade(venue).last_px == Decimal(price)


def test_slippage_leaves_a_sell_at_least_one_tick() -> None:
    venue = a_venue(SimSettings(slippage_bps=Decimal(50)))
    venue.on_market(a_quote(1, 2))
    venue.submit(an_order(1, Side.SELL))

    assert the_trade(venue).last_px == Decimal("0.01")


def test_a_maker_pays_no_slippage() -> None:
    venue = a_venue(SimSettings(slippage_bps=Decimal(50)))
    venue.submit(an_order(1, limit="100.00"))
    venue.on_market(a_quote(9_000, 9_001))

    assert the_trade(venue).last_px == Decimal("100.00")


@pytest.mark.parametrize(
    ("fees", "fee"),
    [
        (PercentFee(frac=Decimal("0.0005")), "0.50"),  # of 1,000.30
        (PerShareFee(rate=Decimal("0.005")), "0.05"),
        (PerShareFee(rate=Decimal("0.005"), minimum=Decimal(1)), "1.00"),
    ],
)
async def test_the_fee_is_the_schedule_s_and_leaves_the_cash(fees: FeeSchedule, fee: str) -> None:
    venue = a_venue(fees=fees)
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1))

    assert the_trade(venue).fee == Money(Decimal(fee), "USD")
    books = await venue.connect()
    assert books.cash == (Money(Decimal(100_000) - Decimal("1000.30") - Decimal(fee), "USD"),)


@pytest.mark.parametrize("fees", [PerShareFee(rate=Decimal("0.005"), minimum=Decimal(1)), FixedFee(amount=Decimal(1))])
def test_an_order_in_parts_is_charged_as_the_whole_was_said_to_cost(fees: FeeSchedule) -> None:
    venue = a_venue(SimSettings(partial=ALWAYS), fees)
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, quantity=150))
    for ts in range(2, 30):
        venue.on_market(a_quote(10_000, 10_003, ts=ts))

    paid = [report.fee.amount for report in said(venue) if report.fee is not None]
    assert len(paid) > 2
    assert sum(paid) == fees.fee(Decimal(150), Decimal("100.03")) == 1


def test_a_percentage_is_of_the_value_traded_whatever_one_unit_stands_for() -> None:
    future = replace(A, multiplier=Decimal(50))
    cash, fees = Money(Decimal(10**6), "USD"), PercentFee(frac=Decimal("0.001"))
    venue = SimBroker(account=ACCOUNT, cash=cash, seed=7, instruments=(future,), fees=fees)
    venue.on_market(a_quote(10_000, 10_003, instrument=future))
    venue.submit(an_order(1))

    assert the_trade(venue).fee == Money(Decimal("50.02"), "USD")  # of 10 x 50 x 100.03


def test_a_split_market_order_goes_on_at_the_next_quotes() -> None:
    venue = a_venue(SimSettings(partial=ALWAYS))
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, quantity=3))
    venue.on_market(a_quote(10_010, 10_013))
    venue.on_market(a_quote(10_020, 10_023))
    venue.on_market(a_quote(10_030, 10_033))

    trades = said(venue)[1:]
    assert sum(report.last_qty or ZERO for report in trades) == 3
    assert [report.last_px for report in trades] == [Decimal("100.03"), Decimal("100.13"), Decimal("100.23")][
        : len(trades)
    ]
    assert {report.liquidity for report in trades} == {LiquiditySide.TAKER}
    assert [report.exec_id for report in trades] == [f"T-1-1:{number}" for number in range(1, len(trades) + 1)]


def test_what_is_left_of_a_limit_rests_and_then_makes() -> None:
    venue = a_venue(SimSettings(partial=ALWAYS))
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, quantity=1000, limit="100.10"))
    venue.on_market(a_quote(10_000, 10_003))

    _, taken, made = said(venue)
    assert (taken.last_px, taken.liquidity) == (Decimal("100.03"), LiquiditySide.TAKER)
    assert (made.last_px, made.liquidity) == (Decimal("100.10"), LiquiditySide.MAKER)


def test_every_part_is_drawn_anew() -> None:
    venue = a_venue(SimSettings(partial=ALWAYS))
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, quantity=1_000_000))
    venue.on_market(a_quote(10_000, 10_003))

    first, second = [int(report.last_qty or 0) for report in said(venue)[1:]]
    assert abs(first / 1_000_000 - second / (1_000_000 - first)) > 0.01


def test_a_part_is_at_least_one_lot_and_never_all() -> None:
    lot = Decimal("0.5")
    low, high = 0, (1 << 64) - 1

    assert drawn_quantity(Decimal(5), lot, ALWAYS, low) == lot
    assert drawn_quantity(Decimal(5), lot, ALWAYS, high) == Decimal("4.5")
    assert drawn_quantity(lot, lot, ALWAYS, low) == lot
    assert drawn_quantity(Decimal(5), lot, NEVER, low) == Decimal(5)


def test_what_has_a_probability_of_a_quarter_happens_to_a_quarter_of_the_orders() -> None:
    words = [chance(7, ClientOrderId(f"T-1-{number}"), 0) for number in range(4_000)]

    assert 0.23 < sum(happens(word, Decimal("0.25")) for word in words) / 4_000 < 0.27


def test_rejections_by_chance_follow_the_setting() -> None:
    venue = a_venue(SimSettings(reject=Decimal("0.5")))
    for number in range(200):
        venue.submit(an_order(number, limit="99.00"))

    reports = kinds(said(venue))
    assert set(reports) == {ExecType.NEW, ExecType.REJECTED}
    assert 70 < reports.count(ExecType.REJECTED) < 130


@pytest.mark.parametrize("ahead", [(), (1,), (1, 3, 4)])
def test_the_fate_of_an_order_does_not_depend_on_other_orders(ahead: tuple[int, ...]) -> None:
    def fate(others: tuple[int, ...]) -> list[ExecutionReport]:
        venue = a_venue(SimSettings(partial=ALWAYS, reject=Decimal("0.1")))
        venue.on_market(a_quote(10_000, 10_003))
        for number in (*others, 5):
            venue.submit(an_order(number, quantity=1000))
        for ts in range(2, 8):
            venue.on_market(a_quote(10_000 + ts, 10_003 + ts, ts=ts))
        return [report for report in said(venue) if report.client_order_id == "T-1-5"]

    assert len(fate(())) > 2
    assert fate(ahead) == fate(())


def test_another_seed_is_another_fate() -> None:
    def parts(seed: int) -> list[Decimal | None]:
        venue = a_venue(SimSettings(partial=ALWAYS), seed=seed)
        venue.on_market(a_quote(10_000, 10_003))
        venue.submit(an_order(1, quantity=1_000_000))
        return [report.last_qty for report in said(venue)]

    assert parts(1) == parts(1)
    assert parts(1) != parts(2)


def test_a_session_s_end_expires_day_orders_of_all_instruments_with_words() -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="99.00"))
    venue.submit(an_order(2, limit="99.00", instrument=B))
    said(venue)
    venue.on_market(SessionEnded(session="2010-06-18", ts=9))
    venue.on_market(a_quote(9_000, 9_001, ts=10))

    reports = said(venue)
    assert kinds(reports) == [ExecType.EXPIRED, ExecType.EXPIRED]
    assert {(report.ts, report.text) for report in reports} == {(9, "the session 2010-06-18 has ended")}


def test_a_bar_moves_the_venue_s_time_and_trades_nothing() -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="100.00"))
    day = BarSpec("1d", DAY)
    venue.on_market(Bar(instrument=A, spec=day, ts=8, ts_open=1, ts_close=7, open=1, high=1, low=1, close=1, volume=1))
    venue.submit(an_order(2, limit="99.00"))

    assert [(report.exec_type, report.ts) for report in said(venue)] == [(ExecType.NEW, 0), (ExecType.NEW, 8)]


def test_the_venue_s_time_never_goes_back() -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_003, ts=50))
    venue.on_market(a_quote(10_000, 10_003, ts=40))
    venue.submit(an_order(1))

    assert the_trade(venue).ts == 50


@pytest.mark.parametrize(("quantity", "kind"), [(6, ExecType.TRADE), (7, ExecType.REJECTED)])
def test_without_short_sale_a_sell_is_bound_by_what_is_held_and_not_yet_offered(quantity: int, kind: ExecType) -> None:
    venue = a_venue(SimSettings(short_sale=False))
    venue.on_market(a_quote(10_000, 10_003))
    venue.submit(an_order(1, quantity=10))
    venue.submit(an_order(2, Side.SELL, quantity=4, limit="110.00"))
    venue.submit(an_order(3, Side.SELL, quantity=quantity))

    assert said(venue)[-1].exec_type is kind


@pytest.mark.parametrize(
    ("limit", "words"),
    [("100.005", "tick 0.01"), ("-1", "can be traded"), ("NaN", "can be traded"), ("1E+30", "can be traded")],
)
def test_a_limit_price_that_is_none_is_rejected_with_words(limit: str, words: str) -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit=limit))

    (report,) = said(venue)
    assert report.exec_type is ExecType.REJECTED
    assert words in report.text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"partial": Decimal("1.1")}, "partial must lie between 0 and 1"),
        ({"reject": Decimal("NaN")}, "reject must lie between 0 and 1"),
        ({"slippage_bps": Decimal(-1)}, "slippage_bps must lie between 0 and 9999"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, Decimal], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SimSettings(**settings)  # type: ignore[arg-type]


def test_reports_are_taken_once() -> None:
    venue = a_venue()
    venue.submit(an_order(1, limit="99.00"))

    assert kinds(said(venue)) == [ExecType.NEW]
    assert said(venue) == []


def test_an_order_for_another_account_is_rejected() -> None:
    venue = SimBroker(account=AccountId("T-2"), cash=Money(ZERO, "USD"), seed=7, instruments=(A,), fees=PercentFee())
    venue.submit(an_order(1, limit="99.00"))

    (report,) = said(venue)
    assert (report.exec_type, report.text) == (ExecType.REJECTED, "account T-1 at sim is not kept here")
