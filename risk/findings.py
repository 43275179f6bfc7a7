"""A decision in words, from what the journal keeps of it.

The journal keeps one observed value for each row of the limits table in force and no text. The rules of that table
are built again from its rows, so a finding states the limits of its day, whatever the configuration says now.
"""

from functools import lru_cache

from oms.domain.ids import short_id
from oms.domain.risk import GROUP, ExitRoom, RiskDecision, RiskFinding, RuleLimits, Verdict
from risk.catalog import RULES, build_rule
from risk.rule import RiskRule
from risk.rulebook import EQUITY, NO_RULES, REDUCE_ONLY
from risk.words import no_price, plain, rule_failed

_BESIDES_RULES = {
    NO_RULES: "there are no rules, so nothing passes",
    REDUCE_ONLY: "it may only reduce, and would open",
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
        rule = _built(row.rule, tuple(row.options.items()))
        if rule is not None:
            limit = rule.bound_at(row.limit, decision.facts)
            told = rule.told(observed, limit, decision.facts, passed=passed)
            text = told if error is None else rule_failed(error)
        verdict = Verdict.PASS if passed else Verdict.DENY
        found.append(RiskFinding(rule=row.rule, verdict=verdict, observed=observed, limit=limit, text=text))
        failed.discard(row.rule)
    for name in decision.failed:
        if name in failed:
            room = decision.facts.exit_room if name == REDUCE_ONLY else None
            text = _BESIDES_RULES.get(name, "denied") if room is None else _beyond(room)
            if name == EQUITY:
                text = f"{no_price(decision.facts.unrated)}: have it quoted, or exchange what is held"
            found.append(RiskFinding(rule=name, verdict=Verdict.DENY, observed=None, limit=None, text=text))
    return found


def _beyond(room: ExitRoom) -> str:
    """Return why an exit has too little to give back, and which orders stand for it."""
    if room.taken_by is None:
        there_are = f": at most {plain(room.held_qty)} can be given back" if room.held_qty else ""
        return _BESIDES_RULES[REDUCE_ONLY] + there_are
    kind, number = "stop" if room.is_stop else "target", short_id(room.taken_by)
    is_one, some = room.orders == 1, f"{plain(room.taken_qty)} of {plain(room.held_qty)}"
    who = f"{kind} {number} already stands" if is_one else f"{room.orders} {kind}s already stand"
    what = "change that one" if is_one else f"change one, {kind} {number} is the first"
    if room.left_qty:
        what = f"{plain(room.left_qty)} {'is' if room.left_qty == 1 else 'are'} left"
    return f"{who} for {some}: {what}"


@lru_cache(maxsize=4 * len(RULES))
def _built(name: str, options: tuple[tuple[str, str], ...]) -> RiskRule | None:
    """Return the rule of a row, None where this version has none like it. The rows of a table stand in every decision
    made under it, and a denial is told while others wait, so each is built once."""
    try:
        return build_rule(name, dict(options))
    except ValueError:
        return None
