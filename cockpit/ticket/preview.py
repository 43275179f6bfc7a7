"""What the gate would say to a ticket now, and what the ticket would do to the account.

Nothing here is estimated by other means than the engine's own: the gate judges, the gate's facts are the figures, and
the fee is the venue's schedule. So the preview and the decision that follows can differ only by what happens between
them, and for that there is `Sealed`.
"""

from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec.structs import replace

from cockpit.ticket.reading import entry_of
from oms.domain.fees import FeeSchedule
from oms.domain.instrument import Instrument
from oms.domain.order import Order, OrderTicket, Side, ticket_hash
from oms.domain.risk import RiskDecision, RiskFinding, Verdict
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.ports import Headroom
from oms.state import State
from risk.engine import RiskManager
from risk.facts import Facts
from risk.findings import findings

DRIFT_FRAC: Final = Decimal("0.005")
"""How far the price may move between the preview and the yes; further, and it is asked again."""


class AtRisk(NamedTuple):
    """What is lost at worst, in the base currency; None where there is no end to it, or it cannot be known. `words` say
    where that is."""

    amount: Decimal | None
    words: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Money in the base currency, None while a price or a rate is missing. `held_qty` is the account's net."""

    ticket: OrderTicket
    instrument: Instrument
    px: Price | None
    bid_px: Price | None
    ask_px: Price | None
    quote_age: Nanos | None
    decision: RiskDecision
    against: tuple[RiskFinding, ...]
    """The rules that deny, each with its numbers."""
    room: Headroom
    value: Decimal | None
    fee: Decimal | None
    at_risk: AtRisk
    equity: Decimal | None
    free: Decimal | None
    free_after: Decimal | None
    held_qty: Quantity
    after_qty: Quantity
    reduces: bool

    @property
    def passes(self) -> bool:
        """Whether the gate would let it through."""
        return self.decision.verdict is Verdict.PASS


class Sealed(NamedTuple):
    """What a person was shown: this ticket, by its hash, at the price at which it would trade."""

    ticket: OrderTicket
    hash: str
    px: Price | None


def preview_of(
    ticket: OrderTicket, state: State, gate: RiskManager, fees: FeeSchedule, changes: Order | None = None
) -> Preview:
    """Return the preview of a ticket for a listed instrument; with `changes`, of an open order becoming it."""
    if changes is None:
        seen, rest, decision = state, ticket, gate.check(ticket, state)
    else:
        seen = copy(state)
        seen.blotter = state.blotter.without(changes.client_order_id)
        rest = replace(ticket, quantity=ticket.quantity - changes.filled_qty)
        decision = gate.check_change(changes, ticket, state)
    facts = gate.facts(rest, seen)
    instrument = state.instruments.by_id[ticket.instrument_id]
    quote = state.marks.quotes.get(ticket.instrument_id)
    room = gate.headroom(rest, seen)
    fee = fees.fee(rest.quantity, facts.px) if facts.px is not None else None
    net = sum((held for key, held in state.ledger.net.items() if key.instrument_id == ticket.instrument_id), ZERO)
    return Preview(
        ticket=ticket,
        instrument=instrument,
        px=facts.px,
        bid_px=quote.bid_px if quote is not None else None,
        ask_px=quote.ask_px if quote is not None else None,
        quote_age=facts.quote_age,
        decision=decision,
        against=tuple(found for found in findings(decision, state.trading.limits) if found.verdict is Verdict.DENY),
        room=Headroom(room.quantity + (changes.filled_qty if changes is not None else ZERO), room.rule),
        value=facts.value,
        fee=fee,
        at_risk=_at_risk(rest, facts, state),
        equity=facts.equity,
        free=_free(facts),
        free_after=_free_after(facts, fee),
        held_qty=net,
        after_qty=net + rest.signed_qty,
        reduces=not facts.opens,
    )


def seal(ticket: OrderTicket, state: State) -> Sealed:
    """Return what a person is asked to agree to, as of now."""
    return Sealed(ticket, ticket_hash(ticket), entry_of(ticket, state))


def drift_of(sealed: Sealed, state: State) -> Decimal | None:
    """Return how far the price has gone since it was shown, as a signed fraction where that is too far to send.

    None where it is not, and of a price that the ticket names, beyond which it does not trade. A price that was known
    and is not any more has gone too far whatever it is: 1.
    """
    then, now = sealed.px, entry_of(sealed.ticket, state)
    if then is None or now is None:
        return None if now is None and then is None else Decimal(1)
    frac = now / then - 1
    return frac if abs(frac) > DRIFT_FRAC else None


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


def _at_risk(ticket: OrderTicket, facts: Facts, state: State) -> AtRisk:
    if not facts.opens:
        return AtRisk(ZERO, "it only reduces")
    entry, instrument = entry_of(ticket, state), facts.instrument
    if entry is None or instrument is None or facts.unit_value is None:
        return AtRisk(None, "no price")
    if ticket.protect_px is not None:
        at_stop = abs(entry - ticket.protect_px) * facts.opening_qty * instrument.multiplier
        return AtRisk(at_stop, "at the stop")
    if ticket.side is Side.BUY:
        return AtRisk(entry * facts.opening_qty * instrument.multiplier, "no stop")
    return AtRisk(None, "no end: no stop")
