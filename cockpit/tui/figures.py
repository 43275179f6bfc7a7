"""The figures of a ticket as lines: what it costs, what it risks, what is left, and what the gate says.

The ticket and the question that sends it show the same lines, so that nobody agrees to other numbers than those that
were weighed. Where room is short figures are left out, those first that others imply; what is shown is shown whole,
because half of a number is another number.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from cockpit import format as fmt
from cockpit.glyphs import Glyphs
from cockpit.ticket.kind import kind_and_prices, kind_of
from cockpit.ticket.loss import GAP_FRAC, NO_STOP, AtRisk, Losses
from cockpit.ticket.place import limit_place, stop_place
from cockpit.ticket.preview import Preview
from cockpit.tui.lines import Line
from cockpit.tui.rows import Cell
from cockpit.tui.verdict import Extent, verdict
from oms.domain.ids import short_id
from oms.domain.order import OrderTicket, Side
from oms.domain.text import sanitize
from oms.exits import Cover, is_stop

NAMES: Final = 12
"""Cells of the figures' names."""
NAMED: Final = 2
"""Orders that stand behind a position that are named."""
PAIRED: Final = 70
"""Cells from which on two figures stand in one line."""


class Figure(NamedTuple):
    """A figure under its name; `note` stands beside it where there is room, and it is shown from `extent` on."""

    name: str
    text: str
    note: str = ""
    word: str = "text"
    extent: Extent = Extent.ALL


Row: TypeAlias = tuple[Figure, Figure | None]
"""What stands in one line where there is room for two."""


def terms_of(ticket: OrderTicket, preview: Preview) -> list[str]:
    """Return what is to be sent, each part whole: `BUY 18 IBM`, `LIMIT at 129.50`, `DAY`, `protect 127.40`."""
    tick, lot = preview.instrument.tick, preview.instrument.lot
    exits = [f"protect {fmt.price(ticket.protect_px, tick)}"] if ticket.protect_px is not None else []
    if ticket.asks_protection and ticket.trail_by is not None:
        exits.append(f"stop trails by {fmt.price(ticket.trail_by, tick)}")
    exits += [f"target {fmt.price(ticket.target_px, tick)}"] if ticket.target_px is not None else []
    reduces = ["reduce only"] if ticket.reduce_only or ticket.is_exit else []
    until = f" until {fmt.minute(ticket.expires_at)}" if ticket.expires_at is not None else ""
    return [
        f"{ticket.side} {fmt.quantity(ticket.quantity, lot)} {sanitize(preview.instrument.symbol, 12)}",
        _type_of(ticket, tick),
        f"{ticket.tif.replace('_', ' ')}{until}",
        *exits,
        *reduces,
        f"for {sanitize(ticket.strategy_id, 24)}",
    ]


def fitting(make: Callable[[Extent], list[Line]], rows: int) -> list[Line]:
    """Return the most that is said in so many rows; the least, where not even that has room."""
    made = (make(extent) for extent in reversed(Extent))
    return next((lines for lines in made if len(lines) <= rows), make(Extent.LEAST))


def figures(preview: Preview, width: int, glyphs: Glyphs, extent: Extent) -> list[Line]:
    """Return the figures of a preview as lines of so many cells, and below them what the gate says."""
    shown: list[Line] = []
    for part in (_market(preview, glyphs), _losses(preview, glyphs)):
        shown += [line for row in part for line in _row(row, width, extent)]
        shown += [()] if extent is Extent.AIRY else []
    return [*shown, *verdict(preview, width, glyphs, names=NAMES, extent=extent)]


def side_word(side: Side) -> str:
    """Return the theme's word for a side."""
    return "up" if side is Side.BUY else "down"


def _type_of(ticket: OrderTicket, tick: Decimal) -> str:
    if ticket.trails:
        return f"{kind_of(ticket).words} by {fmt.price(ticket.trail_by, tick)} from {fmt.price(ticket.stop_px, tick)}"
    return kind_and_prices(ticket, tick, at="at")


def _market(preview: Preview, glyphs: Glyphs) -> Iterator[Row]:
    """Yield where the market is and what the ticket does to the account."""
    tick, lot, quote = preview.instrument.tick, preview.instrument.lot, preview.quote
    sides = (None, None) if quote is None else (quote.bid_px, quote.ask_px)
    bid, ask = (fmt.price(px, tick, glyphs=glyphs) for px in sides)
    age = "" if preview.quote_age is None else f"{fmt.age(preview.quote_age)} old"
    places = [
        Figure(name, place, extent=Extent.USUAL)
        for name, place in (
            ("stop", stop_place(preview.ticket, quote)),
            ("limit", limit_place(preview.ticket, quote)),
        )
        if place
    ]
    market = f"{bid} × {ask}" if quote is not None else "no price yet"
    yield Figure("market", market, age, extent=Extent.USUAL), places[0] if places else None
    for place in places[1:]:
        yield place, None
    yield Figure("value", _money(preview.value), _share_of_nav(preview), extent=Extent.LEAST), None
    yield Figure("buying pw", f"{_money(preview.free)} → {_money(preview.free_after)}", extent=Extent.USUAL), None
    held, after = (fmt.quantity(quantity, lot) for quantity in (preview.held_qty, preview.after_qty))
    averages = (fmt.price(one.avg_px, tick, glyphs=glyphs) for one in (preview.own, preview.own_after))
    whose = "average" if preview.own.quantity == preview.held_qty else "own average"
    average = Figure(whose, " → ".join(averages))
    if preview.is_split:
        yield from ((share, None) for share in _shares(preview))
        yield average, None
    else:
        yield Figure("position", f"{held} → {after}", extent=Extent.LEAST), average
    if preview.behind:
        said = ", ".join(_exit(one, lot) for one in preview.behind[:NAMED])
        more = f" +{len(preview.behind) - NAMED}" if len(preview.behind) > NAMED else ""
        yield Figure("given back", f"{said}{more}"), None


