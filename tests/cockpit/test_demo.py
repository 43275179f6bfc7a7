"""The demo keeps its promise: what a newcomer sees within thirty seconds of the first paint."""

from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.market import Bounds
from cockpit.stats.counts import RunCounts
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from risk.catalog import RULES
from tests.doubles.runs import play, settings_for

SECONDS = 30


@pytest.fixture
def sessions_in_sight() -> int:
    """How many sessions pass in the time, at the speed the demo starts with."""
    return int(SECONDS * Decimal(settings_for().feed.tape.speed))


async def test_within_thirty_seconds_strategies_speak_an_order_fills_and_one_is_refused(
    tmp_path: Path, sessions_in_sight: int
) -> None:
    run = await play(tmp_path, Bounds(bars=sessions_in_sight - 1))

    events = [record.event for record in run.records]
    speakers = {event.signal.strategy_id for event in events if isinstance(event, sev.SignalRaised)}
    denials = [event for event in events if isinstance(event, oev.OrderDenied)]
    assert len(speakers) >= 3
    assert any(isinstance(event, oev.OrderFilled) for event in events)
    assert denials
    assert all(event.decision.failed for event in denials)
    assert run.state.equity.gross > 0, "somebody is in, so the profit moves with every quote"


async def test_over_sixty_sessions_more_signals_are_filled_than_denied(tmp_path: Path) -> None:
    run = await play(tmp_path, Bounds(bars=60), session__mode='"backtest"', feed__tape__bars="path")
    counts = RunCounts(list(RULES))
    for record in run.records:
        counts.watch(record, run.state)

    assert counts.signals_filled > counts.orders_denied > 0
    assert counts.denied.keys() >= RULES.keys()
