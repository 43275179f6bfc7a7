"""A decision in words, from what the journal keeps of it.

The journal keeps one observed value for each row of the limits table in force and no text. The rules of that table
are built again from its rows, so a finding states the limits of its day, whatever the configuration says now.
"""

from oms.domain.risk import GROUP, RiskDecision, RiskFinding, RuleLimits, Verdict
from risk.catalog import build_rule
from risk.engine import NO_RULES, REDUCE_ONLY
from risk.words import rule_failed

_BESIDES_RULES = {
    NO_RULES: "there are no rules, so nothing passes",
    REDUCE_ONLY: "it is to reduce only, and would open",
    GROUP: "another leg of the group was denied",
}


def findings(decision: RiskDecision, limits: tuple[RuleLimits, ...]) -> list[RiskFinding]:
    """Return one finding per row of the limits table that the decision names, in its order, then what failed beside
    the rules.

    Raises:
        ValueError: the table is another one: it has not as many rows as the decision has observed values.
    """
    failed = set(decision.failed)
    faults = {fault.rule: fault.error for fault in decision.faulted}
    found = []
    for row, observed in zip(limits, decision.observed, strict=True):
        passed = row.rule not in failed
        limit, text = row.limit, "no longer a rule of ours"
        error = faults.get(row.rule)
        try:
            rule = build_rule(row.rule, row.options)
        except ValueError:  # a journal of another version
            pass
        else:
            limit = rule.bound_at(row.limit, decision.facts)
            text = rule.explain(observed, limit, passed=passed) if error is None else rule_failed(error)
        verdict = Verdict.PASS if passed else Verdict.DENY
        found.append(RiskFinding(rule=row.rule, verdict=verdict, observed=observed, limit=limit, text=text))
        failed.discard(row.rule)
    for name in decision.failed:
        if name in failed:
            text = _BESIDES_RULES.get(name, "denied")
            found.append(RiskFinding(rule=name, verdict=Verdict.DENY, observed=None, limit=None, text=text))
    return found
