"""What the gate would say to a ticket now, and what the ticket would do to the account.

Nothing here is estimated by other means than the engine's own: the gate judges, the gate's facts are the figures, the
fee is the venue's schedule and what a stop begins at is the bracket's. So the preview and the decision that follows can
differ only by what happens between them, and for that there is `cockpit.ticket.sealed`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from cockpit.ticket.entry import entry_of
from cockpit.ticket.loss import Losses, losses_of
from cockpit.ticket.slippage import Slippage
from oms.blotter import position_key
from oms.domain.fees import FeeSchedule
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order import Order, OrderTicket
from oms.domain.position import Position
from oms.domain.risk import Judges, RiskDecision, RiskFinding, Verdict
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.exits import Cover, behind
from oms.ports import Headroom
from oms.state import State
from risk.catalog import RULES
from risk.engine import RiskManager
from risk.facts import Facts
from risk.findings import findings
from risk.rules.trading_hours import TradingHoursRule

NEAR_FRAC: Final = Decimal("0.75")
"""Of a limit, from which on it is said how much of it is used."""
_LEAST: Final = frozenset({"duplicate", "min_confidence"})
"""Rules whose limit is the least and not the most that passes."""


class Charges(NamedTuple):
    """What trading costs at the venue, and what taking moves there."""

    fees: FeeSchedule
    slippage: Slippage


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Money in the base currency, None while a price or a rate is missing. `held_qty` is the account's net, the
    averages are those of the ticket's own strategy."""

    ticket: OrderTicket
    instrument: Instrument
    px: Price | None
    quote: Quote | None
    quote_age: Nanos | None
    decision: RiskDecision
    checks: tuple[RiskFinding, ...]
    """What every rule said that was asked."""
    room: Headroom
    value: Decimal | None
    fee: Decimal | None
    slip_frac: Decimal | None
    """What is paid beyond the middle of the quote, as a fraction of it."""
    slip: Decimal | None
    losses: Losses
    equity: Decimal | None
    free: Decimal | None
    free_after: Decimal | None
    account_opening_qty: Quantity
    """What it opens by the account's net, which the gate judges by; `losses` has what it opens for its own strategy."""
    held_qty: Quantity
    after_qty: Quantity
    own: Position
    own_after: Position
    behind: tuple[Cover, ...]
    """What waits to give back already what the ticket would."""

    @property
    def passes(self) -> bool:
        """Whether the gate would let it through."""
        return self.decision.verdict is Verdict.PASS

    @property
    def against(self) -> tuple[RiskFinding, ...]:
        """The rules that deny, each with its numbers."""
        return tuple(found for found in self.checks if found.verdict is Verdict.DENY)

    @property
    def unpriced(self) -> tuple[RiskFinding, ...]:
        """Those of them that can say nothing before the first price, and then judge."""
        if self.quote is not None:
            return ()
        faulted = {fault.rule for fault in self.decision.faulted}
        return tuple(one for one in self.against if one.rule in RULES and one.rule not in faulted and _waits(one))

    @property
    def waits_for_price(self) -> bool:
        """Whether it is denied for want of a first price and for nothing else."""
        return bool(self.against) and len(self.unpriced) == len(self.against)

    @property
    def is_split(self) -> bool:
        """Whether the account only reduces where the ticket's own strategy opens, or the other way round."""
        by_own = self.losses.opening_qty > ZERO
        return self.own.quantity != self.held_qty and by_own is not (self.account_opening_qty > ZERO)

    @property
    def near(self) -> tuple[tuple[RiskFinding, Decimal], ...]:
        """The limits that the ticket would fill to `NEAR_FRAC` or more without passing them, and how far."""
        return tuple(
            (found, found.observed / found.limit)
            for found in self.checks
            if found.verdict is Verdict.PASS and found.rule not in _LEAST
            if found.observed is not None and found.limit is not None and found.limit > ZERO
            if NEAR_FRAC <= found.observed / found.limit <= 1
        )


