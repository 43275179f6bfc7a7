"""What a bad day takes: the expected shortfall of one instrument, from its own last closes.

    ES(a) = - (1 / na) * (x(1) + ... + x(k) + (na - k) * x(k + 1)),   k = floor(na)

over the n returns from close to close in ascending order: the mean of the worst part `a` of them, the last counted with
its share. Source: Acerbi and Tasche, "On the coherence of expected shortfall", Journal of Banking & Finance 26 (2002).
It is of history and of a day: no stop shortens it, and a day worse than all that were seen is not in it. Below `FEWEST`
returns the worst part of them is less than one day, and nothing is said.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from oms.domain.order import Side
from oms.domain.units import ZERO, Price

TAIL: Final = Decimal("0.05")
FEWEST: Final = 20
"""Returns, so that the tail holds one of them."""


def shortfall_frac(closes: Sequence[Price], side: Side) -> Decimal | None:
    """Return what a position of this side loses on a day among the worst twentieth, as a fraction of its value, zero
    where those days won; None where there are too few closes."""
    moves = sorted((later / earlier - 1) * side.sign for earlier, later in pairwise(closes))
    if len(moves) < FEWEST:
        return None
    tail = len(moves) * TAIL
    whole = int(tail)
    lost = sum(moves[:whole], ZERO) + (tail - whole) * moves[whole]
    return max(ZERO, -lost / tail)
