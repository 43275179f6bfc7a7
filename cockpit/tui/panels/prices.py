"""Prices: every instrument of the session, its last price and what we hold of it.

A price that an earlier run recorded is marked as old, has its age where the trend will be, and no change: the closes
are newer than it is.
"""

from decimal import Decimal

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.plot import sparkline
from cockpit.tui.columns import Align, Column
from cockpit.tui.names import shown_name
from cockpit.tui.panels.panel import Panel
from cockpit.tui.rows import Cell, TableRow
from cockpit.tui.table import Table
from cockpit.tui.view import View, is_quoted, priced
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.units import ZERO, Price, Quantity
from oms.state import State

COLUMNS = (
    Column(title="SYM", priority=0, width=5),
    Column(title="LAST", align=Align.POINT, priority=1, width=9),
    Column(title="CHG", align=Align.POINT, priority=2, width=8),
    Column(title="POS", align=Align.RIGHT, priority=3, width=6),
    Column(title="BID", align=Align.POINT, priority=4, width=8),
    Column(title="ASK", align=Align.POINT, priority=5, width=8),
    Column(title="TREND", priority=6, width=10, stretches=True),
)
TICK_SECS = 1.0
"""How long the arrow of a tick stands beside the price."""
BESIDES_TREND = 52
"""Cells that the other columns take."""
TREND_CELLS = (10, 64)


class Prices(Panel):
    """All subscribed instruments, so that the cursor always stands on one."""

    NAME = "prices"
    TITLE = "Prices"
    WATCHES = (ev.MarketMoved, oev.OrderFilled, ev.InstrumentListed, aev.PositionAdjusted)
    PRICED = True

    def make_body(self) -> Widget:
        return Table(COLUMNS, empty="No instruments yet: the session is starting.")

    def draw(self, state: State, view: View) -> None:
        if self.table is not None:
            least, most = TREND_CELLS
            self.table.set_rows(rows(state, view, max(least, min(most, self.table.size.width - BESIDES_TREND))))

    def count(self, state: State) -> int:
        return len(state.instruments.by_id)


def rows(state: State, view: View, trend_cells: int = TREND_CELLS[0]) -> list[TableRow]:
    """Return a row per instrument, in the order of listing, with so many cells of its newest prices."""
    return [_row(instrument, state, view, trend_cells) for instrument in state.instruments.by_id.values()]


def _row(instrument: Instrument, state: State, view: View, trend_cells: int) -> TableRow:
    instrument_id, tick, glyphs = instrument.instrument_id, instrument.tick, view.glyphs
    quote, mark = state.marks.quotes.get(instrument_id), state.marks.get(instrument_id)
    last = mark.px if mark is not None else None
    is_new = is_quoted(instrument_id, state)
    change, word = change_of(last, state.closes.last(instrument_id), view) if is_new else (glyphs.absent, "muted")
    held = _held(instrument_id, state)
    trend = sparkline(list(view.recent.prices.get(instrument_id, ())), trend_cells, glyphs=glyphs)
    if mark is not None and not is_new:
        trend = f"{fmt.age(state.ts - mark.ts)} old".rjust(trend_cells)
    cells = (
        Cell(shown_name(instrument.symbol, 12), "title"),
        Cell(*last_price(last, instrument, view, is_old=not is_new)),
        Cell(*(priced(change, word, view, is_old=False) if is_new else (change, word))),
        Cell(fmt.quantity(held, instrument.lot) if held else glyphs.absent, "text" if held else "muted"),
        *(Cell(*_side(px, tick, view)) for px in ((quote.bid_px, quote.ask_px) if quote else (None, None))),
        Cell(trend, "muted"),
    )
    return TableRow(instrument_id, cells)


def last_price(last: Price | None, instrument: Instrument, view: View, *, is_old: bool) -> tuple[str, str]:
    """Return the last price with the arrow of a fresh tick, which keeps its cell when there is none."""
    text = fmt.price(last, instrument.tick, glyphs=view.glyphs)
    if last is None:
        return text, "muted"
    shown, word = priced(text, "text", view, is_old=is_old)
    if shown != text:
        return shown, word
    moved = view.recent.ticks.get(instrument.instrument_id)
    recent = moved is not None and view.now - moved.at < TICK_SECS
    return text + fmt.tick_arrow(moved.direction if moved is not None and recent else 0, glyphs=view.glyphs), word


def _side(px: Price | None, tick: Decimal, view: View) -> tuple[str, str]:
    text = fmt.price(px, tick, glyphs=view.glyphs)
    return (text, "muted") if px is None else priced(text, "muted", view, is_old=False)


def change_of(last: Price | None, close: Price | None, view: View) -> tuple[str, str]:
    """Return the change since the previous close, sign first, and its word."""
    if last is None or not close:
        return view.glyphs.absent, "muted"
    frac = last / close - 1
    word = "up" if frac > 0 else "down" if frac < 0 else "flat"
    return f"{fmt.direction(frac, glyphs=view.glyphs)} {fmt.percent(abs(frac), signed=False)}", word


def _held(instrument_id: InstrumentId, state: State) -> Quantity:
    return sum((net for key, net in state.ledger.net.items() if key.instrument_id == instrument_id), ZERO)
