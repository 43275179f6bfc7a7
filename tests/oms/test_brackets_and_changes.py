"""An order with legs that is full by the answer to a change, and not by a fill: its bracket ends with it."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.decide.input import Input
from oms.domain import commands as do
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
    assert not core.state.brackets.by_parent
