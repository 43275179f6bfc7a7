"""A denial in words: which rules said no, with their numbers, and how much would have passed."""

from cockpit.library.errors import InsufficientFundsError, RiskLimitViolationError
from oms.domain.order import OrderTicket
from oms.domain.order_events import OrderDenied, OrderReplaceDenied
from oms.domain.risk import RiskDecision, RiskFinding, Verdict
from oms.domain.units import ZERO
from oms.state import State
from risk.engine import RiskManager
from risk.findings import findings
from risk.rules.buying_power import BuyingPower
from risk.words import plain


def explained(decision: RiskDecision, state: State) -> tuple[RiskFinding, ...]:
    """Return what every rule said, in the order of the limits table.

    Raises:
        ValueError: the decision was made under an earlier limits table than the one in force.
    """
    if decision.limits_no != state.trading.limits_no:
        msg = f"limits table {decision.limits_no} is no longer in force; it is {state.trading.limits_no}"
        raise ValueError(msg)
    return tuple(findings(decision, state.trading.limits))


def to_denial(
    event: OrderDenied | OrderReplaceDenied, ticket: OrderTicket, gate: RiskManager, state: State
) -> RiskLimitViolationError:
    """Return a journaled denial, of a ticket or of a change, as the error to raise."""
    decision, order = event.decision, state.blotter.get(event.client_order_id)
    against = tuple(found for found in explained(decision, state) if found.verdict is Verdict.DENY)
    if order is None or isinstance(event, OrderDenied):
        room = gate.headroom(ticket, state).quantity
    else:
        room = gate.headroom_of_change(order, ticket, state).quantity
    what = f"{ticket.side.value} {plain(ticket.quantity)} {ticket.instrument_id} is denied by "
    what += ", ".join(f"{found.rule} ({found.text})" for found in against)
    if ZERO < room < ticket.quantity:
        what += f"; at most {plain(room)} would pass"
    unpaid = any(found.rule == BuyingPower.name and found.observed is not None for found in against)
    kind = InsufficientFundsError if unpaid else RiskLimitViolationError
    return kind(
        what, order_id=event.client_order_id, decision=decision, findings=against, largest_quantity=max(ZERO, room)
    )
