"""What the gate says: one decision on a ticket, and the findings it can be read as.

A decision is journaled with every order, so it is kept small: the verdict, the names of the rules that failed, the
number of the limits table in force, one observed value per rule of that table in its order, and the facts they
share. A finding (rule, observed, limit, words) is made from the two when somebody asks.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from msgspec import Struct

from oms.domain.ids import ClientOrderId
from oms.domain.units import ZERO, Price, Quantity

GROUP: Final = "group"  # what failed, beside the rules, where a leg is denied only because another leg was


class TradingState(StrEnum):
    """What may pass the gate at all."""

    ACTIVE = "ACTIVE"  # everything the rules allow
    REDUCING = "REDUCING"  # only orders that shrink the account's net
    HALTED = "HALTED"  # no new order; cancels go out


class RiskLevel(StrEnum):
    """How close the account is to its limits, in one word."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def advice(self) -> str:
        """`safe`, `warning` or `critical`: the same in three steps, where two of them ask for a look."""
        return {RiskLevel.LOW: "safe", RiskLevel.CRITICAL: "critical"}.get(self, "warning")


class Verdict(StrEnum):
    """One denial denies; a rule that cannot judge denies."""

    PASS = "PASS"
    DENY = "DENY"


class Judges(StrEnum):
    """Which tickets a rule looks at. OPENING leaves alone what only reduces the account's net."""

    OPENING = "OPENING"
    ALL = "ALL"


class RiskFinding(Struct, frozen=True, kw_only=True):
    """One rule's view of one ticket. `observed` and `limit` are in the rule's own unit, None where there is none."""

    rule: str
    verdict: Verdict
    observed: Decimal | None
    limit: Decimal | None
    text: str


class ExitRoom(Struct, frozen=True, kw_only=True, gc=False):
    """What there is for an exit by hand to give back: `held_qty`, of which so many other `orders` of its kind stand for
    `taken_qty`; `taken_by` is the first of them: a bracket's leg, else the oldest."""

    held_qty: Quantity
    taken_qty: Quantity
    taken_by: ClientOrderId | None
    orders: int = 1
    is_stop: bool  # of which kind they are: stops, or targets

    @property
    def left_qty(self) -> Quantity:
        """The largest exit that has room."""
        return max(ZERO, self.held_qty - self.taken_qty)


class SharedFacts(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The money and the mark a decision stood on; None where they were not known. `collar_px` is the limit price
    nearest to the ticket's that the price collar passes, where it denied; `exit_room` is what an exit by hand had
    too little of, and `twin` the same order, of which nobody knows whether the venue has it. `unrated` are the pairs
    without whose prices the equity is not known."""

    equity: Decimal | None
    peak_equity: Decimal | None
    day_equity: Decimal | None
    mark_px: Price | None
    collar_px: Price | None = None
    exit_room: ExitRoom | None = None
    twin: ClientOrderId | None = None
    unrated: tuple[str, ...] = ()


class RuleFault(Struct, frozen=True, kw_only=True, gc=False):
    """A rule that raised instead of judging, and the name of the exception. It denies, and the fault is its own."""

    rule: str
    error: str


class RiskDecision(Struct, frozen=True, kw_only=True, gc=False):
    """All rules together on one ticket. `observed` follows the order of limits table `limits_no`; a rule that did
    not apply, could not judge or is among the `faulted` shows None."""

    verdict: Verdict
    failed: tuple[str, ...]
    limits_no: int
    observed: tuple[Decimal | None, ...]
    facts: SharedFacts
    faulted: tuple[RuleFault, ...] = ()


class Sizing(Struct, frozen=True, kw_only=True, gc=False):
    """How a quantity came about: what the sizer wanted, what the gate had room for, and the rule that bound it."""

    sizer: str
    wanted_qty: Quantity
    room_qty: Quantity | None = None
    bound_by: str | None = None


class RuleLimits(Struct, frozen=True, kw_only=True):
    """One row of the limits table: a rule's name, what it judges, its limit in its own unit, and all its options as
    text."""

    rule: str
    judges: Judges
    limit: Decimal | None
    options: dict[str, str]
