"""The ticket: a form over the dashboard, and beside it what the gate would say, as one types.

It sends nothing. `^Y` or enter puts what is written to a question of its own, and only that can be answered with yes.
Letters go into the field that the cursor is on, so no letter does anything else here.
"""

from collections.abc import Callable
from textwrap import wrap
from typing import ClassVar, Final, NamedTuple

from textual import events

from cockpit import format as fmt
from cockpit.glyphs import Glyphs
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.draft import CHOICES, LENGTHS, PRICES, Draft, Field
from cockpit.ticket.form import Form
from cockpit.ticket.sealed import Sealed
from cockpit.tui.entries import cursor_at, entries
from cockpit.tui.figures import figures, fitting
from cockpit.tui.keys import YES_KEY
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import BESIDES_TEXT, Question
from cockpit.tui.rows import Cell
from cockpit.tui.said import parts
from cockpit.tui.verdict import Extent
from oms.domain.order import Order
from risk.rules.order_rate import OrderRate

WIDEST: Final = 100
FORM_CELLS: Final = 38
"""Cells of the form where the figures stand beside it."""
ROWS: Final = 23
"""Rows of the form where there is room, so that a price more or a line less does not make it jump."""
REFRESH_SECS: Final = 0.5
"""How often the figures follow the market while nobody types."""
KEYS: Final = "^Y review · esc close · tab field · ^T type · ^F in force · + - step · ←→ choose · ^U clear"
CHANGE_KEYS: Final = "^Y review · esc close · tab field · + - step · ^U clear"
_MOVES: Final = {"tab": 1, "down": 1, "shift+tab": -1, "up": -1}
_STEPS: Final = {"alt+up": 1, "alt+down": -1}
_REVIEWS: Final = frozenset({"ctrl+y", "enter"})
_CYCLES: Final = {"ctrl+t": Field.TYPE, "ctrl+f": Field.TIF}
_SIDEWAYS: Final = {"left": -1, "right": 1}


class Review(NamedTuple):
    """A ticket that is to be agreed to, and the form it was written on."""

    draft: Draft
    sealed: Sealed


