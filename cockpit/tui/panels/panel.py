"""What every panel is: a frame with a title, around a body that shows a pure function of the state and the view.

A panel has a table, it is not one. It is told what happened only as "something you watch did", and painted later from
the newest state, so a thousand ticks cost what one costs; a panel that is not on the screen is not painted at all.
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from cockpit.tui.table import Table
from cockpit.tui.view import Freshness, View, caption
from oms.state import State


class Panel(Widget):
    """The base of all panels. A subclass states its name, title and what it watches, and makes its body."""

    DEFAULT_CSS = """
    Panel { position: absolute; border: round $border-blurred; border-title-color: $muted; }
    Panel:focus-within { border: double $border; border-title-color: $title; border-title-style: bold; }
    Panel.-cut-off { border: round $ai; }
    Panel.-bare { border: none; }
    """

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    WATCHES: ClassVar[tuple[type, ...]]
    """What it must show soon. Everything that is seen is painted once a second anyway, which is often enough for what
    only drifts with prices."""
    PRICED: ClassVar[bool] = False
    """Whether it shows prices, and so has to say how old they are."""

    def __init__(self) -> None:
        super().__init__(id=self.NAME)
        self.is_dirty = True
        self._title = ""
        self._shown: tuple[State, View] | None = None

    def compose(self) -> ComposeResult:
        yield self.make_body()

    def make_body(self) -> Widget:
        """Return the widget inside the frame."""
        raise NotImplementedError

    def draw(self, state: State, view: View) -> None:
        """Bring the body up to date."""
        raise NotImplementedError

    def count(self, state: State) -> int | None:
        """Return how many things the panel is about, for its title; None where that means nothing."""
        raise NotImplementedError

    def paint(self, state: State, view: View) -> None:
        """Show the newest state."""
        self.is_dirty = False
        self._shown = state, view
        self.draw(state, view)
        self.set_class(self.PRICED and view.freshness is Freshness.DISCONNECTED, "-cut-off")
        self._entitle(self._heading(state, view))

    def filter(self, substring: str) -> None:
        """Show only what contains this."""
        table = self.table
        if table is not None:
            table.set_filter(substring)
            self.is_dirty = True

    def on_resize(self) -> None:
        """What was drawn for another size is drawn again, once the new one stands."""
        if self._shown is not None:
            self.call_after_refresh(self._redraw)

    def on_table_layout_changed(self) -> None:
        if self._shown is not None:
            self._entitle(self._heading(*self._shown))

    def _redraw(self) -> None:
        if self._shown is not None:
            self.paint(*self._shown)

    @property
    def table(self) -> Table | None:
        """The table inside, or None for a panel without rows."""
        found = self.query_children(Table)
        return found.first() if found else None

    def _heading(self, state: State, view: View) -> str:
        number = self.count(state)
        parts = [self.TITLE if number is None else f"{self.TITLE} ({number})"]
        table = self.table
        if table is not None and table.hidden_columns:
            parts.append(f"+{table.hidden_columns} cols")
        if table is not None and table.hidden_rows:
            parts.append(f"{table.hidden_rows} filtered out")
        if self.PRICED and (said := caption(view)):
            parts.append(said)
        return " ── ".join(parts)

    def _entitle(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
