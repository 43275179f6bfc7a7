"""The question that sends an order: what it is, what it risks, and that only `y` is yes.

What is agreed to is what is on the screen. So the figures and the gate's word are those of now whenever it is shown,
and what a yes sends is what was shown last. For how far the price may go meanwhile there is a band, which is shown:
once the price has left it, or the gate says something else, the question is asked again from its first moment, and keys
are deaf until it could be read. The next band is wider, so that in a fast market too it can be answered; how long the
question stands is not prolonged by asking it anew. When `y` comes the price is looked at once more.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events

from cockpit import format as fmt
from cockpit.glyphs import Glyphs
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.entry import follows_market
from cockpit.ticket.sealed import Band, Sealed
from cockpit.tui.figures import figures, fitting, side_word, terms_of
from cockpit.tui.keys import YES_KEY
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import BESIDES_TEXT, DEFAULT, PATIENCE_SECS, Question
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART
from cockpit.tui.verdict import Extent
from oms.domain.order import Order

WIDEST: Final = 76


class Send(Question[Sealed]):
    """Answers with exactly what was shown, or None for no. `changes` is the order that becomes it, if any."""

    DEFAULT_CSS = f"Send > Lines {{ width: {WIDEST}; }}"
    KEYS_ROW: ClassVar[tuple[tuple[str, str], ...]] = (("y", "send"), ("esc", "no"))

    def __init__(
        self,
        desk: TicketDesk,
        sealed: Sealed,
        glyphs: Glyphs,
        *,
        title: str,
        look: str = "danger",
        changes: Order | None = None,
    ) -> None:
        super().__init__(title, guarded=True, patience=PATIENCE_SECS, look=look)
        self._desk = desk
        self._sealed = sealed
        self._glyphs = glyphs
        self._changes = changes
        self._preview = desk.preview(sealed.ticket, changes)
        self._first_px = sealed.px
        self._band = Band(sealed.px)
        self._says_other = False
        """Whether the gate has changed its word since it was asked."""

    @property
    def offers(self) -> tuple[tuple[str, str], ...]:
        if not self._preview.passes:
            return (("any key", "back"),)
        return super().offers if self._changes is None or self._is_misfit else (("y", "change"), ("esc", "no"))

    @property
    def undone(self) -> str:
        return "not sent" if self._changes is None else "not changed"

    @property
    def text_width(self) -> int:
        return min(WIDEST, self.app.size.width) - BESIDES_TEXT

    def lines(self) -> list[Line]:
        return fitting(self._said, self.text_height)

    def answer(self, event: events.Key) -> None:
        if event.key != YES_KEY or not self._preview.passes:
            self.dismiss(None)
        elif self._band.holds(self._desk.px_of(self._sealed)):
            self.turn.said_yes_at = event.time
            self.dismiss(self._sealed)

    def _said(self, extent: Extent) -> list[Line]:
        """Return the whole question, so much of it."""
        ticket, preview, width = self._sealed.ticket, self._preview, self.text_width
        what, *terms = terms_of(ticket, preview)
        heading: list[Line] = [(Cell(line[0].text, side_word(ticket.side)),) for line in self.wrapped(what)]
        if self._changes is not None:
            was, *before = terms_of(self._changes.ticket, preview)
            heading = [*self._joined([f"was: {was}", before[0]]), *heading]
        again: list[Line] = [(Cell(line[0].text, "danger"),) for line in self.wrapped(*self._again())]
        gap: list[Line] = [()] if extent is Extent.AIRY else []
        shown = figures(preview, width, self._glyphs, extent)
        band = self._bounds() if again or extent >= Extent.ALL else []
        return [*heading, *self._joined(terms), *gap, *shown, *gap, *again, *band, *self._foot()]

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
        verb = "change it" if self._changes is not None else "SEND"
        return [self.foot((Cell("y", "key"), Cell(f" {verb}   "), *DEFAULT), self._glyphs)]

    def _again(self) -> list[str]:
        """Say why it is asked again, if it is."""
        now, tick = self._sealed.px, self._preview.instrument.tick
        said = ["the gate says something else now"] if self._says_other else []
        if self._band != Band(self._first_px):
            by = f" ({fmt.percent(now / self._first_px - 1)})" if self._first_px and now is not None else ""
            went = f"the price went from {fmt.price(self._first_px, tick)} to {fmt.price(now, tick)}{by}"
            said.append(f"{self.undone}: {went}")
        return said

    def _bounds(self) -> list[Line]:
        """Say for which prices a yes is one; a price that the order names is its own bound."""
        if self._band.bounds is None or not follows_market(self._sealed.ticket) or not self._preview.passes:
            return []
        low, high = (fmt.price(px, self._preview.instrument.tick) for px in self._band.bounds)
        return [(Cell(line[0].text, "muted"),) for line in self.wrapped(f"asked again outside {low} - {high}")]

    def _follow(self) -> None:
        """Make it what it is now, and begin anew where that is not what somebody has been reading."""
        failed = self._preview.decision.failed
        self._sealed = self._desk.resealed(self._sealed)
        self._preview = self._desk.preview(self._sealed.ticket, self._changes)
        is_outside, is_other = not self._band.holds(self._sealed.px), self._preview.decision.failed != failed
        if is_outside:
            self._band = self._band.around(self._sealed.px)
        if is_outside or is_other:
            self._says_other = is_other
            self.be_deaf()

    def _show(self) -> None:
        if not self._is_answered:
            self._follow()
        super()._show()
