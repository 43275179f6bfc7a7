"""What the verbs that only look say of an account that has traded, and of one that has not."""

from decimal import Decimal

import pytest

from cockpit.paths import Paths
from oms.domain.events import KINDS
from oms.journal.verify import verify
from risk.catalog import RULES
from tests.doubles.command_line import CommandLine

LOOKS = [
    ("orders", "list"),
    ("orders", "quality"),
    ("positions", "list"),
    ("strategies", "list"),
    ("risk", "status"),
    ("journal", "show"),
    ("journal", "state"),
]


@pytest.mark.parametrize("verb", LOOKS, ids=" ".join)
def test_a_journal_that_does_not_exist_is_an_empty_one_and_that_is_said(
    cockpit: CommandLine, paths: Paths, verb: tuple[str, str]
) -> None:
    ran = cockpit(*verb, "--json")

    assert ran.code == 0
    assert not ran.envelope["stale"]
    assert ran.envelope["warnings"] == [f"there is no journal at {paths.journal}: nothing has run yet"]
    assert "nothing has run yet" in ran.err
    assert not paths.state.exists()


@pytest.mark.parametrize("verb", LOOKS, ids=" ".join)
def test_looking_changes_nothing(cockpit: CommandLine, traded: Paths, verb: tuple[str, str]) -> None:
    before = {path: path.read_bytes() for path in traded.account.iterdir()}

    assert cockpit(*verb, "--json").envelope["warnings"] == []
    assert cockpit(*verb).code == 0
    assert {path: path.read_bytes() for path in traded.account.iterdir()} == before


@pytest.mark.usefixtures("traded")
def test_positions_add_up_to_the_equity(cockpit: CommandLine) -> None:
    positions = cockpit("positions", "list", "--json").data

    state = cockpit("journal", "state", "--json").data
    worth = sum(Decimal(position["quantity"]) * Decimal(position["mark_px"]) for position in positions)
    assert list(positions[0]) == [
        "broker",
        "account",
        "instrument",
        "strategy",
        "quantity",
        "avg_px",
        "mark_px",
        "mark_age",
        "unrealized",
        "realized",
        "protection",
        "unprotected",
    ]
    assert {position["account"] for position in positions} == {"SIM-000001"}
    assert {entry["account"] for entry in state["cash"]} == {"SIM-000001"}
    assert Decimal(state["cash"][0]["amount"]) + worth == Decimal(state["equity"])


@pytest.mark.usefixtures("traded")
def test_strategies_are_listed_with_what_came_of_them(cockpit: CommandLine) -> None:
    strategies = cockpit("strategies", "list", "--json").data

    assert {entry["id"] for entry in strategies} == {
        "trend_following",
        "mean_reversion",
        "pairs_trading",
        "ma_crossover",
    }
    assert sum(entry["fills"] for entry in strategies) > 0
    assert all(entry["standing"] == "ENABLED" for entry in strategies)
    raised = cockpit("journal", "show", "--kind", "SignalRaised", "--limit", "200", "--json").data
    newest = {record["payload"]["signal"]["strategy_id"]: record["signal"] for record in raised}
    assert {entry["id"]: entry["last_signal"] for entry in strategies} == {
        entry["id"]: newest.get(entry["id"]) for entry in strategies
    }
    assert {record["signal"]["id"] for record in raised} == {record["correlation_id"] for record in raised}


@pytest.mark.usefixtures("paths")
def test_strategies_tell_how_their_round_trips_went(cockpit: CommandLine) -> None:
    cockpit("headless", "--bars", "60", "--speed", "max", "--no-progress")
    told = {entry["id"]: entry["metrics"] for entry in cockpit("strategies", "list", "--json").data}

    traded = {name: metrics for name, metrics in told.items() if metrics["total_trades"]}
    assert list(told["mean_reversion"]) == [
        *("total_trades", "winning_trades", "losing_trades", "win_rate", "total_return", "average_trade"),
        *("largest_win", "largest_loss", "profit_factor", "max_drawdown", "sharpe_ratio"),
    ]
    assert traded
    for metrics in traded.values():
        assert metrics["winning_trades"] + metrics["losing_trades"] <= metrics["total_trades"]
        assert (metrics["sharpe_ratio"] is None) == (metrics["total_trades"] < 10)
    shown = cockpit("strategies", "list").out
    assert {"TRIPS", "RETURN", "FACTOR", "DRAWDOWN", "SHARPE"} <= set(shown.splitlines()[0].split())


