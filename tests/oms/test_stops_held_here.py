"""Stops by hand at a venue that takes none: judged when they are submitted, held here, released by the price."""

from decimal import Decimal

from oms.domain import commands as do
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Side
from oms.domain.report import ExecType
from oms.domain.units import SECOND
from tests.oms.examples import ORDER, SIM, START, Core, folded, quote, said, ticket, traded
from tests.oms.held import SECOND_ORDER, exit_stop, is_soft, long, quoted, stop, stop_limit, where

D, S = Decimal, OrderStatus
MARKET, STOP = OrderType.MARKET, OrderType.STOP_MARKET


def canceled(core: Core) -> None:
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))


def test_an_entry_stop_is_held_here_and_says_why() -> None:
    core = quoted()
    core.submit(stop())

    assert (core.order().status, core.order().text) == (S.HELD, "soft: sim takes no STOP_MARKET")
    assert is_soft(core)


def test_where_the_venue_takes_stops_it_is_sent() -> None:
    core = quoted(Capabilities())
    core.submit(stop())

    assert core.order().status is S.SUBMITTED


def test_a_stop_that_the_gate_denies_is_denied_when_it_is_submitted() -> None:
    core = quoted()
    core.submit(stop("1001"))

    assert core.order().status is S.DENIED
    assert not core.state.blotter.open


def test_what_is_held_here_reserves_as_an_open_order_does() -> None:
    core = quoted()
    core.submit(stop())
    key = next(iter(core.state.blotter.open_by_key))

    assert core.state.blotter.open_orders(key).buy_qty == D(100)
    canceled(core)
    assert core.state.blotter.open_orders(key).buy_qty == D(0)


def test_the_same_wish_again_is_a_repetition_until_it_is_canceled() -> None:
    core = quoted()
    core.submit(stop())
    assert core.state.blotter.submitted_alike(stop()) == START

    canceled(core)
    assert core.state.blotter.submitted_alike(stop()) is None


def test_it_is_canceled_at_once_and_no_price_moves_it_any_more() -> None:
    core = quoted()
    core.submit(stop())
    canceled(core)
    core.put(quote("170"))

    assert core.order().status is S.CANCELED
    assert not core.state.brackets.legs.watched


def test_the_price_that_touches_it_sends_it_to_the_market() -> None:
    core = quoted()
    core.submit(stop())
    core.put(quote("159"))
    assert where(core) == (S.HELD, STOP)

    core.put(quote("160"))
    assert where(core) == (S.SUBMITTED, MARKET)
    assert core.order().ticket.stop_px is None
    assert not core.state.brackets.legs.watched


def test_what_was_touched_lives_on_as_any_order_does() -> None:
    core = quoted()
    core.submit(stop())
    core.put(quote("160"))
    core.put(said(ExecType.NEW))
    core.put(traded("100", "160"))

    assert core.order().status is S.FILLED
    assert [position.quantity for position in core.state.ledger.open.values()] == [D(100)]


def test_a_stop_limit_is_sent_with_its_limit() -> None:
    core = quoted()
    core.submit(stop_limit())
    core.put(quote("160"))

    assert where(core) == (S.SUBMITTED, OrderType.LIMIT)
    assert (core.order().ticket.limit_px, core.order().ticket.stop_px) == (D(161), None)


def test_a_trail_that_the_venue_could_not_move_follows_the_market_here() -> None:
    core = long(Capabilities(replaces=False))
    core.submit(exit_stop("146", trail_by=D(4)))
    assert core.order(SECOND_ORDER).text == "soft: sim moves no stops"

    core.put(quote("160"))
    assert core.order(SECOND_ORDER).ticket.stop_px == D(156)

    core.put(quote("156"))
    assert where(core, SECOND_ORDER) == (S.SUBMITTED, MARKET)
    assert core.order(SECOND_ORDER).ticket.trail_by is None


def test_it_is_judged_again_when_it_is_touched() -> None:
    core = quoted()
    core.submit(stop())
    core.gate.largest = D(50)
    core.put(quote("160"))

    assert where(core) == (S.DENIED, MARKET)
    core.put(quote("165"))
    assert core.order().status is S.DENIED  # it was to be bought at its price, and not later at another


def test_what_the_venue_rejects_then_is_rejected() -> None:
    core = quoted()
    core.submit(stop())
    core.put(quote("160"))
    core.put(said(ExecType.REJECTED, text="no"))
    core.put(quote("165"))

    assert core.order().status is S.REJECTED
    assert not core.state.blotter.open


def test_without_a_link_it_waits_for_one() -> None:
    core = quoted()
    core.submit(stop())
    core.put(do.BrokerDown(actor="session", broker=SIM, text="cut"))
    core.put(quote("160"))

    assert core.order().status is S.HELD


def test_a_stop_that_gives_back_protects_and_is_said_to_be_here() -> None:
    core = long()
    core.submit(exit_stop())
    key = next(iter(core.state.ledger.open))

    (found,) = core.state.brackets.protection(key)
    assert (found.stop_px, found.quantity, found.at_venue) == (D(140), D(100), False)


def test_it_follows_its_position_and_goes_with_it() -> None:
    core = long()
    core.submit(exit_stop())
    sale = core.submit(ticket("40", Side.SELL))
    core.put(traded("40", "150", sale, exec_id="X-2", side=Side.SELL))
    assert core.order(SECOND_ORDER).leaves_qty == D(60)

    sale = core.submit(ticket("60", Side.SELL))
    core.put(traded("60", "150", sale, exec_id="X-3", side=Side.SELL))
    assert core.order(SECOND_ORDER).status is S.CANCELED


def test_a_restart_knows_what_is_held_and_lets_it_go_as_before() -> None:
    core = quoted()
    core.submit(stop())
    core.state = folded(core.durable, core.state.inflight.at(SIM))
    core.put(quote("150"))
    assert is_soft(core)

    core.put(quote("160"))
    assert where(core) == (S.SUBMITTED, MARKET)


def test_a_range_that_was_before_it_touches_nothing() -> None:
    core = quoted()
    core.submit(stop())
    core.put(quote("151", ts=START + SECOND))

    assert core.order().status is S.HELD
    assert OrderFlag.SOFT not in core.order().flags  # that flag says that a stop was lost
