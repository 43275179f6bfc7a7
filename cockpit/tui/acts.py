"""What each action of the key table does: the one place where a name becomes an act.

An act that only looks happens here and now; one that asks something first is a conversation, which the dialog holds.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from textual.app import App

from cockpit import format as fmt
from cockpit.paths import Paths
from cockpit.settings import Settings
from cockpit.ticket.desk import TicketDesk
from cockpit.tui.dialog import Dialog
from cockpit.tui.driver.lean import LeanDriver
from cockpit.tui.hands.orders import OrderHand
from cockpit.tui.hands.positions import PositionHand
from cockpit.tui.hands.reach import Reach
from cockpit.tui.hands.strategies import StrategyHand
from cockpit.tui.modals.help import Help
from cockpit.tui.modals.palette import Palette
from cockpit.tui.rows import Move
from cockpit.tui.said import Said
from cockpit.tui.screens.dashboard import Dashboard
from oms.domain.order import Side

Act: TypeAlias = Callable[[], None]
_PADDED: Final = re.compile(r"^([+-]) +(?=\d)")


class Acts:
    """Does things by name: to the session through the operator, to the screen at once. `say` shows what came of it."""

    def __init__(
        self,
        app: App[None],
        dashboard: Dashboard,
        dialog: Dialog,
        reach: Reach,
        desk: TicketDesk,
        settings: Settings,
        paths: Paths,
        *,
        say: Callable[[Said | None], None],
    ) -> None:
        self._app = app
        self._dashboard = dashboard
        self._reach = reach
        self._say = say
        operator, keymap = reach.operator, reach.keymap
        orders, positions, strategies = OrderHand(reach, desk), PositionHand(reach, settings.fees), StrategyHand(reach)

        def export() -> None:
            dashboard.finish()
            app.run_worker(dialog.export(settings, paths), exit_on_error=True)  # beside whatever is asked

        self.table: dict[str, Act] = {
            "trading.stop": self._stop,
            "order.buy": lambda: orders.trade(Side.BUY),
            "order.sell": lambda: orders.trade(Side.SELL),
            "order.cancel": orders.cancel,
            "order.change": orders.change,
            "orders.cancel_all": orders.cancel_all,
            "position.flatten": positions.flatten,
            "positions.flatten": positions.flatten_all,
            "strategies.pause": strategies.toggle_all,
            "strategy.pause": strategies.toggle,
            "strategy.stop": strategies.stop,
            "undo": self._undo,
            "trading.resume": lambda: dialog.begin(dialog.resume_trading()),
            "tape.pause": lambda: self._with_way_back(operator.pause_tape),
            "tape.faster": lambda: self._with_way_back(lambda: operator.change_speed(2)),
            "tape.slower": lambda: self._with_way_back(lambda: operator.change_speed(-2)),
            "help": lambda: dialog.begin(dialog.choose(Help(keymap), self.perform)),
            "palette": lambda: dialog.begin(dialog.choose(Palette(keymap), self.perform)),
            "list.filter": lambda: dialog.begin(dialog.filter(dashboard.focused_panel)),
            "snapshot.export": export,
            "row.open": lambda: dialog.begin(dialog.open_row(dashboard.focused_panel)),
            "row.copy": self._copy_row,
            "panel.zoom": dashboard.zoom,
            "panel.next": lambda: dashboard.move_focus(1),
            "panel.previous": lambda: dashboard.move_focus(-1),
            "back": dashboard.back,
            "run.quit": lambda: dialog.begin(dialog.quit()),
            "screen.redraw": self._redraw,
            **{f"list.{move.value}": self._mover(move) for move in Move},
        }

    def perform(self, name: str) -> None:
        """Do what an action of the key table says."""
        self.table[name]()

    def _with_way_back(self, act: Callable[[], Said]) -> None:
        """Do something to the tape, and let it be taken back."""
        operator = self._reach.operator
        back = operator.way_back()
        self._reach.undo.offer("puts the tape back", lambda: self._say(back()))
        self._say(act())

    def _undo(self) -> None:
        """Take back what was done last, if that can still be done."""
        offer = self._reach.undo.take()
        if offer is None:
            self._say(Said("nothing to take back", "warn"))
        else:
            offer.act()

    def _stop(self) -> None:
        self._reach.operator.stop()
        self._say(None)  # what comes of it is told as it comes

    def _copy_row(self) -> None:
        """Put the row under the cursor on the terminal's clipboard (OSC 52), its columns apart by tabs."""
        panel = self._dashboard.focused_panel
        fields = panel.table.fields if panel is not None and panel.table is not None else []
        if not fields:
            self._say(Said("there is no row to copy here", "warn"))
            return
        self._app.copy_to_clipboard("\t".join(_PADDED.sub(r"\1", text.strip()) for _, text in fields))
        self._say(Said(f"copied {fmt.plural(len(fields), 'field')}"))

    def _redraw(self) -> None:
        driver = self._app._driver  # noqa: SLF001 - Textual names no other way to the driver of one's own
        if isinstance(driver, LeanDriver):
            driver.resync()

    def _mover(self, move: Move) -> Act:
        def act() -> None:
            panel = self._dashboard.focused_panel
            if panel is not None and panel.table is not None:
                panel.table.move_cursor(move)

        return act
