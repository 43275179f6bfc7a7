"""What is asked before something is done: each conversation of the screen with the person in front of it."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from textual.app import App

from cockpit.paths import Paths
from cockpit.session import Session
from cockpit.settings import Settings
from cockpit.snapshot.store import file_name, write
from cockpit.snapshot.svg import to_svg
from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.conversation import Conversation
from cockpit.tui.dealer import Dealer, cancelable, protects
from cockpit.tui.keymap import Keymap
from cockpit.tui.life import Life
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.detail import Detail
from cockpit.tui.modals.filter import Filter
from cockpit.tui.modals.leave import Leave, Leaving
from cockpit.tui.modals.question import Question
from cockpit.tui.operator import Operator
from cockpit.tui.panels.panel import Panel
from cockpit.tui.said import PART, Said


class Dialog:
    """Conversations over one session. `say` shows a result, `paint` shows the panels anew."""

    def __init__(
        self,
        app: App[None],
        talk: Conversation,
        session: Session,
        operator: Operator,
        life: Life,
        keymap: Keymap,
        *,
        say: Callable[[Said], None],
        paint: Callable[[], None],
    ) -> None:
        self._app = app
        self._talk = talk
        self._keymap = keymap
        self._session = session
        self._operator = operator
        self._life = life
        self._say = say
        self._paint = paint

    def begin(self, talk: Coroutine[Any, Any, None]) -> None:
        """Hold a conversation beside everything else."""
        self._talk.begin(talk)

    async def choose(self, actions: Question[str], perform: Callable[[str], None]) -> None:
        """Let an action be chosen from a list, and do it."""
        name = await self._talk.ask(actions)
        if name is not None:
            perform(name)

    async def filter(self, panel: Panel | None) -> None:
        """Let the rows of a panel be narrowed letter by letter."""
        if panel is None:
            return

        def follow(typed: str) -> None:
            panel.filter(typed)
            self._paint()

        kept = await self._talk.ask(Filter(follow))
        follow(kept or "")

    async def open_row(self, panel: Panel | None) -> None:
        """Show the row under the cursor whole."""
        fields = panel.table.whole if panel is not None and panel.table is not None else []
        if panel is None or not fields:
            self._say(Said("there is no row to open here", "warn"))
            return
        await self._talk.ask(Detail(panel.TITLE, fields))

    async def resume_trading(self) -> None:
        """Ask for the word that opens the gate after a halt."""
        if not self._operator.is_halted:
            self._say(Said("trading is not stopped", "warn"))
            return
        trading = self._session.state.trading
        stopped = f"Stopped by {trading.closed_by}: {trading.text}" if trading.cause else "Trading is stopped."
        consequence = [
            stopped,
            f"The gate opens again; strategies stay paused until {self._keymap.shown('strategies.pause')}.",
        ]
        if await self._talk.ask(Confirm("Resume trading?", consequence, word="RESUME")):
            self._say(await self._talk.do(self._operator.resume_trading()))

    async def quit(self) -> None:
        """Ask what becomes of working orders, and end."""
        state = self._session.state
        leaving = await self._talk.ask(Leave(state))
        if leaving is Leaving.CANCEL:
            orders = [order for order in cancelable(state) if not protects(order, state)]
            self._say(await self._talk.do(Dealer(self._session).cancel_all(orders, "leaving")))
        if leaving is not None:
            self._life.end(f"quit, working orders: {leaving.value}")

    async def export(self, settings: Settings, paths: Paths) -> None:
        """Write the screen as it is; nothing is asked."""
        seq, mode, now = self._session.state.seq, settings.session.mode.value, datetime.now(UTC)
        picture = capture(self._app, f"cockpit {mode} dashboard", f"record {seq}, {now:%Y-%m-%d %H:%M:%S}Z")
        try:
            for suffix, text in (("txt", to_text(picture)), ("svg", to_svg(picture))):
                written = write(paths.snapshots, file_name(mode, now, seq, suffix), text)
                if failed := await self._operator.note_export(str(written.path), written.sha256):
                    self._say(failed)
                    return
        except OSError as error:
            self._say(Said(f"the snapshot could not be written: {error.strerror}", "danger"))
            return
        stem = file_name(mode, now, seq, "txt")
        self._say(Said(PART.join((f"{stem} and .svg", f"written to {paths.snapshots}"))))
