"""What every question shares: a box in the middle, a moment in which keys do not count, and an end by itself.

A key that was typed before the question could be read is no answer. So keys are deaf for a moment after the box was
painted, a key that came too early counts only after it was let go, pastes are never keys, and a question nobody answers
is answered with no. Whether its time is over is asked of the clock whenever a key comes: in a process that slept the
key may be heard before the timer. It is answered once: what else was typed in the same moment is lost.

Above and below the box a row stays in sight: the top row says what runs and how a stop is armed, the last has the
stop's key. Where that leaves too little room for the question, it says so instead of showing half of itself.
"""

from collections.abc import Sequence
from textwrap import wrap
from time import monotonic
from typing import ClassVar, Final, TypeVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.screen import ModalScreen

from cockpit.tui.lines import Line, Lines
from cockpit.tui.room import Room, room_of
from cockpit.tui.rows import Cell
from cockpit.tui.said import parts
from cockpit.tui.turn import HELD_SECS, Turn
from oms.domain.text import sanitize

GUARD_SECS: Final = 0.4
PATIENCE_SECS: Final = 15.0
BOX_CELLS: Final = 66
BESIDES_TEXT: Final = 4
"""Cells of a row that frame and padding take."""
NO: Final[Line] = (Cell("esc", "key"), Cell(" no"))
Reply = TypeVar("Reply")


class Question(ModalScreen[Reply | None]):
    """Asks, and is dismissed with the answer, or with None for no. `guarded` makes the first moment deaf."""

    DEFAULT_CSS = """
    Question { align: center middle; background: transparent; }
    Question > Lines { width: 66; max-width: 100%; max-height: 100%; border: double $border; padding: 0 1; }
    Question > Lines.-danger { border: double $danger; border-title-color: $danger; }
    """

    KEYS_ROW: ClassVar[tuple[tuple[str, str], ...]] = (("esc", "closes"),)
    """What the KEYS row offers meanwhile, as keys and words: the dashboard's own keys do nothing now."""
    FRAME: ClassVar[int] = 2
    """Rows that the box takes besides its lines."""
    ABOVE: ClassVar[int] = 1
    """Rows of the dashboard that stay in sight above the box, wherever there is room for a row of keys below it."""

    def __init__(self, title: str, *, guarded: bool, patience: float | None = None, danger: bool = False) -> None:
        super().__init__()
        self._heading = title
        self._guarded = guarded
        self._patience = patience
        self._danger = danger
        self._deaf_until: float | None = None
        self._early: dict[str, float] = {}
        """When a key came that was too early."""
        self._is_answered = False
        self._closes_at = float("inf")
        self._note = ""
        self._is_misfit = False
        self._subtitled = Content("")
        self.unanswered = ""
        """That nobody has answered, in words, once that is so."""
        self.turn = Turn()

    def compose(self) -> ComposeResult:
        body = Lines(classes="-danger" if self._danger else None)
        body.border_title = Content(self._heading)
        yield body

    def on_mount(self) -> None:
        if self._patience is not None:
            self._closes_at = monotonic() + self._patience
            self.set_timer(self._patience, self._give_up)
        self._show()
        self.call_after_refresh(self.be_deaf)

    @property
    def offers(self) -> tuple[tuple[str, str], ...]:
        """What the KEYS row offers now."""
        return (("esc", "no"),) if self._is_misfit else self.KEYS_ROW

    @property
    def undone(self) -> str:
        """What is said where nobody has answered."""
        return "nothing was done"

    @property
    def text_width(self) -> int:
        """Cells that a line of the box may take."""
        return min(BOX_CELLS, self.app.size.width) - BESIDES_TEXT

    @property
    def text_height(self) -> int:
        """Lines that the box may have."""
        return self.app.size.height - self.FRAME - sum(self._kept)

    @property
    def _kept(self) -> tuple[int, int]:
        """Rows above and below the box that stay in sight; the smallest screens have but one, and it is the first."""
        return (1, 0) if room_of(*self.app.size) is Room.TINY else (self.ABOVE, 1)

    def wrapped(self, *texts: str) -> list[Line]:
        """Return texts broken into lines that the box can show whole."""
        return [(Cell(line),) for text in texts for line in wrap(sanitize(text), max(1, self.text_width))]

    def lines(self) -> list[Line]:
        """Return what stands in the box."""
        raise NotImplementedError

    def answer(self, event: events.Key) -> None:
        """Take a key that counts."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self._is_answered:
            return
        self._note = ""
        if monotonic() >= self._closes_at:
            self._give_up()
            return
        if self._guarded and (self._deaf_until is None or event.time < self._deaf_until):
            self._early[event.key] = event.time
            return
        if event.key == "escape":
            self.dismiss(None)
            return
        if event.time - self._early.get(event.key, float("-inf")) < HELD_SECS:
            self._early[event.key] = event.time
            return
        if self._is_misfit:
            return
        self.answer(event)
        if self.is_current:
            self._show()

    def dismiss(self, result: Reply | None = None) -> AwaitComplete:
        """Answer, once; until the next question is on the screen keys go nowhere."""
        if self._is_answered:
            return AwaitComplete()
        self._is_answered = True
        self.turn.opening = True
        return super().dismiss(result)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()

    def note(self, text: str) -> None:
        """Say something in the frame until the next key: what came of a key that is not the question's."""
        self._note = parts(text, self.text_width)
        self._show()

    def _has_room_for(self, lines: Sequence[Line]) -> bool:
        """Whether all of them can be read; what cannot be read cannot be agreed to."""
        widest = max(sum(cell_len(cell.text) for cell in line) for line in lines)
        return widest <= self.text_width and len(lines) <= self.text_height

    def on_resize(self) -> None:
        self._show()

    @property
    def is_deaf(self) -> bool:
        """Whether keys do not count yet."""
        return self._guarded and (self._deaf_until is None or monotonic() < self._deaf_until)

    def be_deaf(self) -> None:
        """Let keys count only in a moment: something new is to be read."""
        self._deaf_until = monotonic() + GUARD_SECS  # the clock that stamps keys
        if self._guarded:
            self.set_timer(GUARD_SECS + 0.001, self._show)

    def _give_up(self) -> None:
        """Nobody has answered. A timer waits for what its callback gives back, and a screen cannot wait for its own
        end, so nothing is given back."""
        if not self._is_answered:
            self.unanswered = f"{self.undone}: nobody answered in {self._patience:g} s"
            self.dismiss(None)

    def _show(self) -> None:
        lines = self.lines()
        self._is_misfit = self._guarded and not self._has_room_for(lines)
        if self._is_misfit:
            lines = [*self.wrapped("This question does not fit here: make the window larger."), NO]
        above, below = self._kept
        body = self.query_one(Lines)
        body.styles.margin = (above, 0, below, 0)
        body.styles.height = min(len(lines), max(1, self.text_height)) + self.FRAME
        body.set_lines(lines)
        if (subtitle := self._subtitle()) != self._subtitled:
            body.border_subtitle = self._subtitled = subtitle

    def _subtitle(self) -> Content:
        """Return what stands in the frame below."""
        return Content(self._note)
