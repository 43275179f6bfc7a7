"""Trails at a venue that changes no order that works: they are held here, where they can be moved."""

from decimal import Decimal

from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus, OrderType
from oms.domain.report import ExecType
from tests.oms.assembled import Engine
from tests.oms.examples import ORDER, Core, quote, said, ticket, traded

STOP = ClientOrderId("SIM-1-2")


def trailing(capabilities: Capabilities) -> Core:
    """Return a core that has bought a hundred at 150 with a trail of 4."""
    core = Core(capabilities=capabilities)
    core.put(quote("150"))
    core.put(do.SubmitTicket(actor="ann", ticket=replace(ticket("100"), trail_by=Decimal(4))))
    core.put(said(ExecType.NEW))
    core.put(traded("100"))
    return core


def test_a_trail_that_the_venue_could_not_move_is_held_here_and_follows_the_market() -> None:
    core = trailing(Capabilities(replaces=False))
    assert (core.order(STOP).status, core.order(STOP).text) == (OrderStatus.HELD, "soft: sim moves no stops")

    core.put(quote("160"))
    assert core.order(STOP).ticket.stop_px == Decimal(156)

    core.put(quote("156"))
    assert (core.order(STOP).status, core.order(STOP).ticket.order_type) == (OrderStatus.SUBMITTED, OrderType.MARKET)


def test_where_the_venue_can_move_it_it_stands_there() -> None:
    core = trailing(Capabilities())
    core.put(said(ExecType.NEW, STOP, side=core.order(STOP).ticket.side))
    core.put(quote("160"))

    asked = core.order(STOP).replacing
    assert asked is not None
    assert (core.order(STOP).status, asked.stop_px) == (OrderStatus.PENDING_REPLACE, Decimal(156))


async def test_a_trail_by_hand_is_not_sent_where_it_would_stand_still_but_held_here() -> None:
    engine = await Engine(capabilities=Capabilities(replaces=False)).started()
    trail = replace(ticket("100"), order_type=OrderType.STOP_MARKET, stop_px=Decimal(160), trail_by=Decimal(4))
    await engine.serve(*await engine.serve(do.SubmitTicket(actor="ann", ticket=trail)))

    assert engine.desk.submitted == []
    order = engine.state.blotter.orders[ORDER]
    assert (order.status, order.text) == (OrderStatus.HELD, "soft: sim moves no stops")
