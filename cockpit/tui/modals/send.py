"""The question that sends an order: what it is, what it risks, and that only `y` is yes.

What is agreed to is what is on the screen. So the figures stand still while they are read, and only the market goes on
beside them. Once it has gone too far for them they are made anew, and where that is another order than was shown (its
price is the market's, or the gate says something else now) the question is asked again from its first moment: keys are
deaf until it could be read. When `y` comes the price is looked at once more. What the figures are worth is said with
the prices between which they hold; how long the question stands is not prolonged by asking it anew.
"""

from collections.abc import Sequence
from time import monotonic
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.content import Content

from cockpit import format as fmt
from cockpit.glyphs import Glyphs
from cockpit.plot import gauge
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.sealed import Sealed
from cockpit.tui.figures import figures, fitting, side_word, terms_of
from cockpit.tui.keys import YES_KEY
from cockpit.tui.lines import Line, Lines
from cockpit.tui.modals import question
from cockpit.tui.modals.question import BESIDES_TEXT, PATIENCE_SECS, Question
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART
from cockpit.tui.verdict import Extent
from oms.domain.order import Order

WIDEST: Final = 76
BEAT_SECS: Final = 0.25
"""How often the market is looked at, and the time that is left."""
GUARD_CELLS: Final = 8
LAST_SECS: Final = 5
"""From when on the time that is left is a warning."""


class Send(Question[Sealed]):
    """Answers with exactly what was shown, or None for no. `changes` is the order that becomes it, if any."""

    DEFAULT_CSS = f"Send > Lines {{ width: {WIDEST}; }}"
    KEYS_ROW: ClassVar[tuple[tuple[str, str], ...]] = (("y", "send"), ("esc", "no"))

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
        self._closes_at = 0.0
        self._left = -1
        """Whole seconds, as they stand in the frame."""

    def on_mount(self) -> None:
        self._closes_at = monotonic() + PATIENCE_SECS
        super().on_mount()
        self.set_interval(BEAT_SECS, self._beat)

    @property
    def text_width(self) -> int:
        return min(WIDEST, self.app.size.width) - BESIDES_TEXT

    def lines(self) -> list[Line]:
        return fitting(self._said, self.app.size.height - self.FRAME)

    def answer(self, event: events.Key) -> None:
        if event.key != YES_KEY or not self._preview.passes:
            self.dismiss(None)
        elif self._desk.has_drifted(self._sealed):
            self._ask_again()
        else:
            self.turn.said_yes_at = event.time
            self.dismiss(self._sealed)

    def _said(self, extent: Extent) -> list[Line]:
        """Return the whole question, so much of it."""
        ticket, preview, width = self._sealed.ticket, self._desk.at_market(self._preview), self.text_width
        what, *terms = terms_of(ticket, preview)
        heading: list[Line] = [(Cell(line[0].text, side_word(ticket.side)),) for line in self.wrapped(what)]
        if self._changes is not None:
            was, *before = terms_of(self._changes.ticket, preview)
            heading = [*self._joined([f"was: {was}", before[0]]), *heading]
        moved: list[Line] = [(Cell(line[0].text, "danger"),) for line in self.wrapped(self._moved)]
        gap: list[Line] = [()] if extent is Extent.AIRY else []
        shown = figures(preview, width, self._glyphs, extent)
        tolerance = self._tolerance() if extent >= Extent.ALL else []
        return [*heading, *self._joined(terms), *gap, *shown, *gap, *moved, *tolerance, *self._foot()]

    def _joined(self, terms: Sequence[str]) -> list[Line]:
        """Return terms as lines in which each stands whole."""
        joined = [terms[0]]
        for term in terms[1:]:
            longer = f"{joined[-1]}{PART}{term}"
            joined[-1:] = [longer] if cell_len(longer) <= self.text_width else [joined[-1], term]
        return self.wrapped(*joined)

    def _foot(self) -> list[Line]:
        if not self._preview.passes:
            return [(Cell("any key", "key"), Cell(" goes back"))]
        if self.is_deaf:
            left = question.GUARD_SECS if self._deaf_until is None else self._deaf_until - monotonic()
            frac = left / question.GUARD_SECS if question.GUARD_SECS else 0.0
            bar = gauge(frac, GUARD_CELLS, glyphs=self._glyphs)
            return [(Cell("keys count in a moment ", "muted"), Cell(bar, "warn"))]
        verb = "change it" if self._changes is not None else "SEND"
        return [(Cell("y", "key"), Cell(f" {verb}   "), Cell("any other key", "key"), Cell(" no"))]

    def _tolerance(self) -> list[Line]:
        """Say between which prices the figures hold."""
        bounds = self._desk.tolerance(self._preview)
        if bounds is None:
            return []
        low, high = (fmt.price(px, self._preview.instrument.tick) for px in bounds)
        return [(Cell(line[0].text, "muted"),) for line in self.wrapped(f"new figures outside {low} - {high}")]

    def _beat(self) -> None:
        """Follow the market and the clock."""
        if not self.is_current:
            return
        if self._desk.has_drifted(self._sealed):
            self._ask_again()
        elif self._desk.has_moved(self._preview):
            self._weigh_again()
        self._show()

    def _ask_again(self) -> None:
        """The price is not what was shown: show what it is, and begin anew."""
        before = self._sealed
        self._sealed = self._desk.resealed(before)
        self._preview = self._desk.preview(self._sealed.ticket, self._changes)
        self._moved = f"not sent: {self._desk.drift_in_words(before)}"
        self.be_deaf()

    def _weigh_again(self) -> None:
        """The order is the same whatever the market is, but its figures are not; and the gate may see it otherwise."""
        passed = self._preview.passes
        self._preview = self._desk.preview(self._sealed.ticket, self._changes)
        self._moved = "the market has moved: these figures are new"
        if self._preview.passes is not passed:
            self.be_deaf()

    def _show(self) -> None:
        super()._show()
        left = max(0, round(self._closes_at - monotonic()))
        if left != self._left:
            self._left = left
            word = "$warn" if left <= LAST_SECS else "$muted"
            self.query_one(Lines).border_subtitle = Content.styled(f"closes in {left} s", word)
