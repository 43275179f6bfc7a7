"""What is said about the stops of a position, and about an order that is held here."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from cockpit.cli.order_page import standing
from cockpit.cli.positions import _stop
from cockpit.queries.orders import list_orders
from cockpit.queries.protection import protection
from oms.blotter import position_key
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderType, Side
from tests.oms.examples import Core, ticket, traded

NO_STOPS = Capabilities(knows_at_once=True, order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}))
KEY = position_key(ticket())


def bought(capabilities: Capabilities, *stops: str, side: Side = Side.BUY) -> Core:
    """Return a core that holds ten for each stop."""
    core = Core(capabilities=capabilities)
    for number, stop in enumerate(stops):
        order_id = core.submit(replace(ticket("10", side), protect_px=Decimal(stop)))
        core.put(traded("10", "150", order_id, exec_id=f"X-{number}", side=side))
    return core


@pytest.mark.parametrize(
    ("side", "stops", "nearest"), [(Side.BUY, ("140", "145"), "145"), (Side.SELL, ("160", "155"), "155")]
)
def test_the_nearest_stop_and_all_that_is_covered_are_told(side: Side, stops: tuple[str, ...], nearest: str) -> None:
    core = bought(Capabilities(knows_at_once=True), *stops, side=side)

    assert protection(core.state, KEY) == {"stop_px": nearest, "quantity": "20", "where": "venue"}
    assert _stop(protection(core.state, KEY)) == f"{nearest}"


def test_what_is_held_here_is_soft_in_both_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    core = bought(NO_STOPS, "145")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    parent, stop = list_orders(core.state, {})

    assert _stop(protection(core.state, KEY)) == "145 soft"
    assert (standing(parent), standing(stop)) == ("FILLED", "◍ soft")
    assert (stop["parent"], stop["purpose"]) == (parent["id"], "PROTECT")
    monkeypatch.setenv("TERM", "linux")
    assert standing(stop) == "@ soft"


def test_nothing_is_said_of_a_position_without_a_stop() -> None:
    core = Core()
    core.put(traded("10", "150", core.submit(ticket("10"))))

    assert protection(core.state, KEY) is None
    assert _stop(None) == "none"
