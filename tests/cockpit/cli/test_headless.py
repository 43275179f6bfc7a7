"""A run without a screen: what bounds it, what it reports, what it leaves behind."""

import os
import re
import signal
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.exits import Exit
from cockpit.paths import Paths
from oms.journal.verify import verify
from tests.doubles.command_line import CommandLine, Process

QUICK = ("headless", "--speed", "max", "--no-progress", "--json")
FIELDS = [
    "bars",
    "quotes",
    "signals",
    "orders",
    "fills",
    "partial_fills",
    "denied",
    "rejected",
    "canceled",
    "fees",
    "realized",
    "unrealized",
    "equity",
    "max_drawdown",
    "final_seq",
    "final_hash",
    "trace",
    "tape",
    "seed",
    "wall_s",
    "ended_by",
    "submitted",
    "expired",
    "signals_filled",
    "signals_denied",
    "signals_expired",
    "signals_declined",
    "run",
    "account",
]


def test_a_run_bounded_by_bars_reports_what_it_amounted_to(cockpit: CommandLine, paths: Paths) -> None:
    ran = cockpit(*QUICK, "--bars", "20")

    data, end = ran.data, verify(paths.journal)
    assert (ran.code, ran.err) == (0, "")
    assert list(data) == FIELDS
    assert data["ended_by"] == "bars"
    assert data["quotes"] == 20 * 16 * 4
    assert data["fills"] > data["partial_fills"] > 0
    assert (data["final_seq"], data["final_hash"]) == (end.seq, end.hash)
    assert Decimal(data["equity"]) == 100_000 + sum(
        Decimal(data[part]) for part in ("realized", "unrealized")
    ) - Decimal(data["fees"]["USD"])


@pytest.mark.usefixtures("paths")
def test_a_run_says_what_became_of_its_signals_and_how_many_bars_it_played(cockpit: CommandLine) -> None:
    data = cockpit(*QUICK, "--bars", "60").data
    events = cockpit("journal", "show", "--limit", "10000", "--json").data

    answers = {"OrderFilled": set[str](), "OrderDenied": set[str]()}
    for record in events:
        if record["kind"] in answers and str(record["correlation_id"]).startswith("S"):
            answers[record["kind"]].add(record["correlation_id"])
    assert data["signals_filled"] == len(answers["OrderFilled"])
    assert data["signals_denied"] == len(answers["OrderDenied"] - answers["OrderFilled"])
    assert data["signals_filled"] > data["signals_denied"] > 0
    assert data["bars"] == 60
    assert data["denied"]["group"] >= 0
    assert data["signals_expired"] == 0
    assert data["signals_declined"] == sum(record["kind"] == "SignalDeclined" for record in events)


@pytest.mark.usefixtures("paths")
def test_one_bar_is_one_bar_and_nothing_was_denied_by_any_rule(cockpit: CommandLine) -> None:
    data = cockpit(*QUICK, "--bars", "1").data

    assert data["bars"] == 1
    assert data["denied"]["group"] == 0


@pytest.mark.usefixtures("paths")
def test_a_report_keeps_the_run_and_the_account_apart(cockpit: CommandLine) -> None:
    first, second = (cockpit(*QUICK, "--bars", "20").data for _ in range(2))
    state = cockpit("journal", "state", "--json").data

    assert first["run"] == first["account"]
    assert second["account"]["orders"] == first["orders"] + second["orders"] == state["orders"]
    assert second["run"]["fills"] == second["fills"] == second["account"]["fills"] - first["fills"]
    assert second["run"]["orders"] == second["orders"] == second["submitted"] + sum_denied(cockpit, run=2)
    for name in ("fees", "realized"):
        assert second["account"][name] == second[name]
    assert Decimal(second["run"]["realized"]) == Decimal(second["realized"]) - Decimal(first["realized"])
    assert Decimal(second["run"]["fees"]["USD"]) == Decimal(second["fees"]["USD"]) - Decimal(first["fees"]["USD"])


def sum_denied(cockpit: CommandLine, run: int) -> int:
    """Return how many orders of a run were denied."""
    orders = cockpit("orders", "list", "--json").data
    return sum(order["status"] == "DENIED" and order["id"].startswith(f"SIM-{run}-") for order in orders)


def test_the_envelope_names_mode_and_masked_account(cockpit: CommandLine) -> None:
    envelope = cockpit(*QUICK, "--bars", "1").envelope

    assert list(envelope) == [
        "schema",
        "command",
        "ok",
        "ts",
        "mode",
        "account",
        "seq",
        "stale",
        "data",
        "warnings",
        "error",
    ]
    assert envelope["schema"] == "cockpit.cli/1"
    assert (envelope["command"], envelope["mode"], envelope["account"]) == ("headless", "paper", "••••0001")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", envelope["ts"])
    assert envelope["seq"] == envelope["data"]["final_seq"]


