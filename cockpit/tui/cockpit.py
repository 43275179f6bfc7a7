"""The screen over a running session: it paints what is and asks for what a person wants; it decides nothing.

The bus only leaves a note of what kinds of things happened, and pictures are painted from the newest state when
`repaint` says so. Presses of the stop key are taken before any widget, field or question sees them.
"""

import time
from collections.abc import Callable
from contextvars import copy_context
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType

from cockpit.bootstrap import Built
from cockpit.glyphs import UNICODE, Glyphs
from cockpit.meant import End
from cockpit.modes import MODES
from cockpit.paths import Paths
from cockpit.pursuit import STOPPED
from cockpit.settings import Settings
from cockpit.tui.aftermath import pursued
from cockpit.tui.alarm import alarm_of
from cockpit.tui.banner import silence, title
from cockpit.tui.driver.lean import LeanDriver
from cockpit.tui.ear import Ear
from cockpit.tui.keymap import Keymap, keymap_of
from cockpit.tui.keys import STOP_KEY
from cockpit.tui.life import Life, has_hung_up
from cockpit.tui.operator import ACTOR, Operator
from cockpit.tui.repaint import Repaint
from cockpit.tui.replies import Replies
from cockpit.tui.said import PART, Said
from cockpit.tui.screens.dashboard import Dashboard
from cockpit.tui.spelling import Spelling
from cockpit.tui.stop import StopKey
from cockpit.tui.theme import THEMES, fallbacks
from cockpit.tui.turn import Turn
from cockpit.tui.undo import UNDO_SECS, Undo
from cockpit.tui.view import View
from cockpit.tui.watch import LOOKS, Watch
from oms.domain import events as ev

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cockpit.tui.acts import Acts


