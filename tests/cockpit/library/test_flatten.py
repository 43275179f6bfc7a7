"""A flatten from a script, at a venue that answers after a while: on a tape that is held nothing answers at all."""

from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.bootstrap import open_session
from cockpit.library.errors import TradingError
from cockpit.library.open_session import OpenSession
from cockpit.library.order_info import OrderInfo
from oms.domain.order import OrderStatus
from oms.domain.units import SECOND
from tests.cockpit.library.test_exits_by_hand import BEFORE_THE_GAP, BUY, STOP, submit

NOT_YET = "not flattened: an order there is not canceled yet; the close follows"
BRACKET = BUY | {"protect_price": "500", "target_price": "700"}


def slow(latency_ms: int) -> dict[str, object]:
    """Return the configuration with a venue that takes its time."""
    return BEFORE_THE_GAP | {"sim": {"partial": 0, "latency_ms": latency_ms}}


async def hold(folder: Path, *, by_hand: bool) -> None:
    """Hold ten with their stop, at a venue that answers at once."""
    async with open_session(mode="paper", config=BEFORE_THE_GAP, state=folder) as session:
        await session.run(bars=1)
        if by_hand:
            await submit(session, BUY)
            await submit(session, STOP, stop_price="500")
        else:
            await submit(session, BRACKET)


async def working(session: OpenSession) -> list[OrderInfo]:
    return list(await session.oms.get_active_orders())


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("latency_ms", [200, 60_000])
async def test_a_flatten_that_waits_for_its_cancels_closes_when_they_are_confirmed(
    tmp_path: Path, latency_ms: int, monkeypatch: pytest.MonkeyPatch, *, by_hand: bool
) -> None:
    monkeypatch.setattr("cockpit.library.open_session.ANSWER_SECS", 0.05)
    await hold(tmp_path, by_hand=by_hand)
    async with open_session(mode="paper", config=slow(latency_ms), state=tmp_path) as session:
        await session.run(bars=1)
        with pytest.raises(TradingError, match=NOT_YET):
            await session.flatten(confirm="FLATTEN")
        (position,) = await session.oms.get_positions()
        assert position.stop_loss_price is not None  # the venue has it until it says that it has not
        await session.run(bars=1)

        assert not await session.oms.get_positions()
        assert not await working(session)
        orders = await session.oms.get_orders()
        (closing,) = [one for one in orders if one.status is OrderStatus.FILLED and one.side == "SELL"]
        assert closing.quantity == 10


async def test_a_flatten_that_is_asked_for_again_meanwhile_closes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.library.open_session.ANSWER_SECS", 0.05)
    await hold(tmp_path, by_hand=False)
    async with open_session(mode="paper", config=slow(200), state=tmp_path) as session:
        await session.run(bars=1)
        for _ in range(2):
            with pytest.raises(TradingError, match=NOT_YET):
                await session.flatten(confirm="FLATTEN")
        await session.run(bars=1)

        sold = [one for one in await session.oms.get_orders() if one.side == "SELL" and one.filled_quantity]
        assert [one.filled_quantity for one in sold] == [10]
        assert not await session.oms.get_positions()


async def test_what_is_answered_too_late_closes_nothing_and_the_stop_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.library.open_session.ANSWER_SECS", 0.05)
    monkeypatch.setattr("cockpit.pursuit.LATEST", 59 * SECOND)
    await hold(tmp_path, by_hand=True)
    async with open_session(mode="paper", config=slow(60_000), state=tmp_path) as session:
        await session.run(bars=1)
        with pytest.raises(TradingError, match=NOT_YET):
            await session.flatten(confirm="FLATTEN")
        await session.run(bars=1)

        (stop,) = await working(session)
        assert (stop.quantity, stop.stop_price) == (Decimal(10), Decimal(500))


async def test_a_halt_takes_back_a_flatten_that_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.library.open_session.ANSWER_SECS", 0.05)
    await hold(tmp_path, by_hand=False)
    async with open_session(mode="paper", config=slow(200), state=tmp_path) as session:
        await session.run(bars=1)
        with pytest.raises(TradingError, match=NOT_YET):
            await session.flatten(confirm="FLATTEN")
        await session.halt("not at this price")
        await session.run(bars=1)

        (position,) = await session.oms.get_positions()
        assert position.quantity == 10
        (stop,) = await working(session)
        assert stop.stop_price == 500
