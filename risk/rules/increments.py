"""Quantity and prices are whole lots and ticks."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.risk import Judges
from oms.domain.units import ZERO, Quantity, is_tradable
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, Judgment, RiskRule
from risk.words import plain


class Increments(RiskRule, frozen=True, kw_only=True):
    """The quantity is a multiple of the instrument's lot, and limit and stop price of its tick.

    Observed: what is left over, of the quantity first, else of a price.
    """

    name: ClassVar[str] = "increments"
    judges: ClassVar[Judges] = Judges.ALL
    needs: ClassVar[str] = "the instrument and sane numbers"

    @property
    def bound(self) -> Decimal:
        """Nothing may be left over."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge the remainders."""
        instrument, ticket = facts.instrument, facts.ticket
        if instrument is None or not facts.sane:
            return CANNOT_JUDGE
        left = ticket.quantity % instrument.lot
        if not left and ticket.limit_px is not None:
            left = ticket.limit_px % instrument.tick
        if not left and ticket.stop_px is not None:
            left = ticket.stop_px % instrument.tick
        return Judgment(left, not left)

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return nothing when the price is off its tick; any whole lot passes otherwise."""
        instrument = facts.instrument
        if instrument is None:
            return ZERO
        prices = (px for px in (facts.ticket.limit_px, facts.ticket.stop_px) if px is not None)
        return None if all(is_tradable(px) and instrument.on_tick(px) for px in prices) else ZERO

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - zero is the only limit
        """Say what is left over."""
        return (
            "whole lots and ticks" if passed else f"quantity or price is {plain(observed)} beyond a whole lot or tick"
        )
