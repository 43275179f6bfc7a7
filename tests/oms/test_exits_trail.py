"""A trail by hand: it follows the market for as long as there is something to give back."""

from oms.domain import commands as do
from oms.domain.report import CancelReject
from tests.oms.examples import START, D, kinds, quote
from tests.oms.test_exits import KEY, holding, order_id, sell, stop


def test_a_trail_by_hand_protects_and_follows_while_trading_is_stopped() -> None:
    core = holding("10", stop("10", "148", trail_by=D(2)))
    core.put(do.HaltTrading(actor="ann", reason="enough"))
    assert [one.stop_px for one in core.state.brackets.protection(KEY)] == [148]

    core.put(quote("155", ts=START + 1))

    asked = core.order(order_id(2)).replacing
    assert asked is not None
    assert asked.stop_px == 153


def test_what_the_venue_would_not_give_back_is_not_pulled_after_the_market() -> None:
    core = holding("10", stop("10", "148", trail_by=D(2)))
    sell(core, "10")
    core.put(CancelReject(client_order_id=order_id(2), text="too late", ts=START))

    assert kinds(core.put(quote("155", ts=START + 1))) == ["MarketMoved"]
