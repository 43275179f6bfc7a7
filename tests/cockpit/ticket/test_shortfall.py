"""What a bad day takes."""

from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest

from cockpit.ticket.shortfall import FEWEST, shortfall_frac
from oms.domain.order import Side


def walk(*moves: str) -> list[Decimal]:
    """Closes from 100 on, that move by these fractions."""
    closes = [Decimal(100)]
    for move in moves:
        closes.append(closes[-1] * (1 + Decimal(move)))
    return closes


def test_the_worst_day_of_twenty_is_the_tail_of_twenty() -> None:
    closes = walk(*["0.01"] * 12, "-0.04", *["0.01"] * 7)

    assert shortfall_frac(closes, Side.BUY) == Decimal("0.04")


def test_a_day_that_is_partly_in_the_tail_counts_by_its_part() -> None:
    """Of thirty returns one and a half are the tail: (0.06 + 0.5 * 0.03) / 1.5."""
    closes = walk(*["0.001"] * 13, "-0.06", *["0.001"] * 4, "-0.03", *["0.001"] * 11)
    frac = shortfall_frac(closes, Side.BUY)

    assert frac is not None
    assert round(frac, 12) == Decimal("0.05")


def test_who_is_short_loses_on_the_days_that_rise() -> None:
    closes = walk(*["-0.01"] * 10, "0.05", *["-0.01"] * 9)

    assert shortfall_frac(closes, Side.SELL) == Decimal("0.05")


def test_where_the_worst_days_win_nothing_is_lost() -> None:
    assert shortfall_frac(walk(*["0.01"] * 40), Side.BUY) == 0


@pytest.mark.parametrize(("returns", "is_known"), [(0, False), (FEWEST - 1, False), (FEWEST, True)])
def test_with_too_few_days_nothing_is_said(returns: int, is_known: bool) -> None:
    closes = walk(*["-0.01"] * returns)

    assert (shortfall_frac(closes, Side.BUY) is not None) is is_known
    assert shortfall_frac((), Side.BUY) is None


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("side", Side)
def test_it_is_the_mean_of_the_tail_counted_in_small_parts(seed: int, side: Side) -> None:
    """Each return stands twenty times, so that the tail is a whole number of them."""
    chance = Random(seed)  # noqa: S311 - no secret
    closes = walk(*(str(round(chance.gauss(0, 0.02), 6)) for _ in range(20 + seed * 6)))
    returns = [float(later / earlier - 1) * side.sign for earlier, later in pairwise(closes)]
    parts = sorted(one for one in returns for _ in range(20))
    tail = parts[: len(returns)]
    frac = shortfall_frac(closes, side)

    assert frac is not None
    assert float(frac) == pytest.approx(max(0.0, -sum(tail) / len(tail)))
