"""Working orders: everything that may still fill, what is uncertain on top."""

from decimal import Decimal
from typing import Final

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.glyphs import Glyphs
from cockpit.ticket.kind import kind_of
from cockpit.tui.columns import Align, Column
from cockpit.tui.names import shown_name
from cockpit.tui.panels.panel import Panel
from cockpit.tui.rows import Cell, TableRow
from cockpit.tui.table import Table
from cockpit.tui.view import View
from oms.decide.waiting import waits_for
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import short_id, symbol_of
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderTicket, OrderType, Side
from oms.state import State

COLUMNS = (
    Column(title="ID", align=Align.RIGHT, priority=7, width=4),
    Column(title="SYM", priority=0, width=4),
    Column(title="SIDE", priority=1, width=4),
    Column(title="QTY", align=Align.RIGHT, priority=2, width=4),
    Column(title="FILLED", align=Align.RIGHT, priority=6, width=6),
    Column(title="TYPE", priority=5, width=5),
    Column(title="PRICE", align=Align.POINT, priority=4, width=6),
    Column(title="TERMS", priority=8, width=5),
    Column(title="TIF", priority=10, width=3),
    Column(title="AGE", align=Align.RIGHT, priority=9, width=4),
    Column(title="STATE", priority=3, width=9),
    Column(title="STRATEGY", priority=11, width=15),
)
"""As narrow as they can be, so that on a small screen too a stop can be told from a target."""
_TYPES: Final = {OrderType.STOP_MARKET: "STOP", OrderType.STOP_LIMIT: "STPLM"}
"""Those whose names are too long for a column."""
_LOOKS: Final = {
    OrderStatus.UNKNOWN: ("off", "unknown", "danger"),
    OrderStatus.PARTIALLY_FILLED: ("part", "partial", "accent"),
    OrderStatus.ACCEPTED: ("on", "working", "ok"),
    OrderStatus.TRIGGERED: ("on", "triggered", "ok"),
    OrderStatus.PENDING_CANCEL: ("off", "canceling", "warn"),
    OrderStatus.PENDING_REPLACE: ("off", "changing", "warn"),
}
_WAITS: Final = ("off", "waits", "muted")
_SOFT: Final = ("soft", "soft", "warn")
_ON_ITS_WAY: Final = ("off", "sent", "muted")
_OVERDUE: Final = ("off", "overdue", "danger")


class WorkingOrders(Panel):
    """Every order that is not closed."""

    NAME = "orders"
    TITLE = "Working orders"
    WATCHES = (*oev.ORDER_EVENTS, ev.TapePositioned)

    def make_body(self) -> Widget:
        return Table(COLUMNS, empty="No working orders.")

    def draw(self, state: State, view: View) -> None:
        if self.table is not None:
            self.table.set_rows(rows(state, view))

    def count(self, state: State) -> int:
        return len(state.blotter.open)


def rows(state: State, view: View) -> list[TableRow]:
    """Return a row per open order: those of unknown fate first, then the oldest."""
    orders = sorted(state.blotter.open.values(), key=lambda order: not _is_uncertain(order))
    return [_row(order, state, view) for order in orders]


def _row(order: Order, state: State, view: View) -> TableRow:
    ticket, glyphs = order.ticket, view.glyphs
    instrument = state.instruments.by_id[ticket.instrument_id]
    px = ticket.stop_px if ticket.stop_px is not None else ticket.limit_px
    price = fmt.price(px, instrument.tick, glyphs=glyphs)
    cells = (
        Cell(short_id(order.client_order_id), "muted"),
        Cell(shown_name(symbol_of(ticket.instrument_id), 12), "title"),
        Cell(ticket.side, "up" if ticket.side is Side.BUY else "down"),
        Cell(fmt.quantity(ticket.quantity, instrument.lot)),
        Cell(fmt.quantity(order.filled_qty, instrument.lot), "muted" if not order.filled_qty else "text"),
        Cell("TRAIL" if ticket.trails else _TYPES.get(ticket.order_type, ticket.order_type), "muted"),
        Cell(price if px is not None else "market", "text"),
        Cell(_terms(ticket, instrument.tick), "text"),
        Cell(ticket.tif, "muted"),
        Cell(fmt.age(state.ts - order.ts_init, glyphs=glyphs), "muted"),
        _status(order, state, glyphs),
        Cell(shown_name(ticket.strategy_id, 24)),
    )
    more = [("WHOLE", _whole(ticket, instrument.tick))]
    more += [("WAITS FOR", waited)] if (waited := waits_for(order, state)) else []
    return TableRow(order.client_order_id, cells, tuple(more))


def _terms(ticket: OrderTicket, tick: Decimal) -> str:
    """Return what an order has besides its price: how far it trails, or the limit that a touched stop has."""
    if ticket.trails:
        return f"by {fmt.price(ticket.trail_by, tick)}"
    return f"limit {fmt.price(ticket.limit_px, tick)}" if ticket.order_type is OrderType.STOP_LIMIT else ""


def _whole(ticket: OrderTicket, tick: Decimal) -> str:
    """Return the type of an order and every price with its name: `STOP LIMIT stop 200.00 limit 198.00`."""
    prices = (("stop", ticket.stop_px), ("by", ticket.trail_by if ticket.trails else None), ("limit", ticket.limit_px))
    named = [f"{what} {fmt.price(px, tick)}" for what, px in prices if px is not None]
    return " ".join([kind_of(ticket).words, *named])


def _is_uncertain(order: Order) -> bool:
    return order.status is OrderStatus.UNKNOWN or OrderFlag.OVERDUE in order.flags


def _status(order: Order, state: State, glyphs: Glyphs) -> Cell:
    if order.status is OrderStatus.HELD:
        sign, name, word = _SOFT if order.client_order_id in state.brackets.legs.soft else _WAITS
    else:
        is_overdue = OrderFlag.OVERDUE in order.flags
        sign, name, word = _OVERDUE if is_overdue else _LOOKS.get(order.status, _ON_ITS_WAY)
    return Cell(f"{getattr(glyphs, sign)} {name}", word)
