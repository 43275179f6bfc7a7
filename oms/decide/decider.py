"""One table: which kind of input is answered where.

What `Decider.decide` returns is drawn one by one, and the loop applies each event before it asks for the next, so every
line of this package sees the state as its own earlier events left it. An order can leave only by an `OrderSubmitted`,
and the single place that yields one is in `oms.decide.tickets`, behind the gate's verdict; a test counts them.
"""

from collections.abc import Callable, Iterable

from oms.decide.by_hand import ByHand
from oms.decide.changes import Changes
from oms.decide.commands import Commands
from oms.decide.deadlines import Deadlines
from oms.decide.flatten import Flatten
from oms.decide.groups import Groups
from oms.decide.guard import Guard
from oms.decide.input import Input
from oms.decide.market import MarketMoves
from oms.decide.protection import Protection
from oms.decide.replacing import Replacing
from oms.decide.reports import Reports
from oms.decide.tickets import Tickets
from oms.decide.triggers import Triggers
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.deadline import DeadlineReached
from oms.domain.market import Bar, Quote, SessionEnded
from oms.domain.report import CancelReject, ExecutionReport, NotFound, ReplaceReject, Unclear
from oms.ports import RiskGate, Sizer
from oms.state import State


class Decider:
    """The pure core. It keeps nothing between two decisions; gate and sizer are pure as well."""

    def __init__(self, gate: RiskGate, sizer: Sizer) -> None:
        guard = Guard(gate)
        tickets, changes = Tickets(gate, sizer, guard), Changes(gate)
        groups, protection = Groups(tickets), Protection(tickets, changes)
        market = MarketMoves(guard, Triggers(tickets, changes, protection))
        reports, commands = Reports(groups, guard, protection), Commands(groups, guard, protection)
        self._answers: dict[type, Callable[..., Iterable[ev.Event]]] = {
            Quote: market.quote,
            Bar: market.bar,
            SessionEnded: market.session_ended,
            ExecutionReport: reports.execution,
            CancelReject: reports.answer,
            ReplaceReject: reports.answer,
            NotFound: reports.answer,
            Unclear: reports.answer,
            DeadlineReached: Deadlines(protection).reached,
            tuple: tickets.opinion,
            do.SubmitTicket: ByHand(tickets, guard).submit_ticket,
            do.BeginRun: commands.begin_run,
            do.EndRun: commands.end_run,
            do.CancelOrder: commands.cancel_order,
            do.ReplaceOrder: Replacing(changes, protection).replace_order,
            do.HaltTrading: commands.halt_trading,
            do.FlattenPosition: Flatten(tickets, guard, protection).flatten_position,
            do.ResumeTrading: commands.resume_trading,
            do.EnableStrategy: commands.enable_strategy,
            do.PauseStrategy: commands.pause_strategy,
            do.StopStrategy: commands.stop_strategy,
            do.FaultStrategy: commands.fault_strategy,
            do.NoteExport: commands.note_export,
            do.NoteOperator: commands.note_operator,
            do.NoteTerminalLost: commands.note_terminal_lost,
            do.BrokerUp: commands.broker_up,
            do.BrokerDown: commands.broker_down,
            do.ReconcileBooks: commands.reconcile_books,
            do.RenewProtection: protection.renew,
            do.WithholdOrder: commands.withhold_order,
        }

    def decide(self, state: State, cause: Input) -> Iterable[ev.Event]:
        """Return the events that answer one input, to be applied one by one as they are drawn."""
        return self._answers[type(cause)](state, cause)
