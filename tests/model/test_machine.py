"""The same rules drawn and shortened by Hypothesis: fifty thousand steps of its state machine, none in bursts.

The seeds are fixed, but Hypothesis also draws from the constants of whatever modules are loaded, so a story may differ
where other tests have run before. A step is one rule with its numbers, and is followed by all that `Story.step`
looks at; a story has a hundred of them at most and ends, as all do, with a time without faults. A rule is drawn where
there is something for it to act on, and still it may find that nothing comes of it: how many do something is asserted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from oms.domain.order import OrderStatus
from tests.model.drive import VENUES
from tests.model.facts import CLOSED, OPEN, RESTING, Order, status
from tests.model.rules import LARGEST, RULES, Step
from tests.model.story import Story
from tests.model.unreached import UNREACHED

PARTS = 4
STEPS = 12_500  # of each part; how many an example comes to is Hypothesis's affair, so they are counted
STORY_STEPS = 100
EXAMPLES, ROUNDS = 40, 20  # so many examples in a round, and at most so many rounds until there were steps enough
numbers = st.integers(0, LARGEST - 1)


class Machine(RuleBasedStateMachine):
    """One story. `told` are those of a part that have come to their end."""

    told: ClassVar[list[Story]]

    @initialize(venue=st.sampled_from(VENUES))
    def begin(self, venue: Mapping[str, bool]) -> None:
        self.story = Story(**venue)

    def teardown(self) -> None:
        self.story.end()
        self.told.append(self.story)


NEEDS: dict[str, Callable[[Story], object]] = {  # what a rule acts on; the others always have something
    **dict.fromkeys(("arrive", "lose_request"), lambda story: story.venue.going),
    **dict.fromkeys(("hear", "hear_out_of_order", "hear_twice", "lose_answer"), lambda story: story.venue.coming),
    **dict.fromkeys(
        ("fill", "fill_partly", "fill_bracket", "overfill", "expire", "trigger", "forget"),
        lambda story: story.venue.working(),
    ),
    **dict.fromkeys(("cancel", "garble"), lambda story: story.reference.orders),
    "change": lambda story: _any(story, lambda one: one.held if one.here else status(one) in RESTING),
    "calm": lambda story: story.venue.going or story.venue.coming,
    "cut": lambda story: story.venue.linked,
    "fill_late": lambda story: {"canceled", "expired"} & {order["state"] for order in story.venue.orders.values()},
    "overtake": lambda story: not story.at_once and any(what == "new" for what, _ in story.venue.going),
    "reconnect": lambda story: not story.venue.linked,
    "resume": lambda story: story.reference.trading != "ACTIVE",
    **dict.fromkeys(("send_exit", "send_close"), lambda story: any(story.reference.positions.values())),
    "reach": lambda story: _any(story, lambda order: order.held),
    "move": lambda story: _any(story, lambda order: status(order) in RESTING and (order.is_leg or order.is_guarded)),
    "refuse": lambda story: story.venue.linked and _any(story, lambda one: status(one) in OPEN and one.protects),
    "sell_beside_a_stop": lambda story: (
        story.venue.linked
        and not _any(story, lambda order: order.wish.exit and order.protects and status(order) not in CLOSED)
    ),
    "send_exit_beyond_net": lambda story: any(
        abs(qty) > abs(story.reference.net(symbol)) for (symbol, _), qty in story.reference.positions.items()
    ),
}


def _any(story: Story, meant: Callable[[Order], bool]) -> bool:
    return any(map(meant, story.reference.orders.values()))


def _made_a_rule(name: str) -> Any:
    def act(self: Machine, **drawn: int) -> None:
        self.story.step(Step(name, tuple(drawn.values())))

    act.__name__ = name
    drawn: dict[str, Any] = dict.fromkeys(RULES[name].numbers, numbers)
    made: Any = rule(**drawn)
    needs = NEEDS.get(name)
    when: Any = precondition(lambda self: bool(needs(self.story))) if needs is not None else lambda made: made
    return when(made(act))


def _weighed() -> Iterator[tuple[str, Any]]:
    """Yield each rule under as many names as it has weight, by halves: Hypothesis draws all of them equally often."""
    for name, (weight, _) in RULES.items():
        made = _made_a_rule(name)
        yield from ((f"{name}_{place}", made) for place in range((weight + 1) // 2))


for _name, _rule in _weighed():
    setattr(Machine, _name, _rule)


@pytest.mark.timeout(600)  # for a divergence that is being shortened; else it takes seconds
@pytest.mark.parametrize("part", range(PARTS))
def test_fifty_thousand_steps_of_hypothesis_without_a_divergence(part: int) -> None:
    class Part(Machine):
        told: ClassVar[list[Story]] = []

    for number in range(part, PARTS * ROUNDS, PARTS):
        run_state_machine_as_test(
            seed(number)(Part), settings=settings(max_examples=EXAMPLES, stateful_step_count=STORY_STEPS)
        )
        if sum(story.steps for story in Part.told) >= STEPS and not _missing(Part.told):
            break

    assert sum(sum(story.taken.values()) for story in Part.told) >= STEPS * 3 // 4
    assert not _missing(Part.told)


def _missing(told: Sequence[Story]) -> set[str]:
    """Return the rules of which nothing came yet, and the statuses that no order has had."""
    rules = {name for story in told for name, often in story.taken.items() if often}
    statuses = {status for story in told for status in story.reached}
    return {*(RULES.keys() - rules), *({*OrderStatus} - UNREACHED.keys() - statuses)}
