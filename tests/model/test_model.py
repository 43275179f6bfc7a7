"""The real life cycle beside a small reference, through everything that can happen to an order and to the program.

Fifty thousand steps here, drawn and shortened by a driver of our own, which draws what matters more often; as many as
wanted with `python bench/model.py --steps N --seed S`. Hypothesis takes as many of the same steps in `test_machine`.
After every step the two are compared, it is looked whether all has left that was to leave, and the invariants are
asserted, each under its number: I-01 to I-11, I-13 to I-16, I-19 and I-21; I-20 where there is a time without faults.
Orders with stops, targets and trails are among them, at venues that take stop orders or not, and change orders or not.

The gate has the rules that say what an order may do at all: `trading_state`, `sane_numbers` and `max_position`. The
others are judged one by one in tests/risk and together in tests/sessions. Strategies are there as owners of positions;
their signals, groups and pauses, and a flatten, are stories of tests/oms.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random

import pytest

from oms.asking import Asking
from oms.decide.exits import Exits
from oms.decide.legs import stop_leg
from oms.decide.lost import Lost
from oms.decide.protection import Protection
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderStatus, OrderTicket
from oms.domain.units import Nanos
from oms.ledger import Ledger
from oms.left import Left
from oms.lifecycle import TRANSITIONS
from oms.reservations import Reservations
from oms.router import Router
from oms.sent import Sent
from tests.model.drive import VENUES, campaign, draw, tell, told
from tests.model.rules import RULES
from tests.model.unreached import UNREACHED

STEPS = 12_500


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_fifty_thousand_steps_without_a_divergence(seed: int) -> None:
    outcome = campaign(STEPS, seed)

    assert not outcome.why, told(outcome)
    assert outcome.taken.keys() == RULES.keys()
    assert outcome.reached.keys() >= {*OrderStatus} - UNREACHED.keys()


def test_the_same_seed_tells_the_same_stories() -> None:
    """I-12: nothing but what is drawn decides."""
    first, second = (tell(list(draw(Random(7))), VENUES[1])[0] for _ in range(2))  # noqa: S311

    assert first.program.disk.trace() == second.program.disk.trace()
    assert first.program.state.digest() == second.program.state.digest()


def nothing(*_: object, **__: object) -> None:
    """Do nothing."""


def no_events(*_: object, **__: object) -> tuple[()]:
    """Decide on nothing."""
    return ()


def due_without_forgetting(sent: Sent, orders: Mapping[ClientOrderId, Order]) -> Nanos | None:
    """Return when the first that is not answered is due, and keep what was."""
    due = (ts for ts, order_id in sent.queue if orders[order_id].status is OrderStatus.SUBMITTED)
    return next((ts + sent.within for ts in due), None)


def rule_without(status: OrderStatus, kind: type) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.delitem(TRANSITIONS[status], kind)


def rule_to(status: OrderStatus, kind: type, to: OrderStatus) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setitem(TRANSITIONS[status], kind, to)


SABOTAGES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a cancel is believed before it is answered": rule_to(
        OrderStatus.ACCEPTED, oev.OrderPendingCancel, OrderStatus.CANCELED
    ),
    "a late fill is not counted": rule_without(OrderStatus.CANCELED, oev.OrderFilled),
    "a lost order stays lost": rule_without(OrderStatus.NOT_FOUND, oev.OrderAccepted),
    "a fill that overtakes the acknowledgement is lost": rule_without(OrderStatus.SUBMITTED, oev.OrderFilled),
    "what was booked for a fill stays beside it": lambda patch: patch.setattr(
        "oms.decide.reports.taken_back", no_events
    ),
    "cash is not paid": lambda patch: patch.setattr(Ledger, "_pay", nothing),
    "reservations are not given back": lambda patch: patch.setattr(Reservations, "release", nothing),
    "one answer is enough": lambda patch: patch.setattr(Asking, "is_certain", lambda *_: True),
    "links that are down are forgotten": lambda patch: patch.setattr(Router, "down", nothing),
    "cancels do not leave": lambda patch: patch.setattr(Router, "_cancel", nothing),
    "changes do not leave": lambda patch: patch.setattr(Router, "_replace", nothing),
    "questions do not leave": lambda patch: patch.setattr(Router, "_query", nothing),
    "what was answered waits on": lambda patch: patch.setattr(Sent, "due", due_without_forgetting),
    "executions are counted again": lambda patch: patch.setattr("oms.decide.reports._is_known", lambda *_: False),
    "the gate sees no reservations": lambda patch: patch.setattr("risk.facts._held", lambda *_: Decimal(0)),
    "legs outlive what they protect": lambda patch: patch.setattr(Left, "_loosen", nothing),
    "an exit outlives its position": lambda patch: patch.setattr(Exits, "fit", no_events),
    "exits stand for the same shares": lambda patch: patch.setattr("risk.facts.behind", no_events),
    "only what the venue is told of is an exit": lambda patch: patch.setattr(
        OrderTicket, "is_exit", property(lambda wish: wish.reduce_only and wish.rests and wish.parent_id is None)
    ),
    "what an exit sells is taken from the brackets": lambda patch: patch.setattr(
        Left, "_uncovered", lambda *_, **__: Decimal(0)
    ),
    "a leg is not made to fit": lambda patch: patch.setattr(Protection, "_fit", no_events),
    "what is left of an entry works on": lambda patch: patch.setattr(Protection, "_end_entry", no_events),
    "what closes works on for nothing": lambda patch: patch.setattr(Exits, "end_spent", no_events),
    "what two legs turned round is kept": lambda patch: patch.setattr(Protection, "_turn_back", no_events),
    "a stop that is lost is not said": lambda patch: patch.setattr(Lost, "stop", no_events),
    "a target that is lost is let go": lambda patch: patch.setattr(Lost, "target", no_events),
    "where a leg was moved is forgotten": lambda patch: patch.setattr(Left, "agree", nothing),
    "what came to nothing at the market is tried again at once": lambda patch: patch.setattr(
        "oms.decide.triggers.is_paused", lambda *_: False
    ),
    "a stop by hand that came to nothing is let go": lambda patch: patch.setattr(Exits, "_lost", no_events),
    "what is tried again is for more than is held": lambda patch: patch.setattr(Exits, "_fit_tried", no_events),
    "an entry is changed past its own stop": lambda patch: patch.setattr(
        "oms.decide.changes.past_its_legs", lambda *_: ""
    ),
    "legs that wait are not made to fit": lambda patch: patch.setattr("oms.decide.protection._as_entry", no_events),
    "what is held here does not feel its price": lambda patch: patch.setattr(
        "oms.decide.triggers.touched_px", lambda *_: None
    ),
    "what its venue lacks is sent": lambda patch: patch.setattr(Capabilities, "lacking", lambda *_: ""),
    "a trail stands still": lambda patch: patch.setattr("oms.decide.triggers.tightened", nothing),
    "a stop covers what was ordered, and not what traded": lambda patch: patch.setattr(
        "oms.decide.protection.stop_leg", lambda parent, _qty, listed: stop_leg(parent, parent.ticket.quantity, listed)
    ),
}


# Of those that matter only where several things come together. Not every campaign meets that: these seeds were chosen
# among several because theirs do.
SEEDS = {
    "what was booked for a fill stays beside it": 7,
    "what came to nothing at the market is tried again at once": 23,
    "what is tried again is for more than is held": 23,
    "a trail stands still": 23,
}


@pytest.mark.parametrize("sabotage", SABOTAGES)
def test_a_mistake_is_found_and_its_story_is_short(sabotage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    SABOTAGES[sabotage](monkeypatch)

    outcome = campaign(8_000, SEEDS.get(sabotage, 17))

    assert outcome.why
    assert len(outcome.failing) <= 15, told(outcome)
