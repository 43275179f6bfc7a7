"""The same wish again, at the window's end and one nanosecond to either side."""

from decimal import Decimal

import pytest

from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderTicket
from risk.findings import findings
from risk.rule import Judgment
from risk.rules.duplicate import Duplicate
from tests.risk.desk import AAPL, MEAN, Desk, buy, sell

RULE = Duplicate()


@pytest.mark.parametrize(
    ("age", "passed"), [("59.999999999", False), ("60", True), ("60.000000001", True), ("0", False)]
)
def test_the_same_order_passes_again_when_the_window_is_over(desk: Desk, age: str, passed: bool) -> None:
    desk.hold(buy("10"))
    desk.wait(age)

    assert RULE.check(desk.facts(buy("10"))).passed is passed


@pytest.mark.parametrize(
    "other",
    [sell("10"), buy("11"), buy("10", limit="100"), buy("10", instrument=AAPL), buy("10", strategy=MEAN)],
    ids=["side", "quantity", "price", "symbol", "strategy"],
)
def test_an_order_that_differs_in_one_thing_is_another_order(desk: Desk, other: OrderTicket) -> None:
    desk.send(buy("10"))

    judged = RULE.check(desk.facts(other))

    assert judged == Judgment(None, True)


def test_a_twin_beside_it_in_the_group_is_a_duplicate(desk: Desk) -> None:
    assert not RULE.check(desk.facts(buy("10"), buy("10"))).passed


