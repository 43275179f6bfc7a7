"""What happens meanwhile to stops by hand that are held here: stops of trading, flattens, changes, and their legs."""

from decimal import Decimal

from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderStatus, OrderType, Side
from oms.domain.report import ExecType
from tests.oms.assembled import Engine
from tests.oms.examples import AAPL, ORDER, TREND, Core, books, quote, said, traded
from tests.oms.held import PLAIN, SECOND_ORDER, THIRD, exit_stop, is_soft, long, quoted, stop, where

D, S = Decimal, OrderStatus
MARKET, STOP = OrderType.MARKET, OrderType.STOP_MARKET
HALT = do.HaltTrading(actor="ann", reason="enough")


def change(core: Core, **terms: Decimal) -> list[ev.Event]:
    return core.put(do.ReplaceOrder(actor="ann", client_order_id=ORDER, **terms))


def guarded() -> Core:
    """Return a core with an entry stop that is held here, and its legs that wait for it."""
    core = quoted()
    core.submit(stop(protect_px=D(155), target_px=D(170)))
    return core


def statuses(core: Core) -> list[OrderStatus]:
    return [order.status for order in core.state.blotter.orders.values()]


def test_a_stop_of_trading_cancels_an_entry_that_is_held_and_what_waits_for_it() -> None:
    core = guarded()
    assert statuses(core) == [S.HELD] * 3

    core.put(HALT)
    assert statuses(core) == [S.CANCELED] * 3


def test_what_protects_stays_in_a_stop_of_trading_and_leaves_in_it() -> None:
    core = long()
    core.submit(exit_stop())
    core.put(HALT)
    assert core.order(SECOND_ORDER).status is S.HELD

    core.put(quote("140"))
    assert where(core, SECOND_ORDER) == (S.SUBMITTED, MARKET)


async def test_a_protective_stop_limit_leaves_in_a_stop_of_trading_too() -> None:
    engine = await Engine(capabilities=PLAIN).started()
    bought = replace(stop(), order_type=MARKET, stop_px=None)
    await engine.serve(quote("150"), do.SubmitTicket(actor="ann", ticket=bought))
    await engine.serve(traded("100"))
    limited = exit_stop(order_type=OrderType.STOP_LIMIT, limit_px=D(139))
    await engine.serve(do.SubmitTicket(actor="ann", ticket=limited))
    engine.latch.set()
    await engine.serve(HALT)
    for outcome in await engine.serve(quote("140")):
        await engine.serve(outcome)

    order = engine.state.blotter.orders[SECOND_ORDER]
    assert (order.status, order.ticket.order_type) == (S.SUBMITTED, OrderType.LIMIT)
    assert engine.desk.submitted[-1].client_order_id == SECOND_ORDER


def test_a_touched_stop_limit_takes_no_room_from_a_target() -> None:
    core = long()
    target = replace(exit_stop(), order_type=OrderType.LIMIT, stop_px=None, limit_px=D(170))
    core.submit(replace(target, purpose=type(target.purpose).CLOSE))
    core.put(said(ExecType.NEW, SECOND_ORDER, side=Side.SELL))
    core.submit(exit_stop(order_type=OrderType.STOP_LIMIT, limit_px=D(139)))
    core.put(quote("140"))

    assert where(core, THIRD) == (S.SUBMITTED, OrderType.LIMIT)
    assert core.order(SECOND_ORDER).status is S.ACCEPTED


def test_an_entry_that_is_stopped_with_its_strategy_takes_its_legs_with_it() -> None:
    core = guarded()
    core.put(do.StopStrategy(actor="ann", strategy_id=TREND))

    assert statuses(core) == [S.CANCELED] * 3


def test_canceled_by_hand_it_takes_its_legs_with_it() -> None:
    core = guarded()
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))

    assert statuses(core) == [S.CANCELED] * 3
    assert not core.state.brackets.left.by_parent


def test_an_entry_that_makes_way_for_a_flatten_does_not_come_back() -> None:
    core = long()
    core.submit(stop())
    core.put(do.FlattenPosition(actor="ann", instrument_id=AAPL))
    assert core.order(SECOND_ORDER).status is S.CANCELED

    core.put(said(ExecType.REJECTED, THIRD, side=Side.SELL))
    core.put(books())
    assert not core.state.brackets.aside


def test_an_exit_that_made_way_for_a_flatten_that_failed_is_held_again() -> None:
    core = long()
    core.submit(exit_stop())
    core.put(do.FlattenPosition(actor="ann", instrument_id=AAPL))
    assert core.order(SECOND_ORDER).status is S.CANCELED

    core.put(said(ExecType.REJECTED, THIRD, side=Side.SELL))
    (again,) = core.state.blotter.open.values()
    assert (again.status, again.ticket.stop_px, again.leaves_qty) == (S.HELD, D(140), D(100))


def test_it_is_changed_at_once() -> None:
    core = quoted()
    core.submit(stop())
    change(core, quantity=D(50), stop_px=D(155))
    key = next(iter(core.state.blotter.open_by_key))

    assert (core.order().status, core.order().ticket.quantity, core.order().ticket.stop_px) == (S.HELD, D(50), D(155))
    assert core.state.blotter.open_orders(key).buy_qty == D(50)
    core.put(quote("155"))
    assert core.order().status is S.SUBMITTED


def test_a_change_that_the_gate_denies_leaves_it_as_it_was() -> None:
    core = quoted()
    core.submit(stop())
    (denied,) = change(core, quantity=D(1001))

    assert isinstance(denied, oev.OrderReplaceDenied)
    assert denied.text == "change denied: largest_order"
    assert (core.order().status, core.order().ticket.quantity) == (S.HELD, D(100))
    assert core.order().text == "soft: sim takes no STOP_MARKET"


def test_legs_that_wait_for_it_follow_its_change() -> None:
    core = guarded()
    change(core, quantity=D(50))

    assert [core.order(leg).ticket.quantity for leg in (SECOND_ORDER, THIRD)] == [D(50), D(50)]


def test_its_legs_guard_what_it_trades() -> None:
    core = guarded()
    core.put(quote("160"))
    assert where(core) == (S.SUBMITTED, MARKET)

    core.put(said(ExecType.NEW))
    core.put(traded("100", "160"))
    assert where(core, SECOND_ORDER) == (S.HELD, STOP)
    assert is_soft(core, SECOND_ORDER)
    assert core.order(THIRD).status is S.SUBMITTED


def test_a_denial_at_its_price_ends_its_legs_as_well() -> None:
    core = guarded()
    core.gate.largest = D(50)
    events = core.put(quote("160"))

    assert any(isinstance(event, oev.OrderDenied) for event in events)
    assert statuses(core) == [S.DENIED, S.CANCELED, S.CANCELED]


def test_a_new_link_leaves_it_here_where_the_venue_still_lacks_it() -> None:
    core = long()
    core.submit(exit_stop())
    core.put(books("85000", {AAPL: "100"}))
    core.put(do.RenewProtection(actor="session"))
    assert core.order(SECOND_ORDER).status is S.HELD

    able = long(Capabilities())
    able.submit(exit_stop())
    assert able.order(SECOND_ORDER).status is S.SUBMITTED
