"""What happened, as a person would say it: one sentence per event, with the numbers that matter.

A refusal names its rule, what was observed and the limit, because "denied" alone teaches nothing. Text that came from
outside is sanitized here; nothing is ever parsed as markup.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final, TypeAlias

from cockpit import format as fmt
from cockpit.log.renewal import MADE_ANEW
from cockpit.tui.fate import STOPS, AboutOrder, Sentence, of_order
from cockpit.tui.said import without_folders
from cockpit.tui.wish import order_in_words, which, with_prices
from oms.decide.exits import OVER
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import short_id, symbol_of
from oms.domain.risk import RiskDecision, RiskFinding, RuleLimits, Verdict
from oms.domain.text import sanitize
from oms.state import State

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
    return Sentence("denied", f"{order_in_words(event, state)}: {why}", "warn")


def _signal(event: sev.SignalRaised, _state: State) -> Sentence:
    signal = event.signal
    what = f"{signal.strategy_id} {signal.signal_type} {symbol_of(signal.instrument_id)}"
    confidence = fmt.ratio(Decimal(str(signal.confidence)))
    return Sentence("signal", f"{what}: {signal.reason}, confidence {confidence}", "info")


def _filled(event: oev.OrderFilled, state: State) -> Sentence:
    fill, order = event.fill, state.blotter.orders[event.client_order_id]
    instrument = state.instruments.by_id[fill.instrument_id]
    quantity, at = fmt.quantity(fill.last_qty, instrument.lot), fmt.price(fill.last_px, instrument.tick)
    left = f", {fmt.quantity(order.leaves_qty, instrument.lot)} left" if order.leaves_qty else ""
    what = f"{fill.strategy_id} {fill.side} {quantity} {symbol_of(fill.instrument_id)} {which(order)} at {at}{left}"
    return Sentence("fill", what, "ok")


def _canceled(event: oev.OrderCanceled, state: State) -> Sentence:
    """Say that an order was canceled; of an exit that went with its position, also why: nobody asked for that."""
    order = state.blotter.get(event.client_order_id)
    went = not event.text and order is not None and order.ticket.is_exit and order.moot
    return of_order(f"canceled: {OVER}" if went else "canceled")(event, state)


ORDERS: Final[dict[type, AboutOrder]] = {
    **STOPS,
    sev.SignalRaised: _signal,
    oev.OrderFilled: _filled,
    oev.OrderRejected: of_order("the venue says no", "danger", "reject"),
    oev.OrderOutcomeUnknown: of_order("outcome unknown", "danger"),
    oev.OrderUnfound: of_order("the venue does not know it", "warn"),
    oev.OrderQueried: of_order("the venue is asked what became of it", "muted"),
    oev.OrderAdopted: of_order("an order that is not ours traded in the account", "warn", "venue"),
    oev.OrderCanceled: _canceled,
    oev.OrderExpired: of_order("expired"),
    oev.OrderCancelRejected: of_order("the venue refuses to cancel it", "warn"),
    oev.OrderReplaced: lambda e, state: Sentence(
        "order", f"{with_prices(e.ticket, state)} #{short_id(e.client_order_id)}: changed"
    ),
    oev.OrderReplaceDenied: lambda e, state: Sentence(
        "denied", f"{order_in_words(e, state)}: a change to {with_prices(e.ticket, state)}: {e.text}", "warn"
    ),
    oev.OrderReplaceRejected: of_order("the venue refuses to change it", "warn"),
}


def _adjusted(event: aev.PositionAdjusted) -> Sentence:
    symbol = symbol_of(event.instrument_id)
    if event.exec_id is None:
        how = "more" if event.quantity > 0 else "less"
        return Sentence("venue", f"the venue has {abs(event.quantity)} {symbol} {how} than we knew; booked", "warn")
    return Sentence("venue", f"a late fill of {abs(event.quantity)} {symbol} had been booked already: it counts once")


REST: Final[dict[type, Callable[[Any], Sentence]]] = {
    sev.SignalDeclined: lambda e: Sentence(
        "signal", f"{e.strategy_id} {symbol_of(e.instrument_id)}: no order, {e.text}", "muted"
    ),
    ev.TradingHalted: lambda e: Sentence(
        "halt", f"trading HALTED by {e.actor}, {e.cause}: {without_folders(e.text)}", "danger"
    ),
    ev.TradingReduced: lambda e: Sentence("halt", f"only orders that reduce pass, {e.cause}: {e.text}", "warn"),
    ev.TradingResumed: lambda e: Sentence("resume", f"trading resumed by {e.actor}", "ok"),
    sev.StrategyFaulted: lambda e: Sentence(
        "strategy", f"{e.strategy_id} failed and is no longer fed: {e.text}", "danger"
    ),
    sev.StrategyPaused: lambda e: Sentence(
        "strategy", f"{e.strategy_id} paused by {e.actor}{': ' if e.text else ''}{e.text}", "warn" if e.text else "text"
    ),
    sev.StrategyStopped: lambda e: Sentence("strategy", f"{e.strategy_id} stopped by {e.actor}", "warn"),
    sev.StrategyEnabled: lambda e: Sentence("strategy", f"{e.strategy_id} enabled by {e.actor}"),
    ev.CommandRefused: lambda e: Sentence("refused", f"{e.command} by {e.actor}: {e.text}", "warn"),
    ev.ReportQuarantined: lambda e: Sentence(
        "venue", f"a report on {e.client_order_id} fits nothing we know, {e.report}: {e.text}", "danger"
    ),
    ev.ForeignOrderSeen: lambda e: Sentence("venue", f"works an order that is not ours: {e.client_order_id}", "warn"),
    aev.PositionAdjusted: _adjusted,
    ev.BrokerConnected: lambda e: Sentence("venue", f"{e.broker} connected, its books agree with ours"),
    ev.BrokerDisconnected: lambda e: Sentence("venue", f"{e.broker} DISCONNECTED: {without_folders(e.text)}", "danger"),
    ev.RunStarted: lambda e: Sentence("run", f"run {e.run_id} of this journal began: {e.feed}, seed {e.seed}"),
    ev.RunEnded: lambda e: Sentence("run", f"ended by {e.actor}: {e.reason}"),
    ev.OperatorNoted: lambda e: Sentence("run", f"while no engine ran, {e.actor} {e.text}", "warn"),
    ev.TerminalLost: lambda e: Sentence("run", f"the terminal was lost, {e.cause}: {e.policy}", "warn"),
    ev.SnapshotExported: lambda e: Sentence("run", f"screen written to {PurePath(e.path).name}"),
}


Shared: TypeAlias = sev.StrategyPaused | sev.StrategyEnabled
"""What happens to all strategies at once, and is then said once."""


def together(event: Shared, number: int) -> Sentence:
    """Return the sentence for so many strategies that went the same way."""
    went = "paused" if isinstance(event, sev.StrategyPaused) else "enabled"
    return Sentence("strategy", sanitize(f"{fmt.plural(number, 'strategy')} {went} by {event.actor}"))


def made_anew(event: oev.OrderInitialized, state: State) -> Sentence:
    """Return the sentence for a leg that a resume has made anew, with its price."""
    order = state.blotter.orders[event.client_order_id]
    return Sentence("order", sanitize(f"{with_prices(event.ticket, state)} {which(order)}: {MADE_ANEW}"))
