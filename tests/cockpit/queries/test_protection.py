"""What is said about the stops of a position, and about an order that is held here."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from cockpit.cli.order_page import standing
from cockpit.cli.positions import _table
from cockpit.flatten import Flattened
from cockpit.library.position_info import to_position_info
from cockpit.queries.orders import list_orders
from cockpit.queries.plain import Json
from cockpit.queries.state import list_positions
from cockpit.queries.stop import flatten_result
from cockpit.tui.banner import banner
from cockpit.tui.hands.removal import unprotected
from cockpit.tui.panels.positions import rows
from cockpit.tui.recent import Recent
from oms.domain import commands as do
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Purpose, Side
from oms.domain.report import ExecType, NotFound
from tests.cockpit.tui.scene import view
from tests.oms.examples import Core, quote, said, ticket, traded

NO_STOPS = Capabilities(knows_at_once=True, order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}))


def bought(capabilities: Capabilities, *stops: str, side: Side = Side.BUY, taken: bool = True) -> Core:
    """Return a core that holds ten for each stop, which the venue has `taken`."""
    core = Core(capabilities=capabilities)
    for number, stop in enumerate(stops):
        order_id = core.submit(replace(ticket("10", side), protect_px=Decimal(stop)))
        core.put(traded("10", "150", order_id, exec_id=f"X-{number}", side=side))
    for order in list(core.state.blotter.open.values()):
        if taken and order.status is OrderStatus.SUBMITTED:
            core.put(said(ExecType.NEW, order.client_order_id, side=order.ticket.side))
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


def test_a_stop_that_the_venue_has_not_taken_yet_is_on_its_way_and_protects_nothing() -> None:
    core = bought(Capabilities(knows_at_once=True), "145", taken=False)
    (position,), (row,) = core.state.ledger.open.values(), rows(core.state, view(Recent()))

    assert told(core)["protection"] == {"stop_px": "145", "quantity": "10", "where": "sent"}
    assert told(core)["unprotected"] == "10"
    assert " 145 sent " in shown(core)
    assert row.cells[8].text == "145.00○"
    assert not to_position_info(position, core.state).stop_loss_at_venue
    core.put(NotFound(client_order_id=ClientOrderId("SIM-1-2"), ts=core.now))
    assert (told(core)["protection"]["where"], told(core)["unprotected"]) == ("soft", "0")
    assert list_orders(core.state, {})[0]["flags"] == ["SOFT"]


def silence(core: Core, stop: ClientOrderId) -> None:
    """Let the venue not answer to a stop for longer than it may."""
    assert core.order(stop).status is OrderStatus.SUBMITTED
    core.wait(11)


def lost_cancel(core: Core, stop: ClientOrderId) -> None:
    """Let it take the stop, and not answer to its cancel."""
    core.put(said(ExecType.NEW, stop, side=Side.SELL))
    core.put(do.CancelOrder(actor="ann", client_order_id=stop))
    core.wait(30)


@pytest.mark.parametrize("silent", [silence, lost_cancel])
def test_of_a_stop_whose_venue_does_not_answer_nobody_says_that_it_stands(
    silent: Callable[[Core, ClientOrderId], None],
) -> None:
    """I-17: what is not known is shown as not known, everywhere."""
    core = bought(Capabilities(), "145", taken=False)
    silent(core, ClientOrderId("SIM-1-2"))
    core.put(quote("150"))
    (position,), (row,) = core.state.ledger.open.values(), rows(core.state, view(Recent()))

    assert told(core)["protection"] == {"stop_px": "145", "quantity": "10", "where": "unknown"}
    assert told(core)["unprotected"] == "10"
    assert " 145 unknown " in shown(core)
    assert [cell.text for cell in row.cells[8:10]] == ["145.00?", "?"]
    assert not to_position_info(position, core.state).stop_loss_at_venue
    (held,) = flatten_result(core.state, Flattened(sent=(), canceled=(), denied=()), None)["positions"]
    assert held["unprotected"] == "10"


def test_an_old_stop_whose_cancel_is_not_answered_takes_nothing_from_the_one_that_stands() -> None:
    """What was held is sold, so its stop has to go, and what is bought anew has its own at the venue."""
    core = bought(Capabilities(), "145")
    core.put(traded("10", "150", core.submit(ticket("10", Side.SELL)), exec_id="X-out", side=Side.SELL))
    core.put(traded("10", "150", core.submit(replace(ticket("10"), protect_px=Decimal(140))), exec_id="X-in"))
    core.put(said(ExecType.NEW, ClientOrderId("SIM-1-5"), side=Side.SELL))
    core.wait(30)

    assert core.order(ClientOrderId("SIM-1-2")).flags == (OrderFlag.OVERDUE,)
    assert told(core)["protection"] == {"stop_px": "140", "quantity": "10", "where": "venue"}
    assert told(core)["unprotected"] == "0"


def test_an_old_stop_of_the_other_side_takes_nothing_from_the_one_that_stands() -> None:
    core = bought(Capabilities(), "145")
    core.put(traded("20", "150", core.submit(ticket("20", Side.SELL)), exec_id="X-out", side=Side.SELL))
    by_hand = replace(ticket("10"), order_type=OrderType.STOP_MARKET, stop_px=Decimal(160), purpose=Purpose.PROTECT)
    core.put(said(ExecType.NEW, core.submit(by_hand)))
    core.wait(30)

    assert core.order(ClientOrderId("SIM-1-2")).flags == (OrderFlag.OVERDUE,)
    assert told(core)["protection"] == {"stop_px": "160", "quantity": "10", "where": "venue"}
    assert told(core)["unprotected"] == "0"


@pytest.mark.parametrize("silent", [silence, lost_cancel])
def test_no_question_counts_a_stop_that_is_not_answered_for_among_those_that_stay(
    silent: Callable[[Core, ClientOrderId], None],
) -> None:
    core, stop = bought(Capabilities(), "145", taken=False), ClientOrderId("SIM-1-2")
    silent(core, stop)
    core.put(quote("150"))
    armed = "".join(cell.text for cell in banner(core.state, view(Recent()), 120, armed=True).line)

    assert armed.endswith("blocks new orders")
    assert unprotected([core.order(stop)], core.state)[0].endswith("whether it stands is not known")


def test_what_a_flatten_leaves_without_a_stop_that_works_it_says_so() -> None:
    core = bought(Capabilities(knows_at_once=True), "145", taken=False)
    nothing = Flattened(sent=(), canceled=(), denied=())

    (held,) = flatten_result(core.state, nothing, None)["positions"]
    assert held["unprotected"] == "10"
    core.put(said(ExecType.NEW, ClientOrderId("SIM-1-2"), side=Side.SELL))
    (held,) = flatten_result(core.state, nothing, None)["positions"]
    assert held["unprotected"] == "0"


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
    assert seen[6:] == (f"◐{found['quantity']}" if more != "0" else "●" if info.stop_loss_at_venue else "◍")


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
