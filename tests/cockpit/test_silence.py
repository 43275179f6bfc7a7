"""Whole runs at a venue that is far away and badly heard: every order is asked about, found, and counted once."""

from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.bootstrap import build
from cockpit.market import Bounds
from cockpit.paths import paths_for
from cockpit.session import fold
from oms.chains import Chains
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus
from oms.journal.sqlite import SqliteJournal
from oms.state import State
from tests.doubles.runs import kinds, play, settings_for

FORTY = Bounds(bars=40)


class Killed(BaseException):
    """As if the process had ended there: nothing that comes after it is done."""


@pytest.mark.parametrize("latency_ms", ["0", "250"])
async def test_orders_whose_answers_are_lost_are_asked_about_found_and_counted(tmp_path: Path, latency_ms: str) -> None:
    run = await play(tmp_path, FORTY, sim__lost_frac="0.5", sim__latency_ms=latency_ms)
    counts = kinds(run.records)

    assert counts["OrderOutcomeUnknown"] > 5
    assert "OrderUnfound" not in counts
    orders = run.state.blotter.orders.values()
    legs = {order.status for order in orders if order.ticket.parent_id is not None}
    assert {order.status for order in orders if order.ticket.parent_id is None} == {
        OrderStatus.FILLED,
        OrderStatus.DENIED,
    }
    assert legs <= {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.ACCEPTED}
    assert run.state.next_deadline() is None


async def test_the_books_at_the_end_are_the_venues_and_a_fold_gives_them_again(tmp_path: Path) -> None:
    run = await play(tmp_path, FORTY, sim__lost_frac="0.5", sim__latency_ms="250", sim__partial="0.5")
    again = await play(tmp_path, Bounds(bars=4), sim__lost_frac="0.5", sim__latency_ms="250", sim__partial="0.5")
    path = tmp_path / "paper" / "sim" / "SIM-000001" / "journal.sqlite"
    journal, folded = await SqliteJournal.open(path), State()
    await fold(journal, folded, Chains())
    await journal.close()

    assert not {"BalanceReported", "PositionAdjusted", "ReportQuarantined"} & kinds(again.records).keys()
    assert folded.digest() == again.state.digest() != run.state.digest()


async def test_silence_is_as_repeatable_as_anything_else(tmp_path: Path) -> None:
    first = await play(tmp_path / "a", FORTY, sim__lost_frac="0.3", sim__latency_ms="40")
    second = await play(tmp_path / "b", FORTY, sim__lost_frac="0.3", sim__latency_ms="40")

    assert first.trace == second.trace


async def test_a_process_that_dies_while_an_order_is_unknown_asks_about_it_when_it_comes_back(tmp_path: Path) -> None:
    settings = settings_for(sim__lost_frac="1")
    paths = paths_for(settings, tmp_path, {})
    built = await build(settings, paths, bounds=FORTY, speed="max")
    unknown: list[ClientOrderId] = []

    def die(record: ev.Record) -> None:
        assert isinstance(record.event, oev.OrderOutcomeUnknown)
        unknown.append(record.event.client_order_id)
        raise Killed

    built.session.bus.subscribe(die, oev.OrderOutcomeUnknown)
    await built.session.start(built.market.history)
    with pytest.raises(Killed):
        await built.session.serve()
    (order_id,) = unknown
    lost = await build(settings, paths, bounds=FORTY, speed="max")
    before = lost.session.state.blotter.orders[order_id].status
    await lost.session.start(lost.market.history)
    found = lost.session.state.blotter.orders[order_id]
    await lost.session.close()

    assert before is OrderStatus.UNKNOWN
    assert (found.status, found.leaves_qty) == (OrderStatus.FILLED, Decimal(0))
    assert lost.session.state.trading.state == "ACTIVE"
