"""What is left to protect, which legs follow from it, and what somebody may ask for."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.blotter import position_key
from oms.decide.legs import misplaced, stop_leg, tightened, trailed_px
from oms.decide.triggers import touched_px
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.market import Range
from oms.domain.order import OrderFlag, OrderStatus, OrderTicket, OrderType, Purpose, Side
from oms.domain.report import ExecType
from oms.domain.units import ZERO
from oms.invariants import broken
from oms.protected import Protected
from tests.oms.examples import (
    AAPL,
    IBM,
    INSTRUMENTS,
    PAIRS,
    SIM,
    START,
    Core,
    D,
    folded,
    kinds,
    order,
    quote,
    replaced,
    said,
    ticket,
    traded,
)

KEY = position_key(ticket())
NO_STOPS = Capabilities(knows_at_once=True, order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}))


def asking(quantity: str = "10", side: Side = Side.BUY, **asked: Decimal) -> OrderTicket:
    return replace(ticket(quantity, side), **asked)


def left(core: Core) -> list[Decimal]:
    return [bracket.left for bracket in core.state.brackets.of(KEY)]


def order_id(number: int) -> ClientOrderId:
    return ClientOrderId(f"SIM-1-{number}")


def trade(core: Core, number: int, quantity: str, exec_id: str) -> list[ev.Event]:
    side = core.order(order_id(number)).ticket.side
    return core.put(traded(quantity, "150", order_id(number), exec_id=exec_id, side=side))


def guarded(quantity: str = "10", capabilities: Capabilities | None = None) -> Core:
    """Return a core that has bought with a stop at 145: orders 1, and 2 which is the stop."""
    core = Core() if capabilities is None else Core(capabilities=capabilities)
    core.submit(asking(quantity, protect_px=D(145)))
    trade(core, 1, quantity, "X-1")
    return core


def test_what_somebody_else_closes_is_taken_from_the_oldest_bracket_first() -> None:
    core = Core()
    for number, exec_id in ((1, "X-1"), (3, "X-2")):
        core.submit(asking("10", protect_px=D(145)))
        trade(core, number, "10", exec_id)
    assert left(core) == [10, 10]

    core.submit(ticket("14", Side.SELL))
    trade(core, 5, "14", "X-3")

    assert left(core) == [6]
    assert core.order(order_id(2)).status is OrderStatus.PENDING_CANCEL


def test_a_leg_takes_from_its_own_bracket_first() -> None:
    core = Core()
    for number, exec_id in ((1, "X-1"), (3, "X-2")):
        core.submit(asking("10", protect_px=D(145)))
        trade(core, number, "10", exec_id)

    trade(core, 4, "4", "X-3")

    assert left(core) == [10, 6]


def test_only_what_a_fill_opened_is_protected() -> None:
    core = Core()
    core.submit(ticket("6", Side.SELL))
    trade(core, 1, "6", "X-1")

    core.submit(asking("10", protect_px=D(145)))
    trade(core, 2, "10", "X-2")

    assert left(core) == [4]
    assert core.order(order_id(3)).ticket.quantity == 4


def test_a_late_fill_of_a_canceled_parent_is_protected_too() -> None:
    core = Core()
    core.submit(asking("10", protect_px=D(145)))
    core.put(said(ExecType.CANCELED))
    assert not core.state.brackets.left.by_parent

    events = trade(core, 1, "3", "X-1")

    assert [event.ticket.quantity for event in events if isinstance(event, oev.OrderInitialized)] == [3]


def test_a_stop_that_a_person_canceled_is_not_made_again_and_is_no_alarm() -> None:
    core = guarded()
    core.put(said(ExecType.NEW, order_id(2), side=Side.SELL))
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2)))

    events = core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))

    assert kinds(events) == ["OrderCanceled"]
    assert core.put(do.RenewProtection(actor="session")) == []
    assert core.state.brackets.protection(KEY) == ()


def test_a_stop_that_is_held_here_is_canceled_here() -> None:
    core = guarded(capabilities=NO_STOPS)

    (canceled,) = core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2)))

    assert isinstance(canceled, oev.OrderCanceled)
    core.put(quote("140"))
    assert core.order(order_id(2)).status is OrderStatus.CANCELED
    assert list(core.state.blotter.orders) == [order_id(1), order_id(2)]


def test_a_position_says_where_its_stops_are() -> None:
    core = guarded()
    assert core.state.brackets.protection(KEY) == (Protected(D(145), D(10), at_venue=True),)

    soft = guarded(capabilities=NO_STOPS)
    assert soft.state.brackets.protection(KEY) == (Protected(D(145), D(10), at_venue=False),)

    typed = Core()
    typed.submit(ticket("10"))
    trade(typed, 1, "10", "X-1")
    assert typed.state.brackets.protection(KEY) == ()
    stop = replace(ticket("10", Side.SELL), order_type=OrderType.STOP_MARKET, stop_px=D(140))
    typed.submit(stop)
    assert typed.state.brackets.protection(KEY) == ()  # it may open, and a stop of trading would cancel it
    typed.submit(replace(stop, purpose=Purpose.PROTECT, reduce_only=True))
    assert typed.state.brackets.protection(KEY) == (Protected(D(140), D(10), at_venue=True),)


def test_a_stop_that_is_to_become_larger_protects_no_more_than_the_venue_has_answered_for() -> None:
    core = Core()
    core.submit(asking("10", protect_px=D(145)))
    trade(core, 1, "6", "X-1")
    core.put(said(ExecType.NEW, order_id(2), side=Side.SELL))
    trade(core, 1, "4", "X-2")
    assert core.order(order_id(2)).status is OrderStatus.PENDING_REPLACE

    assert core.state.brackets.protection(KEY) == (Protected(D(145), D(6), at_venue=True),)


def test_the_legs_reserve_nothing_and_a_broken_count_is_found() -> None:
    core = guarded()
    assert not core.state.blotter.reserved
    assert list(broken(core.state)) == []

    core.state.brackets.left.by_parent[order_id(1)].left += 1

    assert list(broken(core.state)) == ["trend has 11 to protect in AAPL.XNAS and holds 10"]


def test_a_leg_is_good_until_canceled_reduces_and_belongs_to_no_group() -> None:
    parent = replace(order(OrderStatus.FILLED), ticket=replace(asking(protect_px=D(145)), group_id="G"))
    leg = stop_leg(parent, D(7), INSTRUMENTS[0])

    assert leg is not None
    assert (leg.side, leg.quantity, leg.tif.value, leg.purpose) == (Side.SELL, D(7), "GTC", Purpose.PROTECT)
    assert (leg.parent_id, leg.group_id, leg.protect_px) == (parent.client_order_id, None, None)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"protect_px": "150"}, "the protective stop 150 must lie below 150"),
        ({"target_px": "149"}, "the target 149 must lie above 150"),
        ({"protect_px": "145.001"}, "the protective stop 145.001 is not a multiple of the tick 0.01"),
        ({"trail_by": "0"}, "a trail of 0 is no distance in ticks"),
        ({"protect_px": "145", "target_px": "160", "trail_by": "2"}, ""),
    ],
)
def test_legs_on_the_wrong_side_are_refused_before_anything_is_taken_on(asked: dict[str, str], words: str) -> None:
    wish = asking(limit_px=D(150), order_type=OrderType.LIMIT, **{name: D(px) for name, px in asked.items()})  # type: ignore[arg-type]
    core = Core()

    first = core.put(do.SubmitTicket(actor="ann", ticket=wish))[0]

    assert misplaced(wish, INSTRUMENTS[0]) == words
    assert (first.text if isinstance(first, ev.CommandRefused) else "") == words


def test_what_protects_a_stop_limit_order_lies_beyond_its_stop_from_which_it_may_trade() -> None:
    wish = replace(asking(stop_px=D(150), limit_px=D(158), protect_px=D(155)), order_type=OrderType.STOP_LIMIT)

    assert misplaced(wish, INSTRUMENTS[0]) == "the protective stop 155 must lie below 150"
    assert not misplaced(replace(wish, protect_px=D(149)), INSTRUMENTS[0])


def test_nobody_hands_in_a_leg() -> None:
    wish = replace(ticket(), parent_id=order_id(1), purpose=Purpose.PROTECT)

    (refused,) = Core().put(do.SubmitTicket(actor="ann", ticket=wish))

    assert isinstance(refused, ev.CommandRefused)
    assert refused.text == "only a bracket makes its legs"


@pytest.mark.parametrize(
    ("side", "px", "stop"),
    [(Side.SELL, "150.005", "148.00"), (Side.BUY, "150.005", "152.01"), (Side.SELL, "1", "0.01")],
)
def test_a_trail_stands_on_the_tick_that_is_farther_away(side: Side, px: str, stop: str) -> None:
    assert trailed_px(D(px), D(2), side, INSTRUMENTS[0]) == D(stop)


@pytest.mark.parametrize(
    ("side", "market", "asked", "moved"),
    [
        (Side.SELL, "149.99", None, None),
        (Side.SELL, "150.20", None, "148.20"),
        (Side.SELL, "150.10", None, None),
        (Side.SELL, "151.00", "149.00", None),
        (Side.SELL, "140.00", None, None),
        (Side.BUY, "140.00", None, "142.01"),
        (Side.BUY, "150.50", None, None),
    ],
)
def test_a_trail_moves_by_whole_steps_and_never_away_from_the_market(
    side: Side, market: str, asked: str | None, moved: str | None
) -> None:
    stop = replace(ticket("10", side), order_type=OrderType.STOP_MARKET, stop_px=D(148 if side is Side.SELL else 152))
    ticket_ = tightened(replace(stop, trail_by=D(2)), D(asked) if asked is not None else None, quote(market))

    assert (ticket_.stop_px if ticket_ is not None else None) == (D(moved) if moved is not None else None)


def test_a_trailing_stop_by_hand_begins_at_the_market_and_follows_it() -> None:
    core = Core()
    core.put(quote("150"))
    wish = replace(ticket("10", Side.SELL), order_type=OrderType.STOP_MARKET, trail_by=D(3))
    stop = core.submit(wish)
    core.put(said(ExecType.NEW, stop, side=Side.SELL))
    assert core.order(stop).ticket.stop_px == 147

    events = core.put(quote("152"))
    core.put(replaced(core.order(stop)))

    assert "OrderPendingReplace" in kinds(events)
    assert core.order(stop).ticket.stop_px == 149


def test_while_a_link_is_down_stops_are_held_here_and_not_released() -> None:
    core = Core()
    core.submit(asking("10", protect_px=D(145)))
    core.put(do.BrokerDown(actor="session", broker=SIM, text="cable"))
    trade(core, 1, "10", "X-1")
    core.put(quote("140"))
    assert core.order(order_id(2)).text == "soft: the link to sim is down"

    core.apply(ev.BrokerConnected(broker=SIM))
    core.put(do.RenewProtection(actor="session"))

    assert core.order(order_id(2)).status is OrderStatus.SUBMITTED
    assert OrderFlag.UNPROTECTED not in core.order(order_id(1)).flags


def test_another_strategys_exit_leaves_the_stop_alone() -> None:
    core = guarded()
    core.submit(ticket("10", Side.SELL, strategy_id=PAIRS))

    trade(core, 3, "10", "X-2")

    assert left(core) == [10]
    assert core.state.ledger.held[AAPL] == ZERO
    assert core.order(order_id(2)).ts_event == START
    assert core.order(order_id(2)).status is OrderStatus.SUBMITTED


@pytest.mark.parametrize(
    ("side", "fields", "bid", "between", "px"),
    [
        (Side.SELL, {"stop_px": "145"}, "145.00", None, "145.00"),
        (Side.SELL, {"stop_px": "145"}, "145.01", None, None),
        (Side.SELL, {"stop_px": "145"}, "146.00", Range(14_601, 14_600, 14_490, 14_700), "144.90"),
        (Side.SELL, {"stop_px": "145"}, "146.00", Range(14_400, 14_600), None),
        (Side.BUY, {"stop_px": "145"}, "144.99", None, "145.00"),
        (Side.BUY, {"stop_px": "145"}, "144.00", Range(14_401, 14_400, 14_300, 14_510), "145.10"),
        (Side.SELL, {"limit_px": "160"}, "159.99", None, None),
        (Side.SELL, {"limit_px": "160"}, "159.00", Range(15_901, 16_005), "160.05"),
        (Side.BUY, {"limit_px": "140"}, "139.99", None, "140.00"),
    ],
)
def test_a_price_touches_what_waits_for_it_from_the_right_side(
    side: Side, fields: dict[str, str], bid: str, between: Range | None, px: str | None
) -> None:
    wish = replace(ticket("10", side), **{name: D(text) for name, text in fields.items()})
    held = replace(order(OrderStatus.HELD), ticket=wish)
    seen = replace(quote(bid, ts=START + 1), range=between)

    assert touched_px(held, seen) == (D(px) if px is not None else None)
    if between is not None:
        assert touched_px(replace(held, ts_init=seen.ts), seen) is None


def test_a_leg_of_a_pair_that_is_undone_takes_its_stop_with_it() -> None:
    core = Core()
    core.submit(replace(ticket("10", group_id="G"), protect_px=D(145)))
    core.submit(ticket("10", Side.SELL, IBM, group_id="G"))
    trade(core, 1, "10", "X-1")

    core.put(said(ExecType.REJECTED, order_id(2), side=Side.SELL, instrument_id=IBM))
    undo = core.order(order_id(4))
    trade(core, 4, "10", "X-2")

    assert (undo.ticket.purpose, undo.ticket.asks_protection) == (Purpose.CLOSE, False)
    assert core.order(order_id(3)).status is OrderStatus.PENDING_CANCEL


def test_what_a_person_canceled_is_forgotten_with_its_bracket() -> None:
    core = guarded()
    core.submit(ticket("10", Side.SELL))
    trade(core, 3, "10", "X-2")
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2)))
    assert order_id(2) in core.state.brackets.legs.waived

    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))

    assert not core.state.brackets.legs.waived


def test_what_is_said_of_a_lost_stop_is_true_no_longer_than_until_another_stands() -> None:
    core = guarded()
    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))
    parent, soft = core.order(order_id(1)), core.order(order_id(3))
    told = "its stop 2 is CANCELED: no reason given; it is held here now"
    assert (parent.flags, parent.text) == ((OrderFlag.SOFT,), told)
    assert soft.text == "soft: its stop 2 is CANCELED"
    core.put(do.RenewProtection(actor="session"))
    assert core.order(order_id(3)).text == ""
    assert core.order(order_id(1)).flags == (OrderFlag.SOFT,)
    core.put(said(ExecType.NEW, order_id(3), side=Side.SELL))

    assert (core.order(order_id(1)).flags, core.order(order_id(1)).text) == ((), "its stop 3 stands")
    assert folded(core.durable).digest() == core.state.digest()


def test_a_soft_stop_that_somebody_cancels_leaves_its_entry_unprotected() -> None:
    core = guarded()
    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(3)))

    assert core.order(order_id(1)).flags == (OrderFlag.UNPROTECTED,)
    assert core.order(order_id(1)).text == "its stop 3 is CANCELED and not made again"
    assert core.state.brackets.protection(KEY) == ()
    assert core.put(quote("140")) is not None
    assert len(core.state.blotter.orders) == 3


def test_a_soft_stop_that_is_lost_on_its_way_to_the_market_protects_no_more() -> None:
    core = guarded()
    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))
    core.put(quote("144"))
    assert core.order(order_id(3)).ticket.order_type is OrderType.MARKET
    core.put(said(ExecType.REJECTED, order_id(3), side=Side.SELL))

    assert core.order(order_id(1)).flags == (OrderFlag.UNPROTECTED,)
