"""The log file: private, one JSON object a line, clean, and no more than was asked for."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.log.access import note
from cockpit.log.level import LogLevel, TradingEventType
from cockpit.log.log import TradingLog
from cockpit.log.renewal import is_made_anew
from cockpit.market import Bounds
from oms.bus import Bus
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.units import SECOND, Money
from tests.doubles.runs import play
from tests.oms.examples import ORDER, SAMPLES, folded, ticket


def record(event: ev.Event) -> ev.Record:
    """Return the event as the seventh record of a journal."""
    return ev.Record(seq=7, ts=5 * SECOND, wall=0, event=event, correlation_id="S3")


def wall() -> int:
    """Return an instant of 2026-02-03, as the wall clock."""
    return 1_770_120_000_250_000_000


def lines(path: Path) -> list[dict[str, object]]:
    """Return the log's lines, parsed."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_halt_is_one_critical_line_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "log" / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
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
    log = TradingLog(path, wall=wall)
    log.watch(record(SAMPLES[oev.OrderDenied]))
    log.watch(record(SAMPLES[oev.OrderRejected]))
    log.close()

    assert [line["event"] for line in lines(path)] == ["RISK_VIOLATION", "ORDER_REJECTED"]


def test_lines_below_the_floor_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, LogLevel.ERROR, wall=wall)
    log.watch(record(ev.RunEnded(actor="session", reason="quit")))
    log.watch(record(sev.StrategyFaulted(strategy_id=StrategyId("mine"), text="ZeroDivisionError")))
    log.close()

    assert [line["level"] for line in lines(path)] == ["ERROR"]


def test_text_from_outside_is_cleaned_before_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
    log.watch(record(sev.StrategyFaulted(strategy_id=StrategyId("mine"), text="a\x1b]52;c;aGk=\x07b\nc")))
    log.close()

    assert "\\u001b" not in path.read_text("utf-8")
    assert len(lines(path)) == 1


