"""What a risk rule is: a limit that reads the facts of a ticket and says whether it passes.

A rule is a frozen struct whose fields are the options of its table `[risk.NAME]`. It remembers nothing, so the same
facts give the same judgment for ever, and a decision can be read again from the journal. It fails closed: a rule that
lacks what it needs denies, and every comparison is written so that a number that is none cannot pass it. Words are
made only when somebody asks, from the observed value and the limit alone, never while an order waits.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, Final, Self

from msgspec import Struct
from msgspec.structs import fields

from oms.domain.events import Event
from oms.domain.risk import Judges, RuleLimits, SharedFacts
from oms.domain.units import ZERO, Nanos, Quantity
from oms.state import State
from risk.facts import Facts
from risk.words import plain


class Judgment(Struct, frozen=True, gc=False):
    """One rule's view of one ticket: the observed value in the rule's unit, None where there is none."""

    observed: Decimal | None
    passed: bool


class Gauge(Struct, frozen=True, kw_only=True, gc=False):
    """Where an account stands against a limit, without any ticket. `used_frac` 1 is the limit."""

    observed: Decimal
    limit: Decimal
    used_frac: Decimal


_NANO: Final = Decimal("1E-9")
CANNOT_JUDGE: Final = Judgment(None, False)
DOES_NOT_APPLY: Final = Judgment(None, True)


class RiskRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all rules. A subclass states its name, what it judges and what it `needs` in words."""

    name: ClassVar[str]
    judges: ClassVar[Judges] = Judges.OPENING
    grounds: ClassVar[bool] = False  # it looks at what others judge by: where it denies, they need not be able to
    needs: ClassVar[str] = "the price"

    def check(self, facts: Facts) -> Judgment:
        """Judge a ticket; pure. An exception counts as a denial by this rule."""
        raise NotImplementedError

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Return what was observed, and its limit, as a clause with numbers."""
        raise NotImplementedError

    @property
    def bound(self) -> Decimal | None:
        """The limit in the rule's own unit, or None where the rule has no number."""
        return None

    def bound_at(self, limit: Decimal | None, shared: SharedFacts) -> Decimal | None:  # noqa: ARG002 - most are fixed
        """Return the limit that held for a decision, from the table's limit and the facts the decision carries."""
        return limit

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return the largest quantity of this ticket that the rule would pass; None when it bounds none.

        Right as it stands for a rule that does not look at the quantity: all or nothing.
        """
        return None if self.check(facts).passed else ZERO

    def share(self, facts: Facts, shared: SharedFacts) -> SharedFacts:  # noqa: ARG002 - most denials stand on no more
        """Return what a decision carries, with what this rule's denial stands on besides; `told` reads it again."""
        return shared

    def gauge(self, state: State) -> Gauge | None:  # noqa: ARG002 - most rules look at tickets only
        """Return where the account stands, or None when the rule says nothing without a ticket or cannot judge."""
        return None

    def watch(self, state: State) -> Sequence[Event]:  # noqa: ARG002 - most rules wait for a ticket
        """Return what the rule demands after the market moved; pure, and nothing twice for one cause."""
        return ()

    def for_feed(self, interval: Nanos) -> Self:  # noqa: ARG002 - one rule depends on the feed
        """Return the rule as it holds with a feed that shows a quote at least every `interval`."""
        return self

    def explain(self, observed: Decimal | None, limit: Decimal | None, *, passed: bool) -> str:
        """Return the judgment in words with its numbers."""
        if observed is None:
            return "does not apply" if passed else f"cannot be judged without {self.needs}"
        return f"{plain(observed)}, without a limit" if limit is None else self.words(observed, limit, passed)

    def told(self, observed: Decimal | None, limit: Decimal | None, shared: SharedFacts, *, passed: bool) -> str:  # noqa: ARG002 - most need no more
        """Return the judgment in words, with what else the decision carries."""
        return self.explain(observed, limit, passed=passed)

    def row(self) -> RuleLimits:
        """Return the rule's row of the limits table; the rule can be built again from its options, and one that is
        not set is not among them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        options = {name: _text(value) for name, value in values.items() if value is not None}
        return RuleLimits(rule=self.name, judges=self.judges, limit=self.bound, options=options)

    def require(self, option: str, low: Decimal | int, high: Decimal | int, *, above: bool = False) -> None:
        """Refuse an option that is not a number within `low`..`high` (`above`: not `low` itself).

        Raises:
            ValueError: one line that names the rule, the option, the bounds and the value.
        """
        value = getattr(self, option)
        good = type(value) in (Decimal, int) and Decimal(value).is_finite() and low <= value <= high
        if not good or (above and value == low):
            least = f"above {low}" if above else f"at least {low}"
            msg = f"[risk.{self.name}] {option} must be a number {least} and at most {high}, got {value}"
            raise ValueError(msg)


def used(observed: Decimal, limit: Decimal) -> Gauge:
    """Return the gauge of a value that may grow from zero up to a limit above zero."""
    return Gauge(observed=observed, limit=limit, used_frac=max(ZERO, observed) / limit)


def _text(value: object) -> str:
    """Return an option in the one form it has in the table: a number without an exponent."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Wholes(dict[int, Decimal]):
    """Whole numbers as Decimals: the commonest, and any other made anew."""

    def __missing__(self, number: int) -> Decimal:
        return Decimal(number)


# A decision keeps what its rules observed for as long as its order is known. The commonest numbers are the same objects
# for all of them: a new Decimal takes a hundred bytes, and four rules count and two measure an age for every ticket.
# A table and no function, because looking up takes a quarter of a call.
WHOLE: Final = _Wholes((number, Decimal(number)) for number in range(1_001))
_NO_TIME: Final = Decimal(0) * _NANO


def secs(span: Nanos) -> Decimal:
    """Return a span of nanoseconds in seconds, exactly."""
    return Decimal(span) * _NANO if span else _NO_TIME  # a third cheaper than scaleb
