"""How well orders were executed, worked out by hand."""

from decimal import Decimal as D

import pytest

from cockpit.stats.execution import Quality, execution_analytics, quality_of
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.risk import RiskDecision, SharedFacts, Verdict
from oms.domain.units import SECOND, Money
from oms.state import State
from tests.doubles.share import share

SIM, ACCOUNT = BrokerId("sim"), AccountId("SIM-000001")
SHARE = share("AAA.XNYS")


class Book:
    """A state that is told of orders, one after the other."""

    def __init__(self) -> None:
        self.state = State()
        self._ids = 0
        self.put(0, ev.InstrumentListed(instrument=SHARE))
        self.state.equity.currency = "USD"

    def put(self, secs: int, event: ev.Event) -> None:
        self.state.apply(ev.Record(seq=self.state.seq + 1, ts=secs * SECOND, wall=0, event=event))

    def order(
        self,
        secs: int,
        side: Side,
        quantity: str,
        decided: str | None,
        parent_id: ClientOrderId | None = None,
        stop: str | None = None,
    ) -> ClientOrderId:
        self._ids += 1
        order_id = ClientOrderId(f"SIM-1-{self._ids}")
        ticket = OrderTicket(
            broker=SIM,
            account=ACCOUNT,
            strategy_id=MANUAL,
            instrument_id=SHARE.instrument_id,
            side=side,
            quantity=D(quantity),
            order_type=OrderType.MARKET if stop is None else OrderType.STOP_MARKET,
            stop_px=D(stop) if stop is not None else None,
            signal_px=D(decided) if decided is not None else None,
            parent_id=parent_id,
        )
        self.put(secs, oev.OrderInitialized(client_order_id=order_id, ticket=ticket))
        return order_id

    def sent(
        self,
        secs: int,
        side: Side,
        quantity: str,
        decided: str | None,
        parent_id: ClientOrderId | None = None,
        *,
        mark: str | None = None,
        stop: str | None = None,
    ) -> ClientOrderId:
        order_id = self.order(secs, side, quantity, decided, parent_id, stop)
        approved = decision(Verdict.PASS, mark)
        self.put(secs, oev.OrderSubmitted(client_order_id=order_id, decision=approved, ticket_hash=""))
        return order_id

    def filled(self, secs: int, order_id: ClientOrderId, quantity: str, px: str, fee: str = "1") -> None:
        fill = Fill(
            exec_id=ExecId(f"X-{order_id}-{secs}"),
            client_order_id=order_id,
            broker=SIM,
            account=ACCOUNT,
            strategy_id=MANUAL,
            instrument_id=InstrumentId("AAA.XNYS"),
            side=self.state.blotter.orders[order_id].ticket.side,
            last_qty=D(quantity),
            last_px=D(px),
            fee=Money(D(fee), "USD"),
            liquidity=LiquiditySide.TAKER,
            ts=secs * SECOND,
        )
        self.put(secs, oev.OrderFilled(client_order_id=order_id, fill=fill))


def decision(verdict: Verdict, mark: str | None = None) -> RiskDecision:
    """Return a decision without rules."""
    mark_px = D(mark) if mark is not None else None
    facts = SharedFacts(equity=None, peak_equity=None, day_equity=None, mark_px=mark_px)
    return RiskDecision(verdict=verdict, failed=(), limits_no=0, observed=(), facts=facts)


@pytest.fixture
def book() -> Book:
    return Book()


def test_without_orders_there_is_nothing_to_divide(book: Book) -> None:
    analytics = execution_analytics(book.state)

    assert (analytics["orders"], analytics["total_slippage"], analytics["total_fees"]) == (0, 0, 0)
    assert analytics["fill_rate"] is analytics["avg_fill_time"] is analytics["median_fill_time"] is None
    assert analytics["avg_slippage_bps"] is analytics["arrival_slippage_bps"] is None


def test_slippage_is_what_was_paid_or_not_got_beyond_the_price_decided_on(book: Book) -> None:
    """Bought 10 for 0.05 more than meant, sold 10 for 0.02 less, bought 10 for 0.01 less."""
    book.filled(1, book.sent(1, Side.BUY, "10", "100.00"), "10", "100.05")
    book.filled(2, book.sent(2, Side.SELL, "10", "100.00"), "10", "99.98")
    book.filled(3, book.sent(3, Side.BUY, "10", "100.00"), "10", "99.99")
    analytics = execution_analytics(book.state)

    assert analytics["total_slippage"] == D("0.5") + D("0.2") - D("0.1")
    assert analytics["avg_slippage_bps"] == D("0.6") / 3_000 * 10_000
    assert analytics["total_fees"] == 3


def test_fill_time_is_the_mean_over_orders_filled_whole(book: Book) -> None:
    first, second = book.sent(0, Side.BUY, "10", "100"), book.sent(0, Side.BUY, "10", "100")
    book.filled(1, first, "4", "100")
    book.filled(3, first, "6", "100")
    book.filled(5, second, "10", "100")
    never = book.sent(6, Side.BUY, "10", "100")
    book.filled(100, never, "1", "100")
    analytics = execution_analytics(book.state)

    assert (analytics["avg_fill_time"], analytics["median_fill_time"]) == (4_000, 4_000)
    assert (analytics["filled"], analytics["partially_filled"], analytics["working"]) == (2, 1, 1)


