"""The door of the screen: run one session under it, and leave terminal and process as they should be left.

The screen is a view and the session a service. Whatever ends the view, a key, a crash, a terminal that hangs up, the
session ends in its own order or goes on alone, and the exit code says which it was.
"""

import os
import sys

from cockpit.bootstrap import Built
from cockpit.config import load
from cockpit.estop.watcher import StopWatcher
from cockpit.fault import fault_of
from cockpit.glyphs import choose
from cockpit.paths import Paths
from cockpit.settings import Settings
from cockpit.tui.cockpit import Cockpit
from cockpit.tui.life import Life, farewell
from cockpit.tui.operator import ACTOR
from oms.domain.text import sanitize


async def run(built: Built, paths: Paths, settings: Settings, watcher: StopWatcher) -> int:
    """Show the session until it ends, and return the exit code of the process. `watcher` is open, and hears our keys.

    0 after an end in order, 1 when the screen failed (the session then ends in order), 143 and 130 after SIGTERM and
    SIGINT, also where the second of two ends a loop that does not turn. When the terminal goes away the same process
    goes on without a screen, until a signal or the tape's end.

    Raises:
        JournalError: a commit failed; the session has ended and its latch is closed.
        ConnectionError: the broker could not be reached.
    """
    life = Life(built.session, built.market.history)
    if os.environ.get("TERM") == "dumb":  # it has no colors either, and Textual listens to nothing else
        os.environ["NO_COLOR"] = "1"
    glyphs = choose(settings.ui.glyphs, os.environ)
    app = Cockpit(built, paths, settings, life, is_demo=settings.text_hash == load(None, {}).text_hash, glyphs=glyphs)
    life.listen()
    watcher.hear_signal()
    watcher.hear_keys(app.stop_key.ask, ACTOR)
    watcher.silence.tell(app.tell_silence, app.abandon)
    try:
        await app.run_async()
        if app.failure is not None:
            life.exit_code = 1
            life.end("the screen failed")
        elif not life.is_terminal_lost:
            life.end("the screen was closed")
        await life.outlive_screen()
    finally:
        life.deafen()
    if not life.is_terminal_lost:
        sys.stdout.write(f"{farewell(built.session.state)}\n")
        if app.failure is not None:
            _report(app.failure, paths)
    return life.exit_code


def _report(failure: Exception, paths: Paths) -> None:
    """Say in one line that the screen failed and where the rest stands."""
    fault = fault_of(failure, paths.log)
    where = fault.hint or "what happened could not be written down"
    sys.stderr.write(f"cockpit: the screen failed ({sanitize(fault.message)}); the session ended in order; {where}\n")
