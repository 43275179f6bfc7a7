"""The log file: private, one JSON object a line, clean, and no more than was asked for."""

import json
from pathlib import Path

import pytest

from cockpit.log import LogLevel, TradingLog
from cockpit.market import Bounds
from oms.domain import events as ev
from oms.domain.ids import StrategyId
from oms.domain.units import SECOND
from tests.doubles.runs import play
from tests.oms.examples import SAMPLES


def record(event: ev.Event) -> ev.Record:
    """Return the event as the seventh record of a journal."""
    return ev.Record(seq=7, ts=5 * SECOND, wall=0, event=event, correlation_id="S3")


def lines(path: Path) -> list[dict[str, object]]:
    """Return the log's lines, parsed."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_halt_is_one_critical_line_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "log" / "cockpit.jsonl"
    log = TradingLog(path)
    log.watch(record(ev.TradingHalted(actor="trader", cause="stop", text="enough")))
    log.close()

    (line,) = lines(path)

    assert (line["event"], line["level"], line["cause"], line["text"]) == (
        "CIRCUIT_TRIGGERED",
        "CRITICAL",
        "stop",
        "enough",
    )
    assert (line["seq"], line["chain"]) == (7, "S3")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_our_denial_and_the_venues_rejection_are_two_things(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path)
    log.watch(record(SAMPLES[ev.OrderDenied]))
    log.watch(record(SAMPLES[ev.OrderRejected]))
    log.close()

    assert [line["event"] for line in lines(path)] == ["RISK_VIOLATION", "ORDER_REJECTED"]


def test_lines_below_the_floor_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, LogLevel.ERROR)
    log.watch(record(ev.RunEnded(actor="session", reason="quit")))
    log.watch(record(ev.StrategyFaulted(strategy_id=StrategyId("mine"), text="ZeroDivisionError")))
    log.close()

    assert [line["level"] for line in lines(path)] == ["ERROR"]


def test_text_from_outside_is_cleaned_before_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path)
    log.watch(record(ev.StrategyFaulted(strategy_id=StrategyId("mine"), text="a\x1b]52;c;aGk=\x07b\nc")))
    log.close()

    assert "\\u001b" not in path.read_text("utf-8")
    assert len(lines(path)) == 1


def test_a_second_opening_appends(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    for _ in range(2):
        log = TradingLog(path)
        log.structured_log(LogLevel.INFO, "trade_executed", {"symbol": "AAPL", "pnl": "12.50"})
        log.close()

    assert [line["symbol"] for line in lines(path)] == ["AAPL", "AAPL"]


def test_a_full_file_is_turned_over_and_the_new_one_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.log.LARGEST_BYTES", 200)
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path)
    for number in range(6):
        log.structured_log(LogLevel.INFO, "line", {"number": number, "padding": "x" * 60})
    log.close()

    assert (tmp_path / "cockpit.jsonl.1").exists()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_session_on_disk_is_logged(tmp_path: Path) -> None:
    await play(tmp_path, Bounds(bars=12))

    said = [line["event"] for line in lines(tmp_path / "log" / "cockpit.jsonl")]
    assert {"SYSTEM_HEALTH", "ORDER_SUBMITTED", "ORDER_FILLED", "RISK_VIOLATION"} <= set(said)
