"""The rules in force, and the one decision that comes of them.

All rules are asked, also after the first denial, so that a decision holds one observed value for each row of the
limits table and a trader sees everything that is wrong at once. No rule is left out for speed: the facts are gathered
once, and what remains for a rule is a comparison. Which rules look at a ticket that only reduces is settled once as
well, when the book is made: the others say that they do not apply. Nearly every ticket passes, so who denies and why is
worked out only where somebody does.

No rules deny everything, and an error inside a rule is a denial by that rule which names the error.

A rule that cannot judge denies. But where the ticket itself is wrong (its numbers, its instrument), the rules that
look at that say so, and those that could not judge for the same reason are not named beside them: who typed a minus
should read about the minus and not six times that something has no price. The verdict is the same either way.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from msgspec.structs import replace

from oms.domain.order import Purpose
from oms.domain.risk import Judges, RiskDecision, RuleFault, SharedFacts, Verdict
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, Judgment, RiskRule

NO_RULES: Final = "no_rules"  # what fails when there is nobody to judge
EQUITY: Final = "equity"  # what fails, beside the rules, where it is not known for want of a rate
REDUCE_ONLY: Final = "reduce_only"  # what fails, beside the rules, where a ticket that is to reduce only would open

# An enum's member costs two lookups through its class, a name of the module none.
_PASS: Final = Verdict.PASS
_DENY: Final = Verdict.DENY
_OPEN: Final = Purpose.OPEN

Check: TypeAlias = Callable[[Facts], Judgment]


class Rulebook:
    """Rules in the order of the limits table. Pure: it keeps nothing between two tickets."""

    def __init__(self, rules: Sequence[RiskRule]) -> None:
        self.rules = tuple(rules)
        self._opening: tuple[Check, ...] = tuple(rule.check for rule in rules)
        self._reducing: tuple[Check, ...] = tuple(rule.check if rule.judges is Judges.ALL else _idle for rule in rules)
        self._grounds = frozenset(rule.name for rule in rules if rule.grounds)

    def decide(self, facts: Facts) -> RiskDecision:
        """Ask every rule, and return the decision."""
        checks = self._opening if facts.opens else self._reducing
        try:
            judgments = [check(facts) for check in checks]
        except Exception:  # noqa: BLE001 - a rule that fails denies; the engine must not stop for it
            return self._one_by_one(checks, facts)
        observed = [judgment.observed for judgment in judgments if judgment.passed]
        ticket = facts.ticket
        beyond = (ticket.reduce_only or ticket.purpose is not _OPEN) and facts.goes_beyond
        if len(observed) < len(checks) or not checks or beyond:
            return self._denial(facts, judgments)
        return _decision(_PASS, facts, observed)

    def _one_by_one(self, checks: Sequence[Check], facts: Facts) -> RiskDecision:
        """Ask every rule once more, for which of them fail and what the others say."""
        judgments: list[Judgment] = []
        faulted: list[RuleFault] = []
        for rule, check in zip(self.rules, checks, strict=True):
            try:
                judgments.append(check(facts))
            except Exception as error:  # noqa: BLE001 - it is the denial
                judgments.append(CANNOT_JUDGE)
                faulted.append(RuleFault(rule=rule.name, error=type(error).__name__))
        return self._denial(facts, judgments, tuple(faulted))

    def _denial(self, facts: Facts, judgments: Sequence[Judgment], faulted: tuple[RuleFault, ...] = ()) -> RiskDecision:
        """Return the decision with the names of all that deny."""
        denied = [(rule.name, by.observed) for rule, by in zip(self.rules, judgments, strict=True) if not by.passed]
        failed = [name for name, _ in denied]
        if not self._grounds.isdisjoint(failed):
            own_fault = {fault.rule for fault in faulted}
            failed = [name for name, observed in denied if observed is not None or name in own_fault]
        elif facts.opens and facts.state.equity.unrated:
            failed.append(EQUITY)
        if facts.goes_beyond:
            failed.append(REDUCE_ONLY)
        if not self.rules:
            failed.append(NO_RULES)
        observed = [judgment.observed for judgment in judgments]
        decision = _decision(_DENY, facts, observed, tuple(failed), faulted)
        shared = replace(
            self._shared(facts, decision.facts, failed),
            exit_room=facts.exit_room if REDUCE_ONLY in failed else None,
            unrated=facts.state.equity.unrated if EQUITY in failed else (),
        )
        return replace(decision, facts=shared)

    def _shared(self, facts: Facts, shared: SharedFacts, failed: Sequence[str]) -> SharedFacts:
        """Return what a denial carries, with what those rules add that deny."""
        for rule in self.rules:
            if rule.name in failed:
                shared = rule.share(facts, shared)
        return shared


def _decision(
    verdict: Verdict,
    facts: Facts,
    observed: Sequence[Decimal | None],
    failed: tuple[str, ...] = (),
    faulted: tuple[RuleFault, ...] = (),
) -> RiskDecision:
    trading = facts.state.trading
    return RiskDecision(
        verdict=verdict,
        failed=failed,
        limits_no=trading.limits_no,
        observed=tuple(observed),
        facts=SharedFacts(
            equity=facts.equity,
            peak_equity=facts.peak_equity,
            day_equity=trading.day_equity,
            mark_px=facts.mark_px,
        ),
        faulted=faulted,
    )


def _idle(_facts: Facts) -> Judgment:
    """Judge in place of a rule that looks only at what opens."""
    return DOES_NOT_APPLY
