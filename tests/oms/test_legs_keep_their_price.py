"""Where a leg stands when it is made again: where it was last agreed to stand, whatever its entry once asked for."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderStatus, OrderType, Side
from oms.domain.report import ExecType, ReplaceReject
from tests.oms.examples import AAPL, Core, books, folded, quote, replaced, said, ticket, traded

ENTRY, STOP, TARGET = (ClientOrderId(f"SIM-1-{number}") for number in (1, 2, 3))


def held(**asked: Decimal) -> Core:
    """Return a core that has bought ten at 150, whose legs are at the venue."""
    core = Core()
    core.put(quote("150"))
    core.submit(replace(ticket("10"), **asked))
    core.put(traded("10", "150"))
    for leg in (STOP, TARGET)[: len(core.state.blotter.orders) - 1]:
        core.put(said(ExecType.NEW, leg, side=Side.SELL))
    return core


def move(core: Core, leg: ClientOrderId, **to: Decimal) -> None:
    """Change a leg by hand, and let the venue agree."""
    core.put(do.ReplaceOrder(actor="ann", client_order_id=leg, **to))
    core.put(replaced(core.order(leg)))


def newest(core: Core) -> Order:
    return next(reversed(core.state.blotter.orders.values()))


def moved_stop() -> Core:
    """Return a core whose stop was moved from 140 to 147."""
    core = held(protect_px=Decimal(140))
    move(core, STOP, stop_px=Decimal(147))
    return core


def drop_stop(core: Core) -> Order:
    core.put(said(ExecType.CANCELED, STOP, side=Side.SELL, text="dropped"))
    return newest(core)


def closing(core: Core, *legs: ClientOrderId) -> ClientOrderId:
    """Flatten, once the legs have made way for it, and return the order that is to close."""
    core.put(do.FlattenPosition(actor="ann", instrument_id=AAPL))
    for leg in legs:
        core.put(said(ExecType.CANCELED, leg, side=Side.SELL))
    core.put(do.FlattenPosition(actor="ann", instrument_id=AAPL))
    return newest(core).client_order_id


def test_a_stop_that_made_way_for_a_flatten_comes_back_where_it_was_moved() -> None:
    core = moved_stop()
    close = closing(core, STOP)
    core.put(said(ExecType.REJECTED, close, side=Side.SELL))

    again = newest(core)
    assert again.client_order_id not in {STOP, close}
    assert (again.ticket.parent_id, again.ticket.stop_px) == (ENTRY, Decimal(147))


def test_a_stop_that_is_held_here_stays_where_it_was_moved_whatever_trades_beside_it() -> None:
    core = moved_stop()
    soft = drop_stop(core)
    assert (soft.status, soft.ticket.stop_px) == (OrderStatus.HELD, Decimal(147))

    sold = core.submit(ticket("4", Side.SELL))
    core.put(traded("4", "149", sold, exec_id="X-2", side=Side.SELL))

    assert core.order(soft.client_order_id).ticket.quantity == 6
    assert core.order(soft.client_order_id).ticket.stop_px == Decimal(147)


def test_a_stop_that_was_held_here_goes_to_the_venue_where_it_was_moved() -> None:
    core = moved_stop()
    soft = drop_stop(core)
    core.put(do.RenewProtection(actor="session"))

    sent = core.order(soft.client_order_id)
    assert (sent.status, sent.ticket.stop_px) == (OrderStatus.SUBMITTED, Decimal(147))


def test_a_target_that_a_halt_took_back_is_made_again_where_it_was_moved() -> None:
    core = held(protect_px=Decimal(140), target_px=Decimal(160))
    move(core, TARGET, limit_px=Decimal(155))
    core.put(do.HaltTrading(actor="ann", reason="lunch"))
    core.put(said(ExecType.CANCELED, TARGET, side=Side.SELL))
    core.put(do.ResumeTrading(actor="ann"))

    again = newest(core)
    assert (again.ticket.order_type, again.ticket.limit_px) == (OrderType.LIMIT, Decimal(155))


def test_a_change_that_the_venue_has_not_agreed_to_is_no_place_to_stand() -> None:
    core = held(protect_px=Decimal(140))
    core.put(do.ReplaceOrder(actor="ann", client_order_id=STOP, stop_px=Decimal(147)))

    assert drop_stop(core).ticket.stop_px == Decimal(140)


def test_a_trail_is_made_again_where_it_had_come_to() -> None:
    core = held(trail_by=Decimal(4))
    core.put(quote("160"))
    core.put(replaced(core.order(STOP)))
    core.put(quote("157"))
    assert drop_stop(core).ticket.stop_px == Decimal(156)

    core.put(do.RenewProtection(actor="session"))
    assert newest(core).ticket.stop_px == Decimal(156)


def test_a_stop_that_traded_before_the_last_of_its_entry_is_made_again_where_it_was_moved() -> None:
    core = Core()
    core.put(quote("150"))
    core.submit(replace(ticket("10", limit_px="150"), protect_px=Decimal(140)))
    core.put(traded("4", "150"))
    core.put(said(ExecType.NEW, STOP, side=Side.SELL))
    move(core, STOP, stop_px=Decimal(147))
    core.put(traded("2", "150", exec_id="X-2"))
    core.put(traded("4", "147", STOP, exec_id="X-3", side=Side.SELL))  # and so it is not made larger
    core.put(ReplaceReject(client_order_id=STOP, number=core.order(STOP).replaces, ts=core.now))

    assert core.order(STOP).status is OrderStatus.FILLED
    again = newest(core)
    assert (again.client_order_id, again.leaves_qty, again.ticket.stop_px) == (TARGET, Decimal(2), Decimal(147))


def test_a_restart_knows_where_a_leg_was_moved() -> None:
    core = held(protect_px=Decimal(140), target_px=Decimal(160))
    move(core, STOP, stop_px=Decimal(147))
    move(core, TARGET, limit_px=Decimal(155))
    close = closing(core, STOP, TARGET)

    before = core.state
    core.state = folded(core.durable)
    assert core.state.digest() == before.digest()
    core.put(quote("150"))
    core.put(books("98500", {AAPL: "10"}))
    core.put(said(ExecType.REJECTED, close, side=Side.SELL))

    made = [one.ticket for one in core.state.blotter.orders.values() if one.client_order_id > close]
    assert [(leg.stop_px, leg.limit_px) for leg in made] == [(Decimal(147), None), (None, Decimal(155))]


def test_with_nothing_left_of_it_a_leg_is_forgotten_and_the_rest_of_its_entry_asks_for_its_own() -> None:
    """A stop that was moved up behind what is sold would sell at once what the rest buys lower."""
    core = Core()
    core.put(quote("150"))
    core.submit(replace(ticket("10", limit_px="145"), protect_px=Decimal(140)))
    core.put(traded("4", "145"))
    core.put(said(ExecType.NEW, STOP, side=Side.SELL))
    move(core, STOP, stop_px=Decimal(147))
    sold = core.submit(ticket("4", Side.SELL))
    core.put(traded("4", "149", sold, exec_id="X-2", side=Side.SELL))
    core.put(said(ExecType.CANCELED, STOP, side=Side.SELL))
    core.put(traded("6", "145", exec_id="X-3"))

    assert (newest(core).ticket.parent_id, newest(core).ticket.stop_px) == (ENTRY, Decimal(140))


def waiting(**asked: Decimal) -> Core:
    """Return a core whose entry at 145 works, with its legs held behind it."""
    core = Core()
    core.put(quote("150"))
    core.submit(replace(ticket("10", limit_px="145"), **asked))
    core.put(said(ExecType.NEW))
    return core


def test_legs_that_wait_are_as_large_as_their_entry_is_changed_to_be() -> None:
    core = waiting(protect_px=Decimal(140), target_px=Decimal(160))
    core.put(do.ReplaceOrder(actor="ann", client_order_id=ENTRY, quantity=Decimal(15)))
    assert [core.order(leg).ticket.quantity for leg in (STOP, TARGET)] == [10, 10]  # as long as nobody agreed
    events = core.put(replaced(core.order(ENTRY)))

    assert [type(event) for event in events] == [oev.OrderReplaced] * 3
    assert [core.order(leg).ticket.quantity for leg in (STOP, TARGET)] == [15, 15]
    assert [core.order(leg).status for leg in (STOP, TARGET)] == [OrderStatus.HELD] * 2


def test_of_an_entry_that_first_closes_what_is_held_the_other_way_they_are_as_large_as_the_rest() -> None:
    core = Core()
    core.put(quote("150"))
    core.submit(ticket("4", Side.SELL))
    core.put(traded("4", "150", side=Side.SELL))
    stop = core.submit(replace(ticket("10", limit_px="145"), protect_px=Decimal(140)))
    core.put(traded("4", "145", ClientOrderId("SIM-1-2"), exec_id="X-2"))

    assert (core.order(stop).status, core.order(stop).leaves_qty) == (OrderStatus.HELD, Decimal(6))


def test_a_trail_that_waits_begins_where_its_entry_is_changed_to_be() -> None:
    core = waiting(trail_by=Decimal(3))
    assert core.order(STOP).ticket.stop_px == Decimal(142)
    core.put(do.ReplaceOrder(actor="ann", client_order_id=ENTRY, limit_px=Decimal(148)))
    core.put(replaced(core.order(ENTRY)))

    assert core.order(STOP).ticket.stop_px == Decimal(145)


def refusal(events: list[ev.Event]) -> str:
    (refused,) = events
    assert isinstance(refused, ev.CommandRefused)
    return refused.text


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("139", "the protective stop 140 must lie below 139"),
        ("140", "the protective stop 140 must lie below 140"),
        ("161", "the target 160 must lie above 161"),
    ],
)
def test_an_entry_is_not_changed_past_its_own_legs(limit: str, words: str) -> None:
    core = waiting(protect_px=Decimal(140), target_px=Decimal(160))

    asked = do.ReplaceOrder(actor="ann", client_order_id=ENTRY, limit_px=Decimal(limit))
    assert refusal(core.put(asked)) == words
    assert core.order(ENTRY).status is OrderStatus.ACCEPTED


def test_an_entry_is_not_changed_so_that_it_trades_where_the_market_is_past_its_stop() -> None:
    core = Core()
    core.submit(replace(ticket("10", limit_px="145"), protect_px=Decimal(144)))
    core.put(said(ExecType.NEW))
    core.put(quote("143"))

    asked = do.ReplaceOrder(actor="ann", client_order_id=ENTRY, limit_px=Decimal(150))
    assert refusal(core.put(asked)).startswith("the protective stop 144 must lie below 14")


@pytest.mark.parametrize(("stop", "is_right"), [("154", False), ("171", False), ("160", True)])
def test_neither_is_the_stop_price_of_one(stop: str, is_right: bool) -> None:
    core = Core()
    core.put(quote("150"))
    wish = replace(ticket("10"), order_type=OrderType.STOP_MARKET, stop_px=Decimal(165))
    core.submit(replace(wish, protect_px=Decimal(155), target_px=Decimal(170)))
    core.put(said(ExecType.NEW))
    core.put(do.ReplaceOrder(actor="ann", client_order_id=ENTRY, stop_px=Decimal(stop)))

    assert (core.order(ENTRY).status is OrderStatus.PENDING_REPLACE) is is_right


def test_the_rest_of_an_entry_is_not_changed_past_where_its_stop_was_moved() -> None:
    core = waiting(protect_px=Decimal(140))
    core.put(traded("4", "145"))
    core.put(said(ExecType.NEW, STOP, side=Side.SELL))
    move(core, STOP, stop_px=Decimal(143))

    asked = do.ReplaceOrder(actor="ann", client_order_id=ENTRY, limit_px=Decimal(142))
    assert refusal(core.put(asked)) == "the protective stop 143 must lie below 142"
    core.put(do.ReplaceOrder(actor="ann", client_order_id=ENTRY, quantity=Decimal(8)))
    assert core.order(ENTRY).status is OrderStatus.PENDING_REPLACE


@pytest.mark.parametrize("asked", [{"protect_px": Decimal(140)}, {"target_px": Decimal(170)}])
def test_a_stop_that_trails_asks_for_no_legs(asked: dict[str, Decimal]) -> None:
    core = Core()
    core.put(quote("150"))
    wish = replace(ticket("10"), order_type=OrderType.STOP_MARKET, stop_px=Decimal(155), trail_by=Decimal(5), **asked)
    words = "a stop that trails has no stop or target of its own: where it will trade is not known"

    assert refusal(core.put(do.SubmitTicket(actor="ann", ticket=wish))) == words
    assert not core.state.blotter.orders