def test_it_does_not_stop_what_reduces(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.hold(buy("10"))
    desk.hold(sell("10"))

    assert desk.gate(RULE).check(sell("10"), desk.state).failed == ()
    assert desk.gate(RULE).check(buy("10"), desk.state).failed == ("duplicate",)


def ended(order_id: ClientOrderId, kind: str) -> oev.OrderEvent:
    """Return how an order ended without having traded."""
    ends: dict[str, oev.OrderEvent] = {
        "canceled": oev.OrderCanceled(client_order_id=order_id),
        "rejected": oev.OrderRejected(client_order_id=order_id, text="no"),
        "expired": oev.OrderExpired(client_order_id=order_id),
    }
    return ends[kind]


@pytest.mark.parametrize("kind", ["canceled", "rejected", "expired"])
def test_what_ended_without_having_traded_is_no_twin(desk: Desk, kind: str) -> None:
    """Its wish came to nothing: who writes a canceled order again means it."""
    order_id = desk.send(buy("10", limit="99"))
    assert not RULE.check(desk.facts(buy("10", limit="99"))).passed
    desk.apply(ended(order_id, kind))

    assert RULE.check(desk.facts(buy("10", limit="99"))) == Judgment(None, True)


def test_what_has_traded_in_part_before_it_was_canceled_is_a_twin(desk: Desk) -> None:
    order_id = desk.send(buy("10"))
    desk.fill(order_id, "100", Decimal(1))
    desk.apply(ended(order_id, "canceled"))

    assert not RULE.check(desk.facts(buy("10"))).passed


def test_an_order_of_which_the_venue_says_nothing_may_be_there_and_is_a_twin(desk: Desk) -> None:
    order_id = desk.send(buy("10"))
    desk.apply(oev.OrderOutcomeUnknown(client_order_id=order_id, text="no answer"))
    assert not RULE.check(desk.facts(buy("10"))).passed
    desk.apply(oev.OrderUnfound(client_order_id=order_id, text="never"))

    assert not RULE.check(desk.facts(buy("10"))).passed, "it may come to light"


def test_of_two_orders_alike_the_one_that_was_not_canceled_counts(desk: Desk) -> None:
    """Two that reduce may follow each other at once, so the newer may be gone and the older may not."""
    desk.hold(buy("30", strategy=MEAN))
    older = desk.send(sell("10"))
    desk.wait(7)
    newer = desk.send(sell("10"))
    desk.wait(5)
    assert RULE.check(desk.facts(sell("10"))) == Judgment(Decimal(5), False)
    desk.apply(ended(newer, "canceled"))
    assert RULE.check(desk.facts(sell("10"))) == Judgment(Decimal(12), False)
    desk.apply(ended(older, "canceled"))

    assert RULE.check(desk.facts(sell("10"))) == Judgment(None, True)


def test_a_fill_that_comes_after_the_cancel_makes_it_a_twin_again(desk: Desk) -> None:
    order_id = desk.send(buy("10"))
    desk.apply(ended(order_id, "canceled"))
    desk.fill(order_id, "100")

    assert not RULE.check(desk.facts(buy("10"))).passed


LONG_AFTER = "3600"


def silent(desk: Desk, wish: OrderTicket) -> ClientOrderId:
    """Send an order that the venue never answers, and let the window pass."""
    order_id = desk.send(wish)
    desk.apply(oev.OrderOutcomeUnknown(client_order_id=order_id, text="no answer"))
    desk.wait(LONG_AFTER)
    return order_id


@pytest.mark.parametrize("limit", ["60", "0"])
def test_while_the_outcome_of_an_order_is_not_known_its_twin_is_denied_whatever_the_window(
    desk: Desk, limit: str
) -> None:
    silent(desk, buy("10"))

    gate = desk.gate(Duplicate(limit=Decimal(limit)))
    denied = gate.check(buy("10"), desk.state)

    assert denied.failed == ("duplicate",)
    assert [found.text for found in findings(denied, gate.limits())] == [
        "order 1 is the same, was sent 3,600s ago, and whether the venue has it is not known: it must be answered first"
    ]
    assert gate.check(buy("11"), desk.state).failed == ()


@pytest.mark.parametrize("answer", ["accepted", "filled", "rejected", "unfound"])
def test_once_it_is_answered_only_the_window_counts(desk: Desk, answer: str) -> None:
    order_id = silent(desk, buy("10"))
    answers: dict[str, oev.OrderEvent] = {
        "accepted": oev.OrderAccepted(client_order_id=order_id, venue_order_id=None),
        "rejected": oev.OrderRejected(client_order_id=order_id, text="no"),
        "unfound": oev.OrderUnfound(client_order_id=order_id, text="never"),
    }
    if answer in answers:
        desk.apply(answers[answer])
    else:
        desk.fill(order_id, "100")

    assert RULE.check(desk.facts(buy("10"))).passed


def test_a_cancel_that_is_not_answered_either_makes_it_no_less_unknown(desk: Desk) -> None:
    order_id = silent(desk, buy("10", limit="99"))
    desk.apply(oev.OrderPendingCancel(client_order_id=order_id, actor="test", text=""))

    assert not RULE.check(desk.facts(buy("10", limit="99"))).passed


def test_an_order_that_was_to_be_canceled_before_it_was_answered_is_unknown_once_that_is_overdue(desk: Desk) -> None:
    order_id = desk.send(buy("10", limit="99"))
    desk.apply(oev.OrderPendingCancel(client_order_id=order_id, actor="test", text=""))
    desk.apply(oev.OrderFlagged(client_order_id=order_id, flag=OrderFlag.OVERDUE, text="no answer"))
    desk.wait(LONG_AFTER)

    assert not RULE.check(desk.facts(buy("10", limit="99"))).passed


def test_a_working_order_whose_cancel_is_overdue_is_known_to_be_there(desk: Desk) -> None:
    order_id = desk.send(buy("10", limit="99"))
    desk.apply(oev.OrderAccepted(client_order_id=order_id, venue_order_id=None))
    desk.apply(oev.OrderPendingCancel(client_order_id=order_id, actor="test", text=""))
    desk.apply(oev.OrderFlagged(client_order_id=order_id, flag=OrderFlag.OVERDUE, text="no answer"))
    desk.wait(LONG_AFTER)

    assert RULE.check(desk.facts(buy("10", limit="99"))).passed


def test_the_oldest_of_several_that_are_not_answered_is_named(desk: Desk) -> None:
    first = silent(desk, buy("10"))
    second = silent(desk, buy("10"))
    assert desk.facts(buy("10")).twin == first
    desk.apply(oev.OrderUnfound(client_order_id=first, text="never"))
    assert desk.facts(buy("10")).twin == second
    desk.apply(oev.OrderUnfound(client_order_id=second, text="never"))

    assert desk.facts(buy("10")).twin is None
