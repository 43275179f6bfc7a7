"""How fast orders may leave."""

from bisect import bisect_right
from decimal import Decimal
from typing import ClassVar, Final

from oms.blotter import SUBMISSIONS_KEPT
from oms.domain.units import MINUTE, Nanos
from oms.state import State
from risk.facts import Facts
from risk.rule import WHOLE, Gauge, Judgment, RiskRule, used
from risk.words import at_most, seconds

_MILLISECOND: Final = Decimal("0.001")


class OrderRate(RiskRule, frozen=True, kw_only=True):
    """A bucket of `burst` tokens: an order takes one, and it is back when `burst` orders at `limit` a minute would
    have taken so long (10 at 60 a minute: ten seconds). So `burst` may leave at once and never more than `limit` a
    minute over time, and the bucket is read off the times of the last submissions, in engine time.

    Observed: tokens in use with the ticket, `burst` at most. Orders that only reduce take tokens and are never held.
    """

    name: ClassVar[str] = "order_rate"

    limit: int = 60  # orders a minute
    burst: int = 10  # orders at once

    def __post_init__(self) -> None:
        """Refuse a rate that is none, and a burst longer than the memory of submissions."""
        self.require("limit", 1, 10_000_000)
        self.require("burst", 1, SUBMISSIONS_KEPT - 1)

    @property
    def bound(self) -> Decimal:
        """The burst."""
        return Decimal(self.burst)

    def check(self, facts: Facts) -> Judgment:
        """Judge the tokens in use, the ticket's and those of its group included."""
        state = facts.state
        taken = _sent_since(state, state.ts - MINUTE * self.burst // self.limit)
        tokens = taken + len(facts.beside) + 1
        return Judgment(WHOLE[tokens], tokens <= self.burst)

    def gauge(self, state: State) -> Gauge:
        """Return the orders of the last minute of those it may have: a burst is over before anybody has read it."""
        return used(WHOLE[_sent_since(state, state.ts - MINUTE)], WHOLE[self.limit])

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two counts."""
        window = (Decimal(self.burst * 60) / self.limit).quantize(_MILLISECOND)
        return f"orders within {seconds(window)}: " + at_most(str(observed), str(limit), passed)


def _sent_since(state: State, since: Nanos) -> int:
    """Return how many orders left after a moment, as far as they are remembered."""
    sent = state.blotter.submissions
    if not sent or sent[-1] <= since:
        return 0
    if sent[0] > since:  # all of them; a deque is slow in its middle, where a search begins
        return len(sent)
    return len(sent) - bisect_right(sent, since)
