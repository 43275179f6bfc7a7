"""The real life cycle beside a small reference, through everything that can happen to an order and to the program.

Fifty thousand steps here; as many as wanted with `python bench/model.py --steps N --seed S`. After every step the two
are compared and the invariants looked at, each under its number: I-01 to I-11, I-13 to I-16 and I-19 to I-21. Orders
with stops, targets and trails are among them, at venues that take stop orders or not, and change orders or not.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from oms.asking import Asking
from oms.brackets import Brackets
from oms.decide.exits import Exits
from oms.decide.legs import stop_leg
from oms.decide.protection import Protection
from oms.domain import order_events as oev
from oms.domain.order import OrderStatus
from oms.ledger import Ledger
from oms.lifecycle import TRANSITIONS
from oms.reservations import Reservations
from oms.router import Router
from tests.model.drive import VENUES, campaign, draw, tell, told
from tests.model.rules import LARGEST, RULES, Step
from tests.model.story import Story
from tests.model.unreached import UNREACHED

STEPS = 12_500


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_fifty_thousand_steps_without_a_divergence(seed: int) -> None:
    outcome = campaign(STEPS, seed)

    assert not outcome.why, told(outcome)
    assert outcome.taken.keys() == RULES.keys()
    assert outcome.reached.keys() >= {*OrderStatus} - UNREACHED.keys()


numbers = st.integers(0, LARGEST - 1)


class Machine(RuleBasedStateMachine):
    """The same rules, drawn and shortened by Hypothesis."""

    @initialize(venue=st.sampled_from(VENUES))
    def begin(self, venue: Mapping[str, bool]) -> None:
        self.story = Story(**venue)

    def teardown(self) -> None:
        self.story.end()


def _made_a_rule(name: str) -> Any:
    def act(self: Machine, **drawn: int) -> None:
        self.story.step(Step(name, tuple(drawn.values())))

    act.__name__ = name
    drawn: dict[str, Any] = dict.fromkeys(RULES[name].numbers, numbers)
    made: Any = rule(**drawn)
    return made(act)


for _name in RULES:
    setattr(Machine, _name, _made_a_rule(_name))

TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=40, stateful_step_count=30)


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
    "executions are counted again": lambda patch: patch.setattr("oms.decide.reports._is_known", lambda *_: False),
    "the gate sees no reservations": lambda patch: patch.setattr("risk.facts._held", lambda *_: Decimal(0)),
    "legs outlive what they protect": lambda patch: patch.setattr(Brackets, "_loosen", nothing),
    "an exit outlives its position": lambda patch: patch.setattr(Exits, "fit", no_events),
    "exits stand for the same shares": lambda patch: patch.setattr("risk.facts.behind", no_events),
    "a leg is not made to fit": lambda patch: patch.setattr(Protection, "_fit", no_events),
    "what is left of an entry works on": lambda patch: patch.setattr(Protection, "_end_entry", no_events),
    "what two legs turned round is kept": lambda patch: patch.setattr(Protection, "_turn_back", no_events),
    "a stop that is lost is not said": lambda patch: patch.setattr(Protection, "_lost", no_events),
    "what is held here does not feel its price": lambda patch: patch.setattr(
        "oms.decide.triggers.touched_px", lambda *_: None
    ),
    "a trail stands still": lambda patch: patch.setattr("oms.decide.triggers.tightened", nothing),
    "a stop covers what was ordered, and not what traded": lambda patch: patch.setattr(
        "oms.decide.protection.stop_leg", lambda parent, _qty, listed: stop_leg(parent, parent.ticket.quantity, listed)
    ),
}


@pytest.mark.parametrize("sabotage", SABOTAGES)
def test_a_mistake_is_found_and_its_story_is_short(sabotage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    SABOTAGES[sabotage](monkeypatch)

    outcome = campaign(5_000, seed=3)

    assert outcome.why
    assert len(outcome.failing) <= 15, told(outcome)