@pytest.mark.usefixtures("traded")
def test_one_record_is_shown_by_its_number(cockpit: CommandLine) -> None:
    (one,) = cockpit("journal", "show", "42", "--json").data
    (same,) = cockpit("journal", "show", "--after", "41", "--limit", "1", "--json").data

    assert one == same
    assert one["seq"] == 42
    missing = cockpit("journal", "show", "99999", "--json")
    assert (missing.code, missing.error["code"]) == (8, "NOT_FOUND")
    assert cockpit("journal", "show", "42", "--after", "3", "--json").error["code"] == "USAGE"


@pytest.mark.usefixtures("traded")
def test_risk_status_names_every_rule_in_force_and_what_it_judges(cockpit: CommandLine) -> None:
    """RSK-20."""
    limits = cockpit("risk", "status", "--json").data["limits"]
    page = " ".join(cockpit("risk", "status").out.split())

    assert [row["rule"] for row in limits] == list(RULES)
    assert {"rule": "max_positions", "judges": "OPENING", "limit": "10"} in limits
    assert page.endswith(f"Every ticket is judged by {len(RULES)} rules: {', '.join(RULES)}.")


@pytest.mark.usefixtures("traded")
def test_risk_status_shows_how_much_of_each_limit_is_used(cockpit: CommandLine) -> None:
    status = cockpit("risk", "status", "--json").data

    rules = {row["rule"]: row for row in status["rules"]}
    assert status["state"] == "ACTIVE"
    assert {"daily_loss", "drawdown", "max_positions"} <= rules.keys()
    held = len(cockpit("positions", "list", "--json").data)
    assert (rules["max_positions"]["observed"], rules["max_positions"]["limit"]) == (str(held), "10")


def test_a_journal_that_is_whole_verifies(cockpit: CommandLine, traded: Paths) -> None:
    end = verify(traded.journal)

    data = cockpit("journal", "verify", "--json").data

    assert data == {"records": end.seq, "hash": end.hash, "anchored": True}
    assert "whole" in cockpit("journal", "verify").out


def test_a_journal_without_its_head_verifies_and_its_end_is_said_to_be_open(
    cockpit: CommandLine, traded: Paths
) -> None:
    (traded.account / "head").unlink()

    ran = cockpit("journal", "verify", "--json")

    assert not ran.data["anchored"]
    assert "cut from its end" in ran.err


def test_a_journal_that_is_missing_proves_nothing(cockpit: CommandLine) -> None:
    ran = cockpit("journal", "verify", "--json")

    assert (ran.code, ran.error["code"]) == (8, "NOT_FOUND")


def test_records_are_shown_from_the_end_or_from_a_number_on(cockpit: CommandLine, traded: Paths) -> None:
    last = verify(traded.journal).seq

    tail = cockpit("journal", "show", "--limit", "3", "--json").data
    middle = cockpit("journal", "show", "--after", "10", "--limit", "3", "--json").data
    fills = cockpit("journal", "show", "--after", "0", "--kind", "OrderFilled", "--limit", "2", "--json").data
    assert [record["seq"] for record in tail] == [last - 2, last - 1, last]
    assert [record["seq"] for record in middle] == [11, 12, 13]
    assert [record["kind"] for record in fills] == ["OrderFilled"] * 2
    assert tail[-1]["payload"]["reason"] == "bars"


def test_a_kind_that_is_misspelt_is_answered_with_the_nearest(cockpit: CommandLine) -> None:
    error = cockpit("journal", "show", "--kind", "OrderFiled", "--json").error

    assert error["exit"] == 2
    assert "did you mean OrderFilled?" in error["message"]


@pytest.mark.usefixtures("traded")
def test_every_kind_can_be_asked_for(cockpit: CommandLine) -> None:
    shown = {kind: cockpit("journal", "show", "--kind", kind).code for kind in KINDS}

    assert set(shown.values()) == {0}


def test_the_settings_in_force_are_shown_with_the_environments_among_them(
    cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT__SESSION__SEED", "11")

    data = cockpit("config", "show", "--json").data

    assert data["session"]["seed"] == 11
    assert data["session"]["account"] == "SIM-000001"
    assert "session.seed" in cockpit("config", "show").out


def test_an_account_is_whole_for_a_program_and_masked_where_somebody_may_look_on(cockpit: CommandLine) -> None:
    ran, shown = cockpit("config", "show", "--json"), cockpit("config", "show").out

    assert (ran.envelope["account"], ran.data["session"]["account"]) == ("••••0001", "SIM-000001")
    assert "••••0001" in shown
    assert "SIM-000001" not in shown


def test_the_default_settings_are_good_and_checking_them_touches_nothing(cockpit: CommandLine, paths: Paths) -> None:
    data = cockpit("config", "check", "--json").data

    assert "AAPL.XNAS" in data["instruments"]
    assert "drawdown" in data["rules"]
    assert not paths.state.exists()
