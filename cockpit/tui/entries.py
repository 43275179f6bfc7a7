"""The fields of a ticket as lines: what stands in each, what was noted of it, and below it what is wrong with it."""

from textwrap import wrap
from typing import Final

from cockpit.glyphs import Glyphs
from cockpit.ticket.draft import CHOICES, Field
from cockpit.ticket.form import Form
from cockpit.tui.figures import side_word
from cockpit.tui.lines import Line
from cockpit.tui.rows import Cell
from oms.domain.text import sanitize

NAME_CELLS: Final = 9
_EMPTY: Final = {
    Field.PROTECT: "no stop",
    Field.TRAILING: "no",
    Field.TARGET: "no target",
    Field.TAG: "manual",
}
"""What stands in a field that may stay empty."""


def entries(form: Form, width: int, glyphs: Glyphs) -> list[Line]:
    """Return the fields as lines of so many cells; of a change, below what it changes."""
    draft = form.draft
    heading: list[Line] = []
    if form.changes is not None:
        heading = [(Cell(f" {draft.side} {sanitize(draft.symbol, 12)}", "title"),)]
    return heading + [line for field in form.fields for line in _entry(form, field, width, glyphs)]


def cursor_at(lines: list[Line], glyphs: Glyphs) -> int:
    """Return which line has the cursor, the first where none has."""
    return next((place for place, line in enumerate(lines) if line and line[0].text == glyphs.cursor), 0)


def _entry(form: Form, field: Field, width: int, glyphs: Glyphs) -> list[Line]:
    here = field is form.field
    is_selected = here and form.is_selected and field not in CHOICES
    text, note = form.draft.text(field), form.reading.notes.get(field, "")
    if field in CHOICES:
        shown = f"← {text} →" if here else text
    else:
        shown = f"{text}_" if here and not (is_selected and text) else (text or note or _EMPTY.get(field, ""))
        note = note or ("" if text else _EMPTY.get(field, ""))  # what it is as long as nothing is typed
    word = side_word(form.draft.side) if field is Field.SIDE else "accent" if here else "text"
    word = "selected" if is_selected and text else word
    if not text and not here:
        word = "muted"
    if shown == note or len(shown) + len(note) + NAME_CELLS + 4 > width:
        note = ""
    line: Line = (
        Cell(glyphs.cursor if here else " ", "accent"),
        Cell(f"{field.value:<{NAME_CELLS}}", "title" if here else "muted"),
        Cell(sanitize(shown, 40), word),
        Cell(f"  {note}" if note else "", "muted"),
    )
    error = form.reading.errors.get(field, "")
    return [line, *((Cell(f"  {part}", "warn"),) for part in wrap(error, max(1, width - 2)))]
