"""The ticket: a form over the dashboard, and beside it what the gate would say, as one types.

It sends nothing. `^Y` or enter puts what is written to a question of its own, and only that can be answered with yes.
Letters go into the field that the cursor is on, so no letter does anything else here.
"""

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap
from typing import ClassVar, Final, NamedTuple, TypeVar

from textual import events

from cockpit.glyphs import Glyphs
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.draft import CHOICES, PRICES, Draft, Field
from cockpit.ticket.preview import Preview, Sealed
from cockpit.ticket.reading import Reading
from cockpit.tui.figures import figures, side_word, verdict
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import BESIDES_TEXT, Question
from cockpit.tui.rows import Cell
from cockpit.tui.said import parts
from oms.domain.order import Order
from oms.domain.text import sanitize

T = TypeVar("T")

WIDEST: Final = 84
FORM_CELLS: Final = 38
"""Cells of the form where the figures stand beside it."""
NAME_CELLS: Final = 9
LEAST_ROWS: Final = 12
"""Rows of the form, so that a price more or a line less does not make it jump."""
REFRESH_SECS: Final = 0.5
"""How often the figures follow the market while nobody types."""
KEYS: Final = "^Y review · esc close · tab field · + - step · ←→ choose"
_MOVES: Final = {"tab": 1, "down": 1, "shift+tab": -1, "up": -1}
_STEPS: Final = {"alt+up": 1, "alt+down": -1}
_REVIEWS: Final = frozenset({"ctrl+y", "enter"})
_CYCLES: Final = {"ctrl+t": Field.TYPE, "ctrl+f": Field.TIF}
_CHANGEABLE: Final = frozenset({Field.QUANTITY, Field.LIMIT, Field.STOP})
"""What can be changed of an order that works."""


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
        changes: Order | None = None,
        said: str = "",
        begun: bool = False,
    ) -> None:
        """`said` is what came of it so far; a draft that was `begun` before keeps its size whatever else changes."""
        super().__init__(title, guarded=False)
        self._desk = desk
        self._draft = draft
        self._glyphs = glyphs
        self._changes = changes
        self._said = said
        self._is_sized = begun or changes is not None
        self._field = Field.QUANTITY
        self._reading = Reading()
        self._preview: Preview | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(REFRESH_SECS, self._show)

    @property
    def text_width(self) -> int:
        return min(WIDEST, self.app.size.width) - BESIDES_TEXT

    @property
    def _fields(self) -> list[Field]:
        asked = [field for field in Field if self._draft.asks(field)]
        return asked if self._changes is None else [field for field in asked if field in _CHANGEABLE]

    # -- what is to be seen ------------------------------------------------------------------------------------------

    def lines(self) -> list[Line]:
        self._read()
        width = self.text_width
        keys: Line = (Cell(parts(KEYS, width, ellipsis=self._glyphs.ellipsis), "muted"),)
        said: list[Line] = [(Cell(line, "danger"),) for line in wrap(self._said, max(1, width))]
        if width < FORM_CELLS * 3 // 2:
            return self._narrow(width, [*said, keys])
        form, aside = self._form(FORM_CELLS), self._aside(width - FORM_CELLS - 2)
        rows = max(LEAST_ROWS, len(form), len(aside))
        form += [()] * (rows - len(form))
        aside += [()] * (rows - len(aside))
        return [*(_beside(left, right) for left, right in zip(form, aside, strict=True)), (), *said, keys]

    def _narrow(self, width: int, below: list[Line]) -> list[Line]:
        """One column: the fields around the cursor, and of the figures those that decide."""
        high = max(4, self.app.size.height - self.FRAME)
        aside = self._aside(width, brief=True)[: max(1, high - len(below) - 3)]
        room = max(3, high - len(below) - len(aside))
        form = self._form(width)
        at = next((place for place, line in enumerate(form) if line and line[0].text == self._glyphs.cursor), 0)
        top = max(0, min(at - room // 2, len(form) - room))
        return [*form[top : top + room], *aside, *below]

    def _form(self, width: int) -> list[Line]:
        if self._changes is not None:
            heading: list[Line] = [(Cell(f" {self._draft.side} {sanitize(self._draft.symbol, 12)}", "title"),)]
        else:
            heading = []
        return heading + [line for field in self._fields for line in self._entry(field, width)]

    def _entry(self, field: Field, width: int) -> list[Line]:
        """A field with its note, and below it what is wrong with it."""
        here = field is self._field
        text = self._draft.text(field).replace("_", " ") if field in CHOICES else self._draft.text(field)
        if field in CHOICES:
            shown = f"← {text} →" if here else text
        else:
            shown = f"{text}_" if here else (text or _EMPTY.get(field, ""))
        word = side_word(self._draft.side) if field is Field.SIDE else "accent" if here else "text"
        if not text and not here:
            word = "muted"
        note = self._reading.notes.get(field, "")
        if note and len(shown) + len(note) + NAME_CELLS + 4 > width:
            note = ""
        line: Line = (
            Cell(self._glyphs.cursor if here else " ", "accent"),
            Cell(f"{field.value:<{NAME_CELLS}}", "title" if here else "muted"),
            Cell(sanitize(shown, 40), word),
            Cell(f"  {note}" if note else "", "muted"),
        )
        error = self._reading.errors.get(field, "")
        return [line, *((Cell(f"  {part}", "warn"),) for part in wrap(error, max(1, width - 2)))]

    def _aside(self, width: int, *, brief: bool = False) -> list[Line]:
        if self._preview is None:
            wrong = len(self._reading.errors)
            return [(Cell(f"{wrong} field{'s' * (wrong != 1)} to fill in", "muted"),)] if wrong else []
        shown = figures(self._preview, width, self._glyphs, brief=brief)
        return shown if not brief or self._preview.passes else verdict(self._preview, width, self._glyphs)

    def _read(self) -> None:
        self._reading = self._desk.read(self._draft, self._changes)
        ticket = self._reading.ticket
        self._preview = None if ticket is None else self._desk.preview(ticket, self._changes)

    # -- what keys do ----------------------------------------------------------------------------------------------

    def answer(self, event: events.Key) -> None:
        self._said = ""
        if event.key in _REVIEWS:
            self._review()
        elif event.key in _MOVES:
            self._move(_MOVES[event.key])
        elif event.key in _CYCLES and _CYCLES[event.key] in self._fields:
            self._choose(_CYCLES[event.key], 1)
        elif event.key in _STEPS:
            self._step(_STEPS[event.key])
        elif self._field in CHOICES:
            if event.key in ("left", "right", "space"):
                self._choose(self._field, -1 if event.key == "left" else 1)
        elif event.key in ("left", "right") and self._field is Field.SYMBOL:
            self._another(-1 if event.key == "left" else 1)
        else:
            self._type(event)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is text for the field, up to its first line's end, and never a key."""
        event.stop()
        if self._field not in CHOICES and not self._is_answered:
            self._put(self._draft.text(self._field) + next(iter(event.text.splitlines()), ""))
            self._show()

    def _type(self, event: events.Key) -> None:
        text = self._draft.text(self._field)
        is_number = self._field in PRICES or self._field is Field.QUANTITY
        if is_number and event.character in ("+", "-"):
            self._step(1 if event.character == "+" else -1)
        elif event.key == "backspace":
            self._put(text[:-1])
        elif event.key in ("ctrl+u", "delete"):
            self._put("")
        elif event.character is not None and event.is_printable:
            self._put(text + event.character)

    def _put(self, text: str) -> None:
        self._is_sized = self._is_sized or self._field is Field.QUANTITY
        self._draft = self._draft.typed(self._field, text)
        if self._field in (Field.SYMBOL, Field.TAG):
            self._resize_draft()

    def _move(self, step: int) -> None:
        fields = self._fields
        self._field = fields[(fields.index(self._field) + step) % len(fields)]

    def _step(self, steps: int) -> None:
        if self._field is Field.QUANTITY:
            self._is_sized = True
        self._draft = self._stepped(self._field, steps)

    def _stepped(self, field: Field, steps: int) -> Draft:
        read = self._desk.read(self._draft, self._changes)
        return self._draft.stepped(field, steps, read.instrument, self._desk.market_px(read, self._draft.side))

    def _choose(self, field: Field, step: int) -> None:
        draft = self._draft
        if field is Field.SIDE:
            self._draft = replace(draft, side=draft.side.opposite)
            self._resize_draft()
        elif field is Field.TYPE:
            self._draft = replace(draft, order_type=_after(self._desk.order_types, draft.order_type, step))
            if self._draft.asks(Field.LIMIT) and not draft.limit:  # begin where the market is
                self._draft = self._stepped(Field.LIMIT, 0)
        elif field is Field.TIF:
            self._draft = replace(draft, tif=_after(self._desk.tifs, draft.tif, step))
        if self._field not in self._fields:  # it is not asked any more
            self._field = field

    def _another(self, step: int) -> None:
        """Go to the next instrument that is listed."""
        names = self._desk.symbols
        typed = self._draft.symbol.strip().upper()
        self._draft = replace(self._draft, symbol=_after(names, typed, step) if typed in names else names[0])
        self._resize_draft()

    def _resize_draft(self) -> None:
        """Take the size that a new ticket would have, until somebody has typed one."""
        if not self._is_sized:
            self._draft = self._desk.sized(self._draft)

    def _review(self) -> None:
        """Put it to the question that sends, if there is anything to be sent."""
        self._read()
        ticket = self._reading.ticket
        if ticket is None or self._preview is None:
            wrong = [field for field in self._fields if field in self._reading.errors]
            self._field = wrong[0] if wrong else self._field
            self._said = "not complete yet"
        elif not self._preview.passes:
            self._said = "the gate denies it: nothing was sent"
        else:
            self.dismiss(Review(self._draft, self._desk.seal(ticket)))


_EMPTY: Final = {Field.PROTECT: "no stop", Field.TARGET: "no target", Field.TAG: "manual"}
"""What stands in a field that may stay empty."""


def _after(choices: Sequence[T], now: T, step: int) -> T:
    return choices[(choices.index(now) + step) % len(choices)] if now in choices else choices[0]


def _beside(left: Line, right: Line) -> Line:
    used = sum(len(cell.text) for cell in left)
    return (*left, Cell(" " * max(1, FORM_CELLS + 2 - used)), *right)
