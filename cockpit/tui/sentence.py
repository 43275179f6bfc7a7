"""What happened, as a person would say it: one sentence per event, with the numbers that matter.

A refusal names its rule, what was observed and the limit, because "denied" alone teaches nothing. Text that came from
outside is sanitized here; nothing is ever parsed as markup.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final, NamedTuple, TypeAlias

from cockpit import format as fmt
from cockpit.log.renewal import MADE_ANEW
from cockpit.ticket.kind import kind_of
from cockpit.tui.said import without_folders
from oms.decide.exits import OVER
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import short_id, symbol_of
from oms.domain.order import Order, OrderTicket, OrderType, Purpose
from oms.domain.risk import RiskDecision, RiskFinding, RuleLimits, Verdict
from oms.domain.text import sanitize
from oms.state import State


class Sentence(NamedTuple):
    """A kind in one word, the words themselves, and the theme's word for how much it matters."""

    kind: str
    text: str
    word: str = "text"


Explain: TypeAlias = Callable[[RiskDecision, tuple[RuleLimits, ...]], Sequence[RiskFinding]]
"""Makes findings of a decision and the limits table it names."""


def sentence_of(event: ev.Event, state: State, explain: Explain | None = None) -> Sentence | None:
    """Return the sentence for an event, or None where it is no news: prices, bookkeeping, an order's normal steps.

    `state` is the state after the event; without `explain` a denial names its rules only.
    """
    if isinstance(event, oev.OrderDenied):
        said: Sentence | None = _denied(event, state, explain)
    elif (about_order := ORDERS.get(type(event))) is not None:
        said = about_order(event, state)
    else:
        about_rest = REST.get(type(event))
        said = about_rest(event) if about_rest is not None else None
    return said._replace(text=sanitize(said.text)) if said is not None else None


def _denied(event: oev.OrderDenied, state: State, explain: Explain | None) -> Sentence:
    """`max_position: position 5.21% of equity is more than 5.00%`: every rule that failed, in its words."""
    why, decision = event.text, event.decision
    if explain is not None and decision.limits_no == state.trading.limits_no:
        found = explain(decision, state.trading.limits)
        failed = [f"{one.rule}: {one.text}" for one in found if one.verdict is Verdict.DENY]
        why = "; ".join(failed) or why
    return Sentence("denied", f"{_wish(event, state)}: {why}", "warn")


def _signal(event: ev.SignalRaised, _state: State) -> Sentence:
    signal = event.signal
    what = f"{signal.strategy_id} {signal.signal_type} {symbol_of(signal.instrument_id)}"
    confidence = fmt.ratio(Decimal(str(signal.confidence)))
    return Sentence("signal", f"{what}: {signal.reason}, confidence {confidence}", "info")


def _filled(event: oev.OrderFilled, state: State) -> Sentence:
    fill, order = event.fill, state.blotter.orders[event.client_order_id]
    instrument = state.instruments.by_id[fill.instrument_id]
    quantity, at = fmt.quantity(fill.last_qty, instrument.lot), fmt.price(fill.last_px, instrument.tick)
    left = f", {fmt.quantity(order.leaves_qty, instrument.lot)} left" if order.leaves_qty else ""
    what = f"{fill.strategy_id} {fill.side} {quantity} {symbol_of(fill.instrument_id)} {_which(order)} at {at}{left}"
    return Sentence("fill", what, "ok")


def _of_order(fate: str, word: str = "text", kind: str = "order") -> Callable[[Any, State], Sentence]:
    """Return what says that an order met this fate, and the event's own text if it has one."""

    def say(event: Any, state: State) -> Sentence:  # noqa: ANN401 - any event of an order
        text = getattr(event, "text", "")
        return Sentence(kind, f"{_wish(event, state)}: {fate}{': ' if text else ''}{text}", word)

    return say


def _canceled(event: oev.OrderCanceled, state: State) -> Sentence:
    """Say that an order was canceled; of an exit that went with its position, also why: nobody asked for that."""
    order = state.blotter.get(event.client_order_id)
    went = not event.text and order is not None and order.ticket.is_exit and order.moot
    return _of_order(f"canceled: {OVER}" if went else "canceled")(event, state)


ORDERS: Final[dict[type, Callable[[Any, State], Sentence]]] = {
    ev.SignalRaised: _signal,
    oev.OrderFilled: _filled,
    oev.OrderRejected: _of_order("the venue says no", "danger", "reject"),
    oev.OrderOutcomeUnknown: _of_order("outcome unknown", "danger"),
    oev.OrderUnfound: _of_order("the venue does not know it", "warn"),
    oev.OrderQueried: _of_order("the venue is asked what became of it", "muted"),
    oev.OrderFlagged: lambda e, state: Sentence(
        "order",
        f"{_wish(e, state)}: {'no longer ' if e.over else ''}{e.flag.replace('_', ' ').lower()}, {e.text}",
        "info" if e.over else "danger",
    ),
    oev.OrderAdopted: _of_order("an order that is not ours traded in the account", "warn", "venue"),
    oev.OrderCanceled: _canceled,
    oev.OrderExpired: _of_order("expired"),
    oev.OrderCancelRejected: _of_order("the venue refuses to cancel it", "warn"),
    oev.OrderTriggered: _of_order("its stop price was reached", "warn"),
    oev.OrderReplaced: lambda e, state: Sentence(
        "order", f"{_changed(e.ticket, state)} #{short_id(e.client_order_id)}: changed"
    ),
    oev.OrderReplaceDenied: lambda e, state: Sentence(
        "denied", f"{_wish(e, state)}: a change to {_changed(e.ticket, state)}: {e.text}", "warn"
    ),
    oev.OrderReplaceRejected: _of_order("the venue refuses to change it", "warn"),
}


