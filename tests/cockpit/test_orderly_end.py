"""What an orderly end leaves of the orders that work."""

import time
from pathlib import Path

import pytest

from brokers.sim.disk_book import known_to
from oms.domain import commands as do
from oms.domain.order import OrderStatus
from oms.journal.verify import verify
from oms.lanes import EngineEnded
from tests.cockpit.desk import close, opened, status

ORDERS = 100


async def test_an_end_with_a_hundred_open_orders_takes_less_than_two_seconds_and_leaves_them_working(
    tmp_path: Path,
) -> None:
    """J-07: nobody cancels what works because a process ends."""
    many = {"order_rate__burst": "500", "max_per_symbol__limit": "500", "max_position__limit": "1"}
    desk = await opened(tmp_path, **{f"risk__{limit}": most for limit, most in many.items()})
    made = [await desk.rest_an_order(100 + number) for number in range(ORDERS)]
    assert {status(desk, one) for one in made} == {OrderStatus.ACCEPTED}
    began = time.monotonic()
    await close(desk)
    took = time.monotonic() - began

    assert took < 2
    assert set(known_to(desk.folder / "venue.sqlite").orders) >= {one.client_order_id for one in made}
    assert {status(desk, one) for one in made} == {OrderStatus.ACCEPTED}
    assert verify(desk.folder / "journal.sqlite").seq == desk.session.journal.seq


async def test_what_is_asked_of_an_engine_that_ends_is_refused_and_not_left_waiting(tmp_path: Path) -> None:
    desk = await opened(tmp_path)
    pause = do.PauseStrategy(actor="ann")
    desk.session.end("test", "done")

    with pytest.raises(EngineEnded):
        await desk.session.inbox.ask(pause)
    await desk.serving
    with pytest.raises(EngineEnded):
        await desk.session.inbox.ask(pause)
