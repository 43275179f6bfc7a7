"""Stories drawn from a seed, many of them, and what is left of one that fails when everything needless is left out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Final

from oms.domain.order import OrderStatus
from tests.model.rules import LARGEST, RULES, Step
from tests.model.story import Story

STORY_STEPS = 50
VENUES: Final = tuple(  # what they can do, the full and the poor ones in turn
    {"at_once": at_once, "stops": stops, "changes": changes}
    for stops, changes, at_once in product((True, False), repeat=3)
)


class Outcome:
    """What a campaign came to. `failing` is the shortest story that still fails, and `why` it does."""

    def __init__(self) -> None:
        self.steps = self.stories = 0
        self.taken: Counter[str] = Counter()
        self.reached: Counter[OrderStatus] = Counter()
        self.failing: list[Step] = []
        self.venue = VENUES[0]
        self.why = ""


def campaign(steps: int, seed: int) -> Outcome:
    """Tell stories until so many steps were taken or one fails."""
    outcome, chance = Outcome(), Random(seed)  # noqa: S311 - a story needs no secret
    while outcome.steps < steps and not outcome.why:
        drawn, venue = list(draw(chance)), VENUES[outcome.stories % len(VENUES)]
        story, why = tell(drawn, venue)
        outcome.stories += 1
        outcome.steps += story.steps
        outcome.taken += story.taken
        outcome.reached += story.reached
        if why:
            outcome.failing, outcome.venue = shortened(drawn, venue), venue
            outcome.why = tell(outcome.failing, venue)[1]
    return outcome


def draw(chance: Random) -> Iterator[Step]:
    """Yield the steps of one story."""
    names = list(RULES)
    for name in chance.choices(names, [RULES[name].weight for name in names], k=STORY_STEPS):
        yield Step(name, tuple(chance.randrange(LARGEST) for _ in RULES[name].numbers))


def tell(steps: Sequence[Step], venue: Mapping[str, bool]) -> tuple[Story, str]:
    """Tell a story to its end; return it, and what was wrong, in words, or nothing."""
    story = Story(**venue)
    try:
        for step in steps:
            story.step(step)
        story.end()
    except Exception as error:  # noqa: BLE001 - whatever the program raises is a finding
        return story, f"{type(error).__name__}: {error}"
    return story, ""


def shortened(steps: Sequence[Step], venue: Mapping[str, bool]) -> list[Step]:
    """Return a story that fails as well and from which nothing can be left out: halves, quarters, and at last single
    steps are tried."""
    left, size = list(steps), len(steps)
    while size:
        place = 0
        while place < len(left):
            shorter = left[:place] + left[place + size :]
            if tell(shorter, venue)[1]:
                left = shorter
            else:
                place += size
        size //= 2
    return left


def told(outcome: Outcome) -> str:
    """Return a failing story as it can be told again."""
    venue = ", ".join(f"{what}={can}" for what, can in outcome.venue.items())
    return "\n".join([outcome.why, f"    story = Story({venue})", *(f"    story.{step}" for step in outcome.failing)])
