"""Yes or no, where the answer costs money: only `y` is yes, or only the word that is shown."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events

from cockpit.tui.lines import Line
from cockpit.tui.modals.question import DEFAULT, NO, PATIENCE_SECS, Question
from cockpit.tui.rows import Cell


class Confirm(Question[bool]):
    """Answers True for yes. With a `word` it must be typed and entered; enter alone is no, and a wrong word is said.

    What it costs may be asked for anew whenever it is shown: figures follow the market.
    """

    KEYS_ROW: ClassVar[tuple[tuple[str, str], ...]] = (("y", "yes"), ("esc", "no"))

    def __init__(
        self, title: str, consequence: Sequence[str] | Callable[[], Sequence[str]], *, word: str | None = None
    ) -> None:
        super().__init__(title, guarded=True, patience=PATIENCE_SECS, look="danger")
        self._consequence = consequence
        self._word = word
        self._typed = ""
        self._wrong = ""

    @property
    def offers(self) -> tuple[tuple[str, str], ...]:
        return super().offers if self._word is None else (("esc", "no"),)

    def lines(self) -> list[Line]:
        said = self.wrapped(*(self._consequence() if callable(self._consequence) else self._consequence))
        if self._word is None:
            return [*said, (), self.foot((Cell("y", "key"), Cell(" yes   "), *DEFAULT))]
        field = (Cell("type "), Cell(self._word, "danger"), Cell(" and enter: "), Cell(f"{self._typed}_", "accent"))
        wrong = [(Cell(f"{self._wrong} is not {self._word}: nothing was done", "danger"),)] if self._wrong else []
        return [*said, (), field, *wrong, self.foot(NO)]

    def answer(self, event: events.Key) -> None:
        if self._word is None:
            self.dismiss(event.key == "y")
        elif event.key == "enter" and self._typed in ("", self._word):
            self.dismiss(self._typed == self._word)
        elif event.key == "enter":
            self._wrong, self._typed = self._typed, ""
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.character is not None and event.is_printable and len(self._typed) < len(self._word):
            self._typed += event.character