def test_rates_are_of_what_was_submitted_and_a_denial_was_not(book: Book) -> None:
    book.filled(1, book.sent(1, Side.BUY, "1", "100"), "1", "100")
    for _ in range(2):
        rejected = book.sent(2, Side.BUY, "1", "100")
        book.put(2, oev.OrderRejected(client_order_id=rejected, text="no"))
    expired = book.sent(3, Side.BUY, "1", "100", mark="100")
    book.put(3, oev.OrderExpired(client_order_id=expired))
    denied = book.order(4, Side.BUY, "1", "100")
    book.put(4, oev.OrderDenied(client_order_id=denied, decision=decision(Verdict.DENY), text="a rule"))
    analytics = execution_analytics(book.state)

    assert (analytics["orders"], analytics["submitted"], analytics["denied"]) == (5, 4, 1)
    assert (analytics["rejected"], analytics["expired"], analytics["canceled"]) == (2, 1, 0)
    assert (analytics["fill_rate"], analytics["rejection_rate"]) == (D("0.25"), D("0.5"))


def test_an_order_that_was_decided_on_no_price_has_no_slippage(book: Book) -> None:
    book.filled(1, book.sent(1, Side.BUY, "10", None), "10", "100.05")
    analytics = execution_analytics(book.state)

    assert (analytics["total_slippage"], analytics["avg_slippage_bps"]) == (0, None)


def test_the_legs_of_a_bracket_count_in_neither_the_rate_nor_the_time(book: Book) -> None:
    parent = book.sent(0, Side.BUY, "10", "100")
    book.filled(2, parent, "10", "100")
    book.sent(2, Side.SELL, "10", None, parent)
    target = book.sent(2, Side.SELL, "10", None, parent)
    book.filled(9_000, target, "10", "110")

    analytics = execution_analytics(book.state)

    assert (analytics["fill_rate"], analytics["avg_fill_time"]) == (1, 2_000)
    assert (analytics["submitted"], analytics["filled"]) == (3, 2)


def test_one_order_that_waited_for_days_does_not_move_the_median_fill_time(book: Book) -> None:
    for secs in (1, 2, 90_000):
        book.filled(secs, book.sent(0, Side.BUY, "1", "100"), "1", "100")
    analytics = execution_analytics(book.state)

    assert (analytics["median_fill_time"], analytics["avg_fill_time"]) == (2_000, 30_001_000)


def test_arrival_slippage_is_measured_from_the_mark_at_which_an_order_left(book: Book) -> None:
    """Decided at 100.00; it left at 100.20 and was filled at 100.25 and 100.30, the sale at 100.20 and 100.10."""
    bought = book.sent(1, Side.BUY, "10", "100.00", mark="100.20")
    book.filled(2, bought, "4", "100.25")
    book.filled(3, bought, "6", "100.30")
    book.filled(4, book.sent(4, Side.SELL, "10", "100.00", mark="100.20"), "10", "100.10")
    analytics = execution_analytics(book.state)

    assert analytics["total_slippage"] == D("2.80") - D("1.00")
    assert analytics["arrival_slippage"] == D("0.80") + D("1.00")
    assert analytics["arrival_slippage_bps"] == D("1.80") / 2_004 * 10_000


def test_only_some_of_the_orders_may_be_asked_about(book: Book) -> None:
    first, second = book.sent(1, Side.BUY, "1", "100"), book.sent(2, Side.BUY, "1", "100")
    book.filled(3, second, "1", "101")
    orders = book.state.blotter.orders

    assert execution_analytics(book.state, [orders[first]])["filled"] == 0
    assert execution_analytics(book.state, [orders[second]])["total_slippage"] == 1


def test_the_quality_of_one_order_is_told_in_money_and_time(book: Book) -> None:
    order_id = book.sent(1, Side.BUY, "10", "100.00", mark="100.10")
    book.filled(2, order_id, "4", "100.20")
    part = quality_of(book.state.blotter.orders[order_id], book.state)
    book.filled(4, order_id, "6", "100.20")
    whole = quality_of(book.state.blotter.orders[order_id], book.state)

    assert part == Quality(
        decided_px=D("100.00"), arrival_px=D("100.10"), slippage=D("0.80"), arrival_slippage=D("0.40")
    )
    assert (whole.slippage, whole.arrival_slippage, whole.fill_ms) == (D("2.00"), D("1.00"), D(3_000))


def test_an_order_that_has_not_traded_has_not_slipped(book: Book) -> None:
    quality = quality_of(book.state.blotter.orders[book.sent(1, Side.BUY, "10", "100", mark="100")], book.state)

    assert (quality.slippage, quality.arrival_slippage, quality.fill_ms) == (None, None, None)


def test_a_stop_arrives_at_its_own_price_and_a_target_slips_from_nothing(book: Book) -> None:
    """It left at 100 and waited until the market was at 95; filled at 94.90 it slipped by a dime a share."""
    parent = book.sent(0, Side.BUY, "10", "100", mark="100")
    stop = book.sent(1, Side.SELL, "10", None, parent, mark="100", stop="95")
    target = book.sent(1, Side.SELL, "10", None, parent, mark="100")
    book.filled(2, stop, "10", "94.90")
    book.filled(3, target, "10", "110")

    assert execution_analytics(book.state)["arrival_slippage"] == 1
    assert quality_of(book.state.blotter.orders[stop], book.state).arrival_px == 95
    assert quality_of(book.state.blotter.orders[target], book.state).arrival_px is None


@pytest.mark.parametrize("end", [oev.OrderCanceled, oev.OrderExpired])
def test_what_was_held_here_until_its_end_was_never_submitted(book: Book, end: type) -> None:
    held = book.order(1, Side.SELL, "10", None)
    book.put(1, oev.OrderHeld(client_order_id=held, text="a target"))
    book.put(2, end(client_order_id=held))
    analytics = execution_analytics(book.state)

    assert (analytics["orders"], analytics["submitted"]) == (1, 0)
    assert {analytics["canceled"], analytics["expired"]} == {0, 1}