def test_a_second_opening_appends(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    for _ in range(2):
        log = TradingLog(path, wall=wall)
        log.structured_log(LogLevel.INFO, "trade_executed", {"symbol": "AAPL", "pnl": "12.50"})
        log.close()

    assert [line["symbol"] for line in lines(path)] == ["AAPL", "AAPL"]


def test_a_full_file_is_turned_over_and_the_new_one_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.log.writer.LARGEST_BYTES", 200)
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
    for number in range(6):
        log.structured_log(LogLevel.INFO, "line", {"number": number, "padding": "x" * 60})
    log.close()

    assert (tmp_path / "cockpit.jsonl.1").exists()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_session_on_disk_is_logged(tmp_path: Path) -> None:
    await play(tmp_path, Bounds(bars=12))

    said = [line["event"] for line in lines(tmp_path / "log" / "cockpit.jsonl")]
    assert {"SYSTEM_HEALTH", "ORDER_SUBMITTED", "ORDER_FILLED", "RISK_VIOLATION"} <= set(said)
    assert "MARKET_UPDATE" not in said


async def test_every_line_has_the_wall_time_and_a_records_line_its_engine_time_too(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
    log.watch(record(ev.RunEnded(actor="session", reason="quit")))
    log.structured_log(LogLevel.INFO, "line", {})
    log.close()

    assert [line["wall"] for line in lines(path)] == ["2026-02-03T12:00:00.250Z"] * 2
    assert lines(path)[0]["ts"] == 5 * SECOND


async def test_positions_are_told_as_they_open_and_close_also_over_a_restart(tmp_path: Path) -> None:
    await play(tmp_path, Bounds(bars=12))
    run = await play(tmp_path, Bounds(bars=30))

    told = lines(tmp_path / "log" / "cockpit.jsonl")
    opened = [line for line in told if line["event"] == "POSITION_OPENED"]
    closed = [line for line in told if line["event"] == "POSITION_CLOSED"]
    assert len(opened) - len(closed) == len(run.state.ledger.open)
    assert closed
    assert all({"symbol", "side", "quantity", "price", "strategy_id", "ts"} <= line.keys() for line in opened + closed)
    assert {line["side"] for line in opened} == {"LONG", "SHORT"}


def test_a_position_that_flips_is_closed_and_opened(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
    for quantity in ("10", "-25"):
        adjusted = aev.PositionAdjusted(
            broker=BrokerId("sim"),
            account=AccountId("A-1"),
            instrument_id=InstrumentId("AAPL.XNAS"),
            quantity=Decimal(quantity),
            px=None,
        )
        log.watch(record(adjusted))
    log.close()

    moves = [
        (line["event"], line["side"], line["quantity"]) for line in lines(path) if "POSITION" in str(line["event"])
    ]
    assert moves == [
        ("POSITION_OPENED", "LONG", "10"),
        ("POSITION_CLOSED", "LONG", "10"),
        ("POSITION_OPENED", "SHORT", "15"),
    ]


def test_a_trading_event_has_its_symbol_side_quantity_and_price(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
    log.log_trading_event(TradingEventType.ORDER_FILLED, "AAPL", "BUY", Decimal("18"), Decimal("253.10"))
    log.close()

    (line,) = lines(path)
    assert line["event"] == "ORDER_FILLED"
    assert (line["symbol"], line["side"], line["quantity"], line["price"]) == ("AAPL", "BUY", "18", "253.10")


def test_what_happens_to_an_order_names_what_it_is(tmp_path: Path) -> None:
    path, state = tmp_path / "cockpit.jsonl", folded([record(SAMPLES[oev.OrderInitialized])])
    log = TradingLog(path, LogLevel.DEBUG, wall=wall)
    log.follow(Bus(), state)
    for kind in (oev.OrderSubmitted, oev.OrderAccepted, oev.OrderExpired, oev.OrderCanceled):
        log.watch(record(SAMPLES[kind]))
    log.close()

    told = lines(path)
    assert [line["event"] for line in told] == ["ORDER_SUBMITTED", "ORDER_ACCEPTED", "ORDER_EXPIRED", "ORDER_CANCELLED"]
    assert {(line["symbol"], line["side"], line["quantity"]) for line in told} == {("AAPL", "BUY", "100")}


def test_a_strategys_leave_a_balance_and_a_note_have_lines(tmp_path: Path) -> None:
    path, mine = tmp_path / "cockpit.jsonl", StrategyId("mine")
    log = TradingLog(path, wall=wall)
    cash = Money(Decimal("99.5"), "USD")
    log.watch(record(sev.StrategyPaused(strategy_id=mine, actor="ann")))
    log.watch(record(sev.StrategyEnabled(strategy_id=mine, actor="ann")))
    log.watch(record(aev.BalanceReported(broker=BrokerId("sim"), account=AccountId("A-1"), cash=cash)))
    log.watch(record(ev.OperatorNoted(note_id="1", ts_noted=9, actor="ann", text="stopped trading: enough")))
    log.watch(record(ev.CommandRefused(actor="ann", command="ResumeTrading", text="trading is not halted")))
    log.close()

    told = lines(path)
    assert [line["event"] for line in told] == [
        *("STRATEGY_STATUS", "STRATEGY_STATUS", "SYSTEM_HEALTH", "SECURITY", "SECURITY"),
    ]
    assert (told[2]["amount"], told[2]["currency"]) == ("99.5", "USD")
    assert (told[3]["text"], told[3]["ts_noted"]) == ("stopped trading: enough", 9)
    assert told[4]["command"] == "ResumeTrading"


def test_a_resume_says_what_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
    log.watch(record(ev.TradingHalted(actor="ann", cause="stop", text="enough")))
    log.watch(record(ev.TradingResumed(actor="ann")))
    log.close()

    assert lines(path)[1]["text"] == "trading goes on after stop: enough"


async def test_prices_are_lines_only_for_who_traces(tmp_path: Path) -> None:
    await play(tmp_path, Bounds(bars=1), log__level="TRACE")

    prices = [line for line in lines(tmp_path / "log" / "cockpit.jsonl") if line["event"] == "MARKET_UPDATE"]
    assert {line["level"] for line in prices} == {"TRACE"}
    assert {"symbol", "bid", "ask"} <= prices[0].keys()


def test_a_security_line_beside_an_open_log_is_private_and_cannot_make_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    note(path, "a start was refused\x1b[2J", wall(), code="LOCKED")
    note(tmp_path / "none" / "cockpit.jsonl", "lost", wall())

    (line,) = lines(path)
    assert (line["event"], line["level"], line["code"]) == ("SECURITY", "WARNING", "LOCKED")
    assert "\x1b" not in str(line["text"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "none").exists()


def test_a_late_fill_that_had_been_booked_already_is_told_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.jsonl"
    log = TradingLog(path, wall=wall)
    taken_back = aev.PositionAdjusted(
        broker=BrokerId("sim"),
        account=AccountId("A-1"),
        instrument_id=InstrumentId("AAPL.XNAS"),
        quantity=Decimal(-6),
        px=Decimal(150),
        exec_id=ExecId("X-1"),
    )
    log.watch(record(taken_back))
    log.close()

    told = lines(path)[0]
    assert (told["exec_id"], told["side"], told["quantity"]) == ("X-1", "SELL", "6")
    assert told["text"] == "a late fill had been booked already: it counts once"


@pytest.mark.parametrize(
    ("ts", "why", "parent", "is_anew"),
    [
        (5, 3, "SIM-1-1", True),
        (5, 8, "SIM-1-1", False),  # of a fill that came after the resume
        (6, 3, "SIM-1-1", False),  # of a link that came back later
        (5, 3, None, False),  # of nothing: somebody ordered it
    ],
)
def test_a_leg_was_made_anew_if_it_stands_beside_the_resume_and_nothing_newer_asked_for_it(
    ts: int, why: int, parent: str | None, is_anew: bool
) -> None:
    resumed = ev.Record(seq=7, ts=5, wall=0, event=ev.TradingResumed(actor="ann"))
    leg = replace(ticket("5"), parent_id=ClientOrderId(parent) if parent else None)
    made = ev.Record(
        seq=9, ts=ts, wall=0, causation_id=why, event=oev.OrderInitialized(client_order_id=ORDER, ticket=leg)
    )

    assert is_made_anew(made, resumed) is is_anew
    assert not is_made_anew(made, None)
