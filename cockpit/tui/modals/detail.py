"""One row of a list, whole: every column with its title, and long texts to their end."""

from collections.abc import Sequence
from textwrap import wrap

from textual import events

from cockpit.tui.lines import Line
from cockpit.tui.modals.question import Question
from cockpit.tui.rows import Cell
from oms.domain.text import sanitize


class Detail(Question[None]):
    """Answers nothing; any key closes it."""

    def __init__(self, title: str, fields: Sequence[tuple[str, str]]) -> None:
        super().__init__(title, guarded=False)
        self._fields = tuple(fields)

    def lines(self) -> list[Line]:
        names = max((len(name) for name, _ in self._fields), default=0)
        room = max(1, self.text_width - names - 2)
        shown: list[Line] = []
        for name, text in self._fields:
            for place, piece in enumerate(wrap(sanitize(text.strip(), 1_000), room) or [""]):
                shown.append((Cell(f"{name if not place else '':<{names}}  ", "muted"), Cell(piece)))
        return [*shown, (), (Cell("any key", "key"), Cell(" closes"))]

    def answer(self, event: events.Key) -> None:  # noqa: ARG002 - each one is right
        self.dismiss(None)
