"""What every panel is: a frame with a title, around a body that shows a pure function of the state and the view.

A panel has a table, it is not one. It is told what happened only as "something you watch did", and painted later from
the newest state, so a thousand ticks cost what one costs; a panel that is not on the screen is not painted at all.
"""

from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from cockpit import format as fmt
from cockpit.tui.kept import Kept
from cockpit.tui.table import Table
from cockpit.tui.view import Freshness, View, caption
from oms.domain.text import sanitize
from oms.state import State

BETWEEN: Final = " ── "
CORNERS: Final = 6
"""Cells of a frame that no title may take."""


class Panel(Kept):
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
        self._filter = ""
        self._shown: tuple[State, View] | None = None
        self._body = self.make_body()

    def compose(self) -> ComposeResult:
        yield self._body

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
            self._filter = sanitize(substring)
            table.set_filter(substring)
            self.is_dirty = True

    def on_resize(self) -> None:
        """What was drawn for another size is drawn again; the body inside has its new one already."""
        if self._shown is not None:
            self.paint(*self._shown)

    def on_table_layout_changed(self) -> None:
        if self._shown is not None:
            self._entitle(self._heading(*self._shown))

    @property
    def table(self) -> Table | None:
        """The table inside, or None for a panel without rows."""
        return self._body if isinstance(self._body, Table) else None

    @property
    def beyond(self) -> int:
        """How many of its things have no room."""
        table = self.table
        return table.beyond if table is not None else 0

    def _heading(self, state: State, view: View) -> str:
        number = self.count(state)
        parts = [self.TITLE if number is None else f"{self.TITLE} ({fmt.count(number)})"]
        table = self.table
        if self._filter and table is not None:
            passed = len(table.rows)
            parts.append(f"/{self._filter} {fmt.count(passed)} of {fmt.count(passed + table.hidden_rows)}")
        if self.PRICED and (said := caption(view)):
            parts.append(said)
        if self.beyond:
            parts.append(f"+{fmt.count(self.beyond)} more")
        if table is not None and table.hidden_columns:
            parts.append(f"+{fmt.plural(table.hidden_columns, 'col')}")
        return self._fitted(parts)

    def _fitted(self, parts: list[str]) -> str:
        """Join what fits into the frame, each part whole; the first ones matter most."""
        title, *others = parts
        room = self.outer_size.width - CORNERS
        for part in others:
            if cell_len(title) + cell_len(BETWEEN) + cell_len(part) <= room:
                title += BETWEEN + part
        return title

    def _entitle(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
