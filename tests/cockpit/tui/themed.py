"""An app without a session, in the theme that the cockpit begins with."""

from textual.app import App

from cockpit.tui.theme import THEMES, fallbacks


class Themed(App[None]):
    """What a test composes is painted as the cockpit would paint it."""

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "matrix"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallbacks(self.current_theme)
