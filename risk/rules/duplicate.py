"""The same wish twice in a row is a slip of the hand or a loop."""

from decimal import Decimal
from typing import ClassVar

from msgspec.structs import replace

from oms.blotter import alike
from oms.domain.ids import short_id
from oms.domain.risk import SharedFacts
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, Judgment, RiskRule, secs
from risk.words import seconds


class Duplicate(RiskRule, frozen=True, kw_only=True):
    """An order like one submitted before (strategy, symbol, side, quantity, price) comes at least `limit` after it, and
    never while nobody knows whether the venue has that one. One that ended without having traded is repeated by none,
    and a change, which is no order of its own, repeats none.

    Observed: seconds since the last one like it; nothing when there was none. Engine time.
    """

    name: ClassVar[str] = "duplicate"
    needs: ClassVar[str] = "sane numbers"

    limit: Decimal = Decimal(60)  # seconds

    def __post_init__(self) -> None:
        """Refuse a window that is none, or longer than a day."""
        self.require("limit", 0, 86_400)

    @property
    def bound(self) -> Decimal:
        """The window."""
        return self.limit

    def check(self, facts: Facts) -> Judgment:
        """Judge the age of the last order alike."""
        if not facts.sane:
            return CANNOT_JUDGE
        if facts.is_change:
            return DOES_NOT_APPLY
        state, ticket = facts.state, facts.ticket
        if state.inflight.in_doubt and (twin := facts.twin) is not None:
            return Judgment(secs(state.ts - state.blotter.orders[twin].ts_init), False)
        last_ts = state.blotter.submitted_alike(ticket)
        if facts.beside and any(alike(other) == alike(ticket) for other in facts.beside):
            last_ts = state.ts  # it stands beside itself
        if last_ts is None:
            return DOES_NOT_APPLY
        age = secs(state.ts - last_ts)
        return Judgment(age, age >= self.limit)

    def share(self, facts: Facts, shared: SharedFacts) -> SharedFacts:
        """Add the same order that was not answered, where there is one."""
        return replace(shared, twin=facts.twin)

    def told(self, observed: Decimal | None, limit: Decimal | None, shared: SharedFacts, *, passed: bool) -> str:
        """Name the order that was not answered, where there is one."""
        if shared.twin is None or observed is None or passed:
            return super().told(observed, limit, shared, passed=passed)
        sent = f"order {short_id(shared.twin)} is the same, was sent {seconds(observed)} ago"
        return f"{sent}, and whether the venue has it is not known: it must be answered first"

    def headroom(self, facts: Facts) -> None:  # noqa: ARG002 - another quantity is another order
        """Bound no quantity."""
        return

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - the ages tell
        """Tell the age of the last one."""
        return f"the same order was sent {seconds(observed)} ago: again after {seconds(limit)}"
