"""What an opening is paid from."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain import order_events as oev
from oms.domain.fees import PercentFee, PerShareFee
from oms.domain.order import OrderTicket
from risk.funds import unused
from risk.rule import Judgment
from risk.rules.buying_power import BuyingPower
from tests.risk.desk import AAPL, IBM, MEAN, Desk, buy, listed, sell

RULE = BuyingPower()


@pytest.fixture
def desk() -> Desk:
    return Desk(cash="10000")  # 100 shares at 100


@pytest.mark.parametrize(("quantity", "missing"), [("99", -100), ("100", 0), ("101", 100)])
def test_a_buy_is_paid_from_cash(desk: Desk, quantity: str, missing: int) -> None:
    judged = RULE.check(desk.facts(buy(quantity)))

    assert judged == Judgment(Decimal(missing), missing <= 0)


def test_the_fee_is_part_of_the_cost(desk: Desk) -> None:
    desk.fees = PerShareFee(rate=Decimal("0.01"))

    assert not RULE.check(desk.facts(buy("100"))).passed
    assert RULE.check(desk.facts(buy("99"))).passed
    assert RULE.headroom(desk.facts(buy("500"))) == 99


def test_the_fee_is_of_what_a_unit_is_worth(desk: Desk) -> None:
    """Two of fifty at 100 are the 10,000 that are there, so that a percentage of it is missing."""
    future = listed("ES", multiplier="50")
    desk.list(future)
    desk.quote(future, "100")
    desk.fees = PercentFee(frac=Decimal("0.01"))

    assert RULE.check(desk.facts(buy("2", instrument=future))) == Judgment(Decimal(100), False)
    assert RULE.headroom(desk.facts(buy("2", instrument=future))) == 1


def test_open_buys_have_taken_their_money_already(desk: Desk) -> None:
    desk.send(buy("30", instrument=AAPL, limit="90"))  # rests below the mark of 100, and never pays more than it says
    desk.send(buy("10", instrument=IBM, strategy=MEAN, limit="120"))

    assert RULE.headroom(desk.facts(buy("1"))) == 61
    assert RULE.check(desk.facts(buy("61"))).passed
    assert not RULE.check(desk.facts(buy("62"))).passed


@pytest.mark.parametrize(
    "ticket",
    [
        buy("10", limit="90"),
        buy("10", limit="101"),
        buy("10", stop="105"),
        buy("10", stop="105", limit="106"),
        buy("10"),
        sell("10", limit="110", instrument=AAPL),
        sell("10", stop="95", instrument=AAPL),
        sell("10", instrument=AAPL),
    ],
)
@pytest.mark.parametrize("beside", [[], [buy("5")], [buy("5", limit="80"), sell("5", limit="120")]])
def test_an_order_takes_what_its_ticket_said_and_no_more_once_it_works(
    desk: Desk, ticket: OrderTicket, beside: list[OrderTicket]
) -> None:
    for other in beside:
        desk.send(other)
    before, said = unused(desk.state), desk.facts(ticket).value
    order_id = desk.send(replace(ticket, signal_px=Decimal(98)))  # older than the quote
    after = unused(desk.state)

    assert None not in (before, said, after)
    assert before - after == said  # type: ignore[operator]
    desk.apply(oev.OrderCanceled(client_order_id=order_id))
    assert unused(desk.state) == before


def test_what_is_bought_at_the_market_is_counted_at_the_market_also_where_nobody_has_quoted_yet(desk: Desk) -> None:
    before = unused(desk.state)
    desk.send(buy("10"))
    desk.quote(IBM, "110", ask="110.25")
    assert (before, unused(desk.state)) == (Decimal(10_000), Decimal(8_900))

    desk.state.marks.quotes.clear()
    assert unused(desk.state) == 8_900


def test_the_other_leg_of_a_group_has_taken_its_money_already(desk: Desk) -> None:
    assert RULE.check(desk.facts(buy("60"), buy("40", instrument=AAPL))).passed
    assert not RULE.check(desk.facts(buy("61"), buy("40", instrument=AAPL))).passed


def test_the_proceeds_of_a_short_sale_are_owed_and_what_is_short_uses_equity(desk: Desk) -> None:
    """Long and short together stay within equity, whichever came first."""
    desk.hold(sell("40", instrument=AAPL))  # cash is 14,000 now, the equity 10,000, and 4,000 of it are in use

    assert RULE.check(desk.facts(buy("60"))).passed
    assert not RULE.check(desk.facts(buy("61"))).passed


def test_an_open_short_sale_has_taken_its_equity_already(desk: Desk) -> None:
    desk.send(sell("40", instrument=AAPL))

    assert RULE.check(desk.facts(buy("60"))).passed
    assert not RULE.check(desk.facts(buy("61"))).passed


def test_a_short_sale_needs_equity_that_nothing_uses(desk: Desk) -> None:
    desk.hold(buy("30", instrument=AAPL))
    desk.hold(sell("20", strategy=MEAN))

    assert RULE.headroom(desk.facts(sell("1"))) == 50
    assert RULE.check(desk.facts(sell("50"))).passed
    assert not RULE.check(desk.facts(sell("51"))).passed


def test_an_open_sell_that_closes_takes_nothing(desk: Desk) -> None:
    desk.hold(buy("50", instrument=AAPL))
    desk.send(sell("50", instrument=AAPL))
    assert RULE.check(desk.facts(sell("50"))).passed

    desk.send(sell("10", instrument=AAPL))  # this one would be short

    assert RULE.check(desk.facts(sell("40"))).passed
    assert not RULE.check(desk.facts(sell("41"))).passed


def test_an_order_that_flips_pays_for_the_part_beyond(desk: Desk) -> None:
    desk.hold(sell("50"))

    assert RULE.check(desk.facts(buy("150"))).passed
    assert not RULE.check(desk.facts(buy("151"))).passed
    assert RULE.headroom(desk.facts(buy("1"))) == 150


def test_a_sell_that_flips_pays_alike(desk: Desk) -> None:
    desk.hold(buy("50"))

    assert RULE.check(desk.facts(sell("150"))).passed
    assert not RULE.check(desk.facts(sell("151"))).passed
    assert RULE.headroom(desk.facts(sell("1"))) == 150


def test_an_open_order_without_a_mark_leaves_the_rest_unknown() -> None:
    desk = Desk(cash="10000")
    unseen = listed("NEW")
    desk.list(unseen)
    desk.send(buy("1", instrument=unseen, limit="10"))

    judged = RULE.check(desk.facts(buy("1")))

    assert judged == Judgment(None, False)
    assert RULE.headroom(desk.facts(buy("1"))) == 0
