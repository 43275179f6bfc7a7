"""The screen over a running session: it paints what is and asks for what a person wants; it decides nothing.

The bus only leaves a note of what kinds of things happened; a timer paints at its own pace from the newest state, and
orders, fills and halts are painted almost at once. So the market's speed never becomes the screen's. Presses of the
stop key are taken before any widget, field or question sees them.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from textual import events
from textual.app import App
from textual.widget import AwaitMount

from cockpit import format as fmt
from cockpit.bootstrap import Built
from cockpit.config import Settings
from cockpit.glyphs import UNICODE, Glyphs
from cockpit.modes import MODES
from cockpit.paths import Paths
from cockpit.snapshot.store import file_name, write
from cockpit.snapshot.svg import to_svg
from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.driver.lean import LeanDriver
from cockpit.tui.keys import ACTIONS, STOP_KEY, bindings
from cockpit.tui.life import Life
from cockpit.tui.modals.actions import ActionList
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.filter import Filter
from cockpit.tui.modals.leave import Leave, Leaving
from cockpit.tui.operator import Operator, Said
from cockpit.tui.panels.gauges import meters
from cockpit.tui.recent import Recent
from cockpit.tui.rows import Move
from cockpit.tui.screens.dashboard import Dashboard
from cockpit.tui.stop import Answer, StopGesture
from cockpit.tui.theme import THEMES, fallbacks
from cockpit.tui.view import View, freshness
from oms.domain import events as ev
from oms.domain.ids import BrokerId, symbol_of
from oms.domain.risk import TradingState
from risk.findings import findings

SAID_SECS: Final = 8.0
"""How long a result stands in the status row."""
AT_ONCE_SECS: Final = 0.02
"""How long news of an order may gather before it is painted; a burst of it is painted ten times a second."""
BURST_SECS: Final = 0.1
_LOOKS: Final = {"PAPER": "paper", "BACKTEST": "replay"}
_QUIET: Final = (ev.MarketMoved, ev.MarkRecorded, ev.PeakEquityRaised, ev.TapePositioned, ev.InstrumentListed)


class Cockpit(App[None], inherit_bindings=False):
    """One view of one session."""

    CSS_PATH = "cockpit.tcss"
    BINDINGS = bindings()
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = None

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
        self._built, self._session = built, built.session
        self._paths, self._settings, self._life = paths, settings, life
        self._is_demo, self._glyphs, self._monotonic = is_demo, glyphs, monotonic
        self._operator = Operator(built.session, built.market, built.speed)
        self._recent = Recent(findings)
        self._recent.begin(built.session.state)
        self._gesture = StopGesture()
        self._news: set[type[ev.Event]] = set()
        self._is_paint_due = False
        self._painted_at = 0.0
        self._second = -1
        self._said: Said | None = None
        self._said_at = 0.0
        self._hints = True
        self._dashboard = Dashboard()
        self.failure: Exception | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.ui.theme
        self._session.bus.subscribe(self._on_record)
        self._acts: dict[str, Callable[[], Awaitable[None] | None]] = {
            "trading.stop": self._stop,
            "trading.resume": lambda: self._ask(self._resume_trading()),
            "tape.pause": lambda: self.say(self._operator.pause_tape()),
            "tape.faster": lambda: self.say(self._operator.change_speed(2)),
            "tape.slower": lambda: self.say(self._operator.change_speed(-2)),
            "strategies.pause": lambda: self._ask(self._toggle_strategies()),
            "help": lambda: self._ask(self._choose("Keys", typed=False)),
            "palette": lambda: self._ask(self._choose("Actions", typed=True)),
            "list.filter": lambda: self._ask(self._filter()),
            "snapshot.export": lambda: self._ask(self._export()),
            "panel.zoom": self._dashboard.zoom,
            "panel.next": lambda: self._dashboard.move_focus(1),
            "panel.previous": lambda: self._dashboard.move_focus(-1),
            "back": self._dashboard.back,
            "run.quit": lambda: self._ask(self._quit()),
            "screen.redraw": self._redraw,
            **{f"list.{move.value}": self._mover(move) for move in Move},
        }

    # -- what Textual asks ------------------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallbacks(self.current_theme)

    def get_default_screen(self) -> Dashboard:
        return self._dashboard

    def on_mount(self) -> None:
        self.screen.set_class(self._glyphs is not UNICODE, "-ascii")
        self.set_interval(1 / self._settings.ui.fps, self._tick)
        self._dashboard.call_after_refresh(self._begin)

    async def on_event(self, event: events.Event) -> None:
        """Hear every key first: the stop key goes no further."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._hear(event):
            return
        await super().on_event(event)

    def _fatal_error(self) -> None:
        """Leave the traceback to whoever runs us: a page of it on a trader's terminal explains nothing."""
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        self.failure = self.failure or error
        super()._handle_exception(error)

    # -- painting -----------------------------------------------------------------------------------------------------

    def say(self, said: Said) -> None:
        """Show a result in the status row, at once."""
        self._said, self._said_at = said, self._monotonic()
        self._paint()

    def _begin(self) -> None:
        """The first picture stands; now the session may start."""
        if self.is_running:
            self._paint()
            self._life.begin(on_end=self._leave, on_hangup=self._leave)

    def _leave(self) -> None:
        if self.is_running:
            self.exit()

    def _tick(self) -> None:
        """Paint at our own pace; once a second everything, because ages have changed."""
        if isinstance(self._driver, LeanDriver) and self._driver.is_lost:
            self._life.lose_terminal("the terminal takes no more")
            return
        if int(self._monotonic()) != self._second:
            self._second = int(self._monotonic())
            self._dashboard.mark_all()
        self._paint()

    def _paint(self) -> None:
        if not self.is_running or not self._dashboard.is_attached:
            return
        self._is_paint_due = False
        self._painted_at = self._monotonic()
        news, self._news = self._news, set()
        for kind in news:
            self._dashboard.mark(kind)
        said = self._said if self._monotonic() - self._said_at < SAID_SECS else self._operator.aftermath()
        armed = self._gesture.is_armed
        self._dashboard.paint(self._session.state, self._view(), said, armed=armed, hints=self._hints)

    def _paint_soon(self) -> None:
        if not self._is_paint_due and self.is_running:
            self._is_paint_due = True
            since = self._monotonic() - self._painted_at
            self.set_timer(max(AT_ONCE_SECS, BURST_SECS - since), self._paint)

    def _on_record(self, record: ev.Record) -> None:
        self._recent.watch(record, self._session.state, self._monotonic())
        self._news.add(type(record.event))
        if not isinstance(record.event, _QUIET):
            self._paint_soon()

    def _view(self) -> View:
        """Gather what panels may look at besides the state."""
        session, state, settings, now = self._session, self._session.state, self._settings, self._monotonic()
        arrived = self._recent.arrived
        link = state.runs.links.get(BrokerId(settings.session.broker))
        word = MODES[settings.session.mode].banner
        quotes = state.marks.quotes.values()
        made_up = " · interpolated prices" if any(quote.interpolated for quote in quotes) else ""
        return View(
            now=now,
            mode_word=word,
            mode_style=_LOOKS[word],
            is_demo=self._is_demo,
            account=fmt.masked(settings.session.account, glyphs=self._glyphs),
            feed=settings.session.feed,
            feed_note=f"{self._built.market.feed.name}{made_up}",
            broker=settings.session.broker,
            speed=str(self._operator.speed),
            freshness=freshness(
                quiet_secs=now - arrived if arrived is not None else None,
                expected_secs=self._operator.expected_secs,
                paused=session.pace.paused,
                ended=session.inbox.feed_ended.is_set(),
                connected=not link,
            ),
            quiet_secs=now - arrived if arrived is not None else 0.0,
            link=link or None,
            trading=TradingState.HALTED if session.latch.flag.is_set() else state.trading.state,
            recent=self._recent,
            meters=meters(self._built.risk.get_risk_status(state)),
            waiting={
                strategy_id: " · ".join(
                    f"{symbol_of(name)} {text}" for name, text in session.runner.waiting(strategy_id).items()
                )
                for strategy_id in session.runner.strategies
            },
            glyphs=self._glyphs,
        )

    # -- keys -----------------------------------------------------------------------------------------------------------

    def action_perform(self, name: str) -> None:
        """Do what an action of the key table says."""
        self._acts[name]()

    def on_dashboard_wanted(self, message: Dashboard.Wanted) -> None:
        if message.action != "trading.stop":
            self.action_perform(message.action)

    def _hear(self, event: events.Key) -> bool:
        """Take a key before anybody else; True if it goes no further."""
        self._hints = False
        if event.key == STOP_KEY:
            self._gesture.press(event.time)
            self._settle()
            return True
        if self._gesture.is_armed:
            self._gesture.disarm()
            self._settle()
        if event.key == "ctrl+c":
            self.say(Said("q ends the session · ^X ^X stops trading", "warn"))
            return True
        return False

    def _settle(self) -> None:
        """Ask the gesture what it amounts to, now and when it next may have changed its mind."""
        now = time.monotonic()
        if self._gesture.settle(now) is Answer.FIRE:
            self._stop()
            return
        if self.is_running:
            self._dashboard.paint_banner(self._session.state, self._view(), armed=self._gesture.is_armed)
        due = self._gesture.due
        if due is not None:
            self.set_timer(max(0.001, due - now + 0.001), self._settle)

    def _stop(self) -> None:
        """Stop first, draw later."""
        said = self._operator.stop()
        self.say(said)

    def _redraw(self) -> None:
        if isinstance(self._driver, LeanDriver):
            self._driver.resync()

    def _mover(self, move: Move) -> Callable[[], None]:
        def act() -> None:
            panel = self._dashboard.focused_panel
            if panel is not None and panel.table is not None:
                panel.table.move_cursor(move)

        return act

    # -- questions --------------------------------------------------------------------------------------------------------

    def _ask(self, conversation: Awaitable[None]) -> None:
        self.run_worker(conversation, exit_on_error=True)

    async def _choose(self, title: str, *, typed: bool) -> None:
        name = await self.push_screen_wait(ActionList(title, typed=typed))
        if name is not None:
            self.action_perform(name)

    async def _filter(self) -> None:
        panel = self._dashboard.focused_panel
        if panel is None:
            return

        def follow(typed: str) -> None:
            panel.filter(typed)
            self._paint()

        kept = await self.push_screen_wait(Filter(follow))
        follow(kept or "")

    async def _toggle_strategies(self) -> None:
        if self._operator.is_automation_on:
            self.say(await self._operator.pause_strategies())
            return
        names = [str(name) for name in self._session.state.roster.by_id]
        question = Confirm("Resume strategies?", [", ".join(names), "Their signals become orders again."])
        if await self.push_screen_wait(question):
            self.say(await self._operator.resume_strategies())

    async def _resume_trading(self) -> None:
        if not self._operator.is_halted:
            self.say(Said("trading is not stopped", "warn"))
            return
        trading = self._session.state.trading
        stopped = f"Stopped by {trading.cause}: {trading.text}" if trading.cause else "Trading is stopped."
        consequence = [stopped, "The gate opens again; strategies stay paused until P."]
        if await self.push_screen_wait(Confirm("Resume trading?", consequence, word="RESUME")):
            self.say(await self._operator.resume_trading())

    async def _quit(self) -> None:
        state = self._session.state
        question = Leave(working=len(state.blotter.open), positions=len(state.ledger.open))
        leaving = await self.push_screen_wait(question)
        if leaving is Leaving.CANCEL:
            said = await self._operator.cancel_all()
            self.say(said)
        if leaving is not None:
            self._life.end(f"quit, working orders: {leaving.value}")

    async def _export(self) -> None:
        session = self._session
        seq, mode = session.state.seq, self._settings.session.mode.value
        now = datetime.now(UTC)
        picture = capture(self, f"cockpit {mode} dashboard", f"record {seq}, {now:%Y-%m-%d %H:%M:%S}Z")
        try:
            for suffix, text in (("txt", to_text(picture)), ("svg", to_svg(picture))):
                written = write(self._paths.snapshots, file_name(mode, now, seq, suffix), text)
                self.say(await self._operator.note_export(str(written.path), written.sha256))
        except OSError as error:
            self.say(Said(f"the snapshot could not be written: {error.strerror}", "danger"))
