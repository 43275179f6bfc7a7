"""How well orders were executed, as the command line tells it: the figures by hand are in `stats/test_execution.py`."""

from decimal import Decimal

import pytest

from tests.doubles.command_line import CommandLine


@pytest.mark.usefixtures("traded")
def test_the_parts_by_symbol_add_up_to_the_whole(cockpit: CommandLine) -> None:
    whole = cockpit("orders", "quality", "--json").data
    parts = [cockpit("orders", "quality", "--symbol", name, "--json").data for name in ("AAPL", "GOOG", "IBM", "MSFT")]

    assert whole["filled"] > 0
    assert whole["currency"] == "USD"
    for name in ("orders", "submitted", "filled", "total_slippage", "arrival_slippage", "total_fees"):
        assert sum(Decimal(part[name]) for part in parts) == Decimal(whole[name]), name


@pytest.mark.usefixtures("traded")
def test_an_order_tells_what_the_sum_is_made_of(cockpit: CommandLine) -> None:
    orders = [
        cockpit("orders", "show", order["id"], "--json").data for order in cockpit("orders", "list", "--json").data
    ]
    whole = cockpit("orders", "quality", "--json").data

    slipped = sum(Decimal(order["quality"]["arrival_slippage"] or 0) for order in orders)
    assert slipped == Decimal(whole["arrival_slippage"]) != 0
    first = next(order for order in orders if order["status"] == "FILLED" and order["type"] == "MARKET")
    page = cockpit("orders", "show", first["id"]).out
    assert f"arrived   {first['quality']['arrival_px']}, slipped " in page
    assert "took      0 ms" in page


@pytest.mark.usefixtures("traded")
def test_an_order_that_has_not_traded_shows_no_slippage(cockpit: CommandLine) -> None:
    resting = cockpit("orders", "list", "--status", "working", "--json").data[0]
    shown = cockpit("orders", "show", resting["id"], "--json").data["quality"]

    assert (shown["slippage"], shown["arrival_slippage"], shown["fill_ms"]) == (None, None, None)
    assert "took      —" in cockpit("orders", "show", resting["id"]).out


@pytest.mark.usefixtures("traded")
def test_the_page_has_money_rates_and_times(cockpit: CommandLine) -> None:
    data = cockpit("orders", "quality", "--json").data
    out = cockpit("orders", "quality").out

    assert f"orders        {data['orders']}, denied {data['denied']}, submitted {data['submitted']}\n" in out
    assert f"{Decimal(data['arrival_slippage']):+,.2f} USD, {Decimal(data['arrival_slippage_bps']):.2f} bp" in out
    assert "fill time     median 0 ms, mean " in out


def test_without_orders_there_is_nothing_to_divide(cockpit: CommandLine) -> None:
    assert "filled whole  —, rejected —\n" in cockpit("orders", "quality").out


@pytest.mark.usefixtures("traded")
def test_a_symbol_that_is_not_listed_is_not_found(cockpit: CommandLine) -> None:
    ran = cockpit("orders", "quality", "--symbol", "AAPLE", "--json")

    assert (ran.code, ran.error["code"]) == (8, "NOT_FOUND")
