"""An order that is asked to become another: what it is until the venue has answered, and after each answer."""

from decimal import Decimal as D

import pytest
from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import Order, OrderStatus, OrderTicket
from oms.domain.report import ExecType, ExecutionReport, ReplaceReject, Terms
from oms.interpret import interpret
from oms.lifecycle import advance
from tests.oms.examples import ORDER, SAMPLES, START, fill, order, said, ticket

S = OrderStatus


def changing(bigger: OrderTicket, before: Order | None = None) -> Order:
    """Return an order that was asked to become another."""
    asked = oev.OrderPendingReplace(client_order_id=ORDER, ticket=bigger, actor="ann")
    return advance(before or order(S.ACCEPTED), asked, START)


def told(changed: OrderTicket, number: int = 1) -> ExecutionReport:
    """Return the venue's word that an order is changed."""
    terms = Terms(number=number, quantity=changed.quantity, limit_px=changed.limit_px, stop_px=changed.stop_px)
    return replace(said(ExecType.REPLACED), terms=terms)


REPLACED = oev.OrderReplaced(client_order_id=ORDER, ticket=ticket("200"))
REFUSED = oev.OrderReplaceRejected(client_order_id=ORDER, text="too late")


def test_a_change_becomes_the_ticket_and_a_refused_one_leaves_it() -> None:
    asked = changing(ticket("200"))
    replaced, refused = advance(asked, REPLACED, START), advance(asked, REFUSED, START)

    assert (asked.status, asked.ticket, asked.leaves_qty) == (S.PENDING_REPLACE, ticket("100"), D(200))
    assert (replaced.ticket, replaced.status, replaced.leaves_qty) == (ticket("200"), S.ACCEPTED, D(200))
    assert (refused.ticket, refused.status, refused.leaves_qty) == (ticket("100"), S.ACCEPTED, D(100))
    assert refused.text == "too late"


@pytest.mark.parametrize(
    ("filled", "to", "answer", "status", "leaves"),
    [
        ("100", "200", REPLACED, S.PARTIALLY_FILLED, 100),  # the fill was of the old quantity, the rest works
        ("100", "200", REFUSED, S.FILLED, 0),
        ("60", "70", oev.OrderReplaced(client_order_id=ORDER, ticket=ticket("70")), S.PARTIALLY_FILLED, 10),
        ("60", "60", oev.OrderReplaced(client_order_id=ORDER, ticket=ticket("60")), S.FILLED, 0),
        ("60", "70", REFUSED, S.PARTIALLY_FILLED, 40),
    ],
)
def test_fills_during_a_change_count_for_whatever_it_turns_out_to_be(
    filled: str, to: str, answer: oev.OrderEvent, status: OrderStatus, leaves: int
) -> None:
    asked = advance(changing(ticket(to)), oev.OrderFilled(client_order_id=ORDER, fill=fill(filled, "150")), START)
    after = advance(asked, answer, START)

    assert asked.status is S.PENDING_REPLACE
    assert (after.status, after.filled_qty, after.leaves_qty) == (status, D(filled), D(leaves))


def test_an_order_is_filled_when_the_larger_of_the_two_is() -> None:
    whole = oev.OrderFilled(client_order_id=ORDER, fill=fill("200", "150"))

    assert advance(changing(ticket("200")), whole, START).status is S.FILLED


def test_a_cancel_that_follows_a_change_ends_both_and_a_refused_one_goes_back_to_the_change() -> None:
    canceling = advance(changing(ticket("200")), SAMPLES[oev.OrderPendingCancel], START)
    answered = advance(canceling, REPLACED, START)

    assert advance(canceling, SAMPLES[oev.OrderCancelRejected], START).status is S.PENDING_REPLACE
    assert (answered.status, answered.ticket.quantity) == (S.PENDING_CANCEL, D(200))
    assert advance(answered, SAMPLES[oev.OrderCancelRejected], START).status is S.ACCEPTED
    assert advance(canceling, SAMPLES[oev.OrderCanceled], START).leaves_qty == 0


def test_a_stop_that_was_reached_stays_reached_through_a_change() -> None:
    reached = advance(order(S.ACCEPTED), oev.OrderTriggered(client_order_id=ORDER), START)
    after = advance(changing(ticket("200"), reached), REPLACED, START)

    assert (reached.status, after.status) == (S.TRIGGERED, S.TRIGGERED)
    assert interpret(after, said(ExecType.TRIGGERED), known=False) is None


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (told(ticket("300")), "something else"),
        (told(ticket("200"), number=2), "not asked for"),
        (said(ExecType.REPLACED), "without its terms"),
    ],
)
def test_a_change_into_what_the_gate_has_not_passed_is_quarantined(report: ExecutionReport, words: str) -> None:
    event = interpret(changing(ticket("200")), report, known=False)

    assert isinstance(event, ev.ReportQuarantined)
    assert words in event.text


def test_an_earlier_change_that_is_told_again_does_not_answer_the_next() -> None:
    first = advance(changing(ticket("200")), REPLACED, START)
    second = changing(ticket("150"), first)

    assert interpret(first, told(ticket("200")), known=False) is None
    assert interpret(second, told(ticket("200")), known=False) is None
    assert interpret(second, told(ticket("150"), number=2), known=False) == oev.OrderReplaced(
        client_order_id=ORDER, ticket=ticket("150")
    )
    assert interpret(second, ReplaceReject(client_order_id=ORDER, number=1, ts=START), known=False) is None


def test_the_same_change_asked_again_has_the_same_number() -> None:
    asked = changing(ticket("200"))

    assert changing(ticket("200"), asked).replaces == asked.replaces == 1