def _shares(preview: Preview) -> Iterator[Figure]:
    """Yield what becomes of the account, by which the gate judges, and of the strategy's share, whose the risk is."""
    whose = sanitize(preview.ticket.strategy_id, 24)
    for name, who, before, after, opening in (
        ("position", "the account", preview.held_qty, preview.after_qty, preview.account_opening_qty),
        ("share", whose, preview.own.quantity, preview.own_after.quantity, preview.losses.opening_qty),
    ):
        held, then, opens = (fmt.quantity(quantity, preview.instrument.lot) for quantity in (before, after, opening))
        does = f"opens {opens}" if opening else "only reduces"
        yield Figure(name, f"{held} → {then}, {who} {does}", extent=Extent.LEAST)


def _exit(one: Cover, lot: Decimal) -> str:
    """Return `10 by stop 2`."""
    kind = "stop" if is_stop(one.order.ticket) else "target"
    return f"{fmt.quantity(one.quantity, lot)} by {kind} {short_id(one.order.client_order_id)}"


def _losses(preview: Preview, glyphs: Glyphs) -> Iterator[Row]:
    """Yield what may be lost, and what trading costs."""
    losses, sign = preview.losses, "-" if preview.ticket.side is Side.BUY else "+"
    yield _at_risk(losses), _bad_day(losses.bad_day, glyphs)
    gap = Figure(f"gap {sign}{fmt.percent(GAP_FRAC, 0, signed=False)}", _money(losses.gap))
    room = losses.day_room
    word = "text" if room is None or (losses.most_at_stop or 0) <= room else "warn"
    yield gap, Figure("room today", fmt.money(room, glyphs=glyphs), "" if room is not None else "no limit", word)
    yield (
        Figure("fees", _money(preview.fee)),
        Figure("slippage", _money(preview.slip), fmt.basis_points(preview.slip_frac, glyphs=glyphs)),
    )


def _at_risk(losses: Losses) -> Figure:
    """What is at risk where it fills as expected, and at its limit; of a stop that is changed, what was before too."""
    at_stop, before = losses.at_stop, losses.before
    was = "" if before is None else f"{fmt.money(before)} → "
    if at_stop.amount is None:
        return Figure("AT RISK", f"{was}{at_stop.words}", word="danger", extent=Extent.LEAST)
    is_more = NO_STOP in at_stop.words or (before is not None and at_stop.amount > before)
    text = f"{was}{fmt.money(at_stop.amount)}"
    if losses.at_limit is not None:
        text = f"{text}, at limit {fmt.money(losses.at_limit)}"
    return Figure("AT RISK", text, at_stop.words, "warn" if is_more else "text", Extent.LEAST)


def _bad_day(bad_day: AtRisk, glyphs: Glyphs) -> Figure:
    return Figure("ES95 1 day", fmt.money(bad_day.amount, glyphs=glyphs), bad_day.words)


def _row(row: Row, width: int, extent: Extent) -> list[Line]:
    """Return a row as one line, or as one for each figure where two have no room beside each other."""
    shown = [figure for figure in row if figure is not None and figure.extent <= extent]
    right_at = width // 2 + 2
    rooms = (right_at - 2, width - right_at)
    fits = len(shown) == len(rooms) and all(_cells(one) <= room for one, room in zip(shown, rooms, strict=True))
    if fits and width >= PAIRED:
        left, right = (_line(one, room) for one, room in zip(shown, rooms, strict=True))
        used = sum(len(cell.text) for cell in left)
        return [(*left, Cell(" " * (right_at - used)), *right)]
    return [line for figure in shown for line in _lines(figure, width)]


def _lines(figure: Figure, width: int) -> list[Line]:
    if NAMES + len(figure.text) <= width:
        return [_line(figure, width)]
    below = [figure.text] if len(figure.text) + 2 <= width else figure.text.split(", ")
    return [(Cell(figure.name, "muted"),), *((Cell(f"  {line}", figure.word),) for line in below)]


def _line(figure: Figure, width: int) -> Line:
    note = f"  {figure.note}" if figure.note and _cells(figure) <= width else ""
    beside = "muted" if figure.word == "text" else figure.word
    return Cell(f"{figure.name:<{NAMES}}", "muted"), Cell(figure.text, figure.word), Cell(note, beside)


def _cells(figure: Figure) -> int:
    """What it takes with its note."""
    return NAMES + len(figure.text) + (len(figure.note) + 2 if figure.note else 0)


def _share_of_nav(preview: Preview) -> str:
    if preview.value is None or not preview.equity:
        return ""
    return f"{fmt.percent(preview.value / preview.equity, signed=False)} of NAV"


def _money(amount: Decimal | None) -> str:
    return fmt.UNKNOWN if amount is None else fmt.money(amount)
