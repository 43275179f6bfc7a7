"""Whatever is said, unsaid, lost and asked, in any order: what is in flight is always waited for, and ends."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain import commands as do
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus
from oms.domain.report import CancelReject, ExecType, NotFound, Unclear
from oms.lifecycle import allowed
from tests.doubles.core import AT_ONCE
from tests.oms.examples import FAR_AWAY, Core, folded, said, ticket, traded

Act: TypeAlias = Callable[[Core], object]
IN_FLIGHT = frozenset({OrderStatus.SUBMITTED, OrderStatus.UNKNOWN, OrderStatus.PENDING_CANCEL})


def _act(put: Callable[[Core, ClientOrderId], object]) -> st.SearchStrategy[Act]:
    """Return a strategy for an act upon one of three orders."""
    return st.integers(1, 3).map(lambda number: lambda core: put(core, ClientOrderId(f"SIM-1-{number}")))


acts: st.SearchStrategy[Act] = st.one_of(
    st.sampled_from([0.5, 3, 10, 45, 3_600]).map(lambda secs: lambda core: core.wait(secs)),
    _act(lambda core, _: core.submit(ticket("100"))),
    _act(lambda core, order_id: core.put(do.CancelOrder(actor="ann", client_order_id=order_id))),
    _act(lambda core, order_id: core.put(NotFound(client_order_id=order_id, ts=core.now))),
    _act(lambda core, order_id: core.put(CancelReject(client_order_id=order_id, ts=core.now))),
    _act(lambda core, order_id: core.put(Unclear(client_order_id=order_id, ts=core.now, text="?"))),
    _act(lambda core, order_id: core.put(said(ExecType.NEW, order_id, ts=core.now))),
    _act(lambda core, order_id: core.put(said(ExecType.CANCELED, order_id, ts=core.now))),
    _act(lambda core, order_id: core.put(said(ExecType.REJECTED, order_id, ts=core.now))),
    _act(lambda core, order_id: core.put(traded("60", "150", order_id, exec_id=f"{order_id}-{core.now}", ts=core.now))),
)


def waits_for_all_that_is_in_flight(core: Core) -> None:
    """Assert I-21's first half: nothing stays in flight that nobody waits for."""
    in_flight = [order for order in core.state.blotter.open.values() if order.status in IN_FLIGHT]
    deadline = core.state.next_deadline()

    assert not in_flight or deadline is not None
    assert deadline is None or deadline <= core.now + 60 * 1_000_000_000


@pytest.mark.parametrize("capabilities", [AT_ONCE, FAR_AWAY], ids=["at once", "far away"])
@given(story=st.lists(acts, max_size=20))
@settings(max_examples=150)
def test_nothing_in_flight_is_forgotten_and_a_fold_waits_for_the_same(
    capabilities: Capabilities, story: list[Act]
) -> None:
    """I-04, I-11, I-21."""
    core = Core(capabilities=capabilities)
    core.submit(ticket("100"))
    for act in story:
        act(core)
        waits_for_all_that_is_in_flight(core)

    again = folded(core.durable, capabilities)
    submitted = [one.event.client_order_id for one in core.durable if isinstance(one.event, oev.OrderSubmitted)]
    assert len(submitted) == len(set(submitted)), "never twice for one id"
    assert again.digest() == core.state.digest()
    in_flight = any(order.status in IN_FLIGHT for order in again.blotter.open.values())
    assert not in_flight or again.next_deadline() is not None


@pytest.mark.parametrize("capabilities", [AT_ONCE, FAR_AWAY], ids=["at once", "far away"])
@given(story=st.lists(acts, max_size=12))
@settings(max_examples=100)
def test_a_venue_that_answers_every_question_leaves_nothing_uncertain(
    capabilities: Capabilities, story: list[Act]
) -> None:
    """I-21: from any muddle, a minute and a half of honest answers is enough."""
    core = Core(capabilities=capabilities)
    core.submit(ticket("100"))
    for act in story:
        act(core)
    until = core.now + 90 * 1_000_000_000
    while (deadline := core.state.next_deadline()) is not None and deadline <= until:
        asked = core.wait((deadline - core.now) / 1_000_000_000 if deadline > core.now else 0)
        for event in asked:
            if isinstance(event, oev.OrderQueried):
                core.put(NotFound(client_order_id=event.client_order_id, ts=core.now))

    for order in core.state.blotter.open.values():
        assert order.status not in IN_FLIGHT, order
        assert allowed(order.status, oev.OrderPendingCancel)