def _waits(denial: RiskFinding) -> bool:
    """Tell whether a rule denies because it lacks what it judges by: of a session, the price that opens it."""
    soon = denial.rule == TradingHoursRule.name and denial.observed is not None and denial.observed < 1
    return denial.observed is None or soon


def preview_of(
    ticket: OrderTicket, state: State, gate: RiskManager, charges: Charges, changes: Order | None = None
) -> Preview:
    """Return the preview of a ticket for a listed instrument; with `changes`, of an open order becoming it."""
    if changes is None:
        decision, facts, room = gate.check(ticket, state), gate.facts(ticket, state), gate.headroom(ticket, state)
    else:
        decision, facts = gate.check_change(changes, ticket, state), gate.facts_of_change(changes, ticket, state)
        room = gate.headroom_of_change(changes, ticket, state)
    rest = facts.ticket
    instrument = state.instruments.by_id[ticket.instrument_id]
    quote = state.marks.quotes.get(ticket.instrument_id)
    fee = None
    if facts.px is not None:
        fee = charges.fees.fee(rest.quantity, facts.px * instrument.multiplier, facts.filled_qty)
    net = sum((held for key, held in state.ledger.net.items() if key.instrument_id == ticket.instrument_id), ZERO)
    own = state.ledger.position(position_key(ticket))
    slip_frac = charges.slippage.frac(rest, quote)
    return Preview(
        ticket=ticket,
        instrument=instrument,
        px=facts.px,
        quote=quote,
        quote_age=facts.quote_age,
        decision=decision,
        checks=_checks(decision, state, opens=facts.opens),
        room=room,
        value=facts.value,
        fee=fee,
        slip_frac=slip_frac,
        slip=slip_frac * facts.value if slip_frac is not None and facts.value is not None else None,
        losses=losses_of(rest, facts, state, gate.get_risk_status(state), changes),
        equity=facts.equity,
        free=_free(facts),
        free_after=_free_after(facts, fee),
        account_opening_qty=facts.opening_qty,
        held_qty=net,
        after_qty=net + rest.signed_qty,
        own=own,
        own_after=own.adjusted(rest.signed_qty, entry_of(rest, state), state.ts),
        behind=_behind(ticket, state, changes),
    )


def _behind(ticket: OrderTicket, state: State, changes: Order | None) -> tuple[Cover, ...]:
    """Return what gives back on a ticket's side what its strategy holds, stops first; not the order that it changes."""
    of = position_key(ticket)
    exits = [one for stops in (True, False) for one in behind(state, of, ticket.side, stops=stops)]
    return tuple(one for one in exits if changes is None or one.order.client_order_id != changes.client_order_id)


def _checks(decision: RiskDecision, state: State, *, opens: bool) -> tuple[RiskFinding, ...]:
    """Return what the rules said that look at a ticket like this, and what failed beside them."""
    limits = state.trading.limits
    idle = frozenset(row.rule for row in limits if row.judges is Judges.OPENING and not opens)
    return tuple(
        found for found in findings(decision, limits) if found.verdict is Verdict.DENY or found.rule not in idle
    )


def _free(facts: Facts) -> Decimal | None:
    """What an opening may take now: without what a ticket that turns the position would give back first."""
    if facts.free is None or not facts.closable_qty or facts.unit_value is None or facts.mark_px is None:
        return facts.free
    assert facts.instrument is not None  # noqa: S101 - it has a value
    return facts.free - facts.closable_qty * facts.mark_px * facts.instrument.multiplier


def _free_after(facts: Facts, fee: Decimal | None) -> Decimal | None:
    """What an opening may take once it is filled: what it closes is free again, what it opens is not."""
    free = _free(facts)
    if free is None or fee is None or facts.unit_value is None:
        return None
    closed = facts.ticket.quantity - facts.opening_qty
    return free + (closed - facts.opening_qty) * facts.unit_value - fee