def test_equal_runs_leave_one_trace_and_another_seed_another(cockpit: CommandLine, tmp_path: Path) -> None:
    runs = [
        cockpit(*QUICK, "--bars", "5", "--state", str(tmp_path / name), "--seed", seed).data
        for name, seed in (("a", "7"), ("b", "7"), ("c", "8"))
    ]

    assert runs[0]["trace"] == runs[1]["trace"] != runs[2]["trace"]
    assert runs[0]["final_hash"] != runs[1]["final_hash"]


def test_a_run_goes_on_where_the_last_one_ended(cockpit: CommandLine) -> None:
    first = cockpit(*QUICK, "--bars", "3").data
    second = cockpit(*QUICK, "--bars", "3").data

    assert second["tape"]["from"] > first["tape"]["to"]
    assert second["final_seq"] > first["final_seq"]


def test_dates_bound_a_run_and_are_included(cockpit: CommandLine) -> None:
    data = cockpit(*QUICK, "--from", "2010-07-01", "--to", "2010-07-08").data

    assert (data["tape"]["from"], data["tape"]["to"]) == ("2010-07-01", "2010-07-08")
    assert data["ended_by"] == "to"


def test_the_end_of_the_tape_ends_a_run_well(cockpit: CommandLine) -> None:
    ran = cockpit(*QUICK, "--from", "2013-02-25")

    assert ran.code == 0
    assert ran.data["ended_by"] == "tape"


@pytest.mark.usefixtures("paths")
def test_a_duration_ends_a_run_at_the_next_bar_and_not_inside_one(cockpit: CommandLine) -> None:
    ran = cockpit(*QUICK, "--duration", "0.001s")

    played = cockpit("journal", "show", "--kind", "TapePositioned", "--json").data
    assert ran.data["ended_by"] == "duration"
    assert [record["text"] for record in played][-1] == ran.data["tape"]["to"]
    assert ran.data["quotes"] == len(played) * 16 * 4


@pytest.mark.usefixtures("paths")
def test_a_duration_whose_session_ends_far_away_says_so() -> None:
    with Process(("headless", "--speed", "60x", "--duration", "0.2s", "--json")) as engine:
        line = engine.wait_for_line("--duration is over")
        engine.send(signal.SIGTERM)
        engine.end()

    assert re.fullmatch(r"--duration is over; the run ends with its session, in about [56]m\d*", line.strip())


