"""Stories drawn from a seed, many of them, and what is left of one that fails when everything needless is left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from oms.domain.order import OrderStatus
from tests.model.rules import LARGEST, RULES, Step
from tests.model.story import Story

STORY_STEPS = 50


class Outcome:
    """What a campaign came to. `failing` is the shortest story that still fails, and `why` it does."""

    def __init__(self) -> None:
        self.steps = self.stories = 0
        self.taken: Counter[str] = Counter()
        self.reached: Counter[OrderStatus] = Counter()
        self.failing: list[Step] = []
        self.at_once = False
        self.why = ""


def campaign(steps: int, seed: int) -> Outcome:
    """Tell stories until so many steps were taken or one fails."""
    outcome, chance = Outcome(), Random(seed)  # noqa: S311 - a story needs no secret
    while outcome.steps < steps and not outcome.why:
        drawn, at_once = list(draw(chance)), outcome.stories % 2 == 0
        story, why = tell(drawn, at_once=at_once)
        outcome.stories += 1
        outcome.steps += story.steps
        outcome.taken += story.taken
        outcome.reached += story.reached
        if why:
            outcome.failing, outcome.at_once = shortened(drawn, at_once=at_once), at_once
            outcome.why = tell(outcome.failing, at_once=at_once)[1]
    return outcome


def draw(chance: Random) -> Iterator[Step]:
    """Yield the steps of one story."""
    names = list(RULES)
    for name in chance.choices(names, [RULES[name].weight for name in names], k=STORY_STEPS):
        yield Step(name, tuple(chance.randrange(LARGEST) for _ in RULES[name].numbers))


def tell(steps: Sequence[Step], *, at_once: bool) -> tuple[Story, str]:
    """Tell a story to its end; return it, and what was wrong, in words, or nothing."""
    story = Story(at_once=at_once)
    try:
        for step in steps:
            story.step(step)
        story.end()
    except Exception as error:  # noqa: BLE001 - whatever the program raises is a finding
        return story, f"{type(error).__name__}: {error}"
    return story, ""


def shortened(steps: Sequence[Step], *, at_once: bool) -> list[Step]:
    """Return a story that fails as well and from which nothing can be left out: halves, quarters, and at last single
    steps are tried."""
    left, size = list(steps), len(steps)
    while size:
        place = 0
        while place < len(left):
            shorter = left[:place] + left[place + size :]
            if tell(shorter, at_once=at_once)[1]:
                left = shorter
            else:
                place += size
        size //= 2
    return left
