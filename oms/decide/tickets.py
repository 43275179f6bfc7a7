"""Opinions and tickets: the way to the gate, and the one place where an approval is made."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from math import isfinite
from operator import attrgetter
from typing import Final

from msgspec.structs import replace

from oms.decide.guard import Guard
from oms.decide.input import Opinion
from oms.decide.proportion import in_proportion
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, client_order_id
from oms.domain.order import OrderTicket, ticket_hash
from oms.domain.risk import GROUP, RiskDecision, Sizing, Verdict
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import Nanos, is_tradable
from oms.ports import RiskGate, Sized, Sizer
from oms.state import State

_NUMBERS: Final = {  # in words, and the fields that hold them
    "quantity": "quantity",
    "limit": "limit_px",
    "stop": "stop_px",
    "price": "signal_px",
    "protective stop": "protect_px",
    "target": "target_px",
    "trail": "trail_by",
}
_numbers_of: Final = attrgetter(*_NUMBERS.values())


class Tickets:
    """Puts tickets to the gate, whether a sizer made them or a person."""

    def __init__(self, gate: RiskGate, sizer: Sizer, guard: Guard) -> None:
        self._gate = gate
        self._sizer = sizer
        self._guard = guard

    def opinion(self, state: State, signals: Opinion) -> Iterator[ev.Event]:
        """Make tickets of one group's signals and put them to the gate together, or say why there are none."""
        if not all(state.roster.is_heard(signal.strategy_id) for signal in signals):
            return
        for signal in signals:
            yield sev.SignalRaised(signal=signal)
        if not all(state.roster.is_enabled(signal.strategy_id) for signal in signals):
            yield from map(_declined, signals, repeat("the strategy is paused"))
            return
        yield from self._guard.raise_peak(state, state.ts, at_once=True)
        wishes: list[Sized] = []
        wished: list[TradingSignal] = []
        half = ""  # why the group would be half of what was meant
        for signal in signals:
            if signal.signal_type is SignalType.HOLD:
                continue
            sized = self._sizer.size(signal, state, self._gate, [ticket for ticket, _ in wishes])
            if isinstance(sized, Sized):
                wishes.append(sized)
                wished.append(signal)
                continue
            yield _declined(signal, sized.text)
            if len(signals) > 1 and signal.signal_type is not SignalType.CLOSE:
                half = f"the other leg: {sized.text}"  # it alone is a bet nobody asked for
        if len(wishes) > 1 and not half:
            wishes, half = in_proportion(wishes, state)
        if half:
            yield from map(_declined, wished, repeat(half))
        else:
            yield from self.take_on(state, wishes)

    def take_on(
        self,
        state: State,
        wishes: Sequence[tuple[OrderTicket, Sizing | None]],
        *,
        confirmed: str = "",
        ts_agreed: Nanos | None = None,
    ) -> Iterator[ev.Event]:
        """Judge tickets as one group and answer for each: all are submitted, or all are denied. `confirmed` names who
        typed the word for a flatten; `ts_agreed` is when a person agreed to them."""
        decisions: list[RiskDecision] = []
        beside: tuple[OrderTicket, ...] = ()
        passed = True
        for ticket, _ in wishes:
            decision = self._gate.check(ticket, state, beside, confirmed=bool(confirmed))
            passed = passed and decision.verdict is Verdict.PASS
            decisions.append(decision)
            beside = (*beside, ticket)
        for (ticket, sizing), decision in zip(wishes, decisions, strict=True):
            order_id = self.next_id(state)
            yield oev.OrderInitialized(client_order_id=order_id, ticket=ticket, sizing=sizing)
            if passed:
                yield _approval(order_id, ticket, decision, confirmed, ts_agreed)
            else:
                yield _denial(order_id, decision, decisions)

    def denied_by(self, state: State, ticket: OrderTicket) -> tuple[str, ...]:
        """Return the rules that would deny a ticket now; none when it would pass."""
        return self._gate.check(ticket, state).failed

    def hold(self, state: State, ticket: OrderTicket, text: str) -> Iterator[ev.Event]:
        """Take on a ticket that waits here; what for stands in `text`. It is judged when it is released."""
        order_id = self.next_id(state)
        yield oev.OrderInitialized(client_order_id=order_id, ticket=ticket)
        yield oev.OrderHeld(client_order_id=order_id, text=text)

    def hold_judged(self, state: State, ticket: OrderTicket, text: str) -> Iterator[ev.Event]:
        """Judge a ticket as if it were to leave, and hold it here or deny it."""
        decision = self._gate.check(ticket, state)
        if decision.verdict is Verdict.PASS:
            yield from self.hold(state, ticket, text)
            return
        order_id = self.next_id(state)
        yield oev.OrderInitialized(client_order_id=order_id, ticket=ticket)
        yield _denial(order_id, decision, [decision])

    def release(self, state: State, order_id: ClientOrderId, ticket: OrderTicket) -> Iterator[ev.Event]:
        """Let an order go that was held, as this ticket, if the gate lets it pass. A leg counts for nothing there; one
        by itself does, and must not be in its own way."""
        order = state.blotter.orders[order_id]
        yield oev.OrderReleased(client_order_id=order_id, ticket=ticket)
        by_itself = ticket.parent_id is None
        decision = self._gate.check_change(order, ticket, state) if by_itself else self._gate.check(ticket, state)
        if decision.verdict is Verdict.PASS:
            yield _approval(order_id, ticket, decision)
        else:
            yield _denial(order_id, decision, [decision])

    def next_id(self, state: State) -> ClientOrderId:
        """Return the id of the order that is taken on next."""
        started = state.runs.started
        prefix = started.prefix if started is not None else ""
        return client_order_id(prefix, state.runs.run_id, state.blotter.made_in_run + 1)


