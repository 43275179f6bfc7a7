"""What differs while a link stands: what is asked about, and when a gap is certain."""

from decimal import Decimal

from cockpit.drift import Drift
from oms.domain.account import AccountSnapshot
from oms.domain.ids import ClientOrderId, Route
from oms.domain.order import Order
from oms.domain.report import ExecType
from tests.oms.examples import AAPL, ACCOUNT, FAR_AWAY, IBM, SIM, Core, books, said, ticket

ROUTE = Route(SIM, ACCOUNT)


def working(*quantities: str) -> Core:
    """Return a core with an order for each quantity of AAPL, which the venue has taken."""
    core = Core(capabilities=FAR_AWAY)
    for quantity in quantities:
        core.put(said(ExecType.NEW, core.submit(ticket(quantity))))
    return core


def holding(quantity: str) -> AccountSnapshot:
    """Return the books of a venue that holds so many AAPL."""
    return books(net={AAPL: quantity}).snapshot


def ids(orders: list[Order]) -> list[ClientOrderId]:
    return [order.client_order_id for order in orders]


def test_a_gap_is_asked_about_when_it_stays_and_certain_once_the_same_was_found_after_the_answers() -> None:
    core = working("10", "20")
    drift = Drift(core.state, ROUTE)
    seen = []
    for _ in range(5):
        certain = drift.look(holding("6"))
        asked = list(drift.questions())
        seen.append((len(asked), {gap for _, gap in certain}))
        for order in asked:
            drift.hear(order.client_order_id)

    assert seen == [(0, set()), (2, set()), (0, set()), (0, {Decimal(6)}), (0, {Decimal(6)})]


def test_what_was_said_of_an_order_before_it_was_asked_is_no_answer() -> None:
    """One fill of it was told, and another one dropped."""
    core = working("10")
    (order,) = core.state.blotter.open.values()
    drift = Drift(core.state, ROUTE)
    for _ in range(5):
        drift.hear(order.client_order_id)
        assert drift.look(holding("6")) == frozenset()

    assert ids(list(drift.questions())) == [order.client_order_id]


def test_a_gap_that_moves_is_on_its_way() -> None:
    core = working("10")
    drift = Drift(core.state, ROUTE)
    for quantity in ("1", "2", "3", "4", "5", "6"):
        assert drift.look(holding(quantity)) == frozenset()
        assert drift.questions() == ()


def test_only_the_orders_of_what_differs_are_asked_about() -> None:
    core = working("10")
    core.put(said(ExecType.NEW, core.submit(ticket("5", instrument_id=IBM))))
    drift = Drift(core.state, ROUTE)
    for _ in range(2):
        drift.look(holding("6"))
    assert ids(list(drift.questions())) == ["SIM-1-1"]

    drift = Drift(core.state, ROUTE)
    for _ in range(2):
        drift.look(books(cash="99000").snapshot)
    assert ids(list(drift.questions())) == ["SIM-1-1", "SIM-1-2"], "of cash any of them may be the reason"


def test_without_any_order_a_gap_that_is_found_three_times_is_certain() -> None:
    core = Core(capabilities=FAR_AWAY)
    drift = Drift(core.state, ROUTE)

    assert [bool(drift.look(holding("6"))) for _ in range(3)] == [False, False, True]
    assert not drift.is_over
    drift.look(books().snapshot)
    assert drift.is_over
