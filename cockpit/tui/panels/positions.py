"""Positions: what each strategy holds, and what it would make or lose."""

from decimal import Decimal

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.protection import Where, bare_qty, protection_of
from cockpit.tui.columns import Align, Column
from cockpit.tui.names import shown_name
from cockpit.tui.panels.panel import Panel
from cockpit.tui.panels.prices import change_of, last_price
from cockpit.tui.rows import Cell, TableRow
from cockpit.tui.table import Table
from cockpit.tui.view import View, is_quoted, priced
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.instrument import Instrument
from oms.domain.position import Position
from oms.domain.units import ZERO, Price
from oms.state import State

COLUMNS = (
    Column(title="SYM", priority=0, width=5),
    Column(title="SIDE", priority=1, width=6),
    Column(title="QTY", align=Align.RIGHT, priority=3, width=5),
    Column(title="AVG", align=Align.POINT, priority=8, width=8),
    Column(title="LAST", align=Align.POINT, priority=4, width=8),
    Column(title="CHG", align=Align.POINT, priority=9, width=8),
    Column(title="uPnL", align=Align.POINT, priority=2, width=9),
    Column(title="uPnL%", align=Align.POINT, priority=7, width=7),
    Column(title="STOP", align=Align.POINT, priority=5, width=8),
    Column(title="RISK", align=Align.POINT, priority=12, width=8),
    Column(title="STRATEGY", priority=6, width=15),
    Column(title="%NAV", align=Align.POINT, priority=10, width=6),
    Column(title="AGE", align=Align.RIGHT, priority=11, width=4),
)


class Positions(Panel):
    """One row per strategy's position; the totals stay below."""

    NAME = "positions"
    TITLE = "Positions"
    WATCHES = (ev.MarketMoved, oev.OrderFilled, aev.PositionAdjusted, aev.MarkRecorded)
    PRICED = True

    def make_body(self) -> Widget:
        return Table(COLUMNS, empty="No positions.")

    def draw(self, state: State, view: View) -> None:
        if self.table is not None:
            made = rows(state, view)
            self.table.set_rows(made, totals(state, view) if made else ())

    def count(self, state: State) -> int:
        return len(state.ledger.open)


def rows(state: State, view: View) -> list[TableRow]:
    """Return a row per open position: by symbol, then strategy, so that prices never move a row."""
    held = sorted(state.ledger.open.values(), key=lambda position: (position.key.instrument_id, position.key))
    return [_row(position, state, view) for position in held]


def totals(state: State, view: View) -> tuple[Cell, ...]:
    """Return the line below: the sum of what is not rounded."""
    pnl = state.equity.unrealized
    text, word = priced(fmt.signed_money(pnl, glyphs=view.glyphs), direction_word(pnl), view)
    equity, glyphs = state.equity.now, view.glyphs
    gross = priced(fmt.percent(state.equity.gross / equity, signed=False), "text", view) if equity else (glyphs.absent,)
    shown = {"SYM": Cell("total", "muted"), "uPnL": Cell(text, word), "%NAV": Cell(*gross)}
    return tuple(shown.get(column.title, Cell("")) for column in COLUMNS)


def direction_word(amount: Decimal | None) -> str:
    """Return the theme's word for a profit or a loss."""
    return "flat" if not amount else "up" if amount > 0 else "down"


def _row(position: Position, state: State, view: View) -> TableRow:
    key, glyphs = position.key, view.glyphs
    instrument = state.instruments.by_id[key.instrument_id]
    mark, equity = state.marks.get(key.instrument_id), state.equity.now
    last = mark.px if mark is not None else None
    pnl = position.unrealized(last) if last is not None else None
    share = abs(position.quantity * last * instrument.multiplier) / equity if last is not None and equity else None
    old = not is_quoted(key.instrument_id, state)
    change = (glyphs.absent, "muted")
    if not old:
        change = priced(*change_of(last, state.closes.last(key.instrument_id), view), view, is_old=False)
    is_long, known, word = position.quantity > 0, position.cost is not None, direction_word(pnl)
    money = fmt.signed_money(pnl, glyphs=glyphs)
    of_cost = pnl / abs(position.cost) if pnl is not None and position.cost else None
    cells = (
        Cell(shown_name(instrument.symbol, 12), "title"),
        Cell(f"{glyphs.up} LONG" if is_long else f"{glyphs.down} SHRT", "up" if is_long else "down"),
        Cell(fmt.quantity(abs(position.quantity), instrument.lot)),
        Cell(fmt.price(position.avg_px, instrument.tick, glyphs=glyphs) if known else fmt.UNKNOWN, "muted"),
        Cell(*last_price(last, instrument, view, is_old=old)),
        Cell(*change),
        Cell(*priced(money if known else fmt.UNKNOWN, word, view, is_old=old)),
        Cell(*priced(fmt.percent(of_cost, glyphs=glyphs) if known else fmt.UNKNOWN, word, view, is_old=old)),
        *_stop(position, last, instrument, state, view, is_old=old),
        Cell(shown_name(key.strategy_id, 24), "text"),
        Cell(*priced(fmt.percent(share, signed=False, glyphs=glyphs), "muted", view, is_old=old)),
        Cell(fmt.age(state.ts - position.ts_open if position.ts_open else None, glyphs=glyphs), "muted"),
    )
    return TableRow("/".join(key), cells)


def _stop(
    position: Position,
    last: Price | None,
    instrument: Instrument,
    state: State,
    view: View,
    *,
    is_old: bool,
) -> tuple[Cell, Cell]:
    """Return the price of the stop with a sign that says whether it works at the venue, and what is lost from here to
    there. Where stops cover only a part the sign says how much, and nobody knows what is risked."""
    glyphs, found = view.glyphs, protection_of(position, state)
    if found is None:
        return Cell("none", "warn"), Cell(glyphs.absent, "muted")
    is_whole = not bare_qty(position, state)
    part = f"{glyphs.part}{fmt.quantity(found.quantity, instrument.lot)}"
    signs = {Where.VENUE: glyphs.on, Where.SOFT: glyphs.soft, Where.SENT: glyphs.off, Where.UNKNOWN: fmt.UNKNOWN}
    mark = signs[found.where] if is_whole else part
    text = fmt.price(found.worst_px, instrument.tick, glyphs=glyphs) + mark
    if last is None or not is_whole or found.where is Where.UNKNOWN:
        is_sound = is_whole and found.where is not Where.UNKNOWN
        return Cell(text, "text" if is_sound else "warn"), Cell(fmt.UNKNOWN, "muted")
    side, stops = 1 if position.quantity > 0 else -1, state.brackets.protection(position.key)
    lost = sum(((last - stop.stop_px) * side * stop.quantity for stop in stops), ZERO) * instrument.multiplier
    return Cell(text, "text"), Cell(*priced(fmt.money(max(ZERO, lost)), "text", view, is_old=is_old))