def _declined(signal: TradingSignal, text: str) -> sev.SignalDeclined:
    return sev.SignalDeclined(strategy_id=signal.strategy_id, instrument_id=signal.instrument_id, text=text)


def unfit(ticket: OrderTicket) -> str:
    """Return why a ticket cannot even be taken on, in words; empty when it can.

    A number that is none cannot be journaled, and one that needs more digits than a sum has would change, while it
    is reserved, what is reserved for others. What is merely wrong is the gate's to deny.
    """
    numbers = _numbers_of(ticket)
    if not all(map(is_tradable, filter(None, numbers))):
        for name, number in zip(_NUMBERS, numbers, strict=True):
            if number and not is_tradable(number.copy_abs()):
                return f"{name} {number} is no number that can be traded"
    if ticket.confidence is not None and not isfinite(ticket.confidence):
        return f"confidence {ticket.confidence} is not a number"
    return ""


def _approval(
    order_id: ClientOrderId,
    ticket: OrderTicket,
    decision: RiskDecision,
    confirmed: str = "",
    ts_agreed: Nanos | None = None,
) -> oev.OrderSubmitted:
    """Return the one event by which an order may leave."""
    return oev.OrderSubmitted(
        client_order_id=order_id,
        decision=decision,
        ticket_hash=ticket_hash(ticket),
        confirmed=confirmed,
        ts_agreed=ts_agreed,
    )


def _denial(order_id: ClientOrderId, decision: RiskDecision, decisions: Sequence[RiskDecision]) -> oev.OrderDenied:
    if decision.verdict is Verdict.DENY:
        return oev.OrderDenied(client_order_id=order_id, decision=decision, text=", ".join(decision.failed))
    others = sorted({rule for other in decisions for rule in other.failed})
    judged = replace(decision, verdict=Verdict.DENY, failed=(GROUP,))
    return oev.OrderDenied(client_order_id=order_id, decision=judged, text=f"the other leg: {', '.join(others)}")
