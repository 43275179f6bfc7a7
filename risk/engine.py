"""The gate: it puts every ticket to every rule, and says how much of it would pass.

Here the questions are asked of which a decision is the answer: may this ticket pass, may an open order become that
one, what is the largest quantity, does the market demand anything. The facts are gathered once for each, and
`risk.rulebook` decides. Nothing in here can send.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Final

from msgspec.structs import replace

from oms.domain.calendar import TradingHours
from oms.domain.events import Event, TradingReduced
from oms.domain.fees import FeeSchedule, PercentFee
from oms.domain.ids import GATE
from oms.domain.order import Order, OrderTicket
from oms.domain.risk import Judges, RiskDecision, RuleLimits, TradingState
from oms.domain.units import LARGEST, ZERO, Nanos
from oms.ports import Headroom
from oms.state import State
from risk.facts import Facts, Surroundings, gather
from risk.rule import RiskRule
from risk.rulebook import NO_RULES, REDUCE_ONLY, Rulebook
from risk.status import RiskStatus, risk_status
from risk.words import rule_failed

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
        self._decide = Rulebook(self.rules).decide
        self._always = tuple(rule for rule in self.rules if rule.judges is Judges.ALL)
        self._opening = tuple(rule for rule in self.rules if rule.judges is Judges.OPENING)
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
        return self._decide(gather(ticket, state, beside, self._around, confirmed=confirmed))

    def check_change(self, order: Order, ticket: OrderTicket, state: State) -> RiskDecision:
        """Judge the difference it would make if an open order became `ticket`: what would be left of it, as if the
        order were not there. What only makes it smaller opens nothing, and no change repeats a wish."""
        old = order.ticket
        smaller = ticket.quantity <= old.quantity and (ticket.limit_px, ticket.stop_px) == (old.limit_px, old.stop_px)
        facts = self.facts_of_change(order, ticket, state)
        facts.is_change = True
        facts.stop_stands = ticket.stop_px == old.stop_px
        facts.limit_stands = ticket.limit_px == old.limit_px
        facts.only_smaller = smaller
        facts.opens = facts.opens and not (smaller and facts.sane)
        return self._decide(facts)

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

    def headroom(self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = ()) -> Headroom:
        """Return the largest quantity of this ticket, in whole lots, that every rule would pass, and the rule that
        binds it. What only closes is not bound by the rules for what opens."""
        return self._headroom(gather(ticket, state, beside, self._around))

    def _headroom(self, facts: Facts) -> Headroom:
        if facts.instrument is None or not self.rules:
            return Headroom(ZERO, "instrument_known" if self.rules else NO_RULES)
        always, opening, room = _tightest(facts, self._always), _tightest(facts, self._opening), facts.exit_room
        if facts.ticket.reduce_only and facts.closable_qty < opening.quantity:
            opening = Headroom(facts.closable_qty, REDUCE_ONLY)
        if opening.quantity < facts.exempt_qty:
            opening = Headroom(facts.exempt_qty, opening.rule)
        if room is not None and room.left_qty <= opening.quantity:
            opening = Headroom(room.left_qty, REDUCE_ONLY)
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