def test_a_synthetic_feed_has_no_bars_to_bound_it(cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT__SESSION__FEED", "synthetic")
    monkeypatch.setenv("COCKPIT__STRATEGIES", "{}")

    assert cockpit(*QUICK, "--bars", "3").error["code"] == "USAGE"


def test_a_fresh_journal_begins_at_its_first_record_and_the_old_one_is_kept(
    cockpit: CommandLine, traded: Paths
) -> None:
    before = verify(traded.journal)

    ran = cockpit(*QUICK, "--bars", "1", "--fresh")

    (kept,) = traded.account.parent.glob("SIM-000001.*")
    assert verify(kept / "journal.sqlite") == before
    assert (kept / "venue.sqlite").exists()
    assert re.fullmatch(r"SIM-000001\.\d{8}T\d{6}Z", kept.name)
    assert ran.data["final_seq"] < before.seq
    assert ran.envelope["warnings"] == [f"the old journal is kept in {kept}"]


@pytest.mark.parametrize("left", ["journal.sqlite", "head", "venue.sqlite"])
def test_a_fresh_journal_sets_aside_whatever_is_left_of_the_old_account(
    cockpit: CommandLine, traded: Paths, left: str
) -> None:
    """A book without its journal would tell the fills of the old orders as those of the new."""
    for name in ("journal.sqlite", "head", "venue.sqlite"):
        if name != left:
            (traded.account / name).unlink()

    assert cockpit(*QUICK, "--bars", "1").error["exit"] == Exit.INTEGRITY
    ran = cockpit(*QUICK, "--bars", "5", "--fresh")

    (kept,) = traded.account.parent.glob("SIM-000001.*")
    assert (kept / left).exists()
    assert (ran.data["equity"], ran.data["unrealized"]) != (None, None)
    adjusted = cockpit("journal", "show", "--kind", "PositionAdjusted", "--json").data
    assert adjusted == []


def test_half_an_account_is_refused_in_one_line_that_says_where_it_lies_and_what_helps(
    cockpit: CommandLine, traded: Paths
) -> None:
    for name in ("journal.sqlite", "head"):
        (traded.account / name).unlink()
    before = sorted(traded.account.iterdir())

    error = cockpit(*QUICK, "--bars", "1").error

    assert (error["exit"], error["code"]) == (Exit.INTEGRITY, "JOURNAL_BROKEN")
    assert str(traded.venue) in error["message"]
    assert "--fresh" in error["hint"]
    assert sorted(traded.account.iterdir()) == before


@pytest.mark.usefixtures("traded")
def test_another_feed_is_refused_in_one_line_that_says_what_helps(cockpit: CommandLine) -> None:
    error = cockpit(*QUICK, "--bars", "1", "--seed", "8").error

    assert error["exit"] == Exit.CONFIG
    assert error["message"] == "this journal was played on us_daily_2000_2013 with seed 7; --fresh begins a new one"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COCKPIT__STRATEGIES", '{trend_following = {instruments = ["NONE.XNYS"]}}'),
        ("COCKPIT__SESSION__BROKER", "nobody"),
        ("COCKPIT__SIZING", "{}"),
    ],
)
def test_a_start_that_the_settings_forbid_leaves_no_file(
    cockpit: CommandLine, paths: Paths, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert cockpit(*QUICK, "--bars", "1").error["exit"] == Exit.CONFIG
    assert not paths.state.exists()


@pytest.mark.usefixtures("traded")
def test_a_fresh_journal_is_no_way_around_a_stop(cockpit: CommandLine) -> None:
    cockpit("stop", "--reason", "enough")

    ran = cockpit(*QUICK, "--bars", "20", "--fresh")

    assert ran.data["orders"] == 0
    assert cockpit("risk", "status", "--json").data["state"] == "HALTED"


def test_a_backtest_leaves_nothing_on_the_disk(cockpit: CommandLine, paths: Paths) -> None:
    ran = cockpit(*QUICK, "--mode", "backtest", "--bars", "5")

    assert ran.data["final_seq"] > 0
    assert ran.envelope["mode"] == "backtest"
    assert not paths.state.exists()


def test_a_backtest_and_a_paper_run_of_equal_settings_report_alike(
    cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT__FEED__TAPE__BARS", "path")

    paper, backtest = (cockpit(*QUICK, "--bars", "20", "--mode", mode).data for mode in ("paper", "backtest"))
    apart = {"final_hash", "trace", "wall_s"}

    assert {name: paper[name] for name in FIELDS if name not in apart} == {
        name: backtest[name] for name in FIELDS if name not in apart
    }


def test_without_json_the_report_is_lined_up_text(cockpit: CommandLine) -> None:
    ran = cockpit("headless", "--speed", "max", "--bars", "3")

    values = [re.split(r"  +", line, maxsplit=1) for line in ran.out.splitlines()]
    assert dict(values)["ended by"].startswith("bars after")
    assert len({line.index(value) for line, (_, value) in zip(ran.out.splitlines(), values, strict=True)}) == 1
    assert f"PAPER ••••0001 us_daily_2000_2013 at max, run 1, process {os.getpid()}\n" in ran.err


@pytest.mark.parametrize(
    "wrong",
    [
        ("--duration", "soon"),
        ("--bars", "0"),
        ("--from", "2010-13-01"),
        ("--speed", "fast"),
        ("--mode", "real"),
        ("--strategy-path", "/no/such/folder"),
    ],
)
def test_an_option_that_means_nothing_is_a_usage_error_and_starts_nothing(
    cockpit: CommandLine, paths: Paths, wrong: tuple[str, str]
) -> None:
    assert cockpit(*QUICK, *wrong).error["code"] == "USAGE"
    assert not paths.state.exists()


@pytest.mark.usefixtures("traded")
def test_an_end_behind_what_was_played_is_told_with_how_far_the_journal_is(cockpit: CommandLine) -> None:
    error = cockpit(*QUICK, "--to", "2001-01-01").error

    assert error["code"] == "CONFIG"
    assert re.match(r"--to 2001-01-01 lies behind: the journal has played to 2010-\d\d-\d\d", error["message"])


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize("length", ["0", "0s", "0.0h"])
def test_no_time_at_all_is_no_duration(cockpit: CommandLine, length: str) -> None:
    ran = cockpit(*QUICK, "--duration", length)

    assert (ran.code, f"'{length}' is no time for a run" in ran.error["message"]) == (2, True)


def test_a_number_that_is_none_is_said_to_be_that(cockpit: CommandLine, paths: Paths) -> None:
    for arguments in ((*QUICK, "--bars", "x"), ("orders", "list", "--limit", "x", "--json")):
        error = cockpit(*arguments).error
        assert error["message"].endswith("'x' is no whole number")
    assert not paths.state.exists()


def test_a_folder_without_a_strategy_is_refused_in_one_line(cockpit: CommandLine, paths: Paths, tmp_path: Path) -> None:
    ran = cockpit(*QUICK, "--bars", "1", "--strategy-path", str(tmp_path))

    assert (ran.code, "holds no strategy" in ran.error["message"]) == (3, True)
    assert not paths.journal.exists()
