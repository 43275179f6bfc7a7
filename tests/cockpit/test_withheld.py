"""Which orders of a flatten count as never sent: what we withheld, and nothing that its venue has shown to have."""

from collections.abc import Sequence

import pytest

from cockpit.flatten import is_withheld
from oms.domain import commands as do
from oms.domain.order import OrderStatus
from oms.domain.report import ExecType, ExecutionReport
from tests.oms.assembled import Engine
from tests.oms.examples import ORDER, said, ticket, traded

TICKET = do.SubmitTicket(actor="ann", ticket=ticket("100"))


async def test_an_order_that_the_router_withheld_was_never_sent() -> None:
    engine = await Engine().started()
    engine.latch.set()
    await engine.serve(*await engine.serve(TICKET))

    assert is_withheld(engine.state.blotter.orders[ORDER])


@pytest.mark.parametrize("before", [[said(ExecType.NEW)], [traded("40")], [said(ExecType.TRIGGERED)]])
async def test_an_order_that_its_venue_had_was_sent_whatever_the_venue_says_when_it_ends_it(
    before: Sequence[ExecutionReport],
) -> None:
    engine = await Engine().started()
    await engine.serve(TICKET)
    await engine.serve(*before, said(ExecType.CANCELED, text="not sent: halted here"))

    assert engine.status() is OrderStatus.CANCELED
    assert not is_withheld(engine.state.blotter.orders[ORDER])


async def test_an_order_that_its_venue_ends_in_our_own_words_was_sent_also_if_it_said_nothing_else() -> None:
    engine = await Engine().started()
    await engine.serve(TICKET)
    await engine.serve(said(ExecType.CANCELED, text="not sent: trading was stopped first"))

    assert engine.status() is OrderStatus.CANCELED
    assert not is_withheld(engine.state.blotter.orders[ORDER])
