"""A flatten: what it sends while trading is halted, what it waits for, and that it can only reduce."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, InstrumentId, StrategyId
from oms.domain.order import OrderTicket, OrderType, Purpose, Side
from oms.domain.report import ExecType
from tests.oms.examples import AAPL, PAIRS, TREND, Core, D, kinds, said, ticket, traded

ANN = "ann"
HALT = do.HaltTrading(actor=ANN, reason="enough")
FLATTEN = do.FlattenPosition(actor=ANN)
IBM = InstrumentId("IBM.XNYS")


def hold(core: Core, quantity: str, side: Side = Side.BUY, strategy_id: StrategyId = TREND) -> None:
    """Let a strategy trade so much of AAPL."""
    order_id = core.submit(ticket(quantity, side, strategy_id=strategy_id))
    report = traded(quantity, order_id=order_id, exec_id=f"X-{order_id}")
    core.put(replace(report, side=side))


def sent(core: Core, events: Sequence[ev.Event]) -> list[OrderTicket]:
    """Return the tickets of the orders that events submitted."""
    ids = [event.client_order_id for event in events if isinstance(event, oev.OrderSubmitted)]
    return [core.order(order_id).ticket for order_id in ids]


def test_what_is_held_is_given_back_at_the_market_while_trading_is_halted() -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)

    events = core.put(FLATTEN)

    (closing,) = sent(core, events)
    assert (closing.side, closing.quantity, closing.order_type) == (Side.SELL, D(10), OrderType.MARKET)
    assert (closing.purpose, closing.strategy_id) == (Purpose.CLOSE, TREND)
    (approval,) = [event for event in events if isinstance(event, oev.OrderSubmitted)]
    assert approval.confirmed == ANN


def test_only_the_instrument_that_was_named_is_flattened() -> None:
    core = Core()
    hold(core, "10")

    assert kinds(core.put(do.FlattenPosition(actor=ANN, instrument_id=IBM))) == ["CommandRefused"]
    assert len(sent(core, core.put(do.FlattenPosition(actor=ANN, instrument_id=AAPL)))) == 1


def test_nothing_is_sent_where_nothing_is_held() -> None:
    assert kinds(Core().put(FLATTEN)) == ["CommandRefused"]


def test_a_flatten_that_is_under_way_is_not_sent_twice() -> None:
    core = Core()
    hold(core, "10")
    core.put(FLATTEN)

    assert kinds(core.put(FLATTEN)) == ["CommandRefused"]


def test_what_could_close_as_well_is_canceled_first_and_waited_for() -> None:
    core = Core()
    hold(core, "10")
    target = core.submit(ticket("10", Side.SELL, limit_px="200"))
    core.put(replace(said(ExecType.NEW, target), side=Side.SELL))

    first = core.put(FLATTEN)

    assert kinds(first) == ["OrderPendingCancel"]
    assert kinds(core.put(FLATTEN)) == ["CommandRefused"]
    core.put(replace(said(ExecType.CANCELED, target), side=Side.SELL))
    assert [closing.quantity for closing in sent(core, core.put(FLATTEN))] == [D(10)]


def test_an_order_that_would_open_again_is_canceled_and_nobody_waits_for_it() -> None:
    core = Core()
    hold(core, "10")
    more = core.submit(ticket("5", limit_px="90"))
    core.put(said(ExecType.NEW, more))

    assert kinds(core.put(FLATTEN)) == ["OrderPendingCancel", "OrderInitialized", "OrderSubmitted"]


def test_strategies_that_hold_against_each_other_are_flat_together() -> None:
    """Closing each by itself would open on the account's net, which a halt does not let pass."""
    core = Core()
    hold(core, "10")
    hold(core, "4", Side.SELL, PAIRS)
    core.put(HALT)

    (closing,) = sent(core, core.put(FLATTEN))

    assert (closing.side, closing.quantity, closing.strategy_id) == (Side.SELL, D(6), TREND)


@pytest.mark.parametrize("purpose", [Purpose.OPEN, Purpose.CLOSE])
def test_nobody_else_closes_anything_while_trading_is_halted(purpose: Purpose) -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)
    wish = replace(ticket("10", Side.SELL), purpose=purpose, reason="flatten, confirmed by ann")

    assert kinds(core.put(do.SubmitTicket(actor=ANN, ticket=wish))) == ["OrderInitialized", "OrderDenied"]


def test_a_leg_cannot_be_written_by_hand_to_pass_the_halt() -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)
    wish = replace(ticket("10", Side.SELL), purpose=Purpose.PROTECT, parent_id=ClientOrderId("SIM-1-1"))

    assert kinds(core.put(do.SubmitTicket(actor=ANN, ticket=wish))) == ["CommandRefused"]