def _adjusted(event: ev.PositionAdjusted) -> Sentence:
    symbol = symbol_of(event.instrument_id)
    if event.exec_id is None:
        return Sentence("venue", f"held {event.quantity} more of {symbol} than we knew; booked", "warn")
    return Sentence("venue", f"a late fill of {abs(event.quantity)} {symbol} had been booked already: it counts once")


REST: Final[dict[type, Callable[[Any], Sentence]]] = {
    ev.SignalDeclined: lambda e: Sentence(
        "signal", f"{e.strategy_id} {symbol_of(e.instrument_id)}: no order, {e.text}", "muted"
    ),
    ev.TradingHalted: lambda e: Sentence(
        "halt", f"trading HALTED by {e.actor}, {e.cause}: {without_folders(e.text)}", "danger"
    ),
    ev.TradingReduced: lambda e: Sentence("halt", f"only orders that reduce pass, {e.cause}: {e.text}", "warn"),
    ev.TradingResumed: lambda e: Sentence("resume", f"trading resumed by {e.actor}", "ok"),
    ev.StrategyFaulted: lambda e: Sentence(
        "strategy", f"{e.strategy_id} failed and is no longer fed: {e.text}", "danger"
    ),
    ev.StrategyPaused: lambda e: Sentence(
        "strategy", f"{e.strategy_id} paused by {e.actor}{': ' if e.text else ''}{e.text}", "warn" if e.text else "text"
    ),
    ev.StrategyStopped: lambda e: Sentence("strategy", f"{e.strategy_id} stopped by {e.actor}", "warn"),
    ev.StrategyEnabled: lambda e: Sentence("strategy", f"{e.strategy_id} enabled by {e.actor}"),
    ev.CommandRefused: lambda e: Sentence("refused", f"{e.command} by {e.actor}: {e.text}", "warn"),
    ev.ReportQuarantined: lambda e: Sentence(
        "venue", f"a report on {e.client_order_id} fits nothing we know, {e.report}: {e.text}", "danger"
    ),
    ev.ForeignOrderSeen: lambda e: Sentence("venue", f"works an order that is not ours: {e.client_order_id}", "warn"),
    ev.PositionAdjusted: _adjusted,
    ev.BrokerConnected: lambda e: Sentence("venue", f"{e.broker} connected, its books agree with ours"),
    ev.BrokerDisconnected: lambda e: Sentence("venue", f"{e.broker} DISCONNECTED: {without_folders(e.text)}", "danger"),
    ev.RunStarted: lambda e: Sentence("run", f"run {e.run_id} of this journal began: {e.feed}, seed {e.seed}"),
    ev.RunEnded: lambda e: Sentence("run", f"ended by {e.actor}: {e.reason}"),
    ev.OperatorNoted: lambda e: Sentence("run", f"while no engine ran, {e.actor} {e.text}", "warn"),
    ev.TerminalLost: lambda e: Sentence("run", f"the terminal was lost, {e.cause}: {e.policy}", "warn"),
    ev.SnapshotExported: lambda e: Sentence("run", f"screen written to {PurePath(e.path).name}"),
}


Shared: TypeAlias = ev.StrategyPaused | ev.StrategyEnabled
"""What happens to all strategies at once, and is then said once."""


def together(event: Shared, number: int) -> Sentence:
    """Return the sentence for so many strategies that went the same way."""
    went = "paused" if isinstance(event, ev.StrategyPaused) else "enabled"
    return Sentence("strategy", sanitize(f"{fmt.plural(number, 'strategy')} {went} by {event.actor}"))


def made_anew(event: oev.OrderInitialized, state: State) -> Sentence:
    """Return the sentence for a leg that a resume has made anew, with its price."""
    order = state.blotter.orders[event.client_order_id]
    return Sentence("order", sanitize(f"{_changed(event.ticket, state)} {_which(order)}: {MADE_ANEW}"))


def _wish(event: Any, state: State) -> str:  # noqa: ANN401 - any event of an order
    """`trend_following SELL 18 IBM stop #42`: whose order it was, what it wanted, and which one it is."""
    order = state.blotter.get(event.client_order_id)
    if order is None:
        return str(event.client_order_id)
    return f"{_asked(order.ticket, state)} {_which(order)}"


def _which(order: Order) -> str:
    """`stop #42`, `target #43`, `#44`: the kind of order, unless it is a market order, and what it is called."""
    ticket = order.ticket
    if ticket.purpose is Purpose.PROTECT:
        kind = "stop "
    elif ticket.parent_id is not None:
        kind = "target "
    else:
        kind = "" if ticket.order_type is OrderType.MARKET else f"{kind_of(ticket).words.lower()} "
    return f"{kind}#{short_id(order.client_order_id)}"


def _asked(ticket: OrderTicket, state: State) -> str:
    instrument = state.instruments.get(ticket.instrument_id)
    amount = fmt.quantity(ticket.quantity, instrument.lot) if instrument is not None else str(ticket.quantity)
    return f"{ticket.strategy_id} {ticket.side} {amount} {symbol_of(ticket.instrument_id)}"


def _changed(ticket: OrderTicket, state: State) -> str:
    """`trend_following SELL 18 IBM stop 124.50`: what an order has become, with its prices."""
    instrument = state.instruments.get(ticket.instrument_id)
    prices = (("limit", ticket.limit_px), ("stop", ticket.stop_px))
    if instrument is None:
        return _asked(ticket, state)
    said = [f" {name} {fmt.price(px, instrument.tick)}" for name, px in prices if px is not None]
    return _asked(ticket, state) + "".join(said)
