"""The rim: Textual's Linux driver, with `Stream` between what it writes and what the terminal gets.

Everything Textual writes goes through `write`, most of it from the loop, a few mode sequences from the thread that
reads keys; hence the lock. Signals only call back into the loop: a handler that wrote in the middle of a write would
meet a grid half changed.
"""

import signal
import sys
import termios
import threading
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.drivers.linux_driver import LinuxDriver

from cockpit.tui.driver.outlet import Outlet
from cockpit.tui.driver.reader import EarlyEar, read_keys
from cockpit.tui.driver.stream import Stream
from oms.domain.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.geometry import Size
    from textual.message import Message

PATIENCE: Final = 1.0
"""Seconds a terminal that does not read may delay our end."""
SETTLING: Final = 0.1
"""Seconds after a resize within which Textual has painted, unless it saw no change."""
TITLE_SAVED: Final = "\x1b[22;2t"
TITLE_BACK: Final = "\x1b]2;\a\x1b[23;2t"
"""No title at all first, for terminals that keep no stack of them."""
MODES_OFF: Final = "\x1b[<u" + "".join(f"\x1b[?{mode}l" for mode in (2048, 1016, 1006, 1015, 1003, 1000, 2004, 1004))
"""Sizes told in band, the mouse, pasting, focus, and kitty's keyboard: all that Textual switches on."""


class LeanDriver(LinuxDriver):
    """Sends only changed cells, at most one frame at a time, and repaints by itself when the terminal may be wrong.

    Use it as `App(driver_class=LeanDriver)`. With `App.no_color` no SGR color is sent at all.
    """

    def __init__(
        self, app: "App[Any]", *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._stream = Stream(*app.size, color=not app.no_color)
        self._outlet: Outlet | None = None
        self._sent_before = 0
        self._lock = threading.RLock()
        self._title = ""

    @property
    def bytes_sent(self) -> int:
        """Bytes the terminal has taken since the start."""
        return self._sent_before + (self._outlet.bytes_sent if self._outlet else 0)

    @property
    def is_lost(self) -> bool:
        """Is the terminal gone? What is written afterwards goes nowhere, and nothing waits for it."""
        return self._outlet is not None and self._outlet.is_lost

    def write(self, data: str) -> None:
        """Follow one complete write and send what it changed; without a running outlet it is dropped."""
        with self._lock:
            self._stream.resize(*self._app.size)
            self._stream.feed(data)
            self._send()

    def hold(self, held: bool) -> None:
        """Send no cells while a frame is painted in several writes; all of them when that is over."""
        with self._lock:
            self._stream.is_held = held
            self._send()

    def resync(self) -> None:
        """Send the whole screen again, for a terminal that may show something else. Call it from the loop."""
        with self._lock:
            self._stream.forget()
            self._send()

    def cut_in(self, line: str) -> None:
        """Write a line over the top row, past everything that is painted; from any thread, for when the loop does not
        turn. The screen is sent whole as soon as the loop paints again. `line` has the width of the screen."""
        if not self._lock.acquire(timeout=SETTLING):
            return
        try:
            if self._outlet is not None and not self._outlet.is_busy:
                self._stream.forget()
                self._outlet.send(f"\x1b[H\x1b[0;7m{sanitize(line, max(1, len(line)))}\x1b[0m")
        finally:
            self._lock.release()

    def abandon(self) -> None:
        """Give the terminal back from any thread, because the process is about to end without its loop."""
        if self._outlet is not None:
            self._outlet.send(f"\x1b[0m{TITLE_BACK if self._title else ''}{MODES_OFF}\x1b[?7h\x1b[?1049l\x1b[?25h")
            self._outlet.drain(PATIENCE)
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def entitle(self, title: str) -> None:
        """Name the terminal's window (OSC 2) if that is news; the name it had is kept on a stack (XTWINOPS 22, 23)."""
        with self._lock:
            if title == self._title or self._outlet is None:
                return
            self._outlet.send(f"{'' if self._title else TITLE_SAVED}\x1b]2;{sanitize(title)}\a")
            self._title = title

    def start_application_mode(self) -> None:
        textuals_own = self._writer_thread
        terminal = self._file or sys.stderr
        self._outlet = Outlet(terminal.fileno(), terminal.encoding, self._when_idle)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is None or self._writer_thread is textuals_own:
            # Textual found us in the background and started nothing; it tries again when we come to the front.
            self._close_outlet()
            return
        self._writer_thread.stop()
        self._notice_resize()
        self.resync()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was; after `close` this does nothing."""
        if self._outlet is None:
            return
        if self._title:
            self._outlet.send(TITLE_BACK)
            self._title = ""
        super().stop_application_mode()
        # What is printed next, such as an error, must come after the screen has been given back.
        self._outlet.drain(PATIENCE)

    def close(self) -> None:
        super().close()
        self._close_outlet()

    def run_input_thread(self) -> None:
        """Read keys until we leave."""
        read_keys(self.fileno, self.exit_event, self.process_message)

    def process_message(self, message: "Message") -> None:
        """Runs on the thread that reads keys."""
        if isinstance(message, events.Key) and isinstance(self._app, EarlyEar):
            self._app.hear_early(message)
        if isinstance(message, events.AppFocus):
            self._in_loop(self.resync)
        super().process_message(message)

    def _send(self) -> None:
        if self._outlet is None:
            self._stream.take(paint=False)
            return
        self._outlet.send(self._stream.take(paint=not self._outlet.is_busy))

    def _when_idle(self) -> None:
        """The outlet has sent everything: what was painted meanwhile follows as one frame."""
        if self._stream.is_behind:
            self._in_loop(self._catch_up)

    def _catch_up(self) -> None:
        with self._lock:
            self._send()

    def _close_outlet(self) -> None:
        if self._outlet is not None:
            self._outlet.close(PATIENCE)
            self._sent_before += self._outlet.bytes_sent
            self._outlet = None

    def _in_loop(self, call: "Callable[[], object]") -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _notice_resize(self) -> None:
        """Textual paints nothing when a terminal was resized and back, though it may show garbage by then."""
        textuals_own = signal.getsignal(signal.SIGWINCH)

        def on_resize(number: int, frame: FrameType | None) -> None:
            self._in_loop(lambda: self._loop.call_later(SETTLING, self._resync_if_still, self._app.size))
            if callable(textuals_own):
                textuals_own(number, frame)

        signal.signal(signal.SIGWINCH, on_resize)

    def _resync_if_still(self, size: "Size") -> None:
        if self._app.size == size:
            self.resync()

    def _sigtstp_application(self, *_: object) -> None:
        self._in_loop(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        self._in_loop(self._continue)

    def _continue(self) -> None:
        """Come back after a stop; one that gave no warning (SIGSTOP) has not suspended us, so that is made up for."""
        if self._auto_restart and self._outlet is not None:
            self.suspend_application_mode()
        super()._sigcont_application()
