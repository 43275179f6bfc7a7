"""The dashboard: am I safe, what is open, what needs me? Every panel there is, placed by `places`."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.message import Message

from cockpit.glyphs import Glyphs
from cockpit.tui.banner import banner, tiny
from cockpit.tui.hints import Mood, asked_hints, first_hint, frame_keys, hints, mood_of
from cockpit.tui.keymap import Keymap
from cockpit.tui.lines import Line, Lines
from cockpit.tui.links import gate, links
from cockpit.tui.panels.catalog import PANELS
from cockpit.tui.panels.panel import Panel
from cockpit.tui.panels.strategies import others
from cockpit.tui.places import HEADED, Load, places
from cockpit.tui.room import Box, Room, room_of
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART, Said
from cockpit.tui.screens.turns import Turns
from cockpit.tui.view import View
from oms.domain import events as ev
from oms.state import State

if TYPE_CHECKING:
    from textual.timer import Timer

SETTLE_SECS = 0.08
"""A terminal that is being dragged is laid out again when it has come to rest."""
BAND_ROWS = 8
"""Rows that are shown in one turn of the loop."""
CORNERS = 8
"""Cells of a frame that no words may take."""


class Dashboard(Turns, inherit_bindings=False):
    """Lays out and paints, in each turn a panel; decides nothing. Textual's own `tab` would pass panels by that have no
    place."""

    class Wanted(Message):
        """A key hint was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, fill: Callable[[], None], hold: Callable[[bool], None], keymap: Keymap) -> None:
        """`fill` paints it for the first time, before anything of it is shown: an empty frame would be for nothing.
        `hold` keeps what is shown from the terminal, or lets it go."""
        super().__init__(hold)
        self._fill = fill
        self._keymap = keymap
        self._panels = {kind.NAME: kind() for kind in PANELS}
        self._rows = {name: Lines(id=name, classes="chrome") for name in ("banner", "links", "status", "keys")}
        self._load = Load(instruments=0, positions=0, orders=0, strategies=0)
        self._boxes: dict[str, Box] = {}
        self._size_laid_out: tuple[int, int] | None = None
        self._zoomed: str | None = None
        self._called: str | None = None
        """The panel that has to be on the screen because keys go to it."""
        self._mood = Mood()
        self._settling: Timer | None = None
        self._newest: tuple[State, View] | None = None

    def compose(self) -> ComposeResult:
        self.lay_out()  # before the first layout, so that nothing is drawn in a place it leaves at once
        yield from self._rows.values()
        yield from self._panels.values()

    def on_mount(self) -> None:
        for panel in self._panels.values():
            panel.can_focus = panel.table is None
        self.lay_out()
        self._fill()
        self.finish()

    @property
    def panels(self) -> list[Panel]:
        """The panels that are on the screen."""
        return [panel for name, panel in self._panels.items() if name in self._boxes]

    @property
    def focused_panel(self) -> Panel | None:
        """The panel that keys go to."""
        return next((panel for panel in self.panels if panel.has_focus_within), None)

    def panel(self, name: str) -> Panel:
        """The panel of a name, on the screen or not."""
        return self._panels[name]

    def mark(self, kind: type[ev.Event]) -> None:
        """Note that something of this kind happened."""
        for panel in self._panels.values():
            panel.is_dirty = panel.is_dirty or kind in panel.WATCHES

    def mark_all(self) -> None:
        """Paint everything next time: time itself has moved on."""
        for panel in self._panels.values():
            panel.is_dirty = True

    def paint(self, state: State, view: View, said: Said | None, *, armed: bool, first: bool, undo: str = "") -> None:
        """Show the newest state: the rows around at once, and then, each in its turn, those of the panels that are seen
        and have news.

        `first` is whether nobody has pressed a key yet, `undo` what can be taken back now.
        """
        self._follow(state)
        width, height = self.app.size
        room = room_of(width, height)
        self.paint_banner(state, view, armed=armed)
        if room is Room.TINY:
            return
        before, self._mood = self._mood, mood_of(view, state)
        if self._mood != before:
            self._mark_frames()
        self._rows["links"].set_lines([links(state, view, width)])
        idle: Line = first_hint(self._keymap) if first else ()
        if room is Room.XS:
            idle = gate(state, view)
        self._rows["status"].set_lines([status_line(said, undo, width, view.glyphs) or idle])
        self._paint_keys()
        self._newest = state, view
        self.take_turns()

    def parts(self) -> Iterable[Region]:
        return [band for panel in self.panels for band in _bands(self._boxes[panel.NAME])]

    def draw_part(self) -> bool:
        panel = next((panel for panel in self.panels if panel.is_dirty), None)
        if panel is None or self._newest is None:
            return False
        panel.paint(*self._newest)
        return True

    def paint_banner(self, state: State, view: View, *, armed: bool) -> None:
        """Show the top row alone, which is what a key on its way to a stop needs."""
        width, height = self.app.size
        is_tiny = room_of(width, height) is Room.TINY
        bar = tiny(state, view, width, armed=armed) if is_tiny else banner(state, view, width, armed=armed)
        self._rows["banner"].set_lines([bar.line], ground=bar.word)

    def _paint_keys(self) -> None:
        self._rows["keys"].set_lines([tuple(cell for _, cells in self._hints() for cell in cells)])

    def on_screen_suspend(self) -> None:
        """A question has come, and keys are its own."""
        self._paint_keys()

    def on_screen_resume(self) -> None:
        """Keys are the dashboard's again."""
        self._paint_keys()

    def finish(self) -> None:
        self._paint_keys()
        super().finish()

    def _hints(self) -> list[tuple[str, Line]]:
        width, height = self.app.size
        asked = getattr(self.app.screen, "offers", None)  # a question's; the first picture does not load those
        if asked is not None:
            return asked_hints(width, asked, self._keymap)
        return hints(width, room_of(width, height), self._mood, self._keymap)

    def zoom(self) -> None:
        """Give the focused panel all the room, or take it back."""
        panel = self.focused_panel
        self._zoomed = None if self._zoomed is not None or panel is None else panel.NAME
        self.lay_out()

    def back(self) -> None:
        """Leave the zoom, clear the filter, and let the lists stand where they stood."""
        self._zoomed = self._called = None
        if (panel := self.focused_panel) is not None:
            panel.filter("")
        self.lay_out()

    def move_focus(self, step: int) -> None:
        """Go to the panel before or after; one that has no place is given the lists', and a zoom goes along."""
        width, height = self.app.size
        if room_of(width, height) is Room.TINY:
            return
        every = list(self._panels.values())
        if not self._load.positions:
            every.remove(self._panels["positions"])
        focused = self.focused_panel
        place = every.index(focused) if focused in every else -max(0, step)
        panel = every[(place + step) % len(every)]
        self._called = panel.NAME
        self._zoomed = panel.NAME if self._zoomed is not None else None
        self.lay_out()
        _focus(panel)

    def lay_out(self) -> None:
        """Put everything in its place for the present size and load."""
        width, height = self._size_laid_out = self.app.size
        boxes = dict(places(width, height, self._load, self._zoomed, self._called))
        self._boxes = boxes
        self.set_class(room_of(width, height) <= Room.XS, "-narrow")
        everything: Iterable[tuple[str, Lines | Panel]] = [*self._rows.items(), *self._panels.items()]
        for name, part in everything:
            box = boxes.get(name)
            part.display = box is not None
            if box is not None:
                part.styles.offset = (box.x, box.y)
                part.styles.width, part.styles.height = box.width, box.height
        self._panels["gauges"].set_class("gauges" in boxes and boxes["gauges"].height < HEADED, "-bare")
        self.mark_all()
        if self.focused_panel is None and self.panels and self.panels[0].is_mounted:
            _focus(self.panels[0])
        self._mark_frames()

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002 - the app knows the size
        if self.app.size == self._size_laid_out:
            return
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE_SECS, self.lay_out)

    def on_lines_pressed(self, event: Lines.Pressed) -> None:
        if event.lines.id != "keys":
            return
        x = event.x
        for name, cells in self._hints():
            x -= sum(len(cell.text) for cell in cells)
            if x < 0:
                self.post_message(self.Wanted(name))
                return

    def on_descendant_focus(self) -> None:
        self._mark_frames()

    def _mark_frames(self) -> None:
        """Write the keys of the panel that has them into its frame."""
        for name, panel in self._panels.items():
            said = frame_keys(name, self._keymap, self._mood)
            has_room = name in self._boxes and self._boxes[name].width >= len(said) + CORNERS
            shown = said if panel.has_focus_within and has_room else ""
            if panel.border_subtitle != shown:
                panel.border_subtitle = shown

    def _follow(self, state: State) -> None:
        """Lay out anew when there is more to show; a panel never shrinks by itself, so that nothing jumps."""
        before = self._load
        self._load = Load(
            instruments=len(state.instruments.by_id),
            positions=max(before.positions, len(state.ledger.open)) if state.ledger.open else 0,
            orders=max(before.orders, len(state.blotter.open)) if state.blotter.open else 0,
            strategies=len(state.roster.by_id) + len(others(state)),
        )
        if self._load != before:
            self.lay_out()


def status_line(said: Said | None, undo: str, width: int, glyphs: Glyphs) -> Line:
    """Return the last result and what can be taken back: of the two this keeps its room."""
    way_back = f" {undo}" if undo else ""
    if said is None:
        return (Cell(way_back, "accent"),) if undo else ()
    room = width - 1 - (len(PART) + len(undo) if undo else 0)
    result = Cell(f" {said.fitted(room, ellipsis=glyphs.ellipsis)}", said.word)
    return (result, Cell(f" ·{way_back}", "accent")) if undo else (result,)


def _bands(box: Box) -> Iterator[Region]:
    """Yield the parts of a panel that are shown by themselves: a tall one takes too long for one turn."""
    for y in range(box.y, box.y + box.height, BAND_ROWS):
        yield Region(box.x, y, box.width, min(BAND_ROWS, box.y + box.height - y))


def _focus(panel: Panel) -> None:
    """Let keys go to a panel: to its list, if it has one."""
    (panel.table or panel).focus()