class Cockpit(App[None], inherit_bindings=False):
    """One view of one session. Keys of Textual's own, one of which quits without asking, do not exist here."""

    CSS_PATH = "cockpit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*Keymap().bindings()]
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False

    def __init__(
        self,
        built: Built,
        paths: Paths,
        settings: Settings,
        life: Life,
        *,
        is_demo: bool = False,
        glyphs: Glyphs = UNICODE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(driver_class=LeanDriver)
        self._map = keymap_of(settings)
        self._built, self._paths, self._settings, self._life = built, paths, settings, life
        self._session, self._glyphs = built.session, glyphs
        self._turn, self._undo = Turn(guard_secs=settings.ui.guard_ms / 1_000), Undo(monotonic)
        self._monotonic = monotonic
        if glyphs is not UNICODE:
            self._filters.append(Spelling())
        self._operator = Operator(built.session, built.market, built.speed, self._map)
        self._watch = Watch(
            built, settings, self._operator, is_demo=is_demo, glyphs=glyphs, keymap=self._map, monotonic=monotonic
        )
        self.stop_key = StopKey()
        self._ear = Ear(
            self,
            self._map,
            self._turn,
            self.stop_key,
            perform=self._perform,
            say=self.say,
            remark=self._remark,
            show_armed=self._show_armed,
        )
        self._replies = Replies(built.session.state, ACTOR, self._tell)
        self._repaint = Repaint(monotonic)
        self._home = copy_context()
        self._said: Said | None = None
        self._said_at = 0.0
        self._dashboard = Dashboard(self.paint, self._hold, self._map)
        self.failure: Exception | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.ui.theme
        built.session.bus.subscribe(self._on_record)
        built.session.pursuit.listen(self._on_pursued)

    @cached_property
    def acts(self) -> "Acts":
        """What keys do. The first picture needs none of its modules, so `_begin` loads them after it."""
        from cockpit.tui.acts import Acts
        from cockpit.tui.conversation import Conversation
        from cockpit.tui.dialog import Dialog
        from cockpit.tui.hands.reach import Reach
        from cockpit.tui.tickets import desk_of
        from cockpit.tui.under import Under

        say, talk, session, operator = self.say, Conversation(self, self._turn, self.say), self._session, self._operator
        dialog = Dialog(self, talk, session, operator, self._life, self._map, say=say, paint=self.paint)
        reach = Reach(
            talk=talk,
            session=session,
            operator=operator,
            under=Under(self._dashboard, session.state),
            undo=self._undo,
            keymap=self._map,
            glyphs=self._glyphs,
            word=(word := MODES[self._settings.session.mode].banner),
            look=LOOKS[word],
            say=say,
        )
        desk = desk_of(self._built, self._settings)
        return Acts(self, self._dashboard, dialog, reach, desk, self._settings, self._paths, say=say)

    # -- what Textual asks ---------------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallbacks(self.current_theme)

    def get_default_screen(self) -> Dashboard:
        return self._dashboard

    def on_mount(self) -> None:
        self._home = copy_context()
        own = self._settings.keys
        self.set_keymap({name: ",".join(self._map.by_name[name].keys) for name in own})
        self.set_interval(1 / self._settings.ui.fps, self._tick)
        self._dashboard.call_after_refresh(self._begin)

    async def on_event(self, event: events.Event) -> None:
        """Hear every key first: the stop key goes no further."""
        if isinstance(event, events.Key):
            if not self.screen_stack:  # we are leaving, and nothing is there to take a key
                return
            if not event.is_forwarded and self._ear.hear(event, asked=self.screen is not self._dashboard):
                return
        await super().on_event(event)

    def hear_early(self, event: events.Key) -> None:
        """Hear the stop key on the thread that reads keys, so that a busy loop cannot keep it from the stop watcher."""
        self.stop_key.hear(event.time, is_stop=event.key == STOP_KEY, early=True)

    def tell_silence(self, secs: float, whose: str) -> None:
        """Say that the loop has not turned for so long; on the stop watcher's thread, since the loop cannot."""
        driver = self._driver
        if isinstance(driver, LeanDriver):
            word, closed = MODES[self._settings.session.mode].banner, self._session.latch.flag.is_set()
            driver.cut_in(silence(word, secs, whose, self.size.width, closed=closed, glyphs=self._glyphs))

    def abandon(self) -> None:
        """Give the terminal back, on the stop watcher's thread: the process ends now, and the loop does not turn."""
        driver = self._driver
        if isinstance(driver, LeanDriver):
            driver.abandon()

    def panic(self, *renderables: "RenderableType") -> None:  # noqa: ARG002 - nobody is there to read them
        """Textual calls this when the thread that reads keys fails, which is how a terminal hangs up."""
        if self.failure is not None:
            self._close_messages_no_wait()
            return
        self._life.lose_terminal("its keys cannot be read")
        self._leave()

    def _fatal_error(self) -> None:
        """Leave the traceback to whoever runs us: a page of it on a trader's terminal explains nothing."""
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        self.failure = self.failure or error
        super()._handle_exception(error)

    # -- painting ------------------------------------------------------------------------------------------------

    def say(self, said: Said | None) -> None:
        """Show a result in the status row, at once, and in the frame of a question that may stand before it; None takes
        away the one that stands there."""
        self._said, self._said_at = said, self._monotonic()
        note = getattr(self.screen, "note", None) if self.screen_stack else None
        if said is not None and note is not None:
            note(said.text)
        self.paint()

    def _tell(self, said: Said) -> None:
        """Say what has come of something that was asked for earlier; whoever publishes it waits for no picture."""
        if self.is_running:
            self._home.run(self.call_later, self.say, said)

    def _remark(self, text: str) -> None:
        """Add a part to the result that stands in the status row, once."""
        if self._said is None:
            self.say(Said(text, "warn"))
        elif text not in self._said.text:
            self._said = self._said._replace(text=PART.join((self._said.text, text)))
            self.paint()

    def _begin(self) -> None:
        """The first picture stands; now the session may start, and be loaded what keys may ask for."""
        self._watch.recall(self._paths.journal)
        self._life.begin(on_end=self._leave, on_hangup=self._leave)
        import cockpit.tui.acts  # noqa: F401

    def _leave(self) -> None:
        if self.is_running:
            self.exit()

    def _tick(self) -> None:
        """Paint at our own pace; once a second everything, because ages have changed."""
        driver = self._driver
        if isinstance(driver, LeanDriver) and (driver.is_lost or has_hung_up(driver.fileno)):
            self._life.lose_terminal("it hung up")
            return
        if self._repaint.is_new_second():
            self._dashboard.mark_all()
            if isinstance(driver, LeanDriver):
                self._repaint.weigh(driver.bytes_sent)
        if self._repaint.is_due():
            self.paint()

    def paint(self) -> None:
        """Show the newest state, now."""
        if not self.is_running or not self._dashboard.is_attached:
            return
        for kind in self._repaint.begin():
            self._dashboard.mark(kind)
        if self._said is not None and not self._said.stays and self._monotonic() - self._said_at >= UNDO_SECS:
            self._said = None
        said = self._said or self._operator.aftermath()
        view = self._watch.view()
        state, is_first = self._session.state, not self._ear.has_heard
        self._dashboard.paint(
            state, view, said, undo=self._undo.told(self._map), armed=self.stop_key.is_armed, first=is_first
        )
        self._sound(view)
        if isinstance(self._driver, LeanDriver):
            self._driver.entitle(title(view))

    def _hold(self, held: bool) -> None:
        """Keep what is painted from the terminal until the picture is whole."""
        if isinstance(self._driver, LeanDriver):
            self._driver.hold(held)

    def _on_record(self, record: ev.Record) -> None:
        self._watch.note(record)
        if isinstance(record.event, ev.TradingHalted):
            self._said = None  # what comes of it is told as it comes
        self._replies.watch(record)
        self._repaint.note(type(record.event))
        secs = self._repaint.plan(type(record.event)) if self.is_running else None
        if secs is not None:
            # whoever published: a timer belongs to the app in whose context it is made
            self._home.run(self.set_timer, secs, self.paint)

    def _on_pursued(self, end: End) -> None:
        """A flatten that went on by itself is over, whoever asked for it; what a stop has come to says more."""
        if self.is_running and end.why != STOPPED:
            self._home.run(self.call_later, self.say, pursued(self._session.state, end))

    # -- keys ----------------------------------------------------------------------------------------------------

    def action_perform(self, name: str) -> None:
        """Do what an action of the key table says, unless a question came between the key and its action."""
        if self.screen is self._dashboard and not self._turn.opening:
            self._perform(name)

    def _perform(self, name: str) -> None:
        self.acts.perform(name)

    def on_dashboard_wanted(self, message: Dashboard.Wanted) -> None:
        self.action_perform(message.action)

    def _show_armed(self) -> None:
        view = self._watch.view()
        self._dashboard.paint_banner(self._session.state, view, armed=self.stop_key.is_armed)
        self._sound(view)

    def _sound(self, view: View) -> None:
        """Let a question that stands before the rows say of a stop what they say."""
        results = self._operator.results
        alarm = alarm_of(self._session.state, view, results, armed=self.stop_key.is_armed)
        if alarm != self._turn.alarm:
            self._turn.alarm = alarm
            sound = getattr(self.screen, "sound", None)  # a question's; the first picture does not load those
            if sound is not None:
                sound()

    def on_table_chosen(self) -> None:
        self.action_perform("row.open")
