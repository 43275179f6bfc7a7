"""Strategies: which of them trade, what they made, and what they wait for.

What was traded by hand, or past us, has a row below them, so that the column of money adds up to what the account made.
"""

from decimal import Decimal
from typing import Final

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.glyphs import written
from cockpit.tui.columns import Align, Column
from cockpit.tui.names import shown_name
from cockpit.tui.panels.panel import Panel
from cockpit.tui.panels.positions import direction_word
from cockpit.tui.particulars import Particulars, readable, saw
from cockpit.tui.rows import Cell, TableRow
from cockpit.tui.table import Table
from cockpit.tui.view import View, priced
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import StrategyId
from oms.domain.signal import TradingSignal
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.roster import RosterEntry, Standing
from oms.state import State

COLUMNS = (
    Column(title="STRATEGY", priority=0, width=15),
    Column(title="STATE", priority=1, width=7),
    Column(title="SIG", align=Align.RIGHT, priority=3, width=4),
    Column(title="FILLS", align=Align.RIGHT, priority=4, width=5),
    Column(title="P&L", align=Align.POINT, priority=2, width=10),
    Column(title="LAST", align=Align.RIGHT, priority=6, width=4),
    Column(title="WAITS FOR", priority=5, width=18, stretches=True, has_items=True),
)
_LOOKS: Final = {
    Standing.ENABLED: ("on", "ok"),
    Standing.PAUSED: ("pause", "warn"),
    Standing.STOPPED: ("stop", "warn"),
    Standing.FAULTED: ("error", "danger"),
}


class Strategies(Panel):
    """One row per strategy of the run."""

    NAME = "strategies"
    TITLE = "Strategies"
    WATCHES = (
        sev.SignalRaised,
        oev.OrderFilled,
        sev.StrategyEnabled,
        sev.StrategyPaused,
        sev.StrategyStopped,
        sev.StrategyFaulted,
    )
    PRICED = True

    def make_body(self) -> Widget:
        return Table(COLUMNS, empty="No strategies.")

    def draw(self, state: State, view: View) -> None:
        if self.table is not None:
            self.table.set_rows(rows(state, view))

    def count(self, state: State) -> int:
        return len(state.roster.by_id)


def rows(state: State, view: View) -> list[TableRow]:
    """Return a row per strategy, in the order in which they were enabled, and below them who else has traded."""
    told = [_row(entry, state, view) for entry in state.roster.by_id.values()]
    return [*told, *(_other_row(strategy_id, state, view) for strategy_id in others(state))]


def others(state: State) -> list[StrategyId]:
    """Return whose positions there are or were that are no strategy's of this run: a person's, a stranger's."""
    traded = dict.fromkeys(key.strategy_id for key in state.ledger.positions)
    return [strategy_id for strategy_id in traded if strategy_id not in state.roster.by_id]


def profit(strategy_id: StrategyId, state: State) -> Decimal | None:
    """Return what a strategy has made: realized and open, after fees in the account's currency; None while a mark or a
    cost is missing."""
    total = ZERO
    for key, position in state.ledger.positions.items():
        if key.strategy_id != strategy_id:
            continue
        total += position.realized
        total -= sum((fee.amount for fee in position.fees if fee.currency == state.equity.currency), ZERO)
        if position.quantity:
            mark = state.marks.get(key.instrument_id)
            open_ = position.unrealized(mark.px) if mark is not None else None
            if open_ is None:
                return None
            total += open_
    return total


def _row(entry: RosterEntry, state: State, view: View) -> TableRow:
    glyphs = view.glyphs
    name, word = _LOOKS[entry.standing]
    signs = {Standing.ENABLED: glyphs.on, Standing.PAUSED: glyphs.pause, Standing.STOPPED: glyphs.off}
    sign = signs.get(entry.standing, "!")
    made = profit(entry.strategy_id, state)
    since = state.ts - entry.last_signal.ts if entry.last_signal is not None else None
    waits = entry.text if entry.standing is Standing.FAULTED else view.waiting.get(entry.strategy_id, "")
    cells = (
        Cell(shown_name(entry.strategy_id, 24), "text"),
        Cell(f"{sign} {name}", word),
        Cell(fmt.count(entry.signals)),
        Cell(fmt.count(entry.fills)),
        Cell(*priced(fmt.signed_money(made, glyphs=glyphs), direction_word(made), view)),
        Cell(fmt.age(since, glyphs=glyphs), "muted"),
        Cell(sanitize(written(waits, glyphs), 300), "danger" if entry.standing is Standing.FAULTED else "muted"),
    )
    return TableRow(entry.strategy_id, cells, readable(_last(entry.last_signal), glyphs))


def _other_row(strategy_id: StrategyId, state: State, view: View) -> TableRow:
    absent, made = Cell(view.glyphs.absent, "muted"), profit(strategy_id, state)
    money = priced(fmt.signed_money(made, glyphs=view.glyphs), direction_word(made), view)
    name = Cell(shown_name(strategy_id, 24), "text")
    return TableRow(strategy_id, (name, absent, absent, absent, Cell(*money), absent, Cell("")))


def _last(signal: TradingSignal | None) -> Particulars:
    """Return what the strategy said last, and what it saw."""
    if signal is None:
        return ()
    said = f"{fmt.minute(signal.ts)} {signal.signal_type} {signal.instrument_id}: {signal.reason}"
    return (("SAID", said), *saw(signal.metadata))
