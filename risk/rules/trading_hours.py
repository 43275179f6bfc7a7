"""Orders that open wait for the market's hours."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.order import TimeInForce
from oms.domain.units import ZERO
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, Judgment, RiskRule, secs
from risk.words import span


class TradingHoursRule(RiskRule, frozen=True, kw_only=True):
    """The instrument's market is open, by its calendar and in engine time, or will open for an order AT_THE_OPEN.

    Observed: seconds until it opens, zero while it is open. Without the calendar, or after its last known session,
    it cannot judge.
    """

    name: ClassVar[str] = "trading_hours"
    needs: ClassVar[str] = "the trading hours"

    @property
    def bound(self) -> Decimal:
        """No waiting."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge by the hours of the instrument's calendar."""
        instrument, now = facts.instrument, facts.state.ts
        hours = facts.around.hours.get(instrument.calendar) if instrument is not None else None
        if hours is None:
            return CANNOT_JUDGE
        if hours.is_open(now):
            return _OPEN
        opens = hours.next_open(now)
        if opens is not None and facts.ticket.tif is _AT_THE_OPEN:
            return DOES_NOT_APPLY
        return CANNOT_JUDGE if opens is None else Judgment(secs(opens - now), False)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - open or not
        """Say when it opens; within a second, that is with a price."""
        if passed:
            return "the market is open"
        if observed < 1:  # recorded time waits a nanosecond before the first price
            return "there is no price yet: the market opens with the first"
        return f"the market is closed and opens in {span(observed)}"


_OPEN = Judgment(ZERO, True)
_AT_THE_OPEN = TimeInForce.AT_THE_OPEN  # a member of an enum costs two lookups, a name none
