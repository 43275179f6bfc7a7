"""A stop price is where the market has not been yet.

A stop on the wrong side triggers at once: somebody who meant to be sold out at 95 and typed 105 is sold out now. So it
lies beyond the quote, a buy's above the ask and a sell's below the bid, by a tick at least. A stop-limit order may
trade once it is triggered only if its limit is at the stop price or beyond it; on the near side it would often never
trade, which is not what a stop is for. A stop that is to protect what a ticket opens lies beyond every price at which
that may trade and beyond the side of the quote that it would be sold to: on the near side of one of them what was just
bought is given back at once, and what was shown as the risk of it is not.
"""

from decimal import Decimal
from typing import ClassVar, Final

from oms.domain.order import Side
from oms.domain.risk import Judges
from oms.domain.units import ZERO
from oms.entry import beyond_px, first_stop_px
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, Judgment, RiskRule
from risk.words import plain

_BUY: Final = Side.BUY  # a member of an enum costs two lookups, a name none


class StopValidity(RiskRule, frozen=True, kw_only=True):
    """The stop price lies beyond the quote by a tick at least, and a stop-limit order's limit not before its stop. A
    change that leaves the stop price alone is not asked where the market is: it may have been reached since. Nor is the
    stop of a bracket before somebody moves it: it was asked for with its parent, and where it is passed it is due. The
    stop that protects an entry is judged with the entry, and with a change of it by what the bracket says.

    Observed: by how much one of them is off, zero or less where they are right; zero without a stop price. No option.
    """

    name: ClassVar[str] = "stop_validity"
    judges: ClassVar[Judges] = Judges.ALL
    needs: ClassVar[str] = "a quote, the instrument and sane numbers"

    @property
    def bound(self) -> Decimal:
        """Nothing may be off."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge the stop price of the order, and the one that is to protect what it opens."""
        ticket, own = facts.ticket, self._own(facts)
        if (ticket.protect_px is None and ticket.trail_by is None) or facts.is_change or not own.passed:
            return own
        return own if ticket.trails else _protection(facts, own)

    def _own(self, facts: Facts) -> Judgment:
        """Judge the distance to the quote, and between the order's two prices."""
        ticket = facts.ticket
        stop_px = ticket.stop_px
        if stop_px is None or (ticket.parent_id is not None and (facts.stop_stands or not facts.is_change)):
            return _NO_STOP  # a leg that the market has passed leaves at once, and should; but nobody moves one there
        limit_px, instrument, quote = ticket.limit_px, facts.instrument, facts.quote
        if instrument is None or quote is None or not facts.sane:
            return CANNOT_JUDGE
        if ticket.side is _BUY:
            off = quote.ask_px + instrument.tick - stop_px
            between = ZERO if limit_px is None else stop_px - limit_px
        else:
            off = stop_px - (quote.bid_px - instrument.tick)
            between = ZERO if limit_px is None else limit_px - stop_px
        if facts.stop_stands or (between > ZERO and between > off):
            off = between
        return Judgment(off, off <= ZERO)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - zero is the only limit
        """Say how far it is off."""
        if passed:
            return "no stop price is on the wrong side"
        side = "a buy's stop goes above the ask, a sell's below the bid, a limit at the stop or beyond"
        return f"the stop price is wrong by {plain(observed)}: {side}, a protective stop beyond entry and market"


def _protection(facts: Facts, own: Judgment) -> Judgment:
    """Judge the stop that is to protect; where it is right the other one is what was observed."""
    ticket, quote, instrument = facts.ticket, facts.quote, facts.instrument
    stop_px, nearest = first_stop_px(ticket, quote), beyond_px(ticket, quote)
    if quote is None or instrument is None or stop_px is None or nearest is None:
        return CANNOT_JUDGE
    off = (stop_px - nearest) * ticket.side.sign + instrument.tick
    return own if off <= ZERO else Judgment(off, False)


_NO_STOP: Final = Judgment(ZERO, True)
