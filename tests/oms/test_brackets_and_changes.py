"""Brackets and changes: an entry that is full by the answer to one, and legs, whose quantity nobody changes."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus, Side
from oms.domain.report import ExecType, ReplaceReject
from tests.oms.examples import ORDER, TREND, Core, quote, replaced, said, ticket, traded

LEGS = tuple(ClientOrderId(f"SIM-1-{number}") for number in (3, 4))
ENTRY = ClientOrderId("SIM-1-2")


@pytest.mark.parametrize(("wanted", "is_changed"), [("300", False), ("150", True)])
def test_legs_that_still_wait_end_with_an_entry_that_is_full_by_the_answer_to_a_change(
    wanted: str, is_changed: bool
) -> None:
    """It only closed what was held the other way, so there is nothing for them to give back."""
    core = Core()
    core.put(quote("150"))
    core.submit(ticket("200", Side.SELL, strategy_id=TREND))
    core.put(traded("200", side=Side.SELL))
    core.submit(
        replace(ticket("200", limit_px="150", strategy_id=TREND), protect_px=Decimal(145), target_px=Decimal(155))
    )
    core.put(said(ExecType.NEW, ENTRY))
    core.put(do.ReplaceOrder(actor="ann", client_order_id=ENTRY, quantity=Decimal(wanted)))
    core.put(traded("150" if is_changed else "200", order_id=ENTRY, exec_id="X-2"))
    assert core.order(ENTRY).status is OrderStatus.PENDING_REPLACE
    assert [core.order(leg).status for leg in LEGS] == [OrderStatus.HELD] * 2

    refused: Input = ReplaceReject(client_order_id=ENTRY, number=1, ts=core.now)
    core.put(replaced(core.order(ENTRY)) if is_changed else refused)

    assert core.order(ORDER).status is OrderStatus.FILLED
    assert core.order(ENTRY).status is OrderStatus.FILLED
    assert [core.order(leg).status for leg in LEGS] == [OrderStatus.CANCELED] * 2
    assert not core.state.brackets.left.by_parent


@pytest.mark.parametrize("leg", [ClientOrderId("SIM-1-2"), ClientOrderId("SIM-1-3")], ids=["stop", "target"])
@pytest.mark.parametrize("wanted", ["30", "200"])
def test_the_quantity_of_a_leg_follows_the_position_and_is_not_changed_by_hand(leg: ClientOrderId, wanted: str) -> None:
    """It would be changed back at once: less leaves shares without a stop, and more would open."""
    core = Core()
    core.put(quote("150"))
    core.submit(replace(ticket("100"), protect_px=Decimal(145), target_px=Decimal(155)))
    core.put(traded("100"))
    core.put(said(ExecType.NEW, leg, side=Side.SELL))
    (refused,) = core.put(do.ReplaceOrder(actor="ann", client_order_id=leg, quantity=Decimal(wanted)))

    assert isinstance(refused, ev.CommandRefused)
    number = leg.removeprefix("SIM-1-")
    assert refused.text == f"order {number} stands for 100 and follows the position: change its price"
    assert core.order(leg).ticket.quantity == 100


def test_the_price_of_a_leg_is_changed_by_hand() -> None:
    core = Core()
    core.put(quote("150"))
    core.submit(replace(ticket("100"), protect_px=Decimal(145)))
    core.put(traded("100"))
    core.put(said(ExecType.NEW, ENTRY, side=Side.SELL))
    core.put(do.ReplaceOrder(actor="ann", client_order_id=ENTRY, quantity=Decimal(100), stop_px=Decimal(140)))

    assert core.order(ENTRY).status is OrderStatus.PENDING_REPLACE
