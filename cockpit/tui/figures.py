"""The figures of a ticket as lines: what it costs, what it risks, what is left, and what the gate says.

The ticket and the question that sends it show the same lines, so that nobody agrees to other numbers than those that
were weighed.
"""

from collections.abc import Iterator
from decimal import Decimal
from textwrap import wrap
from typing import Final

from cockpit import format as fmt
from cockpit.glyphs import Glyphs
from cockpit.ticket.preview import Preview
from cockpit.tui.lines import Line
from cockpit.tui.rows import Cell
from oms.domain.order import OrderTicket, Side
from oms.domain.text import sanitize
from oms.domain.units import ZERO

NAMES: Final = 11
"""Cells of the figures' names."""


def terms_of(ticket: OrderTicket, preview: Preview) -> list[str]:
    """Return what is to be sent, each part whole: `BUY 18 IBM`, `LIMIT 129.50`, `DAY`, `stop 127.40`."""
    tick, lot = preview.instrument.tick, preview.instrument.lot
    kind = ticket.order_type.replace("_", " ")
    prices = [f"at {fmt.price(px, tick)}" for px in (ticket.stop_px, ticket.limit_px) if px is not None]
    until = f" until {fmt.minute(ticket.expires_at)}" if ticket.expires_at is not None else ""
    exits = ((ticket.protect_px, "protect"), (ticket.target_px, "target"))
    return [
        f"{ticket.side} {fmt.quantity(ticket.quantity, lot)} {sanitize(preview.instrument.symbol, 12)}",
        " ".join([kind, *prices]),
        f"{ticket.tif.replace('_', ' ')}{until}",
        *(f"{word} {fmt.price(px, tick)}" for px, word in exits if px is not None),
        f"for {sanitize(ticket.strategy_id, 24)}",
    ]


def figures(preview: Preview, width: int, glyphs: Glyphs, *, brief: bool = False) -> list[Line]:
    """Return the figures, one a line; `brief` leaves out what the others imply."""
    shown: list[Line] = []
    for name, (figure, note), is_brief in _figures(preview, glyphs):
        if brief and not is_brief:
            continue
        has_room = NAMES + len(figure.text) + len(note) + 2 <= width
        shown.append(
            (Cell(f"{name:<{NAMES}}", "muted"), figure, Cell(f"  {note}" if note and has_room else "", "muted"))
        )
    return shown + verdict(preview, width, glyphs)


def verdict(preview: Preview, width: int, glyphs: Glyphs) -> list[Line]:
    """Return what the gate says: that it passes, or every rule against it and the most that would pass."""
    if preview.passes:
        return [(Cell(f"{'gate':<{NAMES}}", "muted"), Cell(f"{glyphs.on} passes", "ok"))]
    said: list[Line] = [(Cell(f"{'gate':<{NAMES}}", "muted"), Cell("! DENIED", "danger"))]
    for found in preview.against:
        said += [(Cell(line, "warn"),) for line in wrap(sanitize(f"{found.rule}: {found.text}"), max(1, width))]
    return [*said, *((Cell(line, "accent"),) for line in wrap(most_of(preview), max(1, width)))]


def most_of(preview: Preview) -> str:
    """Return how much would pass instead, in words."""
    room = preview.room
    bound = f" ({room.rule})" if room.rule is not None else ""
    if room.quantity <= ZERO:
        return f"no size would pass now{bound}"
    return f"at most {fmt.quantity(room.quantity, preview.instrument.lot)} would pass{bound}"


def _figures(preview: Preview, glyphs: Glyphs) -> Iterator[tuple[str, tuple[Cell, str], bool]]:
    """Yield a name, a figure with what is noted beside it if there is room, and whether it is among the brief ones."""
    tick, lot, equity = preview.instrument.tick, preview.instrument.lot, preview.equity
    bid, ask = (fmt.price(px, tick, glyphs=glyphs) for px in (preview.bid_px, preview.ask_px))
    yield "market", (Cell(f"{bid} × {ask}"), f"{fmt.age(preview.quote_age, glyphs=glyphs)} old"), False
    share = f"{fmt.percent(preview.value / equity, signed=False)} of NAV" if preview.value and equity else ""
    yield "value", (Cell(_money(preview.value)), share), True
    yield "fees", (Cell(_money(preview.fee)), ""), False
    amount, words = preview.at_risk
    risk = (Cell(words, "danger"), "") if amount is None else (Cell(_money(amount)), words)
    yield "AT RISK", risk, True
    yield "free", (Cell(f"{_money(preview.free)} → {_money(preview.free_after)}"), ""), False
    held, after = (fmt.quantity(quantity, lot) for quantity in (preview.held_qty, preview.after_qty))
    yield "position", (Cell(f"{held} → {after}"), ""), True


def _money(amount: Decimal | None) -> str:
    return fmt.UNKNOWN if amount is None else fmt.money(amount)


def side_word(side: Side) -> str:
    """Return the theme's word for a side."""
    return "up" if side is Side.BUY else "down"
