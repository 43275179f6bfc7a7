"""Deciding: (state, input) -> events. Pure, and the one door to a venue.

`Decider.decide` is a generator, and the loop applies each event before it asks for the next, so every line below
sees the state as its own earlier events left it. An order can leave only by an `OrderSubmitted`, and the single
place that yields one is `_take_on`, behind the gate's verdict; a test counts them.

What happens within one datum is ordered on purpose: mark, day roll, the limits that watch the market. Strategies
react after that, to the same datum, through the loop.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Final, TypeAlias

from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.fill import Fill
from oms.domain.ids import ClientOrderId, InstrumentId, RunId, StrategyId, client_order_id
from oms.domain.market import Bar, MarketData, Quote, SessionEnded
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Purpose, TimeInForce, ticket_hash
from oms.domain.report import CancelReject, ExecutionReport, NotFound, VenueReport
from oms.domain.risk import GROUP, RiskDecision, Sizing, TradingState, Verdict
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import DAY, SECOND, Quantity, is_tradable
from oms.ledger import NetKey
from oms.lifecycle import allowed, interpret
from oms.ports import RiskGate, Sizer
from oms.reconcile import reconcile
from oms.roster import Standing
from oms.state import State

Opinion: TypeAlias = tuple[TradingSignal, ...]  # the signals of one group; alone, a signal is its own group
Input: TypeAlias = MarketData | VenueReport | do.Command | Opinion

BROKEN: Final = frozenset({OrderStatus.REJECTED, OrderStatus.NOT_FOUND})  # what a leg is that breaks its group
GATE: Final = "gate"  # the actor of what the limits do by themselves
STOP: Final = "stop"  # the cause of a halt that somebody asked for

_BREAKS: Final = frozenset({ev.OrderRejected, ev.OrderUnfound})  # the events after which a leg is BROKEN


class Decider:
    """The pure core. It keeps nothing between two decisions; gate and sizer are pure as well."""

    def __init__(self, gate: RiskGate, sizer: Sizer) -> None:
        self._gate = gate
        self._sizer = sizer
        self._answers: dict[type, Callable[..., Iterator[ev.Event]]] = {
            Quote: self._quote,
            Bar: self._bar,
            SessionEnded: self._session_ended,
            ExecutionReport: self._report,
            CancelReject: self._report,
            NotFound: self._report,
            tuple: self._opinion,
            do.BeginRun: self._begin_run,
            do.EndRun: self._end_run,
            do.SubmitTicket: self._submit_ticket,
            do.CancelOrder: self._cancel_order,
            do.HaltTrading: self._halt_trading,
            do.ResumeTrading: self._resume_trading,
            do.EnableStrategy: self._enable_strategy,
            do.PauseStrategy: self._pause_strategy,
            do.FaultStrategy: self._fault_strategy,
            do.NoteExport: self._note_export,
            do.NoteTerminalLost: self._note_terminal_lost,
            do.BrokerUp: self._broker_up,
            do.BrokerDown: self._broker_down,
            do.WithholdOrder: self._withhold_order,
        }

    def decide(self, state: State, cause: Input) -> Iterator[ev.Event]:
        """Return the events that answer one input, to be applied one by one as they are drawn."""
        return self._answers[type(cause)](state, cause)

    # -- the market -------------------------------------------------------------------------------------------

    def _quote(self, state: State, quote: Quote) -> Iterator[ev.Event]:
        equity = state.equity.now  # before this mark: what the night did belongs to the new day
        yield ev.MarketMoved(data=quote)
        # the clock's day and not the quote's: a late quote must not open yesterday again and forget today's loss
        if state.ts // DAY > state.trading.day_no and equity is not None:
            yield ev.DayOpened(day=_date_of(state.ts), equity=equity)
        yield from self._raise_peak(state, quote.ts)
        yield from self._watch(state)

    def _bar(self, _state: State, bar: Bar) -> Iterator[ev.Event]:
        yield ev.MarketMoved(data=bar)

    def _session_ended(self, state: State, ended: SessionEnded) -> Iterator[ev.Event]:
        yield from self._record_marks(state, _held(state))
        yield ev.TapePositioned(session=ended.session)

    def _raise_peak(self, state: State, ts: int, *, at_once: bool = False) -> Iterator[ev.Event]:
        """Make a new high durable: at most once a second, and at once before a decision that relies on it.

        A high that came and went meanwhile is kept by `state.equity`, so waiting loses none.
        """
        high, peak = state.equity.high, state.trading.peak_equity
        if high is None or (peak is not None and high <= peak):
            return
        if at_once or peak is None or ts - state.trading.peak_ts >= SECOND:
            yield ev.PeakEquityRaised(equity=high)

    def _watch(self, state: State) -> Iterator[ev.Event]:
        for event in self._gate.watch(state):
            yield event
            if isinstance(event, ev.TradingHalted):
                yield from self._stop_working(state, event.actor, event.text)

    def _record_marks(self, state: State, instrument_ids: Iterable[InstrumentId]) -> Iterator[ev.Event]:
        for instrument_id in instrument_ids:
            mark = state.marks.get(instrument_id)
            if mark is not None:
                yield ev.MarkRecorded(instrument_id=instrument_id, px=mark.px, ts_mark=mark.ts)

    # -- opinions and tickets: the way to the gate --------------------------------------------------------------

    def _opinion(self, state: State, signals: Opinion) -> Iterator[ev.Event]:
        if not all(state.roster.is_enabled(signal.strategy_id) for signal in signals):
            return
        for signal in signals:
            yield ev.SignalRaised(signal=signal)
        yield from self._raise_peak(state, state.ts, at_once=True)
        wishes: list[tuple[OrderTicket, Sizing | None]] = []
        for signal in signals:
            if signal.signal_type is SignalType.HOLD:
                continue
            sized = self._sizer.size(signal, state, self._gate, [ticket for ticket, _ in wishes])
            if sized is not None:
                wishes.append(sized)
            elif len(signals) > 1 and signal.signal_type is not SignalType.CLOSE:
                return  # a leg that comes to less than a lot: the others alone are a bet nobody asked for
        yield from self._take_on(state, wishes)

    def _submit_ticket(self, state: State, command: do.SubmitTicket) -> Iterator[ev.Event]:
        ticket = command.ticket
        unfit = _unfit(ticket)
        if unfit:
            yield _refusal(command, unfit)
            return
        quote = state.marks.quotes.get(ticket.instrument_id)
        if ticket.signal_px is None and quote is not None:
            ticket = replace(ticket, signal_px=quote.ask_px if ticket.side.sign > 0 else quote.bid_px)
        yield from self._raise_peak(state, state.ts, at_once=True)
        yield from self._take_on(state, [(ticket, None)])

    def _take_on(self, state: State, wishes: Sequence[tuple[OrderTicket, Sizing | None]]) -> Iterator[ev.Event]:
        """Judge tickets as one group and answer for each: all are submitted, or all are denied."""
        decisions: list[RiskDecision] = []
        for place, (ticket, _) in enumerate(wishes):
            beside = [earlier for earlier, _ in wishes[:place]]
            decisions.append(self._gate.check(ticket, state, beside))
        passed = all(decision.verdict is Verdict.PASS for decision in decisions)
        for (ticket, sizing), decision in zip(wishes, decisions, strict=True):
            order_id = self._next_id(state)
            yield ev.OrderInitialized(client_order_id=order_id, ticket=ticket, sizing=sizing)
            if passed:
                yield ev.OrderSubmitted(client_order_id=order_id, decision=decision, ticket_hash=ticket_hash(ticket))
            else:
                yield _denial(order_id, decision, decisions)

    def _next_id(self, state: State) -> ClientOrderId:
        started = state.runs.started
        prefix = started.prefix if started is not None else ""
        return client_order_id(prefix, state.runs.run_id, state.blotter.made_in_run + 1)

    # -- what venues say ----------------------------------------------------------------------------------------

    def _report(self, state: State, report: VenueReport) -> Iterator[ev.Event]:
        order = state.blotter.get(report.client_order_id)
        exec_id = getattr(report, "exec_id", None)
        known = order is not None and (order.ticket.broker, exec_id) in state.blotter.exec_ids
        event = interpret(order, report, known=known)
        if event is None:
            return
        opens = isinstance(event, ev.OrderFilled) and not state.ledger.net_quantity(_net_key(event.fill))
        yield event
        if isinstance(event, ev.OrderFilled):
            if opens:
                yield from self._record_marks(state, [event.fill.instrument_id])
            yield from self._raise_peak(state, report.ts)
            yield from self._watch(state)
            yield from self._close_widowed(state, event)
        elif isinstance(event, ev.ReportQuarantined) and state.trading.state is TradingState.ACTIVE:
            text = f"{event.client_order_id}: {event.report}, {event.text}"
            yield ev.TradingReduced(actor=GATE, cause="quarantine", text=text)
        elif type(event) in _BREAKS and order is not None:
            yield from self._break_group(state, order)

    def _break_group(self, state: State, broken: Order) -> Iterator[ev.Event]:
        """Undo the other legs: one leg alone is a bet nobody asked for."""
        text = _widowed_by(broken.client_order_id)
        for order in _legs(state, broken.ticket):
            if allowed(order.status, ev.OrderPendingCancel) and order.status is not OrderStatus.PENDING_CANCEL:
                yield ev.OrderPendingCancel(client_order_id=order.client_order_id, actor=GATE, text=text)
            if order.filled_qty and order.ticket.purpose is Purpose.OPEN:
                yield from self._take_on(state, [(_closing(order.ticket, order.filled_qty, text), None)])

    def _close_widowed(self, state: State, event: ev.OrderFilled) -> Iterator[ev.Event]:
        """Give back what a leg still bought or sold after its group was broken: the cancel came too late."""
        ticket = state.blotter.orders[event.client_order_id].ticket
        if ticket.group_id is None or ticket.purpose is not Purpose.OPEN:
            return
        for leg in _legs(state, ticket):
            if leg.status in BROKEN:
                text = _widowed_by(leg.client_order_id)
                yield from self._take_on(state, [(_closing(ticket, event.fill.last_qty, text), None)])
                return

    # -- commands -----------------------------------------------------------------------------------------------

    def _begin_run(self, state: State, command: do.BeginRun) -> Iterator[ev.Event]:
        yield ev.RunStarted(
            run_id=RunId(state.runs.run_id + 1),
            actor=command.actor,
            prefix=command.prefix,
            mode=command.mode,
            seed=command.seed,
            config_hash=command.config_hash,
            feed=command.feed,
            feed_hash=command.feed_hash,
            currency=command.currency,
        )
        for instrument in command.instruments:
            if state.instruments.get(instrument.instrument_id) != instrument:
                yield ev.InstrumentListed(instrument=instrument)
        if state.trading.limits != command.limits:
            yield ev.LimitsSet(number=state.trading.limits_no + 1, limits=command.limits)
        if command.latch is not None and state.trading.state is not TradingState.HALTED:
            yield ev.TradingHalted(actor=command.actor, cause=STOP, text=command.latch)
        for strategy_id in command.strategies:
            entry = state.roster.by_id.get(strategy_id)
            if entry is None:
                yield ev.StrategyEnabled(strategy_id=strategy_id, actor=command.actor)
            elif entry.standing is Standing.FAULTED:  # it is fed again from now on; whether it trades, a person says
                yield ev.StrategyPaused(strategy_id=strategy_id, actor=command.actor)

    def _end_run(self, state: State, command: do.EndRun) -> Iterator[ev.Event]:
        yield from self._raise_peak(state, state.ts, at_once=True)
        yield from self._record_marks(state, _held(state))
        yield ev.RunEnded(actor=command.actor, reason=command.reason)

    def _cancel_order(self, state: State, command: do.CancelOrder) -> Iterator[ev.Event]:
        order = state.blotter.get(command.client_order_id)
        if order is None:
            yield _refusal(command, f"no order {command.client_order_id}")
        elif not allowed(order.status, ev.OrderPendingCancel):
            yield _refusal(command, f"{command.client_order_id} is {order.status} and cannot be canceled")
        else:
            yield ev.OrderPendingCancel(client_order_id=order.client_order_id, actor=command.actor, text=command.reason)

    def _halt_trading(self, state: State, command: do.HaltTrading) -> Iterator[ev.Event]:
        yield ev.TradingHalted(actor=command.actor, cause=STOP, text=command.reason)
        yield from self._stop_working(state, command.actor, command.reason)

    def _stop_working(self, state: State, actor: str, reason: str) -> Iterator[ev.Event]:
        for order in tuple(state.blotter.open.values()):
            if order.status is not OrderStatus.PENDING_CANCEL and allowed(order.status, ev.OrderPendingCancel):
                yield ev.OrderPendingCancel(client_order_id=order.client_order_id, actor=actor, text=reason)
        for strategy_id in tuple(state.roster.by_id):
            if state.roster.is_enabled(strategy_id):
                yield ev.StrategyPaused(strategy_id=strategy_id, actor=actor)

    def _resume_trading(self, state: State, command: do.ResumeTrading) -> Iterator[ev.Event]:
        if state.trading.state is TradingState.ACTIVE:
            yield _refusal(command, "trading is not halted")
        elif command.halts not in (None, state.trading.halts):
            yield _refusal(command, "trading was stopped again meanwhile")
        else:
            yield ev.TradingResumed(actor=command.actor)

    def _enable_strategy(self, state: State, command: do.EnableStrategy) -> Iterator[ev.Event]:
        if state.trading.state is TradingState.HALTED:
            yield _refusal(command, "trading is halted; resume first")
            return
        for strategy_id in self._named(state, command.strategy_id):
            standing = state.roster.by_id[strategy_id].standing
            if standing is Standing.PAUSED:
                yield ev.StrategyEnabled(strategy_id=strategy_id, actor=command.actor)
            elif standing is Standing.FAULTED and command.strategy_id is not None:
                yield _refusal(
                    command, f"{strategy_id} raised and is not fed; it comes back, paused, with the next start"
                )
        if command.strategy_id is not None and command.strategy_id not in state.roster.by_id:
            yield _refusal(command, f"no strategy {command.strategy_id}")

    def _pause_strategy(self, state: State, command: do.PauseStrategy) -> Iterator[ev.Event]:
        for strategy_id in self._named(state, command.strategy_id):
            if state.roster.is_enabled(strategy_id):
                yield ev.StrategyPaused(strategy_id=strategy_id, actor=command.actor)
        if command.strategy_id is not None and command.strategy_id not in state.roster.by_id:
            yield _refusal(command, f"no strategy {command.strategy_id}")

    @staticmethod
    def _named(state: State, strategy_id: str | None) -> tuple[StrategyId, ...]:
        return tuple(known for known in state.roster.by_id if strategy_id in (None, known))

    def _fault_strategy(self, _state: State, command: do.FaultStrategy) -> Iterator[ev.Event]:
        yield ev.StrategyFaulted(strategy_id=command.strategy_id, text=command.text)

    def _note_export(self, _state: State, command: do.NoteExport) -> Iterator[ev.Event]:
        yield ev.SnapshotExported(actor=command.actor, path=command.path, sha256=command.sha256)

    def _note_terminal_lost(self, _state: State, command: do.NoteTerminalLost) -> Iterator[ev.Event]:
        yield ev.TerminalLost(actor=command.actor, cause=command.cause, policy=command.policy)

    def _broker_up(self, state: State, command: do.BrokerUp) -> Iterator[ev.Event]:
        yield from reconcile(command.snapshot, state)
        yield ev.BrokerConnected(broker=command.broker)
        if state.trading.state is TradingState.HALTED:  # the stop may have come while no engine ran
            yield from self._stop_working(state, command.actor, state.trading.text)
        yield from self._raise_peak(state, state.ts)
        yield from self._watch(state)

    def _broker_down(self, _state: State, command: do.BrokerDown) -> Iterator[ev.Event]:
        yield ev.BrokerDisconnected(broker=command.broker, text=command.text)

    def _withhold_order(self, state: State, command: do.WithholdOrder) -> Iterator[ev.Event]:
        order = state.blotter.get(command.client_order_id)
        if order is not None and allowed(order.status, ev.OrderCanceled):
            yield ev.OrderCanceled(client_order_id=order.client_order_id, text=f"not sent: {command.reason}")
            if order.ticket.group_id is not None:
                yield from self._break_group(state, order)


def _held(state: State) -> dict[InstrumentId, None]:
    """Return the instruments of the open positions."""
    return dict.fromkeys(key.instrument_id for key in state.ledger.open)


def _net_key(fill: Fill) -> NetKey:
    return NetKey(fill.broker, fill.account, fill.instrument_id)


def _date_of(ts: int) -> str:
    return datetime.fromtimestamp(ts // SECOND, UTC).date().isoformat()


def _refusal(command: do.Command, text: str) -> ev.CommandRefused:
    return ev.CommandRefused(actor=command.actor, command=type(command).__name__, text=text)


def _unfit(ticket: OrderTicket) -> str:
    """Return why a ticket cannot even be taken on, in words; empty when it can.

    A number that is none cannot be journaled, and one that needs more digits than a sum has would change, while it
    is reserved, what is reserved for others. What is merely wrong is the gate's to deny.
    """
    for name, number in (("quantity", ticket.quantity), ("limit", ticket.limit_px), ("price", ticket.signal_px)):
        if number is None:
            continue
        if not number.is_finite() or (number and not is_tradable(number.copy_abs())):
            return f"{name} {number} is no number that can be traded"
    if ticket.confidence is not None and not isfinite(ticket.confidence):
        return f"confidence {ticket.confidence} is not a number"
    return ""


def _denial(order_id: ClientOrderId, decision: RiskDecision, decisions: Sequence[RiskDecision]) -> ev.OrderDenied:
    if decision.verdict is Verdict.DENY:
        return ev.OrderDenied(client_order_id=order_id, decision=decision, text=", ".join(decision.failed))
    others = sorted({rule for other in decisions for rule in other.failed})
    judged = replace(decision, verdict=Verdict.DENY, failed=(GROUP,))
    return ev.OrderDenied(client_order_id=order_id, decision=judged, text=f"the other leg: {', '.join(others)}")


def _legs(state: State, ticket: OrderTicket) -> list[Order]:
    return [state.blotter.orders[order_id] for order_id in state.blotter.groups.get(ticket.group_id or "", ())]


def _widowed_by(order_id: ClientOrderId) -> str:
    return f"the other leg, {order_id}, came to nothing"


def _closing(ticket: OrderTicket, quantity: Quantity, text: str) -> OrderTicket:
    return replace(
        ticket,
        side=ticket.side.opposite,
        quantity=quantity,
        order_type=OrderType.MARKET,
        limit_px=None,
        tif=TimeInForce.DAY,
        purpose=Purpose.CLOSE,
        confidence=None,
        group_id=None,
        reason=text,
    )
