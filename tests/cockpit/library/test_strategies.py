"""Strategies of a session: listed, activated, deactivated, and asked how they do."""

from pathlib import Path

import pytest

from cockpit.bootstrap import open_session
from cockpit.library.errors import (
    RequestError,
    SignalGenerationError,
    StrategyConfigurationError,
    StrategyError,
    TradingError,
)
from oms.domain.ids import MANUAL, ClientOrderId, SignalId
from oms.domain.order import OrderStatus
from oms.journal.reader import read_kind
from oms.roster import Standing
from tests.doubles.scripts import scripted

ONE = {"ma_crossover": {"instruments": ["IBM.XNYS"]}}
RAISES = '''
"""A strategy that raises at the first quote."""

from strategies.base import BaseStrategy
from strategies.config import StrategyType


class Broken(BaseStrategy):
    """Raises."""

    TYPE = StrategyType.SCALPING

    def on_quote(self, quote, context):
        raise ZeroDivisionError("a bad day")
'''


async def test_the_strategies_are_those_of_the_configuration(tmp_path: Path) -> None:
    async with open_session(state=tmp_path) as session:
        entries = await session.strategies.list_strategies()

        assert [entry.strategy_id for entry in entries] == [
            "trend_following",
            "mean_reversion",
            "pairs_trading",
            "ma_crossover",
        ]
        assert {entry.standing for entry in entries} == {Standing.ENABLED}


async def test_one_that_is_deactivated_stays_silent_until_it_is_activated(tmp_path: Path) -> None:
    async with open_session(state=tmp_path) as session:
        for entry in await session.strategies.list_strategies():
            assert (await session.strategies.deactivate(entry.strategy_id)).standing is Standing.PAUSED
        await session.run(bars=8)
        assert await session.oms.get_orders() == []

        for entry in await session.strategies.list_strategies():
            assert (await session.strategies.activate(entry.strategy_id)).standing is Standing.ENABLED
        await session.run(bars=8)

        spoke = [entry for entry in await session.strategies.list_strategies() if entry.signals]
        assert spoke
        assert {order.strategy_id for order in await session.oms.get_orders()} <= {one.strategy_id for one in spoke}


async def test_an_order_names_the_signal_it_came_of_also_in_the_next_session(tmp_path: Path) -> None:
    told: dict[ClientOrderId, SignalId | None] = {}
    for bars in (8, 1):
        async with open_session(state=tmp_path) as session:
            await session.run(bars=bars)
            by_hand = await session.oms.submit_order({"symbol": "AAPL", "side": "buy", "quantity": "1"})
            orders = {order.order_id: order for order in await session.oms.get_orders()}

            assert orders[by_hand].signal_id is None
            assert told.items() <= {name: order.signal_id for name, order in orders.items()}.items()
            told = {name: order.signal_id for name, order in orders.items()}
            for order in orders.values():
                assert (order.signal_id is None) is (order.strategy_id == MANUAL)

    journal = tmp_path / "paper" / "sim" / "SIM-000001" / "journal.sqlite"
    raised = {row.correlation_id for row in read_kind(journal, "SignalRaised")}
    assert {name for name in told.values() if name is not None} <= raised


async def test_a_strategy_gives_back_what_it_has_held_for_its_time_horizon(tmp_path: Path) -> None:
    """Also what it got in a session before; its other reasons to leave are out of reach."""
    far = {"stop_loss": 0.5, "take_profit": 9.0, "time_horizon_days": 6, "instruments": ["AAPL", "IBM"]}
    quiet = {"strategies": {"trend_following": far}, "sim": {"partial": 0}}
    async with open_session(config=quiet, state=tmp_path) as session:
        await session.run(bars=3)
        assert await session.oms.get_positions()
    async with open_session(config=quiet, state=tmp_path) as session:
        await session.run(bars=5)
        assert await session.oms.get_positions() == []
        (left, *_) = [order for order in await session.oms.get_orders() if "time, held" in order.reason]
        assert (left.status, left.reason) == (OrderStatus.FILLED, "time, held for 7.0 of 6 days")


async def test_a_strategy_tells_its_status_and_its_metrics(tmp_path: Path) -> None:
    async with scripted(tmp_path, strategies=ONE) as session:
        status = session.strategies.get_status("ma_crossover")

        assert (status["status"], status["standing"]) == ("ready", Standing.ENABLED)
        assert session.strategies.get_metrics("ma_crossover").total_trades == 0


@pytest.mark.parametrize("ask", ["activate", "deactivate"])
async def test_a_name_that_no_strategy_has_is_answered_with_the_nearest(tmp_path: Path, ask: str) -> None:
    async with scripted(tmp_path, strategies=ONE) as session:
        with pytest.raises(StrategyConfigurationError, match=r"'ma_crossing'.* did you mean ma_crossover"):
            await getattr(session.strategies, ask)("ma_crossing")


@pytest.mark.parametrize("name", [None, {}, 5, "\ud800", "\x1b[2J"])
async def test_what_is_no_name_is_no_strategy_and_no_order(tmp_path: Path, name: str) -> None:
    async with scripted(tmp_path, strategies=ONE) as session:
        with pytest.raises(StrategyConfigurationError, match="no strategy is named"):
            await session.strategies.activate(name)
        for ask in (session.oms.get_order_status, session.broker.cancel_order):
            with pytest.raises(RequestError, match="there is no order"):
                await ask(name)


async def test_a_strategy_that_raised_cannot_be_activated_and_the_others_go_on(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "broken.py").write_text(RAISES)
    async with open_session(state=tmp_path, config={"strategies": ONE}, strategy_path=own) as session:
        with pytest.raises(SignalGenerationError, match=r"broken raised .*ZeroDivisionError: a bad day"):
            await session.strategies.activate("broken")

        standings = {entry.strategy_id: entry.standing for entry in await session.strategies.list_strategies()}
        assert standings == {"ma_crossover": Standing.ENABLED, "broken": Standing.FAULTED}


async def test_no_strategy_is_activated_while_trading_is_halted(tmp_path: Path) -> None:
    async with scripted(tmp_path, strategies=ONE) as session:
        await session.halt("a look around")
        with pytest.raises(TradingError, match="trading is halted; resume first"):
            await session.strategies.activate("ma_crossover")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"no_such": {}}, "no_such"),
        ({"ma_crossover": {"short_perod": 3}}, "short_perod"),
        ({"ma_crossover": {"stop_loss": 2.0}}, "stop_loss lies between 0 and 1"),
    ],
)
async def test_a_strategy_that_cannot_be_made_is_refused_before_anything_opens(
    tmp_path: Path, table: dict[str, dict[str, object]], said: str
) -> None:
    with pytest.raises(StrategyConfigurationError, match=said) as raised:
        async with scripted(tmp_path, strategies=table):
            pass

    assert isinstance(raised.value, StrategyError)
    assert not (tmp_path / "paper").exists()
