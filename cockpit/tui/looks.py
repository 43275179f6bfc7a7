"""What words look like on one widget.

A look is a word's style over the ground of the widget, and that ground is what every widget around it adds up to: to
ask for it takes longer than to draw a line. So it is asked once for many lines, and what words look like on it is kept
until the ground or the theme is another.
"""

from rich.style import Style
from textual.widget import Widget

from cockpit.tui.theme import style


class Looks:
    """The styles of one widget's words. Call `settle` before its lines are drawn."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._ground: Style | None = None
        self._theme = ""
        self._kept: dict[tuple[str, str | None, bool], Style] = {}

    def settle(self) -> None:
        """Look at the ground and the theme as they are now."""
        ground, theme = self._widget.rich_style, self._widget.app.theme
        if (ground, theme) != (self._ground, self._theme):
            self._ground, self._theme = ground, theme
            self._kept.clear()

    def of(self, word: str, *, on: str | None = None, selected: bool = False) -> Style:
        """Return how a word looks; `on` is the word that fills what is below it. Raises KeyError for a word that the
        theme has not."""
        key = word, on, selected
        if key not in self._kept:
            if self._ground is None:
                self.settle()
            app = self._widget.app
            words = (word,) if on is None or on == word else (on, word)
            looks = (style(each, app.theme_variables, color=not app.no_color, selected=selected) for each in words)
            self._kept[key] = sum(looks, self._ground or Style())
        return self._kept[key]
