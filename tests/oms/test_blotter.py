"""The sums over open orders: what an order reserves is given back exactly, on every way it can end."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from oms.blotter import ALIKE_KEPT, SUBMISSIONS_KEPT, Blotter, alike, net_key, position_key
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, RunId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Side
from oms.domain.units import ZERO
from oms.ledger import NetKey, keys_of
from oms.lifecycle import IllegalTransition, allowed
from oms.reservations import OpenOrders, Reserved
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    DECISION,
    IBM,
    ORDER,
    PAIRS,
    SAMPLES,
    SIM,
    START,
    TREND,
    D,
    fill,
    quote,
    tell,
    ticket,
)
from tests.oms.held import exit_stop, long

KEY = NetKey(SIM, ACCOUNT, AAPL)


def submitted(blotter: Blotter, *tickets: OrderTicket, after: int = 0) -> None:
    """Take on tickets as SIM-1-1, SIM-1-2 and so on, and submit them."""
    for number, one in enumerate(tickets, start=after + 1):
        order_id = ClientOrderId(f"SIM-1-{number}")
        tell(blotter, oev.OrderInitialized(client_order_id=order_id, ticket=one), START + number)
        tell(blotter, oev.OrderSubmitted(client_order_id=order_id, decision=DECISION, ticket_hash=""), START + number)


def filled(quantity: str, exec_id: str = "X-1", order_id: ClientOrderId = ORDER) -> oev.OrderFilled:
    return oev.OrderFilled(client_order_id=order_id, fill=fill(quantity, "150", exec_id=exec_id, order_id=order_id))


def test_an_order_reserves_its_leaves_from_the_moment_it_is_taken_on() -> None:
    blotter = Blotter()
    tell(blotter, oev.OrderInitialized(client_order_id=ORDER, ticket=ticket("100", limit_px="150")))
    assert blotter.reserved[KEY] == Reserved(buy_qty=D(100), buy_value=D(15_000))

    tell(blotter, SAMPLES[oev.OrderSubmitted])
    tell(blotter, filled("40"))
    assert blotter.reserved[KEY] == Reserved(buy_qty=D(60), buy_value=D(9_000))


def test_an_exit_waits_for_its_position_until_it_ends_or_a_price_has_touched_it() -> None:
    """At the market it reserves like any order, and waits for nothing."""
    core = long()
    first, second = core.submit(exit_stop()), core.submit(exit_stop("130"))
    (key,) = core.state.blotter.exits
    assert [order.client_order_id for order in core.state.blotter.exits_of(key)] == [first, second]
    core.put(quote("139"))
    assert [order.client_order_id for order in core.state.blotter.exits_of(key)] == [second]
    assert core.state.blotter.open_orders(key).sell_qty == 100
    core.put(do.CancelOrder(actor="ann", client_order_id=second))
    assert not core.state.blotter.exits


def test_buys_and_sells_are_reserved_apart() -> None:
    blotter = Blotter()
    submitted(blotter, ticket("100", limit_px="150"), ticket("30", Side.SELL, limit_px="151"))

    assert blotter.reserved[KEY] == Reserved(D(100), D(30), D(15_000), D(4_530))
    assert NetKey(SIM, ACCOUNT, IBM) not in blotter.reserved


ENDS: dict[str, Sequence[oev.OrderEvent]] = {
    "canceled": [SAMPLES[oev.OrderCanceled]],
    "expired": [SAMPLES[oev.OrderExpired]],
    "rejected": [SAMPLES[oev.OrderRejected]],
    "not found": [SAMPLES[oev.OrderUnfound]],
    "filled": [filled("100")],
    "filled in parts": [filled("99"), filled("1", "X-2")],
    "partly filled, then canceled": [SAMPLES[oev.OrderAccepted], filled("40"), SAMPLES[oev.OrderCanceled]],
    "canceled, then filled late": [SAMPLES[oev.OrderCanceled], filled("40"), filled("60", "X-2")],
    "expired, then filled late": [SAMPLES[oev.OrderExpired], filled("40")],
    "cancel asked, then filled": [SAMPLES[oev.OrderPendingCancel], filled("100")],
    "cancel refused, then filled": [
        SAMPLES[oev.OrderPendingCancel],
        SAMPLES[oev.OrderCancelRejected],
        filled("100"),
    ],
    "not found, appeared, canceled": [
        SAMPLES[oev.OrderUnfound],
        SAMPLES[oev.OrderAccepted],
        SAMPLES[oev.OrderCanceled],
    ],
}


@pytest.mark.parametrize("end", ENDS)
def test_every_way_to_close_releases_exactly_what_was_reserved(end: str) -> None:
    blotter = Blotter()
    submitted(blotter, ticket("100", limit_px="150"), ticket("7", limit_px="149.50"))
    for event in ENDS[end]:
        tell(blotter, event)

    assert blotter.orders[ORDER].is_closed
    assert list(blotter.open) == ["SIM-1-2"]
    assert blotter.reserved[KEY] == Reserved(buy_qty=D(7), buy_value=D("1046.50"))
    assert blotter.open_by_key == {position_key(ticket()): OpenOrders(1, buy_qty=D(7))}


def test_a_denied_order_releases_all_and_leaves_no_key_behind() -> None:
    blotter = Blotter()
    tell(blotter, oev.OrderInitialized(client_order_id=ORDER, ticket=ticket("100", limit_px="150")))
    tell(blotter, SAMPLES[oev.OrderDenied])

    assert (blotter.reserved, blotter.open_by_key, blotter.open) == ({}, {}, {})
    assert not blotter.submissions


def test_an_order_that_was_lost_and_appears_reserves_again() -> None:
    blotter = Blotter()
    submitted(blotter, ticket("100", limit_px="150"))
    tell(blotter, filled("10"))
    tell(blotter, SAMPLES[oev.OrderUnfound])
    assert blotter.reserved == {}

    tell(blotter, SAMPLES[oev.OrderAccepted])
    assert blotter.reserved[KEY] == Reserved(buy_qty=D(90), buy_value=D(13_500))
    assert blotter.open_by_key == {position_key(ticket()): OpenOrders(1, buy_qty=D(90))}


@pytest.mark.parametrize("changed", [ticket("100", limit_px="160"), ticket("250", limit_px="150")])
def test_a_replaced_order_reserves_what_it_says_now(changed: OrderTicket) -> None:
    blotter = Blotter()
    submitted(blotter, ticket("100", limit_px="150"))
    tell(blotter, SAMPLES[oev.OrderAccepted])
    tell(blotter, oev.OrderPendingReplace(client_order_id=ORDER, ticket=changed, actor="ann"))
    tell(blotter, oev.OrderReplaced(client_order_id=ORDER, ticket=changed))
    assert blotter.reserved[KEY].buy_value == changed.quantity * (changed.limit_px or ZERO)

    tell(blotter, SAMPLES[oev.OrderCanceled])
    assert blotter.reserved == {}


def test_an_illegal_event_changes_nothing() -> None:
    blotter = Blotter()
    submitted(blotter, ticket("100", limit_px="150"))
    before = (dict(blotter.orders), dict(blotter.open), dict(blotter.reserved), dict(blotter.open_by_key))
    with pytest.raises(IllegalTransition):
        tell(blotter, SAMPLES[oev.OrderDenied])

    assert (blotter.orders, blotter.open, blotter.reserved, blotter.open_by_key) == before


def test_open_orders_are_counted_by_whose_position_they_would_move() -> None:
    blotter = Blotter()
    submitted(blotter, ticket(), ticket(side=Side.SELL), ticket(strategy_id=PAIRS), ticket(instrument_id=IBM))

    assert blotter.open_by_key == {
        position_key(ticket()): OpenOrders(2, buy_qty=D(100), sell_qty=D(100)),
        position_key(ticket(strategy_id=PAIRS)): OpenOrders(1, buy_qty=D(100)),
        position_key(ticket(instrument_id=IBM)): OpenOrders(1, buy_qty=D(100)),
    }
    assert blotter.open_orders(position_key(ticket())).on(Side.SELL) == D(100)
    assert blotter.open_orders(position_key(ticket(instrument_id=IBM, strategy_id=PAIRS))) == OpenOrders()


def test_who_sums_over_the_same_keys_is_told_which_of_them_an_event_has_moved() -> None:
    blotter = Blotter()
    of = ticket("100", limit_px="150")
    keys = keys_of(of.broker, of.account, of.instrument_id, of.strategy_id)
    moved = []
    for event in (
        oev.OrderInitialized(client_order_id=ORDER, ticket=of),
        SAMPLES[oev.OrderSubmitted],
        SAMPLES[oev.OrderAccepted],
        filled("40"),
        SAMPLES[oev.OrderPendingCancel],
        SAMPLES[oev.OrderCanceled],
        filled("60", "X-2"),
    ):
        tell(blotter, event)
        moved.append(blotter.moved)

    assert moved == [keys, None, None, keys, None, keys, None]


def test_the_last_order_like_a_ticket_is_remembered_by_what_makes_it_the_same_wish() -> None:
    blotter = Blotter()
    submitted(blotter, ticket("100", limit_px="150"), ticket("100", limit_px="150"), ticket("100", limit_px="151"))

    assert blotter.submitted_alike(ticket("100", limit_px="150")) == START + 2
    assert blotter.submitted_alike(ticket("100", limit_px="151")) == START + 3
    for other in (ticket("100"), ticket("99", limit_px="150"), ticket("100", Side.SELL, limit_px="150")):
        assert blotter.submitted_alike(other) is None


def test_only_what_was_submitted_can_be_repeated() -> None:
    """A denied ticket may be tried again at once: it is no duplicate of anything."""
    blotter = Blotter()
    tell(blotter, oev.OrderInitialized(client_order_id=ORDER, ticket=ticket()))
    tell(blotter, SAMPLES[oev.OrderDenied])

    assert not blotter.last_alike


def test_what_is_remembered_of_the_past_is_bounded_and_the_oldest_goes_first() -> None:
    blotter = Blotter()
    first, second = ticket("1"), ticket("2")
    submitted(blotter, first, second, first)  # the first is wished for again, so the second is now the oldest
    submitted(blotter, *(ticket(str(quantity)) for quantity in range(3, ALIKE_KEPT + 2)), after=3)

    assert len(blotter.last_alike) == ALIKE_KEPT
    assert alike(second) not in blotter.last_alike
    assert alike(first) in blotter.last_alike
    assert len(blotter.submissions) == SUBMISSIONS_KEPT
    assert blotter.submissions[-1] == START + ALIKE_KEPT + 2


def test_the_legs_of_a_group_are_found_by_its_name() -> None:
    blotter = Blotter()
    submitted(blotter, ticket(group_id="G1"), ticket(), ticket(instrument_id=IBM, group_id="G1"))

    assert blotter.groups == {"G1": ["SIM-1-1", "SIM-1-3"]}


def test_numbers_of_orders_start_again_with_each_run() -> None:
    blotter = Blotter()
    submitted(blotter, ticket(), ticket())
    assert blotter.made_in_run == 2
    tell(
        blotter,
        ev.RunStarted(
            run_id=RunId(2),
            actor="ann",
            prefix="SIM",
            mode="paper",
            seed=7,
            config_hash="",
            feed="",
            feed_hash="",
            currency="USD",
        ),
        START,
    )

    assert blotter.made_in_run == 0
    assert len(blotter.orders) == 2


tickets = st.builds(
    ticket,
    st.integers(1, 300).map(str),
    st.sampled_from(Side),
    st.sampled_from([AAPL, IBM]),
    limit_px=st.sampled_from([None, "149.99", "150"]),
    strategy_id=st.sampled_from([TREND, PAIRS]),
)
happenings = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(oev.ORDER_EVENTS), st.integers(1, 300)), max_size=60)


@given(wishes=st.lists(tickets, min_size=5, max_size=5), happenings=happenings)
@settings(max_examples=200)
def test_the_sums_are_those_of_the_open_orders_after_any_life(
    wishes: list[OrderTicket], happenings: list[tuple[int, type, int]]
) -> None:
    blotter = Blotter()
    submitted(blotter, *wishes)
    for step, (which, kind, quantity) in enumerate(happenings):
        order_id = ClientOrderId(f"SIM-1-{which + 1}")
        one = blotter.orders[order_id]
        if kind is oev.OrderInitialized or not allowed(one.status, kind):
            continue
        event = _about(order_id, kind, min(D(quantity), one.ticket.quantity - one.filled_qty), step, one.ticket)
        tell(blotter, event, START + step)

    expected: dict[NetKey, list[Decimal]] = {}
    working: dict[object, list[Decimal]] = {}
    for one in blotter.orders.values():
        if one.status in {OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED, OrderStatus.NOT_FOUND}:
            continue
        if one.filled_qty == one.ticket.quantity:
            continue
        place = 0 if one.ticket.side is Side.BUY else 1
        leaves = one.ticket.quantity - one.filled_qty
        sums = expected.setdefault(net_key(one.ticket), [ZERO] * 6)
        sums[place] += leaves
        if one.ticket.order_type is OrderType.MARKET and place == 0:
            sums[4] += leaves
            sums[5] += leaves * (one.ticket.signal_px or ZERO)
        else:
            sums[place + 2] += leaves * (one.ticket.limit_px or ZERO)
        by_key = working.setdefault(position_key(one.ticket), [ZERO] * 3)
        by_key[0] += 1
        by_key[place + 1] += leaves
    assert {key: list(astuple(held)) for key, held in blotter.reserved.items()} == expected
    assert {key: list(astuple(held)) for key, held in blotter.open_by_key.items()} == working


def _about(order_id: ClientOrderId, kind: type, quantity: Decimal, step: int, as_it_was: OrderTicket) -> oev.OrderEvent:
    if kind is oev.OrderFilled:
        return filled(str(quantity), f"X-{step}", order_id)
    sample = SAMPLES[kind]
    changes = {"client_order_id": order_id} | ({"ticket": as_it_was} if hasattr(sample, "ticket") else {})
    return replace(sample, **changes)
