"""Themes as data: every color of the screen has a name, and only this file knows what the name looks like.

A panel says `up` or `stale`, a style sheet `$up` or `$stale`; a theme gives the word a color, and a terminal without
color gives it an attribute instead. So a theme can be swapped whole, and a test can compute every contrast. A color
written anywhere else would escape both. Words come in two kinds: words for text, readable on every ground, and
banners, which bring their own ground. Direction and danger are never told by a word alone: a sign or a letter always
stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rich.style import Style
from textual.color import Color
from textual.theme import Theme


@dataclass(frozen=True, kw_only=True)
class Word:
    """How a word looks: with color its own color and `emphasis`, without color only `plain`."""

    emphasis: Style = Style()  # noqa: RUF009 - a Style is immutable
    plain: Style = Style()  # noqa: RUF009
    is_banner: bool = False
    """Its color is the ground, and `word-text` names the color of the text on it."""
    fallback: str
    """The variable a theme that does not know the word has for it."""


_BOLD: Final = Style(bold=True)
_DIM: Final = Style(dim=True)
_REVERSE: Final = Style(reverse=True)
_LOUD: Final = Style(bold=True, reverse=True)

WORDS: Final[Mapping[str, Word]] = {
    "text": Word(fallback="foreground"),
    "title": Word(emphasis=_BOLD, plain=_BOLD, fallback="text-primary"),
    "muted": Word(plain=_DIM, fallback="foreground"),
    "accent": Word(plain=_BOLD, fallback="text-accent"),
    "up": Word(fallback="text-success"),
    "down": Word(fallback="text-error"),
    "flat": Word(fallback="foreground"),
    "stale": Word(plain=_DIM, fallback="foreground"),
    "ok": Word(fallback="text-success"),
    "info": Word(fallback="text-primary"),
    "warn": Word(plain=_BOLD, fallback="text-warning"),
    "danger": Word(emphasis=_BOLD, plain=Style(bold=True, underline=True), fallback="text-error"),
    "ai": Word(plain=Style(underline=True), fallback="text-secondary"),
    "paper": Word(is_banner=True, emphasis=_BOLD, plain=_REVERSE, fallback="accent"),
    "live": Word(is_banner=True, emphasis=_BOLD, plain=_LOUD, fallback="error"),
    "replay": Word(is_banner=True, emphasis=_BOLD, plain=_REVERSE, fallback="secondary"),
    "halted": Word(is_banner=True, emphasis=_BOLD, plain=_LOUD, fallback="warning"),
    "offline": Word(is_banner=True, emphasis=_BOLD, plain=_LOUD, fallback="secondary"),
    "estop": Word(is_banner=True, emphasis=_BOLD, plain=_LOUD, fallback="error"),
    "key": Word(is_banner=True, plain=_REVERSE, fallback="success"),
    "selected": Word(is_banner=True, plain=_REVERSE, fallback="primary-muted"),
}
"""What a cell, a label or a style sheet may call for."""

_MATRIX: Final[Mapping[str, str]] = {
    "title": "#00FF66",
    "muted": "#7FB58F",
    "up": "#35E07A",
    "down": "#FF7878",
    "flat": "#C8F7D4",
    "stale": "#9AA79E",
    "ok": "#35E07A",
    "info": "#7DB7FF",
    "warn": "#FFC83D",
    "danger": "#FF7878",
    "ai": "#C9A2FF",
    "paper": "#5CE1E6",
    "paper-text": "#000000",
    "live": "#B00020",
    "live-text": "#FFFFFF",
    "replay": "#C9A2FF",
    "replay-text": "#000000",
    "halted": "#FFC83D",
    "halted-text": "#000000",
    "offline": "#6B2FB3",
    "offline-text": "#FFFFFF",
    "estop": "#C4001A",
    "estop-text": "#FFFFFF",
    "key": "#35E07A",
    "key-text": "#000000",
    "selected": "#0F3D22",
    "selected-text": "#FFFFFF",
    "border": "#00FF66",
    "border-blurred": "#3C8258",
    "block-cursor-background": "#0F3D22",
    "block-cursor-foreground": "#FFFFFF",
    "footer-key-foreground": "#35E07A",
    "input-selection-background": "#0F3D22",
}
_BLUE_ORANGE: Final[Mapping[str, str]] = {
    **_MATRIX,
    "up": "#5BB0FF",
    "down": "#FFA24D",
}
_HIGH_CONTRAST: Final[Mapping[str, str]] = {
    **_MATRIX,
    "title": "#FFFFFF",
    "muted": "#D2D2D2",
    "up": "#66FF99",
    "down": "#FFA8A8",
    "flat": "#FFFFFF",
    "stale": "#CCCCCC",
    "ok": "#66FF99",
    "info": "#B0D6FF",
    "warn": "#FFE066",
    "danger": "#FFA8A8",
    "ai": "#E0CCFF",
    "live": "#A00018",
    "offline": "#55208F",
    "estop": "#A00018",
    "selected": "#002B57",
    "border": "#FFFFFF",
    "border-blurred": "#B8B8B8",
    "block-cursor-background": "#002B57",
    "input-selection-background": "#002B57",
}

MATRIX: Final = Theme(
    name="matrix",
    primary="#00FF66",
    secondary="#C9A2FF",
    accent="#5CE1E6",
    success="#35E07A",
    warning="#FFC83D",
    error="#FF7878",
    foreground="#C8F7D4",
    background="#000000",
    surface="#07120B",
    panel="#0C1F13",
    variables=dict(_MATRIX),
)
BLUE_ORANGE: Final = Theme(
    name="blue-orange",
    primary="#00FF66",
    secondary="#C9A2FF",
    accent="#5CE1E6",
    success="#5BB0FF",
    warning="#FFC83D",
    error="#FFA24D",
    foreground="#C8F7D4",
    background="#000000",
    surface="#07120B",
    panel="#0C1F13",
    variables=dict(_BLUE_ORANGE),
)
HIGH_CONTRAST: Final = Theme(
    name="high-contrast",
    primary="#FFFFFF",
    secondary="#E0CCFF",
    accent="#7CF5FA",
    success="#66FF99",
    warning="#FFE066",
    error="#FFA8A8",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#0A0A0A",
    variables=dict(_HIGH_CONTRAST),
)
THEMES: Final = (MATRIX, HIGH_CONTRAST, BLUE_ORANGE)
"""What we ship; the first is the default."""


def fallbacks(theme: Theme) -> dict[str, str]:
    """Every word of ours for a theme that may not know them, made of the colors it has.

    Return it from `App.get_theme_variable_defaults`, with `self.current_theme`.
    """
    known = theme.to_color_system().generate()
    colors: dict[str, str] = {}
    for name, word in WORDS.items():
        if name in known:
            continue
        color = known[word.fallback].split()[0]
        colors[name] = color
        if word.is_banner:
            colors[f"{name}-text"] = known["foreground"] if color.startswith("ansi") else _readable_on(color)
    return colors


def style(word: str, variables: Mapping[str, str], *, color: bool = True, selected: bool = False) -> Style:
    """How to draw a word: `variables` are `App.theme_variables`, `color` is False under NO_COLOR.

    On a selected row the ground is the selection's, and text words keep their color; without color the row is reversed.
    Raises KeyError for a word that is not in WORDS.
    """
    known = WORDS[word]
    if not color:
        return known.plain + _REVERSE if selected else known.plain
    if known.is_banner:
        return known.emphasis + _style(variables[f"{word}-text"], variables[word])
    name = {"text": "selected-text" if selected else "foreground"}.get(word, word)
    return known.emphasis + _style(variables[name], variables["selected"] if selected else None)


def _style(text: str, ground: str | None) -> Style:
    return Style.from_color(Color.parse(text).rich_color, Color.parse(ground).rich_color if ground else None)


def _readable_on(ground: str) -> str:
    return Color.parse(ground).get_contrast_text(1.0).hex
