"""Selling what the account does not have."""

from decimal import Decimal
from typing import ClassVar, Final

from oms.domain.order import Side
from oms.domain.units import ZERO, Quantity
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, Judgment, RiskRule
from risk.words import plain

_BUY: Final = Side.BUY  # a member of an enum costs two lookups, a name none


class ShortSale(RiskRule, frozen=True, kw_only=True):
    """A sell does not take the account's net below zero, open sells counted, unless `allow` is true.

    Observed: the quantity that would be short; buys are not looked at.
    """

    name: ClassVar[str] = "short_sale"
    needs: ClassVar[str] = "sane numbers"

    allow: bool = False

    @property
    def bound(self) -> Decimal | None:
        """Zero, or none where short sales are allowed."""
        return None if self.allow else ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge the net as it would be with the open sells and the ticket filled."""
        if facts.ticket.side is _BUY:
            return DOES_NOT_APPLY
        if not facts.sane:
            return CANNOT_JUDGE
        short = max(ZERO, facts.held_qty + facts.ticket.quantity)
        return Judgment(short, self.allow or short <= ZERO)

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return what there is to sell."""
        return None if self.allow or facts.ticket.side is Side.BUY else facts.closable_qty

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - zero is the only limit
        """Say how much would be short."""
        return "nothing would be short" if passed else f"{plain(observed)} would be short"
