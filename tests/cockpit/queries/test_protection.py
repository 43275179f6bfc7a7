"""What is said about the stops of a position, and about an order that is held here."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from cockpit.cli.order_page import standing
from cockpit.cli.positions import _table
from cockpit.library.position_info import to_position_info
from cockpit.queries.orders import list_orders
from cockpit.queries.plain import Json
from cockpit.queries.state import list_positions
from cockpit.tui.panels.positions import rows
from cockpit.tui.recent import Recent
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderType, Side
from tests.cockpit.tui.scene import view
from tests.oms.examples import Core, ticket, traded

NO_STOPS = Capabilities(knows_at_once=True, order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}))


def bought(capabilities: Capabilities, *stops: str, side: Side = Side.BUY) -> Core:
    """Return a core that holds ten for each stop."""
    core = Core(capabilities=capabilities)
    for number, stop in enumerate(stops):
        order_id = core.submit(replace(ticket("10", side), protect_px=Decimal(stop)))
        core.put(traded("10", "150", order_id, exec_id=f"X-{number}", side=side))
    return core


def told(core: Core) -> Json:
    (position,) = list_positions(core.state, {})
    return position


def shown(core: Core) -> str:
    (line,) = _table([told(core)]).splitlines()[1:]
    return line


@pytest.mark.parametrize(
    ("side", "stops", "worst"), [(Side.BUY, ("140", "145"), "140"), (Side.SELL, ("155", "160"), "160")]
)
def test_the_worst_stop_and_all_that_is_covered_are_told(side: Side, stops: tuple[str, ...], worst: str) -> None:
    core = bought(Capabilities(knows_at_once=True), *stops, side=side)

    assert told(core)["protection"] == {"stop_px": worst, "quantity": "20", "where": "venue"}
    assert f" {worst} " in shown(core)


def test_a_stop_for_a_part_says_for_how_much_of_the_position_it_stands() -> None:
    core = bought(Capabilities(knows_at_once=True), "140")
    core.put(traded("5", "150", core.submit(ticket("5")), exec_id="X-9"))

    assert told(core)["protection"] == {"stop_px": "140", "quantity": "10", "where": "venue"}
    assert told(core)["unprotected"] == "5"
    assert " 140 for 10 " in shown(core)


@pytest.mark.parametrize("more", ["0", "5"])
@pytest.mark.parametrize("stops", [("140", "145"), ("145",)])
@pytest.mark.parametrize("capabilities", [Capabilities(knows_at_once=True), NO_STOPS])
def test_screen_list_and_library_say_the_same_of_a_stop(
    capabilities: Capabilities, stops: tuple[str, ...], more: str
) -> None:
    core = bought(capabilities, *stops)
    if more != "0":
        core.put(traded(more, "150", core.submit(ticket(more)), exec_id="X-9"))
    (position,) = core.state.ledger.open.values()
    (row,) = rows(core.state, view(Recent()))
    seen = row.cells[8].text
    found, info = told(core)["protection"], to_position_info(position, core.state)

    assert info.stop_loss_price == Decimal(found["stop_px"]) == Decimal(seen[:6])
    assert info.stop_loss_quantity == Decimal(found["quantity"]) == 10 * len(stops)
    assert info.stop_loss_at_venue is (found["where"] == "venue")
    assert seen[6:] == (f"◐{found['quantity']}" if more != "0" else "●" if info.stop_loss_at_venue else "○")


def test_what_is_held_here_is_soft_in_both_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    core = bought(NO_STOPS, "145")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    parent, stop = list_orders(core.state, {})

    assert " 145 soft " in shown(core)
    assert (standing(parent), standing(stop)) == ("FILLED", "◍ soft")
    assert (stop["parent"], stop["purpose"]) == (parent["id"], "PROTECT")
    monkeypatch.setenv("TERM", "linux")
    assert standing(stop) == "@ soft"


def test_nothing_is_said_of_a_position_without_a_stop() -> None:
    core = Core()
    core.put(traded("10", "150", core.submit(ticket("10"))))

    assert told(core)["protection"] is None
    assert told(core)["unprotected"] == "10"
    assert " none " in shown(core)
