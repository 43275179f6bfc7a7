"""Canceling one order by name, beside the engine that has it."""

import asyncio

import pytest

from brokers.sim.venue import SimBroker
from cockpit.cli import cancel
from cockpit.exits import Exit
from cockpit.paths import Paths
from oms.domain.order import Order, OrderStatus
from tests.cockpit.cli.test_stop import type_at
from tests.doubles.command_line import CommandLine
from tests.doubles.running import running


async def test_an_order_is_canceled_by_its_number_and_the_venue_has_confirmed_it(cockpit: CommandLine) -> None:
    async with running() as engine:
        order_id = await engine.place("1.00")
        short = order_id.rpartition("-")[2]
        ran = await asyncio.to_thread(cockpit, "orders", "cancel", short, "--yes", "--json")

        assert (ran.code, ran.data["id"], ran.data["status"]) == (0, order_id, "CANCELED")
        assert engine.session.state.blotter.orders[order_id].status is OrderStatus.CANCELED
        asked = await asyncio.to_thread(cockpit, "journal", "show", "--kind", "OrderPendingCancel", "--json")
        assert (asked.data[-1]["payload"]["actor"], asked.data[-1]["payload"]["text"]) == ("command line", "by hand")


async def test_what_is_canceled_is_said_in_a_line(cockpit: CommandLine) -> None:
    async with running() as engine:
        order_id = await engine.place("1.00")
        ran = await asyncio.to_thread(cockpit, "orders", "cancel", order_id, "--yes")

    assert ran.out == f"{order_id}  CANCELED  BUY 1 IBM.XNYS\n"


async def test_an_order_that_nobody_knows_is_refused_in_one_line(cockpit: CommandLine) -> None:
    async with running():
        ran = await asyncio.to_thread(cockpit, "orders", "cancel", "4711", "--yes", "--json")

    assert (ran.code, ran.error["message"]) == (8, "no order 4711")


async def test_an_order_that_has_ended_is_none_to_cancel(cockpit: CommandLine) -> None:
    async with running() as engine:
        order_id = await engine.place("1.00")
        await asyncio.to_thread(cockpit, "orders", "cancel", order_id, "--yes")
        ran = await asyncio.to_thread(cockpit, "orders", "cancel", order_id, "--yes", "--json")

    assert (ran.code, ran.error["code"]) == (9, "REFUSED")
    assert "is CANCELED and cannot be canceled" in ran.error["message"]


async def test_without_a_yes_nothing_is_canceled(cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as engine:
        order_id = await engine.place("1.00")
        ran = await asyncio.to_thread(cockpit, "orders", "cancel", order_id, "--json")
        type_at(monkeypatch, "n")
        declined = await asyncio.to_thread(cockpit, "orders", "cancel", order_id)

        assert order_id in engine.session.state.blotter.open
    assert (ran.code, ran.error["code"]) == (11, "CONFIRMATION_REQUIRED")
    assert declined.code == 11


async def test_a_cancel_that_the_venue_does_not_confirm_is_partly_done(
    cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(_venue: SimBroker, _order: Order) -> None:
        return None

    async with running() as engine:
        order_id = await engine.place("1.00")
        monkeypatch.setattr(SimBroker, "cancel", deaf)
        ran = await asyncio.to_thread(cockpit, "orders", "cancel", order_id, "--yes", "--json")

    assert (ran.code, ran.data["status"]) == (Exit.PARTIAL, "PENDING_CANCEL")
    assert "has not confirmed the cancel yet" in ran.err


def test_without_an_engine_nothing_can_be_canceled(cockpit: CommandLine, traded: Paths) -> None:
    assert traded.journal.exists()

    ran = cockpit("orders", "cancel", "1", "--yes", "--json")

    assert (ran.code, ran.error["code"]) == (9, "NO_ENGINE")


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"type": "STOP_LIMIT", "stop_px": "128", "limit_px": "127.5"}, "STOP_LIMIT stop 128 limit 127.5"),
        ({"type": "LIMIT", "stop_px": None, "limit_px": "127.5"}, "LIMIT 127.5"),
    ],
)
def test_of_two_prices_of_an_order_each_has_its_name(terms: dict[str, str | None], words: str) -> None:
    order = {"id": "SIM-1-12", "side": "SELL", "quantity": "10", "instrument": "IBM.XNYS", "purpose": "OPEN", **terms}

    assert cancel._wish(order) == f"order 12, SELL 10 IBM.XNYS {words}"  # noqa: SLF001 - the line that asks
