"""Rules: what can happen, each a method with the numbers that say how, and how often it is drawn.

A rule picks what it acts on by its numbers, modulo what there is. So a step is a name and a few small numbers, any part
of a story is a story, and a failing one is shortened by leaving steps out.
"""

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Concatenate, Final, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
LARGEST: Final = 1_000  # of a rule's numbers


class Rule(NamedTuple):
    """A rule's place in a story: how often it is drawn, and the names of its numbers."""

    weight: int
    numbers: tuple[str, ...]


class Step(NamedTuple):
    """One rule with its numbers."""

    name: str
    numbers: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.numbers))})"


RULES: Final[dict[str, Rule]] = {}


def rule(weight: int = 1) -> Callable[[Callable[Concatenate[T, P], bool]], Callable[Concatenate[T, P], bool]]:
    """Make a method a rule. It returns whether there was anything to act on."""

    def register(method: Callable[Concatenate[T, P], bool]) -> Callable[Concatenate[T, P], bool]:
        RULES[method.__name__] = Rule(weight, tuple(signature(method).parameters)[1:])
        return method

    return register


def among(choices: Sequence[T], number: int) -> T:
    """Return the choice that a number means."""
    return choices[number % len(choices)]