class Ticket(Question[Review]):
    """Answers what was written, or None when it was given up. `changes` is the order that it is about, if any."""

    DEFAULT_CSS = f"Ticket > Lines {{ width: {WIDEST}; }}"
    KEYS_ROW: ClassVar[tuple[tuple[str, str], ...]] = (("^Y", "review"), ("esc", "close"), ("tab", "field"))

    def __init__(
        self,
        desk: TicketDesk,
        draft: Draft,
        glyphs: Glyphs,
        *,
        title: str,
        look: str = "",
        changes: Order | None = None,
        said: str = "",
        begun: bool = False,
        late: bool = False,
        held: Callable[[], str] = str,
    ) -> None:
        """`held` says how time goes on, where it stands. `said` is what came of it so far; a draft that was `begun`
        before keeps its size whatever else changes. It comes `late` where nobody has answered the question: a yes that
        comes after it is no letter."""
        super().__init__(title, guarded=False, look=look)
        self.form = Form(desk, draft, changes=changes, begun=begun)
        self._desk = desk
        self._glyphs = glyphs
        self._said = said
        self._is_late = late
        self._held = held
        self._keys = KEYS if changes is None else CHANGE_KEYS

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(REFRESH_SECS, self._show)

    @property
    def text_width(self) -> int:
        return min(WIDEST, self.app.size.width) - BESIDES_TEXT

    # -- what is to be seen ------------------------------------------------------------------------------------------

    def lines(self) -> list[Line]:
        self.form.read()
        width = self.text_width
        below: list[Line] = [(Cell(line, "danger"),) for line in wrap(self._said, max(1, width))]
        preview = self.form.preview
        if preview is not None and OrderRate.name in preview.decision.failed:
            below += [(Cell(line, "warn"),) for line in wrap(self._held(), max(1, width))]
        if width < FORM_CELLS * 3 // 2:  # the row of keys below has to say it
            return self._narrow(width, below)
        return self._wide(width, [*below, (Cell(parts(self._keys, width, ellipsis=self._glyphs.ellipsis), "muted"),)])

    def _wide(self, width: int, below: list[Line]) -> list[Line]:
        """The form, and beside it as much as has room."""
        form = entries(self.form, FORM_CELLS, self._glyphs)
        rows = max(len(form), min(ROWS, self.text_height - len(below) - 1))
        aside = fitting(lambda extent: self._aside(width - FORM_CELLS - 2, extent), rows)
        rows = max(rows, len(aside))
        form += [()] * (rows - len(form))
        aside += [()] * (rows - len(aside))
        return [*(_beside(left, right) for left, right in zip(form, aside, strict=True)), (), *below]

    def _narrow(self, width: int, below: list[Line]) -> list[Line]:
        """One column: the fields around the cursor, and of the figures those that have room, or those that decide."""
        high = max(4, self.text_height)
        form = entries(self.form, width, self._glyphs)
        aside = fitting(lambda extent: self._aside(width, extent), high - len(below) - len(form))
        most = max(1, high - len(below) - 3)
        if len(aside) > most:
            aside = [*aside[: most - 1], (Cell(f"{self._glyphs.ellipsis} more in a larger window", "muted"),)]
        room = max(3, high - len(below) - len(aside))
        top = max(0, min(cursor_at(form, self._glyphs) - room // 2, len(form) - room))
        return [*form[top : top + room], *aside, *below]

    def _aside(self, width: int, extent: Extent) -> list[Line]:
        if self.form.preview is None:
            wrong = len(self.form.reading.errors)
            return [(Cell(f"{fmt.plural(wrong, 'field')} to put right", "muted"),)] if wrong else []
        return figures(self.form.preview, width, self._glyphs, extent)

    # -- what keys do ----------------------------------------------------------------------------------------------

    def answer(self, event: events.Key) -> None:
        form, key = self.form, event.key
        if self._is_late and key == YES_KEY:
            return
        self._said, self._is_late = "", False
        if key in _REVIEWS:
            self._review()
        elif key in _MOVES:
            form.move(_MOVES[key])
        elif key in _CYCLES and _CYCLES[key] in form.fields:
            form.choose(_CYCLES[key], 1)
        elif key in _STEPS:
            form.step(_STEPS[key])
        elif key in _SIDEWAYS and form.field in CHOICES | {Field.SYMBOL, Field.TAG}:
            form.choose(form.field, _SIDEWAYS[key])
        elif key == "space" and form.field in CHOICES:
            form.choose(form.field, 1)
        else:
            self._type(event)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is text for the field, up to its first line's end, and never a key."""
        event.stop()
        if not self._is_answered:
            self.form.write(next(iter(event.text.splitlines()), ""))
            self._show()

    def _type(self, event: events.Key) -> None:
        is_number = self.form.field in PRICES | LENGTHS or self.form.field is Field.QUANTITY
        if is_number and event.character in ("+", "-"):
            self.form.step(1 if event.character == "+" else -1, event.character)
        elif event.key == "backspace":
            self.form.erase()
        elif event.key in ("ctrl+u", "delete"):
            self.form.put("")
        elif event.character is not None and event.is_printable:
            self.form.write(event.character)

    def _review(self) -> None:
        """Put it to the question that sends, if there is anything to be sent."""
        form = self.form
        form.read()
        if form.reading.ticket is None or form.preview is None:
            form.go_to_error()
            self._said = "not complete yet"
        elif not form.preview.passes:
            why = "there is no price yet" if form.preview.waits_for_price else "the gate denies it"
            self._said = f"{why}: nothing was sent"
        else:
            self.dismiss(Review(form.draft, self._desk.seal(form.reading.ticket)))


def _beside(left: Line, right: Line) -> Line:
    used = sum(len(cell.text) for cell in left)
    return (*left, Cell(" " * max(1, FORM_CELLS + 2 - used)), *right)
