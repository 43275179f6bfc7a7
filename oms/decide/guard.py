"""What the limits do by themselves, and what is made durable so that they can be judged after a restart."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Final

from oms.decide.cancels import cancel, cancel_orphaned, is_stopped
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import strategy_events as sev
from oms.domain.ids import AUDIT, GATE, InstrumentId
from oms.domain.order import Order, OrderStatus
from oms.domain.risk import TradingState
from oms.domain.units import SECOND
from oms.invariants import broken
from oms.ports import RiskGate
from oms.state import State

NAMED: Final = 3  # broken equations that its text names


class Guard:
    """Watches equity and limits after every mark and every fill, and closes the gate."""

    def __init__(self, gate: RiskGate) -> None:
        self._gate = gate

    def raise_peak(self, state: State, ts: int, *, at_once: bool = False) -> Sequence[ev.Event]:
        """Make a new high durable: at most once a second, and at once before a decision that relies on it.

        A high that came and went meanwhile is kept by `state.equity`, so waiting loses none.
        """
        high, peak = state.equity.high, state.trading.peak_equity
        if high is None or (peak is not None and high <= peak):
            return ()
        if at_once or peak is None or ts - state.trading.peak_ts >= SECOND:
            return (aev.PeakEquityRaised(equity=high),)
        return ()

    def watch(self, state: State) -> Iterable[ev.Event]:
        """Do what the limits demand after the market or the books have moved, which is nearly always nothing."""
        demands = self._gate.watch(state)
        return self._obey(state, demands) if demands else ()

    def _obey(self, state: State, demands: Sequence[ev.Event]) -> Iterator[ev.Event]:
        for event in demands:
            yield event
            if isinstance(event, ev.TradingHalted):
                found = partial(is_stopped, state)  # and not a flatten: it is what a limit asks for
                yield from self.stop_working(state, event.actor, event.text, found)

    def audit(self, state: State) -> Iterator[ev.Event]:
        """Halt by name if one of the kept sums is not what it sums: no limit can be trusted then."""
        wrong = list(islice(broken(state), NAMED))
        if wrong and state.trading.state is not TradingState.HALTED:
            yield ev.TradingHalted(actor=AUDIT, cause="invariant", text="; ".join(wrong))
            yield from self.stop_working(state, AUDIT, wrong[0])

    def record_marks(self, state: State, instrument_ids: Iterable[InstrumentId]) -> Iterator[ev.Event]:
        """Make the marks of these instruments durable, where there are any."""
        for instrument_id in instrument_ids:
            mark = state.marks.get(instrument_id)
            if mark is not None:
                yield aev.MarkRecorded(instrument_id=instrument_id, px=mark.px, ts_mark=mark.ts)

    def stop_working(
        self, state: State, actor: str, reason: str, means: Callable[[Order], bool] | None = None
    ) -> Iterator[ev.Event]:
        """Ask to cancel every order that may still fill, but for what protects, and pause the strategies.

        It is the gate that cancels, whoever stopped trading: nobody has looked at a single one of these orders. So a
        target is recalled, and made anew when trading goes on. A leg that is held here cannot fill and stays, unless it
        waits for an entry that is held as well and goes. With `means`, only those orders are canceled that it is true
        of.
        """
        for order in tuple(state.blotter.open.values()):
            if order.ticket.protects or (order.status is OrderStatus.HELD and order.ticket.parent_id is not None):
                continue
            if means is None or means(order):
                yield from cancel(order, GATE, reason)
        yield from cancel_orphaned(state)
        for strategy_id in tuple(state.roster.by_id):
            if state.roster.is_enabled(strategy_id):
                yield sev.StrategyPaused(strategy_id=strategy_id, actor=actor)


def held_instruments(state: State) -> dict[InstrumentId, None]:
    """Return the instruments of the open positions, and the pairs that other currencies are valued by."""
    held = (key.instrument_id for key in state.ledger.open)
    return dict.fromkeys((*held, *state.equity.abroad.pairs))


def new_day(state: State) -> aev.DayOpened | None:
    """Return what opens the clock's day, which is later than the one that is open; None while nobody knows what the
    account is worth.

    Whatever first moves the equity of a day has to be preceded by it, a quote or a fill: a venue trades on a quote
    before the engine sees it, and what the night did is the new day's. It is the clock's day and not that of the datum:
    a late quote must not open yesterday again and forget today's loss.
    """
    equity = state.equity.now
    if equity is None:
        return None
    return aev.DayOpened(day=datetime.fromtimestamp(state.ts // SECOND, UTC).date().isoformat(), equity=equity)
