"""What `orders` lists and shows of an account that has traded, and why each order is what it is."""

import asyncio
import json
import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from cockpit.paths import Paths
from tests.doubles.command_line import CommandLine
from tests.doubles.scripts import scripted


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
def test_an_order_is_found_by_its_id_and_by_what_the_list_calls_it(cockpit: CommandLine) -> None:
    whole = cockpit("orders", "show", "SIM-1-3", "--json").data

    assert whole["id"] == "SIM-1-3"
    assert cockpit("orders", "show", "3", "--json").data == whole


@pytest.mark.usefixtures("traded")
def test_after_a_restart_lists_call_no_two_orders_the_same_and_each_is_found_so(cockpit: CommandLine) -> None:
    cockpit("headless", "--bars", "20", "--speed", "max", "--no-progress")

    ids = [order["id"] for order in cockpit("orders", "list", "--json").data]
    names = [line.split()[0] for line in cockpit("orders", "list").out.splitlines()[1:]]

    assert names == [id_.removeprefix("SIM-1-").removeprefix("SIM-") for id_ in ids]
    assert {"3", "2-3"} <= set(names)
    for name, id_ in (("3", "SIM-1-3"), ("2-3", "SIM-2-3")):
        assert cockpit("orders", "show", name, "--json").data["id"] == id_


@pytest.mark.usefixtures("traded")
def test_a_number_that_the_first_run_has_not_is_not_found_and_the_way_to_write_it_is_told(cockpit: CommandLine) -> None:
    cockpit("headless", "--bars", "200", "--speed", "max", "--no-progress")
    ids = [order["id"] for order in cockpit("orders", "list", "--json").data]
    number = next(id_.removeprefix("SIM-2-") for id_ in ids if f"SIM-1-{id_.rpartition('-')[2]}" not in ids)

    error = cockpit("orders", "show", number, "--json").error

    assert error["code"] == "NOT_FOUND"
    assert error["hint"] == f"after a restart orders are called RUN-NUMBER: 2-{number}"


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
    page = cockpit("orders", "show", order["id"], "--why").out
    assert f"stop {signal['stop_px']}" in page
    assert signal["id"] == f"S{chain[0]['seq']}" == cockpit("orders", "show", order["id"], "--json").data["signal"]
    assert re.search(rf"^signal +{signal['id']}$", page, re.MULTILINE)
    assert signal["metadata"]
    assert "saw " + ", ".join(f"{name} {value}" for name, value in signal["metadata"].items()) in page
    assert (signal["time_horizon_secs"], "at most" in chain[0]["text"]) == (None, False)
    assert re.search(rf"^legs +stop {signal['stop_px']}, target {signal['target_px']}$", page, re.MULTILINE)
    leg = next(one for one in cockpit("orders", "list", "--json").data if one["parent"] == order["id"])
    assert re.search(rf"^leg of +{order['id']}$", cockpit("orders", "show", leg["id"]).out, re.MULTILINE)
    assert cockpit("orders", "show", leg["id"], "--json").data["signal"] == signal["id"]


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
@pytest.mark.parametrize("when", ["1.5", "90", "2010", "9" * 30 + "d", "9" * 400 + "s", "36526d"])
def test_a_point_in_time_is_a_date_or_has_a_unit_and_lies_within_a_century(cockpit: CommandLine, when: str) -> None:
    orders, logs = (cockpit(*verb, "--since", when, "--json") for verb in (("orders", "list"), ("logs",)))

    assert (orders.code, orders.error["code"], logs.code, logs.error["code"]) == (2, "USAGE", 2, "USAGE")
    assert len(orders.error["message"]) < 200


def test_a_stop_that_trails_says_how_far_and_a_stop_limit_says_both_its_prices(
    cockpit: CommandLine, paths: Paths
) -> None:
    async def place() -> None:
        async with scripted(paths.state) as session:
            await session.oms.submit_order({"symbol": "AAPL", "side": "buy", "quantity": "4", "trail_by": "2.5"})
            common = {"symbol": "IBM", "side": "buy", "quantity": "1", "time_in_force": "gtc"}
            await session.oms.submit_order({**common, "order_type": "trailing_stop", "trail_by": "1.25"})
            both = {"order_type": "stop_limit", "stop_price": "150", "limit_price": "150.5"}
            await session.oms.submit_order({**common, **both})

    asyncio.run(place())
    entry, leg, trailing, both = cockpit("orders", "list", "--json").data
    lines = cockpit("orders", "list").out.splitlines()[1:]
    pages = [cockpit("orders", "show", order["id"]).out for order in (entry, leg, trailing, both)]

    assert [(order["type"], order["trail_by"]) for order in (entry, leg, trailing, both)] == [
        ("MARKET", "2.5"),
        ("STOP_MARKET", "2.5"),
        ("STOP_MARKET", "1.25"),
        ("STOP_LIMIT", None),
    ]
    words = ["MARKET", "TRAILING STOP 2.5", "TRAILING STOP 1.25", "STOP LIMIT"]
    for line, page, word in zip(lines, pages, words, strict=True):
        assert f" {word} " in line
        assert f" {word} " in page
    assert re.search(r" STOP LIMIT +150\.5 +150 ", lines[3])
    assert re.search(r"^limit +150\.5$", pages[3], re.MULTILINE)
    assert re.search(r"^stop +150$", pages[3], re.MULTILINE)
    for order, page in ((leg, pages[1]), (trailing, pages[2])):
        behind = f"{order['stop_px']}, {order['trail_by']} behind the market"
        assert re.search(rf"^stop +{re.escape(behind)}$", page, re.MULTILINE)
