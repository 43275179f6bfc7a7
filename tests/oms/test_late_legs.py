"""A leg that trades after its bracket is over: what it turned round is given back, and so is what that overfills."""

from decimal import Decimal

from msgspec.structs import replace

from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus, Side
from oms.domain.report import ExecType
from tests.oms.examples import Core, quote, said, ticket, traded

STOP, TARGET, BACK, AGAIN = (ClientOrderId(f"SIM-1-{number}") for number in range(2, 6))


def test_each_fill_that_turns_the_position_round_after_a_leg_has_traded_is_given_back() -> None:
    core = Core()
    core.put(quote("150"))
    core.submit(replace(ticket("100"), protect_px=Decimal(145), target_px=Decimal(155)))
    core.put(traded("100"))
    for leg in (STOP, TARGET):
        core.put(said(ExecType.NEW, leg, side=Side.SELL))
    core.put(traded("100", order_id=STOP, exec_id="X-2", side=Side.SELL))
    core.put(said(ExecType.CANCELED, TARGET, side=Side.SELL))
    assert not core.state.brackets.left.by_parent
    core.wait(60)

    core.put(traded("40", order_id=TARGET, exec_id="X-3", side=Side.SELL))
    assert (core.order(BACK).ticket.side, core.order(BACK).ticket.quantity) == (Side.BUY, Decimal(40))
    core.put(traded("45", order_id=BACK, exec_id="X-4"))

    assert core.order(BACK).status is OrderStatus.FILLED
    assert core.order(BACK).flags == (OrderFlag.OVERFILLED, OrderFlag.TURNED)
    assert (core.order(AGAIN).ticket.side, core.order(AGAIN).ticket.quantity) == (Side.SELL, Decimal(5))
