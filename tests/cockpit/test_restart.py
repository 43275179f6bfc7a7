"""Stopping and starting again: everything is where it was, and recorded time goes on."""

from pathlib import Path

from cockpit.market import Bounds
from oms.domain import events as ev
from oms.domain import strategy_events as sev
from tests.doubles.runs import kinds, play


async def test_a_restart_goes_on_after_the_last_session_and_corrects_nothing(tmp_path: Path) -> None:
    first = await play(tmp_path, Bounds(bars=20))
    second = await play(tmp_path, Bounds(bars=20))

    positioned = [record.event.session for record in second.records if isinstance(record.event, ev.TapePositioned)]
    before = [record.event.session for record in first.records if isinstance(record.event, ev.TapePositioned)]
    counts = kinds(second.records)
    assert min(positioned) > max(before)
    assert second.state.runs.run_id == 2
    assert second.records[0].seq == first.records[-1].seq + 1
    assert not {"BalanceReported", "PositionAdjusted", "ReportQuarantined", "LimitsSet"} & counts.keys()


async def test_two_runs_hear_the_signals_that_one_unbroken_run_hears(tmp_path: Path) -> None:
    """Strategies are warmed up to where they stood, so stopping at a session's end changes no opinion."""
    whole = await play(tmp_path / "whole", Bounds(bars=40))
    first = await play(tmp_path / "parts", Bounds(bars=20))
    second = await play(tmp_path / "parts", Bounds(bars=20))

    expected = signals(whole.records)

    assert len(expected) > len(signals(first.records)) > 0
    assert expected == signals(first.records) + signals(second.records)


def signals(records: list[ev.Record]) -> list[tuple[str, str, str, str]]:
    """Return who said what of which instrument, and why."""
    said = [record.event.signal for record in records if isinstance(record.event, sev.SignalRaised)]
    return [(signal.strategy_id, signal.instrument_id, signal.signal_type.value, signal.reason) for signal in said]


async def test_a_halt_outlives_the_process(tmp_path: Path) -> None:
    await play(tmp_path, Bounds(bars=10))
    latch = tmp_path / "paper" / "sim" / "SIM-000001" / "HALTED"
    latch.write_text("stop without an engine")
    latch.chmod(0o600)

    run = await play(tmp_path, Bounds(bars=20))

    counts = kinds(run.records)
    assert counts["TradingHalted"] == 1
    assert "OrderSubmitted" not in counts
    assert run.state.trading.state == "HALTED"
