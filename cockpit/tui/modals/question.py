"""What every question shares: a box in the middle, a moment in which keys do not count, and an end by itself.

A key that was typed before the question could be read is no answer. So keys are deaf for a moment after the box was
painted, a key that came too early counts only after it was let go, pastes are never keys, and a question nobody answers
is answered with no. Whether its time is over is asked of the clock whenever a key comes: in a process that slept the
key may be heard before the timer. It is answered once: what else was typed in the same moment is lost.

Above and below the box a row stays in sight: the top row says what runs and how a stop is armed, the last has the
stop's key. Where that leaves too little room for the question, it says so instead of showing half of itself. What the
rows behind the box say of a stop stands in its frame too: some of these rows are covered.
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

from cockpit.glyphs import UNICODE, Glyphs
from cockpit.tui.lines import Line, Lines
from cockpit.tui.modals.frame import frame_note, guard_line
from cockpit.tui.room import Room, room_of
from cockpit.tui.rows import Cell
from cockpit.tui.said import Said
from cockpit.tui.turn import HELD_SECS, Turn
from oms.domain.text import sanitize

PATIENCE_SECS: Final = 15.0
BEAT_SECS: Final = 0.25
"""How often a question that closes by itself shows the time that is left, and the market of now."""
BOX_CELLS: Final = 66
BESIDES_TEXT: Final = 4
"""Cells of a row that frame and padding take."""
NO: Final[Line] = (Cell("esc", "key"), Cell(" no"))
DEFAULT: Final[Line] = (Cell("▸ No ", "selected"), Cell(" any other key", "muted"))
"""What happens where `y` is not pressed."""
Reply = TypeVar("Reply")


class Question(ModalScreen[Reply | None]):
    """Asks, and is dismissed with the answer, or with None for no. `guarded` makes the first moment deaf."""

    DEFAULT_CSS = """
    Question { align: center middle; background: transparent; }
    Question > Lines { width: 66; max-width: 100%; max-height: 100%; border: double $border; padding: 0 1; }
    Question > Lines.-danger { border: double $danger; border-title-color: $danger; }
    Question > Lines.-paper { border: double $paper; border-title-color: $paper; }
    Question > Lines.-replay { border: double $replay; border-title-color: $replay; }
    """

    KEYS_ROW: ClassVar[tuple[tuple[str, str], ...]] = (("esc", "closes"),)
    """What the KEYS row offers meanwhile, as keys and words: the dashboard's own keys do nothing now."""
    FRAME: ClassVar[int] = 2
    """Rows that the box takes besides its lines."""
    ABOVE: ClassVar[int] = 1
    """Rows of the dashboard that stay in sight above the box, wherever there is room for a row of keys below it."""

    def __init__(self, title: str, *, guarded: bool, patience: float | None = None, look: str = "") -> None:
        """`look` is the theme's word for the frame: `danger`, or that of the mode in which an order is written."""
        super().__init__()
        self._heading = title
        self._guarded = guarded
        self._patience = patience
        self._look = look
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
        body = Lines(classes=f"-{self._look}" if self._look else None)
        body.border_title = Content(self._heading)
        yield body

    def on_mount(self) -> None:
        if self._patience is not None:
            self._closes_at = monotonic() + self._patience
            self.set_timer(self._patience, self._give_up)
            self.set_interval(BEAT_SECS, self._beat)
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
        self._tell(text)

    def sound(self) -> None:
        """The alarm has changed: what was noted before is not what matters now."""
        self._tell("")

    def _tell(self, note: str) -> None:
        self._note = note
        if not self.query(Lines):  # it may be on its way to the screen still
            return
        if self.FRAME:  # nothing else is shown anew: what somebody is about to agree to stays as it is
            self._show_told()
        else:
            self._show()

    def _show_told(self) -> None:
        """Write into the frame what is to be said."""
        # something may be told while it is on its way to the screen, and then none of its time has passed
        left = min(self._patience, self._closes_at - monotonic()) if self._patience is not None else None
        if (subtitle := frame_note(self.told, left, self.text_width)) != self._subtitled:
            self.query_one(Lines).border_subtitle = self._subtitled = subtitle

    @property
    def told(self) -> Said | None:
        """What is to be said besides the question: that a stop is armed, what came of a key, or of a stop."""
        alarm = self.turn.alarm
        if self._note and (alarm is None or alarm.word != "estop"):
            return Said(self._note, "text")
        return alarm

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

    @property
    def guard_secs(self) -> float:
        """How long keys do not count."""
        return self.turn.guard_secs

    def be_deaf(self) -> None:
        """Let keys count only in a moment: something new is to be read."""
        self._deaf_until = monotonic() + self.guard_secs  # the clock that stamps keys
        if self._guarded:
            self.set_timer(self.guard_secs + 0.001, self._show)

    def foot(self, line: Line, glyphs: Glyphs = UNICODE) -> Line:
        """Return the last line: what can be answered, or how long nothing can be yet."""
        if not self.is_deaf:
            return line
        left = self.guard_secs if self._deaf_until is None else self._deaf_until - monotonic()
        return guard_line(left, self.guard_secs, glyphs)

    def _beat(self) -> None:
        """Follow the clock, and what it is about."""
        if self.is_current:
            self._show()

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
        self._show_told()
