"""Opinions and tickets: the way to the gate, and the one place where an approval is made."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from math import isfinite
from operator import attrgetter
from typing import Final

from msgspec.structs import replace

from oms.decide.guard import Guard
from oms.decide.input import Opinion
from oms.decide.legs import misplaced, stop_leg, target_leg, trailing
from oms.decide.proportion import in_proportion
from oms.decide.refusal import refusal
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, client_order_id, short_id
from oms.domain.order import OrderTicket, OrderType, Side, ticket_hash
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
            yield ev.SignalRaised(signal=signal)
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

    def submit_ticket(self, state: State, command: do.SubmitTicket) -> Iterable[ev.Event]:
        """Put a hand-written ticket to the gate."""
        ticket = command.ticket
        obstacle = unfit(ticket) or ("only a bracket makes its legs" if ticket.parent_id is not None else "")
        if obstacle:
            return (refusal(command, obstacle),)
        quote = state.marks.quotes.get(ticket.instrument_id)
        if ticket.signal_px is None and quote is not None:
            ticket = replace(ticket, signal_px=quote.ask_px if ticket.side is Side.BUY else quote.bid_px)
        if ticket.trails and ticket.stop_px is None:
            ticket = trailing(ticket, state)
        obstacle = misplaced(ticket, state.instruments.get(ticket.instrument_id))
        if obstacle:
            return (refusal(command, obstacle),)
        peak = self._guard.raise_peak(state, state.ts, at_once=True)
        # what is taken on is judged only when it is asked for, which is after the peak was counted in
        waits = ticket.asks_protection and ticket.order_type is not OrderType.MARKET
        take_on = self._take_on_with_legs if waits else self._take_on_alone
        taken = take_on(state, ticket, command.ts_agreed)
        return chain(peak, taken) if peak else taken

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
            order_id = self._next_id(state)
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
        order_id = self._next_id(state)
        yield oev.OrderInitialized(client_order_id=order_id, ticket=ticket)
        yield oev.OrderHeld(client_order_id=order_id, text=text)

    def release(self, state: State, order_id: ClientOrderId, ticket: OrderTicket) -> Iterator[ev.Event]:
        """Let an order go that was held, as this ticket, if the gate lets it pass."""
        yield oev.OrderReleased(client_order_id=order_id, ticket=ticket)
        decision = self._gate.check(ticket, state)
        if decision.verdict is Verdict.PASS:
            yield _approval(order_id, ticket, decision)
        else:
            yield _denial(order_id, decision, [decision])

    def _take_on_alone(self, state: State, ticket: OrderTicket, ts_agreed: Nanos | None) -> Iterator[ev.Event]:
        """Take on a ticket that has no legs, or none before it trades."""
        return self.take_on(state, [(ticket, None)], ts_agreed=ts_agreed)

    def _take_on_with_legs(self, state: State, ticket: OrderTicket, ts_agreed: Nanos | None) -> Iterator[ev.Event]:
        """Take on a ticket that may wait for its price, and show at once what waits for its fill."""
        order_id = self._next_id(state)
        yield from self._take_on_alone(state, ticket, ts_agreed)
        parent, instrument = state.blotter.orders[order_id], state.instruments.get(ticket.instrument_id)
        if parent.is_closed or instrument is None:
            return
        for leg in (stop_leg(parent, ticket.quantity, instrument), target_leg(parent, ticket.quantity)):
            if leg is not None:
                yield from self.hold(state, leg, f"waits for {short_id(order_id)}")

    def _next_id(self, state: State) -> ClientOrderId:
        started = state.runs.started
        prefix = started.prefix if started is not None else ""
        return client_order_id(prefix, state.runs.run_id, state.blotter.made_in_run + 1)


def _declined(signal: TradingSignal, text: str) -> ev.SignalDeclined:
    return ev.SignalDeclined(strategy_id=signal.strategy_id, instrument_id=signal.instrument_id, text=text)


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
