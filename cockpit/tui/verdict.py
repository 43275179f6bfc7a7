"""What the gate says of a ticket, as lines: that it passes, or every rule against it and the most that would pass.

A rule that cannot judge denies. Before the first price that is no judgment on the ticket, so then it is said to wait.

A rule is called here by the word that a trader has for it; the settings call it by its own name, and so does a denial,
which is read to find out what to change.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from textwrap import wrap
from typing import Final

from rich.cells import cell_len

from cockpit import format as fmt
from cockpit.glyphs import Glyphs
from cockpit.ticket.place import far_places
from cockpit.ticket.preview import Preview
from cockpit.tui.lines import Line
from cockpit.tui.rows import Cell
from oms.domain.risk import RiskFinding, Verdict
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from risk.rules.order_rate import OrderRate

WORDS: Final[Mapping[str, str]] = {
    "trading_state": "state",
    "sane_numbers": "numbers",
    "increments": "ticks",
    "stop_validity": "stop",
    "instrument_known": "listed",
    "max_order_value": "value",
    "max_position": "position",
    "max_trades": "strategy",
    "max_positions": "count",
    "max_per_symbol": "symbol",
    "duplicate": "no twin",
    "trading_hours": "hours",
    "min_confidence": "signal",
    "daily_loss": "day loss",
    "drawdown": "drawdown",
    "buying_power": "funds",
    "max_leverage": "leverage",
    "short_sale": "short",
    "price_collar": "collar",
    "stale_market": "fresh",
    "crossed_market": "spread",
    "order_rate": "rate",
}
"""The checks in a word each, short enough for six in a line of the question that sends."""
SIGN_CELLS: Final = 2
GAP: Final = 2


class Extent(IntEnum):
    """How much is said, from what decides to all of it with air between."""

    LEAST = 0
    USUAL = 1
    ALL = 2
    LISTED = 3
    """With every check by its name."""
    AIRY = 4


def verdict(preview: Preview, width: int, glyphs: Glyphs, *, names: int, extent: Extent) -> list[Line]:
    """Return what the gate says; `names` are the cells of the name before it."""
    listed, brief = extent >= Extent.LISTED, extent < Extent.ALL
    name = Cell(f"{'gate':<{names}}", "muted")
    checks = list(_listed(preview, width, glyphs)) if listed else []
    if preview.passes:
        asked = "" if listed else f" all {fmt.plural(len(preview.checks), 'check')}"
        return [
            (name, Cell(f"{glyphs.passed} passes{asked}", "ok")),
            *checks,
            *_near(preview, width, brief=brief),
        ]
    waits = preview.waits_for_price
    head = Cell(f"{glyphs.off} waits: no price yet", "warn") if waits else Cell("! DENIED", "danger")
    last = _until_quoted(preview) if preview.unpriced else most_of(preview)
    most: list[Line] = [(Cell(line, "accent"),) for line in wrap(last, max(1, width))]
    is_least = extent is Extent.LEAST  # what has no room then is left out at the end, and that decides
    said: list[Line] = [(name, head), *checks, *(most if is_least else [])]
    for found in preview.against:
        if found not in preview.unpriced:
            said += [(Cell(line, "warn"),) for line in wrap(sanitize(f"{found.rule}: {found.text}"), max(1, width))]
    return said if is_least else [*said, *most]


def _until_quoted(preview: Preview) -> str:
    """Return what is missing before the first price, in words."""
    said = f"{sanitize(preview.instrument.symbol, 12)} was not quoted yet"
    if preview.waits_for_price:
        return f"{said}; nothing is sent before it is"
    checks = len(preview.unpriced)
    return f"{said}: {fmt.plural(checks, 'more check')} {'waits' if checks == 1 else 'wait'} for a price"


def most_of(preview: Preview) -> str:
    """Return how much would pass instead, in words. Where the size itself is not too large, a twin is what is wrong."""
    room = preview.room
    if room.quantity >= preview.ticket.quantity:
        return "another size or price would be another order"
    bound = f" ({room.rule})" if room.rule is not None else ""
    if room.quantity <= ZERO and room.rule == OrderRate.name:
        return f"every size passes again when time has gone on{bound}"
    if room.quantity <= ZERO:
        return f"no size would pass now{bound}"
    return f"at most {fmt.quantity(room.quantity, preview.instrument.lot)} would pass{bound}"


def _near(preview: Preview, width: int, *, brief: bool) -> Iterator[Line]:
    """Yield the limits that it would nearly use up, that more is at risk than the day may lose, and what of it is far
    from the market."""
    for place in far_places(preview.ticket, preview.quote):
        said = f"! far{'' if brief else ' from the market'}: {place}"
        yield from ((Cell(line, "warn"),) for line in wrap(said, max(1, width)))
    for found, frac in preview.near:
        text = sanitize(f"! {fmt.share(float(frac))} of {found.rule}{'' if brief else f': {found.text}'}")
        yield from ((Cell(line, "warn"),) for line in wrap(text, max(1, width)))
    room, at_stop = preview.losses.day_room, preview.losses.most_at_stop
    if room is not None and at_stop is not None and at_stop > room:
        more = "today's room" if brief else f"the {fmt.money(room)} that today may still lose"
        yield from ((Cell(line, "warn"),) for line in wrap(f"! at risk is more than {more}", max(1, width)))


def _listed(preview: Preview, width: int, glyphs: Glyphs) -> Iterator[Line]:
    """Yield the checks in columns, as many as there is room for."""
    checks = [_check(found, glyphs, waits=found in preview.unpriced) for found in preview.checks]
    each = max((cell_len(word.text) for _, word in checks), default=0)
    columns = max(1, (width + GAP) // (SIGN_CELLS + each + GAP))
    for first in range(0, len(checks), columns):
        line: list[Cell] = []
        for sign, word in checks[first : first + columns]:
            line += [sign, Cell(f"{word.text:<{each + GAP}}", word.word)]
        yield (*line[:-1], Cell(line[-1].text.rstrip(), line[-1].word))


def _check(found: RiskFinding, glyphs: Glyphs, *, waits: bool) -> tuple[Cell, Cell]:
    word = WORDS.get(found.rule, found.rule)
    if waits:
        return Cell(f"{glyphs.off} ", "warn"), Cell(word, "warn")
    if found.verdict is Verdict.PASS:
        return Cell(f"{glyphs.passed} ", "ok"), Cell(word, "muted")
    return Cell(f"{glyphs.failed} ", "danger"), Cell(word, "danger")
