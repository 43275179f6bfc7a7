"""docs/library.md: every example runs as it stands and prints what stands under it."""

import builtins
import re
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

import pytest

from cockpit.library import errors

ROOT = Path(__file__).parents[3]
PAGE, README = ROOT / "docs" / "library.md", ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Example(NamedTuple):
    """A program and what it prints."""

    program: str
    prints: str


def examples() -> list[Example]:
    """Return the page's programs, each with the text block behind it."""
    blocks = [(language, text) for language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]
    pairs = zip(blocks[::2], blocks[1::2], strict=True)
    assert {language for language, _ in blocks[::2]} == {"python"}
    assert {language for language, _ in blocks[1::2]} == {"text"}
    return [Example(program, prints) for (_, program), (_, prints) in pairs]


@pytest.mark.parametrize("example", examples(), ids=range(1, len(examples()) + 1))
def test_an_example_prints_what_the_page_says(example: Example, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(example.program, PAGE.name, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page

    assert capsys.readouterr().out == example.prints


def test_the_script_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (script,) = [text for language, text in BLOCK.findall(README.read_text(encoding="utf-8")) if language == "python"]
    imported, _, body = script.partition("\n\n")
    program = f"import asyncio\n{imported}\nasync def main():\n{indent(body, '    ')}\nasyncio.run(main())"
    exec(compile(program, README.name, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page

    assert "<OrderStatus.FILLED" in capsys.readouterr().out


def test_the_page_names_every_error_that_a_script_can_catch_and_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8")
    told = page.partition("## What can go wrong")[2].partition("```")[0]

    assert set(re.findall(r"`(\w+(?:Error|Locked))`", told)) - set(dir(builtins)) == set(errors.__all__)
    assert all(issubclass(getattr(errors, name), Exception) for name in errors.__all__)


def test_the_page_shows_six_to_ten_examples() -> None:
    assert 6 <= len(examples()) <= 10
