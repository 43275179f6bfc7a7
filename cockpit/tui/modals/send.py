"""The question that sends an order: what it is, what it risks, and that only `y` is yes.

What is agreed to is what is on the screen. So the figures stand still while they are read, and when `y` comes the
price is looked at once more: if it has gone too far the order is not sent, the figures are made anew, and the question
is asked again from its first moment.
"""

from typing import Final

from textual import events

from cockpit.glyphs import Glyphs
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.preview import Sealed
from cockpit.tui.figures import figures, side_word, terms_of
from cockpit.tui.keys import YES_KEY
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import PATIENCE_SECS, Question
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART
from oms.domain.order import Order

LOW: Final = 20
"""Rows of a screen below which only the figures that decide have room."""


class Send(Question[Sealed]):
    """Answers with exactly what was shown, or None for no. `changes` is the order that becomes it, if any."""

    def __init__(
        self, desk: TicketDesk, sealed: Sealed, glyphs: Glyphs, *, title: str, changes: Order | None = None
    ) -> None:
        super().__init__(title, guarded=True, patience=PATIENCE_SECS, danger=True)
        self._desk = desk
        self._sealed = sealed
        self._glyphs = glyphs
        self._changes = changes
        self._preview = desk.preview(sealed.ticket, changes)
        self._moved = ""

    def lines(self) -> list[Line]:
        ticket, preview = self._sealed.ticket, self._preview
        width, is_low = self.text_width, self.app.size.height < LOW
        what, *terms = terms_of(ticket, preview)
        heading: list[Line] = [(Cell(line[0].text, side_word(ticket.side)),) for line in self.wrapped(what)]
        if self._changes is not None:
            was, *before = terms_of(self._changes.ticket, preview)
            heading = [*self.wrapped(f"was: {PART.join([was, before[0]])}"), *heading]
        said: list[Line] = [(Cell(line[0].text, "danger"),) for line in self.wrapped(self._moved)]
        gap: list[Line] = [] if is_low else [()]
        shown = figures(preview, width, self._glyphs, brief=is_low)
        return [*heading, *self.wrapped(PART.join(terms)), *gap, *shown, *gap, *said, *self._foot()]

    def answer(self, event: events.Key) -> None:
        if event.key != YES_KEY:
            self.dismiss(None)
        elif self._desk.has_drifted(self._sealed):
            self._ask_again()
        elif self._preview.passes:
            self.turn.said_yes_at = event.time
            self.dismiss(self._sealed)

    def _foot(self) -> list[Line]:
        if not self._preview.passes:
            return [(Cell("any key", "key"), Cell(" goes back"))]
        if self.is_deaf:
            return [(Cell("keys count in a moment", "muted"),)]
        verb = "change it" if self._changes is not None else "SEND"
        return [(Cell("y", "key"), Cell(f" {verb}   "), Cell("any other key", "key"), Cell(" no"))]

    def _ask_again(self) -> None:
        """The price is not what was shown: show what it is, and begin anew."""
        before = self._sealed
        self._sealed = self._desk.resealed(before)
        self._preview = self._desk.preview(self._sealed.ticket, self._changes)
        self._moved = f"not sent: {self._desk.drift_in_words(before)}"
        self.be_deaf()
