"""A small program for a real terminal: each `n` shows the next picture, `q` ends it.

Run as `python glass_program.py plain|lean [FILE]`, with Textual's own driver or ours. It writes each step into FILE,
for who cannot see it.
"""

import sys
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import DataTable, Label

from cockpit.tui.driver.lean import LeanDriver

FILE = 2


class Question(ModalScreen[None]):
    """Something that covers the middle of the screen, wide characters included."""

    CSS = "Question { align: center middle; } #words { border: double red; padding: 1 3; height: auto; }"

    def compose(self) -> ComposeResult:
        yield Label("Flatten 中文?", id="words", markup=False)


class Pictures(App[None]):
    """Nine pictures."""

    CSS = "Label { height: 1; } #left { width: 21; height: 5; border: round green; } DataTable { height: 8; }"
    BINDINGS: ClassVar = [Binding("n", "following", priority=True), Binding("q", "quit")]

    step = 0

    def compose(self) -> ComposeResult:
        yield Label("step 0", id="step", markup=False)
        with Horizontal():
            yield Label("中文 wide 字 café 🚀 e\u0301", id="left", markup=False)
            yield Label("price 189.20", id="price", markup=False)
        yield DataTable(id="table")
        yield Label("", id="end", markup=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("SYM", "SIDE", "LAST")
        rows = (("AAPL", "LONG", "189.20"), ("MSFT", "SHORT", "409.85"), ("中概", "LONG", "62,310.5"))
        for symbol, side, last in rows:
            table.add_row(symbol, Text(side, "bold green" if side == "LONG" else "red"), last, key=symbol)

    def action_following(self) -> None:
        """Show the next picture."""
        self.step += 1
        if len(sys.argv) > FILE:
            Path(sys.argv[FILE]).write_text(str(self.step), encoding="ascii")
        first = self.screen_stack[0]
        price, left = first.query_one("#price", Label), first.query_one("#left", Label)
        table = first.query_one(DataTable)
        first.query_one("#step", Label).update(f"step {self.step}")
        match self.step:
            case 1:
                price.update(Text("price 189.21"))
            case 2:
                table.update_cell_at(table.cursor_coordinate._replace(row=1, column=2), "410.00")
            case 3:
                self.push_screen(Question())
            case 4:
                self.pop_screen()
            case 5:
                left.update(Text("a中b文", "reverse italic"))
            case 6:
                table.move_cursor(row=2)
            case 7:
                self.theme = "textual-light"
            case 8:
                left.styles.width = 30


if __name__ == "__main__":
    Pictures(driver_class=LeanDriver if sys.argv[1] == "lean" else None).run()
