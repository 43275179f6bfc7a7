"""Tables are read strictly, and what is refused is refused in the words of the file."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NewType

import pytest
from msgspec import Struct

from oms.domain.options import LONGEST_VALUE, OptionError, nearest, read_table, require_choice, shown

Name = NewType("Name", str)


class Way(StrEnum):
    """Two ways."""

    FAST = "fast"
    SLOW = "slow"


class Knobs(Struct, frozen=True, kw_only=True):
    """One option of each kind."""

    owner: str
    count: int = 1
    share: Decimal = Decimal("0.5")
    weight: float | None = None
    on: bool = False
    way: Way = Way.FAST
    color: Literal["red", "blue"] = "red"
    names: tuple[Name, ...] = ()
    pairs: tuple[tuple[Name, Name], ...] = ()
    flags: list[bool] = []
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    shares: list[Decimal] = []

    def __post_init__(self) -> None:
        """Refuse one value by itself."""
        if self.count > 9:
            msg = f"count must be at most 9, got {self.count}"
            raise ValueError(msg)


def test_options_become_fields_and_what_the_session_knows_is_added() -> None:
    knobs = read_table({"share": Decimal("0.1"), "way": "slow", "pairs": [["a", "b"]]}, Knobs, "knobs", owner="me")

    assert (knobs.owner, knobs.share, knobs.way, knobs.pairs) == ("me", Decimal("0.1"), Way.SLOW, (("a", "b"),))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("count", Decimal("1.5"), "count must be a whole number, got 1.5"),
        ("count", "3", 'count must be a whole number, got "3"'),
        ("share", "0.5", 'share must be a number, got "0.5"'),
        ("share", True, "share must be a number, got true"),
        ("weight", "much", 'weight must be a number, got "much"'),
        ("on", 1, "on must be true or false, got 1"),
        ("way", "fats", 'way must be "fast" or "slow", got "fats"; did you mean "fast"?'),
        ("color", "green", 'color must be "red" or "blue", got "green"'),
        ("names", "a", 'names must be a list of texts in quotes, got "a"'),
        ("pairs", [["a"]], 'pairs must be a list of lists of 2 texts in quotes, got [["a"]]'),
        ("flags", [1], "flags must be a list of true or false, got [1]"),
        ("steps", [[0, 1], [2, "3"]], 'steps must be a list of lists of 2 numbers, got [[0, 1], [2, "3"]]'),
        ("shares", [1, "0.5"], 'shares must be a list of numbers, got [1, "0.5"]'),
        ("names", {"a": 1}, "names must be a list of texts in quotes, got a table"),
        ("color", date(2010, 2, 26), 'color must be "red" or "blue", got 2010-02-26'),
        ("count", 10, "count must be at most 9, got 10"),
        ("cuont", 1, "has no option cuont; did you mean count?"),
        (
            "zzz",
            "you",
            "has no option zzz; it has: count, share, weight, on, way, color, names, pairs, flags, steps, shares",
        ),
    ],
)
def test_what_means_nothing_is_refused_in_one_line(option: str, value: object, said: str) -> None:
    with pytest.raises(OptionError) as refused:
        read_table({option: value}, Knobs, "knobs", owner="me")

    assert str(refused.value) == f"[knobs] {said}"


def test_an_option_without_a_default_must_be_given() -> None:
    with pytest.raises(OptionError, match=r"^\[knobs\] owner must be given"):
        read_table({}, Knobs, "knobs")


@pytest.mark.parametrize("table", [3, "x", [], None])
def test_what_is_no_table_is_refused(table: object) -> None:
    with pytest.raises(OptionError, match=r"^\[knobs\] must be a table, got "):
        read_table(table, Knobs, "knobs")


def test_a_long_value_is_cut() -> None:
    assert len(shown("x" * 1_000)) == LONGEST_VALUE


def test_without_a_near_name_all_are_told() -> None:
    assert nearest("zzz", ["fast", "slow"]) == "it has: fast, slow"
    assert nearest("zzz", []) == "it has: none"


def test_a_choice_is_one_of_those_there_are() -> None:
    assert require_choice("b", ["a", "b"], "knobs", "type") == "b"
    with pytest.raises(
        OptionError, match=r'^\[knobs\] type must be "fast", "slow" or "none", got "fasst"; did you mean "fa'
    ):
        require_choice("fasst", ["fast", "slow", "none"], "knobs", "type")
    with pytest.raises(OptionError, match=r'^\[knobs\] type must be "a", got \[\]$'):
        require_choice([], ["a"], "knobs", "type")
