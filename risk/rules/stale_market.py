"""A market order takes the price it meets, so the price must be of now."""

from decimal import Decimal
from typing import ClassVar, Final, Self

from msgspec.structs import replace

from oms.domain.order import OrderType, TimeInForce
from oms.domain.units import Nanos
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, Judgment, RiskRule, secs
from risk.words import at_most, seconds

_AT_THE_OPEN: Final = TimeInForce.AT_THE_OPEN
_MARKET: Final = OrderType.MARKET  # a member of an enum costs two lookups, a name none
_INTERVALS = 3  # a feed that has missed two of its quotes and is late with the third is not there


class StaleMarket(RiskRule, frozen=True, kw_only=True):
    """A market order that opens meets a quote at most `limit` old, in engine time; a limit order brings its price,
    and one AT_THE_OPEN does not meet the quote there is.

    With a slow feed the limit is three of its intervals. Observed: the age of the quote in seconds.
    """

    name: ClassVar[str] = "stale_market"
    needs: ClassVar[str] = "a quote"

    limit: Decimal = Decimal(5)  # seconds

    def __post_init__(self) -> None:
        """Refuse an age that is none."""
        self.require("limit", 0, 30 * 86_400, above=True)

    def for_feed(self, interval: Nanos) -> Self:
        """Return the rule with the limit that fits the feed."""
        return replace(self, limit=max(self.limit, secs(_INTERVALS * interval)))

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return self.limit

    def check(self, facts: Facts) -> Judgment:
        """Judge the quote's age."""
        ticket, quote = facts.ticket, facts.quote
        bound = ticket.order_type is _MARKET and ticket.tif is not _AT_THE_OPEN
        if quote is None:
            return CANNOT_JUDGE if bound else DOES_NOT_APPLY
        age = secs(facts.state.ts - quote.ts)
        return Judgment(age, not bound or age <= self.limit)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two ages."""
        return "age of the quote: " + at_most(seconds(observed), seconds(limit), passed)
