"""What the verbs that only look say of an account that has traded, and of one that has not."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from cockpit.paths import Paths
from oms.domain.events import KINDS
from oms.journal.verify import verify
from tests.doubles.command_line import CommandLine

LOOKS = [
    ("orders", "list"),
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
def test_orders_are_listed_by_status_the_newest_last(cockpit: CommandLine) -> None:
    orders = cockpit("orders", "list", "--json").data

    filled = cockpit("orders", "list", "--status", "filled", "--json").data
    some = cockpit("orders", "list", "--limit", "2", "--json")
    assert list(orders[0]) == [
        "id",
        "strategy",
        "instrument",
        "side",
        "type",
        "quantity",
        "limit_px",
        "stop_px",
        "tif",
        "status",
        "filled_qty",
        "avg_px",
        "fees",
        "ts",
        "text",
        "flags",
        "expires_at",
        "reduce_only",
        "purpose",
        "parent",
        "protect_px",
        "target_px",
        "trail_by",
        "soft",
    ]
    assert filled == [order for order in orders if order["status"] == "FILLED"]
    assert 0 < len(filled) < len(orders)
    assert some.data == orders[-2:]
    assert some.envelope["warnings"] == ["there may be older ones than these 2: see --limit"]
    working = cockpit("orders", "list", "--status", "working", "--json").data
    assert working == [order for order in orders if order["status"] == "ACCEPTED"]
    assert {order["purpose"] for order in working} == {"PROTECT", "CLOSE"}


@pytest.mark.usefixtures("traded")
def test_an_order_is_found_by_its_last_part(cockpit: CommandLine) -> None:
    whole = cockpit("orders", "show", "SIM-1-3", "--json").data

    assert whole["id"] == "SIM-1-3"
    assert cockpit("orders", "show", "3", "--json").data == whole


@pytest.mark.usefixtures("traded")
def test_a_last_part_that_two_orders_share_names_neither(cockpit: CommandLine) -> None:
    cockpit("headless", "--bars", "20", "--speed", "max", "--no-progress")

    error = cockpit("orders", "show", "3", "--json").error

    assert (error["code"], error["details"]) == ("AMBIGUOUS", {"ids": ["SIM-1-3", "SIM-2-3"]})


@pytest.mark.usefixtures("traded")
def test_an_order_that_does_not_exist_is_not_found(cockpit: CommandLine) -> None:
    ran = cockpit("orders", "show", "777", "--json")

    assert (ran.code, ran.error["code"]) == (8, "NOT_FOUND")


@pytest.mark.usefixtures("traded")
def test_why_walks_from_the_signal_to_the_fill(cockpit: CommandLine) -> None:
    order = cockpit("orders", "list", "--status", "filled", "--json").data[0]

    chain = cockpit("orders", "show", order["id"], "--why", "--json").data["chain"]

    kinds = [record["kind"] for record in chain]
    assert kinds[:4] == ["SignalRaised", "OrderInitialized", "OrderSubmitted", "OrderAccepted"]
    assert set(kinds[4:]) == {"OrderFilled"}
    assert [record["seq"] for record in chain] == sorted(record["seq"] for record in chain)
    assert chain[0]["text"].startswith(f"{order['strategy']} ")
    assert "wanted" in chain[1]["text"]
    assert all(list(record)[:5] == ["seq", "kind", "ts", "text", "findings"] for record in chain)
    signal = chain[0]["signal"]
    assert {"confidence", "stop_px", "target_px"} <= signal.keys()
    assert f"confidence {signal['confidence']:.2f}, stop {signal['stop_px']}" in chain[0]["text"]
    assert f"stop {signal['stop_px']}" in cockpit("orders", "show", order["id"], "--why").out


@pytest.mark.usefixtures("traded")
def test_why_states_each_rule_with_what_it_saw_and_its_limit(cockpit: CommandLine) -> None:
    orders = cockpit("orders", "list", "--json").data
    denied = next(o for o in orders if o["status"] == "DENIED" and not o["text"].startswith("the other leg"))

    chain = cockpit("orders", "show", denied["id"], "--why", "--json").data["chain"]

    (decision,) = [record for record in chain if record["findings"]]
    failed = [finding for finding in decision["findings"] if finding["verdict"] == "DENY"]
    rules = [row["rule"] for row in json.loads(_payload(cockpit, "LimitsSet"))["limits"]]
    assert [finding["rule"] for finding in decision["findings"]] == rules
    assert [finding["rule"] for finding in failed] == denied["text"].split(", ")
    assert all(Decimal(finding["observed"]) > Decimal(finding["limit"]) for finding in failed)
    assert failed[0]["text"] in cockpit("orders", "show", denied["id"], "--why").out


def _payload(cockpit: CommandLine, kind: str) -> str:
    (record,) = cockpit("journal", "show", "--kind", kind, "--json").data
    return json.dumps(record["payload"])


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
def test_an_order_shows_its_executions(cockpit: CommandLine) -> None:
    orders = cockpit("orders", "list", "--status", "filled", "--json").data
    order = next(order for order in orders if Decimal(order["quantity"]) > 1)

    fills = cockpit("orders", "show", order["id"], "--json").data["fills"]

    assert [list(fill) for fill in fills] == [["order", "exec_id", "quantity", "price", "fee", "ccy", "ts"]] * len(
        fills
    )
    assert {fill["order"] for fill in fills} == {order["id"]}
    assert sum(Decimal(fill["quantity"]) for fill in fills) == Decimal(order["filled_qty"])
    assert sum(Decimal(fill["fee"]) for fill in fills) == Decimal(order["fees"]["USD"])
    assert fills[0]["ts"] in cockpit("orders", "show", order["id"]).out


@pytest.mark.usefixtures("traded")
def test_orders_are_chosen_by_symbol_and_by_age(cockpit: CommandLine) -> None:
    orders = cockpit("orders", "list", "--json").data
    newest = cockpit("journal", "state", "--json").data["ts"]
    begin = f"{datetime.fromisoformat(newest) - timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"

    late = [order for order in orders if order["ts"] >= begin]
    assert 0 < len(late) < len(orders)
    for when in ("5d", "120h", begin):
        assert cockpit("orders", "list", "--since", when, "--json").data == late
    for symbol in ("IBM", "IBM.XNYS"):
        chosen = cockpit("orders", "list", "--symbol", symbol, "--json").data
        assert chosen == [order for order in orders if order["instrument"] == "IBM.XNYS"] != []


@pytest.mark.usefixtures("traded")
def test_a_symbol_that_is_misspelt_is_not_found_and_a_time_that_is_none_is_refused(cockpit: CommandLine) -> None:
    unknown, never = (
        cockpit("orders", "list", *options, "--json") for options in (("--symbol", "APPL"), ("--since", "ever"))
    )

    assert (unknown.code, unknown.error["code"], unknown.error["hint"]) == (8, "NOT_FOUND", "did you mean AAPL?")
    assert (never.code, "neither a duration nor a date" in never.error["message"]) == (2, True)


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
