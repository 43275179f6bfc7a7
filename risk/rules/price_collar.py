"""A limit price that is far through the market is a slip of the hand, and would trade at once.

The collar lies around the mark. It looks at the side that costs: a buy far above, a sell far below. A limit on the
other side waits for a better price and harms nobody. A stop-limit order is compared with its stop price where that is
further on, because the market is there when it trades.

A hand slips no less when it closes: 20.4 for 204 gives back what is held at whatever is bid. So an order that only
reduces is judged as well, and so is the change of a target. Nobody is kept in a position by that, for the nearest price
that passes is named, and a market order, a flatten's too, is judged by nobody here. What no hand has typed just now is
left alone where it only reduces: a protective stop, whose limit is worth less than its trading; a leg that was typed
with its parent and that the market may have passed since; a change that leaves the limit price where it was.
"""

from decimal import Decimal
from typing import ClassVar, Final

from msgspec.structs import replace

from oms.domain.instrument import AssetClass
from oms.domain.order import Purpose, Side
from oms.domain.risk import Judges, SharedFacts
from oms.domain.units import Price
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, Judgment, RiskRule
from risk.words import plain

_BUY: Final = Side.BUY  # a member of an enum costs two lookups, a name none
_PROTECT: Final = Purpose.PROTECT
_CRYPTO: Final = AssetClass.CRYPTO


class PriceCollar(RiskRule, frozen=True, kw_only=True):
    """A limit price is at most `limit` of the mark through it, `crypto_limit` where a coin is traded.

    Observed: the limit price. Where it is denied the limit that held is the nearest price that passes, on its tick.
    """

    name: ClassVar[str] = "price_collar"
    judges: ClassVar[Judges] = Judges.ALL
    needs: ClassVar[str] = "the mark, the instrument and sane numbers"

    limit: Decimal = Decimal("0.03")  # a fraction of the mark
    crypto_limit: Decimal = Decimal("0.05")  # a fraction of the mark

    def __post_init__(self) -> None:
        """Refuse a fraction that is none."""
        self.require("limit", 0, 1, above=True)
        self.require("crypto_limit", 0, 1, above=True)

    @property
    def bound(self) -> Decimal:
        """The fraction; the price is known with the mark."""
        return self.limit

    def bound_at(self, limit: Decimal | None, shared: SharedFacts) -> Decimal | None:  # noqa: ARG002 - a fraction
        """Return the nearest price that passes, where the ticket's did not."""
        return shared.collar_px

    def check(self, facts: Facts) -> Judgment:
        """Judge the limit price; an order without one takes what it meets."""
        limit_px = facts.ticket.limit_px
        if limit_px is None or (not facts.opens and _was_typed_before(facts)):
            return DOES_NOT_APPLY
        edge = self._edge(facts)
        if edge is None:
            return CANNOT_JUDGE
        return Judgment(limit_px, limit_px <= edge if facts.ticket.side is _BUY else limit_px >= edge)

    def nearest_px(self, facts: Facts) -> Price | None:
        """Return the last price inside the collar."""
        edge, instrument = self._edge(facts), facts.instrument
        if edge is None or instrument is None:
            return None
        ticks = edge // instrument.tick
        return instrument.tick * (ticks if facts.ticket.side is _BUY or ticks * instrument.tick == edge else ticks + 1)

    def share(self, facts: Facts, shared: SharedFacts) -> SharedFacts:
        """Add the price that would pass."""
        return replace(shared, collar_px=self.nearest_px(facts))

    def explain(self, observed: Decimal | None, limit: Decimal | None, *, passed: bool) -> str:
        """Return the judgment in words; the price that would pass is named where one is needed."""
        if observed is not None and passed:
            return f"limit price {plain(observed)} is within the collar"
        return super().explain(observed, limit, passed=passed)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - see explain
        """Name the nearest price that passes."""
        return f"limit price {plain(observed)} is too far through the market: {plain(limit)} is the nearest that passes"

    def _edge(self, facts: Facts) -> Price | None:
        mark_px, stop_px, instrument = facts.mark_px, facts.ticket.stop_px, facts.instrument
        if mark_px is None or instrument is None or not facts.sane:
            return None
        frac = self.crypto_limit if instrument.asset_class is _CRYPTO else self.limit
        if facts.ticket.side is _BUY:
            return (mark_px if stop_px is None else max(mark_px, stop_px)) * (1 + frac)
        return (mark_px if stop_px is None else min(mark_px, stop_px)) * (1 - frac)


def _was_typed_before(facts: Facts) -> bool:
    """Tell whether the limit price of what only reduces is none that somebody has just typed."""
    ticket = facts.ticket
    if ticket.purpose is _PROTECT:
        return True
    return facts.limit_stands if facts.is_change else ticket.parent_id is not None
