"""Whole sessions over the tape: whoever asks for a stop has one at the venue, as long as he holds anything."""

from pathlib import Path

import pytest

from cockpit.market import Bounds
from cockpit.queries.state import list_positions
from oms.domain import order_events as oev
from oms.domain.order import Order, OrderFlag, OrderStatus, Purpose
from oms.state import State
from tests.doubles.runs import Run, play

SIXTY = Bounds(bars=60)


def asked(state: State) -> list[Order]:
    """Return the orders that were to be protected and have filled."""
    orders = state.blotter.orders.values()
    return [order for order in orders if order.ticket.protect_px is not None and order.filled_qty]


def held_for_protected(run: Run) -> dict[tuple[str, str], str]:
    """Return the open positions of strategies that ask for stops, by instrument and strategy."""
    pairs = {(order.ticket.instrument_id, order.ticket.strategy_id) for order in asked(run.state)}
    return {
        (key.instrument_id, key.strategy_id): f"{abs(position.quantity):f}"
        for key, position in run.state.ledger.open.items()
        if (key.instrument_id, key.strategy_id) in pairs
    }


@pytest.mark.parametrize("bars", ["path", "bar"])
async def test_what_strategies_hold_is_protected_in_full_at_the_venue(tmp_path: Path, bars: str) -> None:
    run = await play(tmp_path, SIXTY, feed__tape__bars=bars)

    held = held_for_protected(run)
    rows = {(row["instrument"], row["strategy"]): row for row in list_positions(run.state, {})}
    assert held
    assert {key: rows[key]["protection"]["quantity"] for key in held} == held
    assert {rows[key]["protection"]["where"] for key in held} == {"venue"}


@pytest.mark.parametrize("bars", ["path", "bar"])
async def test_stops_and_targets_trade_and_never_turn_a_position_round(tmp_path: Path, bars: str) -> None:
    run = await play(tmp_path, SIXTY, feed__tape__bars=bars)

    legs = [order for order in run.state.blotter.orders.values() if order.ticket.parent_id is not None]
    filled = {order.ticket.purpose for order in legs if order.status is OrderStatus.FILLED}
    assert filled == {Purpose.PROTECT, Purpose.CLOSE}
    assert not [order for order in run.state.blotter.orders.values() if order.flags]
    for parent in asked(run.state):
        given_back = sum(leg.filled_qty for leg in legs if leg.ticket.parent_id == parent.client_order_id)
        assert given_back <= parent.filled_qty


async def test_a_stop_works_on_over_a_restart_and_is_not_made_twice(tmp_path: Path) -> None:
    first = await play(tmp_path, Bounds(bars=14))
    working = [order.client_order_id for order in first.state.blotter.open.values()]
    assert working

    second = await play(tmp_path, Bounds(bars=1))

    again = [record.event for record in second.records if isinstance(record.event, oev.OrderInitialized)]
    assert not [event for event in again if event.ticket.parent_id in first.state.brackets.left.by_parent]
    assert OrderFlag.UNPROTECTED not in {flag for order in second.state.blotter.orders.values() for flag in order.flags}
