"""Contrast is computed, not believed."""

import re
from pathlib import Path

import pytest
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from cockpit.tui import theme as themes
from cockpit.tui.theme import MATRIX, THEMES, WORDS, fallbacks, style

TEXT_WORDS = [name for name, word in WORDS.items() if not word.is_banner]
BANNERS = [name for name, word in WORDS.items() if word.is_banner]
GROUNDS = ("background", "surface", "panel", "selected")


def variables(theme: Theme) -> dict[str, str]:
    return {**fallbacks(theme), **theme.to_color_system().generate(), **theme.variables}


def luminance(color: str) -> float:
    """WCAG 2.2, "relative luminance"."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in Color.parse(color).rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_ratios_everybody_knows() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_theme_of_ours_names_every_word_itself(theme: Theme) -> None:
    own = {*theme.variables, "text", "accent"}

    assert own >= set(WORDS) | {f"{name}-text" for name in BANNERS} | {"border", "border-blurred"}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("word", TEXT_WORDS)
def test_text_is_readable_on_every_ground(theme: Theme, word: str, ground: str) -> None:
    known = variables(theme)
    least = 7 if theme.name == "high-contrast" else 4.5

    assert contrast(known["foreground" if word == "text" else word], known[ground]) >= least


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("word", BANNERS)
def test_a_banner_is_readable_on_its_own_ground(theme: Theme, word: str) -> None:
    known = variables(theme)

    assert contrast(known[f"{word}-text"], known[word]) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("border", ["border", "border-blurred"])
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_borders_are_visible(theme: Theme, border: str, ground: str) -> None:
    known = variables(theme)

    assert contrast(known[border], known[ground]) >= 3


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=lambda theme: theme.name)
def test_textuals_own_themes_can_draw_every_word(theme: Theme) -> None:
    known = variables(theme)
    drawn = [style(word, known, selected=selected) for word in WORDS for selected in (False, True)]

    assert all(one.color is not None for one in drawn)


async def test_an_app_knows_every_word_in_every_theme() -> None:
    class Plain(App[None]):
        CSS = "Screen { background: $paper; color: $paper-text; border: round $border-blurred; }" + "".join(
            f".{word} {{ color: ${word}; }}" for word in WORDS
        )

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return fallbacks(self.current_theme)

    app = Plain()
    for theme in THEMES:
        app.register_theme(theme)
    async with app.run_test() as pilot:
        for name in ("matrix", "high-contrast", "textual-light", "textual-ansi"):
            if name in app.available_themes:
                app.theme = name
                await pilot.pause()

                assert set(WORDS) - {"text"} <= set(app.theme_variables)


def test_without_color_a_word_is_told_by_attributes_alone() -> None:
    known = variables(MATRIX)
    drawn = {word: style(word, known, color=False) for word in WORDS}

    assert all(one.color is None and one.bgcolor is None for one in drawn.values())
    assert drawn["live"].reverse
    assert drawn["live"].bold
    assert drawn["muted"].dim
    assert style("up", known, color=False, selected=True).reverse


def test_a_selected_row_keeps_its_words_and_changes_its_ground() -> None:
    known = variables(MATRIX)

    assert style("up", known, selected=True) == Style.parse("#35E07A on #0F3D22")
    assert style("text", known, selected=True) == Style.parse("#FFFFFF on #0F3D22")
    assert style("live", known, selected=True) == Style.parse("bold #FFFFFF on #B00020")


def test_an_unknown_word_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        style("gren", variables(MATRIX))


def test_no_color_is_written_outside_the_themes() -> None:
    root = Path(themes.__file__).parents[1]
    written = [
        path.name
        for path in sorted(root.rglob("*"))
        if path.suffix in {".py", ".tcss"} and path.name != "theme.py"
        if re.search(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8"))
    ]

    assert written == []
