"""The gate: every rule looks at every ticket, and one denial denies.

All rules are asked, also after the first denial, so that a decision holds one observed value for each row of the
limits table and a trader sees everything that is wrong at once. No rule is left out for speed: the facts are gathered
once, and what remains for a rule is a comparison. A gate without rules denies everything, an error inside a rule is a
denial by that rule which names the error, and nothing in here can send.

A rule that cannot judge denies. But where the ticket itself is wrong (its numbers, its instrument), the rules that
look at that say so, and those that could not judge for the same reason are not named beside them: who typed a minus
should read about the minus and not six times that something has no price. The verdict is the same either way.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from oms.domain.calendar import TradingHours
from oms.domain.events import Event, TradingReduced
from oms.domain.fees import FeeSchedule, PercentFee
from oms.domain.ids import GATE
from oms.domain.order import Order, OrderTicket
from oms.domain.risk import Judges, RiskDecision, RuleFault, RuleLimits, SharedFacts, TradingState, Verdict
from oms.domain.units import LARGEST, ZERO, Nanos, Price
from oms.ports import Headroom
from oms.state import State
from risk.facts import Facts, Surroundings, gather
from risk.rule import Judgment, RiskRule
from risk.status import RiskStatus, risk_status
from risk.words import rule_failed

NO_RULES: Final = "no_rules"  # what fails when there is nobody to judge
REDUCE_ONLY: Final = "reduce_only"  # what fails, beside the rules, where a ticket that is to reduce only would open
_UNBOUND: Final = Headroom(LARGEST, None)


class RiskManager:
    """The one judge, built at the start from the rules in force. Pure: it keeps nothing between two tickets.

    `hours` are the trading hours by the instruments' calendar names, `feed_interval` the longest time between two
    quotes of one instrument while its market is open, `fees` what the venue charges in the base currency.
    """

    def __init__(
        self,
        rules: Sequence[RiskRule],
        hours: Mapping[str, TradingHours],
        feed_interval: Nanos,
        fees: FeeSchedule | None = None,
    ) -> None:
        self.rules = tuple(rule.for_feed(feed_interval) for rule in rules)
        self._around = Surroundings(hours=hours, fees=fees if fees is not None else PercentFee())
        self._limits = tuple(rule.row() for rule in self.rules)
        self._judges: tuple[tuple[str, bool, Callable[[Facts], Judgment]], ...] = tuple(
            (rule.name, rule.judges is Judges.OPENING, rule.check) for rule in self.rules
        )
        self._grounds = frozenset(rule.name for rule in self.rules if rule.grounds)
        self._watchers = tuple(rule for rule in self.rules if type(rule).watch is not RiskRule.watch)

    def limits(self) -> tuple[RuleLimits, ...]:
        """Return the limits table in the order in which decisions list what they observed."""
        return self._limits

    def check(
        self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = (), *, confirmed: bool = False
    ) -> RiskDecision:
        """Judge a ticket that is not in the state yet, as if the tickets `beside` it were already reserved.

        A `confirmed` one is part of a flatten that somebody typed the word for: it may pass in HALTED, and closing what
        its own strategy holds is no opening.
        """
        return self._judge(gather(ticket, state, beside, self._around, confirmed=confirmed))

    def check_change(self, order: Order, ticket: OrderTicket, state: State) -> RiskDecision:
        """Judge the difference it would make if an open order became `ticket`: what would be left of it, as if the
        order were not there. What only makes it smaller opens nothing, and no change repeats a wish."""
        old = order.ticket
        smaller = ticket.quantity <= old.quantity and (ticket.limit_px, ticket.stop_px) == (old.limit_px, old.stop_px)
        facts = self.facts_of_change(order, ticket, state)
        facts.last_alike = None
        facts.stop_stands = ticket.stop_px == old.stop_px
        facts.opens = facts.opens and not (smaller and facts.sane)
        return self._judge(facts)

    def facts(self, ticket: OrderTicket, state: State) -> Facts:
        """Return what the rules read of a ticket that is not in the state yet."""
        return gather(ticket, state, (), self._around)

    def facts_of_change(self, order: Order, ticket: OrderTicket, state: State) -> Facts:
        """Return what the rules read of what would be left of an open order if it became `ticket`."""
        left = replace(ticket, quantity=ticket.quantity - order.filled_qty)
        facts = gather(left, _without(order, state), (), self._around)
        facts.filled_qty = order.filled_qty
        return facts

    def headroom_of_change(self, order: Order, ticket: OrderTicket, state: State) -> Headroom:
        """Return the largest quantity, what was filled included, to which an open order could be changed."""
        room = self._headroom(self.facts_of_change(order, replace(ticket, quantity=order.most_qty), state))
        return Headroom(room.quantity + order.filled_qty, room.rule)

    def _judge(self, facts: Facts) -> RiskDecision:
        opens, state = facts.opens, facts.state
        observed: list[Decimal | None] = []
        failed: list[str] = []
        blind: list[str] = []
        faulted: list[RuleFault] = []
        for name, opening_only, judge in self._judges:
            if opening_only and not opens:
                observed.append(None)
                continue
            try:
                judgment = judge(facts)
            except Exception as error:  # noqa: BLE001 - a rule that fails denies; the engine must not stop for it
                observed.append(None)
                failed.append(name)
                faulted.append(RuleFault(rule=name, error=type(error).__name__))
                continue
            observed.append(judgment.observed)
            if not judgment.passed:
                failed.append(name)
                if judgment.observed is None:
                    blind.append(name)
        if blind and not self._grounds.isdisjoint(failed):
            failed = [name for name in failed if name not in blind]
        if opens and facts.ticket.reduce_only:
            failed.append(REDUCE_ONLY)
        if not self._judges:
            failed.append(NO_RULES)
        return RiskDecision(
            verdict=Verdict.DENY if failed else Verdict.PASS,
            failed=tuple(failed),
            limits_no=state.trading.limits_no,
            observed=tuple(observed),
            facts=SharedFacts(
                equity=facts.equity,
                peak_equity=facts.peak_equity,
                day_equity=facts.day_equity,
                mark_px=facts.mark_px,
                collar_px=self._nearest(facts, failed) if failed else None,
            ),
            faulted=tuple(faulted),
        )

    def _nearest(self, facts: Facts, failed: Sequence[str]) -> Price | None:
        """Return the limit price nearest to the ticket's that would pass, where that is what failed."""
        prices = (rule.nearest_px(facts) for rule in self.rules if rule.name in failed)
        return next((px for px in prices if px is not None), None)

    def headroom(self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = ()) -> Headroom:
        """Return the largest quantity of this ticket, in whole lots, that every rule would pass, and the rule that
        binds it. What only closes is not bound by the rules for what opens."""
        return self._headroom(gather(ticket, state, beside, self._around))

    def _headroom(self, facts: Facts) -> Headroom:
        if facts.instrument is None or not self.rules:
            return Headroom(ZERO, "instrument_known" if self.rules else NO_RULES)
        always = _tightest(facts, [rule for rule in self.rules if rule.judges is Judges.ALL])
        opening = _tightest(facts, [rule for rule in self.rules if rule.judges is Judges.OPENING])
        if facts.ticket.reduce_only and facts.closable_qty < opening.quantity:
            opening = Headroom(facts.closable_qty, REDUCE_ONLY)
        if opening.quantity < facts.closable_qty:
            opening = Headroom(facts.closable_qty, opening.rule)
        quantity, rule = min(always, opening, key=lambda room: room.quantity)
        return Headroom(facts.instrument.floor_quantity(quantity), rule)

    def watch(self, state: State) -> Sequence[Event]:
        """Return what the limits demand after the market moved, without any ticket."""
        demands: list[Event] = []
        for rule in self._watchers:
            try:
                demands += rule.watch(state)
            except Exception as error:  # noqa: BLE001 - who cannot watch closes the gate as far as a limit may
                if state.trading.state is TradingState.ACTIVE:
                    text = rule_failed(type(error).__name__)
                    demands.append(TradingReduced(actor=GATE, cause=rule.name, text=text))
        return demands

    def get_risk_status(self, state: State) -> RiskStatus:
        """Return where the account stands against the limits."""
        return risk_status(self.rules, state)


def _without(order: Order, state: State) -> State:
    """Return a state in which an open order reserves nothing, to be read and thrown away."""
    rest = copy(state)
    rest.blotter = state.blotter.without(order.client_order_id)
    return rest


def _tightest(facts: Facts, rules: Sequence[RiskRule]) -> Headroom:
    """Return the smallest headroom of these rules and whose it is; the first of equals."""
    tightest = _UNBOUND
    for rule in rules:
        try:
            quantity = rule.headroom(facts)
        except Exception:  # noqa: BLE001 - as in `check`
            quantity = ZERO
        if quantity is not None and quantity < tightest.quantity:
            tightest = Headroom(quantity, rule.name)
    return tightest
