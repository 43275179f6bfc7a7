"""What somebody asked for: the run, a stop, a cancel, a strategy's leave to trade, a broker's link."""

from collections.abc import Iterator
from functools import partial

from oms.blotter import position_key
from oms.decide.cancels import cancel, cancel_orphaned, is_stopped
from oms.decide.groups import Groups
from oms.decide.guard import Guard, held_instruments
from oms.decide.protection import Protection
from oms.decide.refusal import refusal
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import RunId, StrategyId
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from oms.lifecycle import allowed
from oms.reconcile import gaps, reconcile
from oms.roster import Standing
from oms.state import State


class Commands:
    """Answers every command but a ticket."""

    def __init__(self, groups: Groups, guard: Guard, protection: Protection) -> None:
        self._groups = groups
        self._guard = guard
        self._protection = protection

    def begin_run(self, state: State, command: do.BeginRun) -> Iterator[ev.Event]:
        """Start the run: what is listed, the limits in force, the strategies that may trade."""
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
            yield ev.TradingHalted(actor=command.actor, cause=do.STOP, text=command.latch)
        for strategy_id in command.strategies:
            entry = state.roster.by_id.get(strategy_id)
            standing = entry.standing if entry is not None else None
            if standing is Standing.FAULTED:  # it is fed again from now on; whether it trades, a person says
                yield sev.StrategyPaused(strategy_id=strategy_id, actor=command.actor)
            elif strategy_id in command.paused:
                if standing not in {Standing.PAUSED, Standing.STOPPED}:
                    yield sev.StrategyPaused(strategy_id=strategy_id, actor=command.actor)
            elif standing is None:
                yield sev.StrategyEnabled(strategy_id=strategy_id, actor=command.actor)

    def end_run(self, state: State, command: do.EndRun) -> Iterator[ev.Event]:
        """Record what a restart needs, and close the run."""
        yield from self._guard.raise_peak(state, state.ts, at_once=True)
        yield from self._guard.record_marks(state, held_instruments(state))
        yield from self._guard.audit(state)
        yield ev.RunEnded(actor=command.actor, reason=command.reason)

    def cancel_order(self, state: State, command: do.CancelOrder) -> Iterator[ev.Event]:
        """Ask the venue to cancel one order, if it may still have it; cancel one that is held here."""
        order = state.blotter.get(command.client_order_id)
        if order is None:
            yield refusal(command, f"no order {command.client_order_id}")
        elif order.status is OrderStatus.PENDING_CANCEL:  # a person who asks again means it: the venue is told again
            yield oev.OrderPendingCancel(
                client_order_id=order.client_order_id, actor=command.actor, text=command.reason
            )
        elif order.status is OrderStatus.HELD or allowed(order.status, oev.OrderPendingCancel):
            yield from cancel(order, command.actor, command.reason)
            if order.status is OrderStatus.HELD:  # gone at once, and no venue will tell
                yield from self._protection.tend(state, position_key(order.ticket))
        else:
            yield refusal(command, f"{command.client_order_id} is {order.status} and cannot be canceled")

    def halt_trading(self, state: State, command: do.HaltTrading) -> Iterator[ev.Event]:
        """Close the gate, cancel what works, pause the strategies."""
        yield ev.TradingHalted(actor=command.actor, cause=command.cause, text=command.reason)
        yield from self._guard.stop_working(state, command.actor, command.reason)

    def resume_trading(self, state: State, command: do.ResumeTrading) -> Iterator[ev.Event]:
        """Open the gate, unless it was closed again meanwhile, and make the targets anew that it took back."""
        if state.trading.state is TradingState.ACTIVE:
            yield refusal(command, "trading is not halted")
        elif command.halts not in (None, state.trading.halts):
            yield refusal(command, "trading was stopped again meanwhile")
        else:
            yield ev.TradingResumed(actor=command.actor)
            yield from self._protection.resume(state)

    def enable_strategy(self, state: State, command: do.EnableStrategy) -> Iterator[ev.Event]:
        """Let the signals of one strategy, or of all that are paused, through."""
        if state.trading.state is TradingState.HALTED:
            yield refusal(command, "trading is halted; resume first")
            return
        for strategy_id in self._named(state, command.strategy_id):
            standing = state.roster.by_id[strategy_id].standing
            if standing is Standing.PAUSED or (standing is Standing.STOPPED and command.strategy_id is not None):
                yield sev.StrategyEnabled(strategy_id=strategy_id, actor=command.actor)
            elif standing is Standing.FAULTED and command.strategy_id is not None:
                yield refusal(
                    command, f"{strategy_id} raised and is not fed; it comes back, paused, with the next start"
                )
        if command.strategy_id is not None and command.strategy_id not in state.roster.by_id:
            yield refusal(command, f"no strategy {command.strategy_id}")

    def pause_strategy(self, state: State, command: do.PauseStrategy) -> Iterator[ev.Event]:
        """Discard the signals of one strategy, or of all."""
        for strategy_id in self._named(state, command.strategy_id):
            if state.roster.is_enabled(strategy_id):
                yield sev.StrategyPaused(strategy_id=strategy_id, actor=command.actor)
        if command.strategy_id is not None and command.strategy_id not in state.roster.by_id:
            yield refusal(command, f"no strategy {command.strategy_id}")

    def stop_strategy(self, state: State, command: do.StopStrategy) -> Iterator[ev.Event]:
        """Hear a strategy no more, and cancel what works for it but what protects."""
        entry = state.roster.by_id.get(command.strategy_id)
        if entry is None:
            yield refusal(command, f"no strategy {command.strategy_id}")
        elif entry.standing in {Standing.STOPPED, Standing.FAULTED}:
            yield refusal(command, f"{command.strategy_id} is {entry.standing} already")
        else:
            yield sev.StrategyStopped(strategy_id=command.strategy_id, actor=command.actor)
            for order in tuple(state.blotter.open.values()):
                if order.ticket.strategy_id == command.strategy_id and not order.ticket.protects:
                    yield from cancel(order, command.actor, "its strategy was stopped")
            yield from cancel_orphaned(state)

    @staticmethod
    def _named(state: State, strategy_id: str | None) -> tuple[StrategyId, ...]:
        return tuple(known for known in state.roster.by_id if strategy_id in (None, known))

    def fault_strategy(self, _state: State, command: do.FaultStrategy) -> Iterator[ev.Event]:
        """Take a strategy out that raised."""
        yield sev.StrategyFaulted(strategy_id=command.strategy_id, text=command.text)

    def note_export(self, _state: State, command: do.NoteExport) -> Iterator[ev.Event]:
        """Record that the screen was written to a file."""
        yield ev.SnapshotExported(actor=command.actor, path=command.path, sha256=command.sha256)

    def note_operator(self, state: State, command: do.NoteOperator) -> Iterator[ev.Event]:
        """Record what a person did while no engine ran, unless a start that was cut short has recorded it already."""
        if command.note_id not in state.runs.noted:
            yield ev.OperatorNoted(
                note_id=command.note_id, ts_noted=command.ts_noted, actor=command.actor, text=command.text
            )

    def note_terminal_lost(self, _state: State, command: do.NoteTerminalLost) -> Iterator[ev.Event]:
        """Record that the screen went away."""
        yield ev.TerminalLost(actor=command.actor, cause=command.cause, policy=command.policy)

    def broker_up(self, state: State, command: do.BrokerUp) -> Iterator[ev.Event]:
        """Make our books agree with the venue's, and cancel what a stop meanwhile would have canceled."""
        if command.seq not in {None, state.seq}:
            return
        yield from reconcile(command.snapshot, state)
        yield ev.BrokerConnected(broker=command.broker)
        yield from self._guard.audit(state)
        if state.trading.state is TradingState.HALTED:  # the stop may have come while no engine ran
            found = partial(is_stopped, state)
            yield from self._guard.stop_working(state, command.actor, state.trading.text, found)
        yield from self._guard.raise_peak(state, state.ts)
        yield from self._guard.watch(state)

    def reconcile_books(self, state: State, command: do.ReconcileBooks) -> Iterator[ev.Event]:
        """Take over where the venue's books surely differ, and let only reducing orders through."""
        certain = gaps(command.snapshot, state).items() & command.gaps
        if certain:
            yield from reconcile(command.snapshot, state, frozenset(key for key, _ in certain))
            yield from self._guard.audit(state)
            yield from self._guard.raise_peak(state, state.ts)
            yield from self._guard.watch(state)

    def broker_down(self, _state: State, command: do.BrokerDown) -> Iterator[ev.Event]:
        """Record that a link is gone."""
        yield ev.BrokerDisconnected(broker=command.broker, text=command.text)

    def withhold_order(self, state: State, command: do.WithholdOrder) -> Iterator[ev.Event]:
        """Close an approved order that was not handed over."""
        order = state.blotter.get(command.client_order_id)
        if order is not None and allowed(order.status, oev.OrderCanceled):
            text = do.NOT_SENT + command.reason
            canceled = oev.OrderCanceled(client_order_id=order.client_order_id, text=text, withheld=True)
            yield canceled
            if state.brackets.concerns(order):
                yield from self._protection.follow(state, order, canceled)
            if order.ticket.group_id is not None:
                yield from self._groups.undo(state, order)
