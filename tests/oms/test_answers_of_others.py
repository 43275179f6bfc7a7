"""Answers to something else than what is waited for: an earlier change, a change never asked for, no cancel at all."""

import pytest
from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import VenueOrderId
from oms.domain.order import Order, OrderStatus
from oms.domain.report import CancelReject, ExecType, ExecutionReport, ReplaceReject, Terms
from oms.domain.units import LARGEST
from oms.interpret import interpret
from oms.ledger import NetKey
from oms.lifecycle import advance
from tests.oms.examples import AAPL, ACCOUNT, ORDER, SIM, START, Core, D, order, said, ticket, traded

WANTED = ticket("80")


def changing() -> Order:
    """Return an order that was asked to change for the second time, and has not been answered."""
    return replace(order(OrderStatus.PENDING_REPLACE), replacing=WANTED, replaces=2, acknowledged=True)


def changed(number: int, quantity: str) -> ExecutionReport:
    """Return the report of a change."""
    return replace(said(ExecType.REPLACED), terms=Terms(number=number, quantity=D(quantity)))


def test_the_change_that_is_waited_for_is_made() -> None:
    event = oev.OrderReplaced(client_order_id=ORDER, ticket=WANTED)

    assert interpret(changing(), changed(2, "80"), known=False) == event


@pytest.mark.parametrize("quantity", ["60", "80"])
def test_an_earlier_change_told_again_says_nothing(quantity: str) -> None:
    assert interpret(changing(), changed(1, quantity), known=False) is None


@pytest.mark.parametrize(("number", "quantity"), [(3, "80"), (2, "60")], ids=["not yet asked", "other terms"])
def test_a_change_that_was_not_asked_for_is_set_aside(number: int, quantity: str) -> None:
    assert isinstance(interpret(changing(), changed(number, quantity), known=False), ev.ReportQuarantined)


@pytest.mark.parametrize("number", [1, 3])
def test_the_refusal_of_another_change_says_nothing(number: int) -> None:
    report = ReplaceReject(client_order_id=ORDER, number=number, ts=START)

    assert interpret(changing(), report, known=False) is None


def test_a_refused_cancel_that_nobody_asked_for_leaves_an_order_in_flight_as_it_is() -> None:
    assert interpret(order(OrderStatus.SUBMITTED), CancelReject(client_order_id=ORDER, ts=START), known=False) is None


def test_the_largest_number_that_can_be_traded_is_one() -> None:
    placed = replace(order(OrderStatus.ACCEPTED), ticket=replace(ticket(), quantity=LARGEST))

    assert isinstance(interpret(placed, traded(LARGEST, LARGEST), known=False), oev.OrderFilled)


def test_an_acknowledgement_without_a_name_leaves_the_venues_name_for_the_order() -> None:
    named = replace(order(OrderStatus.PARTIALLY_FILLED, filled="10"), venue_order_id=VenueOrderId("V-1"))

    assert advance(named, oev.OrderAccepted(client_order_id=ORDER), START).venue_order_id == "V-1"


@pytest.mark.parametrize("status", [OrderStatus.PENDING_CANCEL, OrderStatus.PENDING_REPLACE])
def test_a_trigger_told_again_while_an_answer_is_waited_for_says_nothing(status: OrderStatus) -> None:
    assert interpret(replace(order(status), triggered=True), said(ExecType.TRIGGERED), known=False) is None


@pytest.mark.parametrize("limits", [("150", "140"), ("140", "150")], ids=["cheaper", "dearer"])
def test_while_a_change_is_not_answered_the_dearer_of_both_is_reserved(limits: tuple[str, str]) -> None:
    core = Core()
    core.submit(ticket("100", limit_px=limits[0]))
    core.put(said(ExecType.NEW))
    core.apply(oev.OrderPendingReplace(client_order_id=ORDER, ticket=ticket("100", limit_px=limits[1]), actor="ann"))

    assert core.state.blotter.reserved[NetKey(SIM, ACCOUNT, AAPL)].buy_value == 15_000
