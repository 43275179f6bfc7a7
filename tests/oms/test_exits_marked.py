"""Which orders by hand are exits, and what stands behind a position."""

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain.order import OrderTicket, Purpose, Side, TimeInForce
from oms.domain.report import ExecType
from oms.exits import as_exit, behind, by_hand, total
from tests.oms.examples import PAIRS, Core, D, said, ticket
from tests.oms.test_exits import KEY, holding, order_id, stop, target, trade, works
from tests.oms.test_exits_unchanging import BARE


def test_an_order_that_waits_and_is_within_what_is_held_is_an_exit() -> None:
    core = holding("10")
    plain = replace(stop("10"), purpose=Purpose.OPEN, reduce_only=False)
    limit = ticket("10", Side.SELL, limit_px="160")
    at_close = replace(ticket("10", Side.SELL), tif=TimeInForce.AT_THE_CLOSE)

    marked = [as_exit(one, core.state) for one in (plain, limit, at_close)]

    assert [(one.purpose, one.reduce_only) for one in marked] == [
        (Purpose.PROTECT, False),
        (Purpose.CLOSE, True),
        (Purpose.CLOSE, True),
    ]


@pytest.mark.parametrize(
    "one",
    [
        ticket("11", Side.SELL),  # it turns the position round, and that is meant
        ticket("11", Side.SELL, limit_px="160"),
        ticket("10", limit_px="140"),
        ticket("10", Side.SELL, limit_px="160", strategy_id=PAIRS),
        replace(ticket("11", Side.SELL, limit_px="140"), tif=TimeInForce.IOC),
        replace(ticket("10", Side.SELL, limit_px="160"), protect_px=D(170)),
    ],
)
def test_any_other_order_stays_what_it_is(one: OrderTicket) -> None:
    assert as_exit(one, holding("10").state) is one


def test_where_others_hold_the_other_way_the_venue_is_not_told() -> None:
    core = holding("10")
    core.submit(ticket("4", Side.SELL, strategy_id=PAIRS))
    trade(core, 2, "4", "X-2")
    plain = replace(stop("10"), purpose=Purpose.OPEN, reduce_only=False)

    protective, limit = as_exit(plain, core.state), as_exit(ticket("10", Side.SELL, limit_px="160"), core.state)

    assert (protective.purpose, protective.reduce_only) == (Purpose.PROTECT, False)
    assert (limit.purpose, limit.reduce_only, limit.is_exit) == (Purpose.CLOSE, False, True)


def test_a_venue_without_the_word_is_not_told_it() -> None:
    core = holding("10", capabilities=BARE)
    plain = replace(stop("10"), purpose=Purpose.OPEN, reduce_only=False)

    protective, limit = as_exit(plain, core.state), as_exit(ticket("10", Side.SELL, limit_px="160"), core.state)

    assert (protective.purpose, protective.reduce_only) == (Purpose.PROTECT, False)
    assert (limit.purpose, limit.reduce_only, limit.is_exit) == (Purpose.CLOSE, False, True)


def test_what_leaves_at_once_is_marked_to_close_and_does_not_wait() -> None:
    core = holding("10")
    at_market, at_limit = ticket("10", Side.SELL), replace(ticket("6", Side.SELL, limit_px="149"), tif=TimeInForce.IOC)

    marked = [as_exit(one, core.state) for one in (at_market, at_limit)]

    assert [(one.purpose, one.reduce_only, one.is_exit) for one in marked] == [(Purpose.CLOSE, False, False)] * 2


def test_a_leg_that_somebody_canceled_stands_for_nothing_once_it_is_gone() -> None:
    core = Core()
    core.submit(replace(ticket("10"), protect_px=D(145)))
    trade(core, 1, "10", "X-1")
    works(core, 2)
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2)))
    assert total(behind(core.state, KEY, Side.SELL, stops=True)) == 10

    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))

    assert behind(core.state, KEY, Side.SELL, stops=True) == []


def test_exits_are_told_by_their_kind() -> None:
    core = holding("10", stop("4"), target("6"))

    found = {stops: total(by_hand(core.state, KEY, Side.SELL, stops=stops)) for stops in (True, False)}

    assert found == {True: 4, False: 6}
    assert behind(core.state, KEY, Side.BUY, stops=True) == []
