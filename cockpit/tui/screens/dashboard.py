"""The dashboard: am I safe, what is open, what needs me? Every panel there is, placed by `room.places`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from cockpit.tui import banner
from cockpit.tui.lines import Line, Lines
from cockpit.tui.operator import Said
from cockpit.tui.panels.catalog import PANELS
from cockpit.tui.panels.panel import Panel
from cockpit.tui.room import Box, Load, Room, places, room_of
from cockpit.tui.rows import Cell
from cockpit.tui.view import View
from oms.domain import events as ev
from oms.state import State

if TYPE_CHECKING:
    from textual.timer import Timer

SETTLE_SECS = 0.08
"""A terminal that is being dragged is laid out again when it has come to rest."""
HINTS: Line = (
    Cell(" ,", "key"), Cell(" pause tape  · "), Cell(" +", "key"), Cell(" faster  · "),
    Cell(" ^X ^X", "key"), Cell(" stop"),
)  # fmt: skip


class Dashboard(Screen[None]):
    """Lays out and paints; decides nothing."""

    class Wanted(Message):
        """A key hint was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__()
        self._panels = {kind.NAME: kind() for kind in PANELS}
        self._rows = {name: Lines(id=name, classes="chrome") for name in ("banner", "links", "status", "keys")}
        self._load = Load(instruments=0, positions=0, orders=0, strategies=0)
        self._boxes: dict[str, Box] = {}
        self._zoomed: str | None = None
        self._settling: Timer | None = None
        self._painted: tuple[State, View] | None = None

    def compose(self) -> ComposeResult:
        yield from self._rows.values()
        yield from self._panels.values()

    @property
    def panels(self) -> list[Panel]:
        """The panels that are on the screen, in the order of `tab`."""
        return [panel for name, panel in self._panels.items() if name in self._boxes]

    @property
    def focused_panel(self) -> Panel | None:
        """The panel that keys go to."""
        return next((panel for panel in self.panels if panel.has_focus_within), None)

    def mark(self, kind: type[ev.Event]) -> None:
        """Note that something of this kind happened."""
        for panel in self._panels.values():
            panel.is_dirty = panel.is_dirty or kind in panel.WATCHES

    def mark_all(self) -> None:
        """Paint everything next time: time itself has moved on."""
        for panel in self._panels.values():
            panel.is_dirty = True

    def paint(self, state: State, view: View, said: Said | None, *, armed: bool, hints: bool) -> None:
        """Show the newest state: the rows around always, of the panels those that are seen and have news."""
        self._painted = state, view
        self._follow(state)
        width, height = self.app.size
        self.paint_banner(state, view, armed=armed)
        if room_of(width, height) is Room.TINY:
            return
        for panel in self.panels:
            if panel.is_dirty:
                panel.paint(state, view)
        self._rows["links"].set_lines([banner.links(state, view, width)])
        line: Line = HINTS if hints and said is None else (Cell(f" {said.text}", said.word),) if said else ()
        self._rows["status"].set_lines([line])
        row = banner.keys(width, room_of(width, height))
        self._rows["keys"].set_lines([tuple(cell for _, cells in row for cell in cells)])

    def paint_banner(self, state: State, view: View, *, armed: bool) -> None:
        """Show the top row alone, which is what a key on its way to a stop needs."""
        width, height = self.app.size
        is_tiny = room_of(width, height) is Room.TINY
        bar = banner.tiny(state, view, armed=armed) if is_tiny else banner.banner(state, view, width, armed=armed)
        self._rows["banner"].set_lines([bar.line], ground=bar.word)

    def zoom(self) -> None:
        """Give the focused panel all the room, or take it back."""
        panel = self.focused_panel
        self._zoomed = None if self._zoomed is not None or panel is None else panel.NAME
        self.lay_out()

    def back(self) -> None:
        """Leave the zoom and clear the filter."""
        self._zoomed = None
        if (panel := self.focused_panel) is not None:
            panel.filter("")
        self.lay_out()

    def move_focus(self, step: int) -> None:
        """Go to the panel before or after, among those with rows."""
        stops = [panel.table for panel in self.panels if panel.table is not None]
        focused = self.focused_panel
        if not stops:
            return
        place = stops.index(focused.table) if focused is not None and focused.table in stops else -max(0, step)
        stops[(place + step) % len(stops)].focus()

    def lay_out(self) -> None:
        """Put everything in its place for the present size and load."""
        width, height = self.app.size
        boxes = dict(places(width, height, self._load, self._zoomed))
        self._boxes = boxes
        self.set_class(room_of(width, height) <= Room.XS, "-narrow")
        everything: Iterable[tuple[str, Lines | Panel]] = [*self._rows.items(), *self._panels.items()]
        for name, part in everything:
            box = boxes.get(name)
            part.display = box is not None
            if box is not None:
                part.styles.offset = (box.x, box.y)
                part.styles.width, part.styles.height = box.width, box.height
        bare = "gauges" in boxes and boxes["gauges"].height <= 2  # noqa: PLR2004 - too low for a frame
        self._panels["gauges"].set_class(bare, "-bare")
        self.mark_all()
        if self.focused_panel is None:
            self.move_focus(1)

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002 - the app knows the size
        if not self._boxes:
            self.lay_out()
            return
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE_SECS, self.lay_out)

    def on_lines_pressed(self, event: Lines.Pressed) -> None:
        if event.lines.id != "keys":
            return
        x = event.x
        for name, cells in banner.keys(self.app.size.width, room_of(*self.app.size)):
            x -= sum(len(cell.text) for cell in cells)
            if x < 0:
                self.post_message(self.Wanted(name))
                return

    def _follow(self, state: State) -> None:
        """Lay out anew when there is more to show; a panel never shrinks by itself, so that nothing jumps."""
        before = self._load
        self._load = Load(
            instruments=len(state.instruments.by_id),
            positions=max(before.positions, len(state.ledger.open)) if state.ledger.open else 0,
            orders=max(before.orders, len(state.blotter.open)) if state.blotter.open else 0,
            strategies=len(state.roster.by_id),
        )
        if self._load != before:
            self.lay_out()
