"""The sanitizer, by example and by property."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oms.domain.text import ELLIPSIS, MARKS_PER_CHARACTER, REPLACEMENT, sanitize

PIECES = st.sampled_from(
    [
        "\x1b",
        "\x1b[",
        "\x1b]52;c;QUJD",
        "\x07",
        "\x1b\\",
        "\x9b2J",
        "\x9d0;x\x9c",
        "\x1bPq",
        "31m",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u0301",
        "\ud800",
        "\ufe0f",
        "\r\n",
        "\t",
        "AAPL",
        "é",
        "中",
        "\ue000",
    ]
)
HOSTILE = st.lists(PIECES | st.characters(), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("ok\x1b[2J gone", "ok gone"),
        ("clip\x1b]52;c;QUJD\x07board", "clipboard"),
        ("clip\x1b]52;c;QUJD\x1b\\board", "clipboard"),
        ("clip\x9d52;c;QUJD\x9cboard", "clipboard"),
        ("no end\x1b]52;c;QUJD", "no end52;c;QUJD"),
        ("\x1bP1$qm\x1b\\dcs", "dcs"),
        ("\x9b31mred\x9b0m", "red"),
        ("\x1b(0charset\x1bc", "charset"),
        ("\x1b\x1b[0m[31mnested", "[31mnested"),
        ("\u202eYUB\u202c \u2066x\u2069", "YUB x"),
        ("AA\u200bPL\u2060\ufeff\u00ad", "AAPL"),
        ("\u3164\u115f\u034fx", "x"),
        ("one\r\ntwo\nthree\tfour\u2028five\u00a0six", "one two three four five six"),
        ("lone \ud800 surrogate", f"lone {REPLACEMENT} surrogate"),
        ("private \ue000", f"private {REPLACEMENT}"),
        ("bell\a null\0 del\x7f", "bell null del"),
        ("AAPL[/] [@click=app.quit]X[/]", "AAPL[/] [@click=app.quit]X[/]"),
        ("Tiếng Việt, 中文, עברית, ▲ 189.20", "Tiếng Việt, 中文, עברית, ▲ 189.20"),
        ("\u0301starts with a mark", "starts with a mark"),
    ],
)
def test_each_trick_is_taken_out_and_the_words_stay(hostile: str, safe: str) -> None:
    assert sanitize(hostile) == safe


def test_a_tower_of_marks_is_cut_to_a_few() -> None:
    assert sanitize("a" + "\u0301" * 50 + "b") == "a" + "\u0301" * MARKS_PER_CHARACTER + "b"


def test_a_long_text_ends_in_an_ellipsis_within_the_limit() -> None:
    assert sanitize("rejected: insufficient margin", limit=10) == "rejected:" + ELLIPSIS
    assert sanitize("rejected:", limit=9) == "rejected:"


def test_a_limit_without_room_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        sanitize("x", limit=0)


@pytest.mark.parametrize("introducer", ["\x1b]", "\x9d", "\x1b[", "\x9b", "\x1bP"])
def test_a_megabyte_of_unterminated_introducers_takes_linear_time(introducer: str) -> None:
    started = time.process_time()
    sanitize(introducer * 500_000)

    assert time.process_time() - started < 5


@given(HOSTILE, st.integers(min_value=1, max_value=40))
@example("\x1b]\x1b[m52;x\x07", 40)
def test_sanitizing_twice_equals_sanitizing_once(text: str, limit: int) -> None:
    once = sanitize(text, limit)

    assert sanitize(once, limit) == once


@given(HOSTILE, st.integers(min_value=1, max_value=40))
def test_no_control_or_format_character_survives_and_the_limit_holds(text: str, limit: int) -> None:
    safe = sanitize(text, limit)

    assert len(safe) <= limit
    assert not {unicodedata.category(character) for character in safe} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not any(character.isspace() and character != " " for character in safe)
    safe.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x2FF), max_size=60))
def test_plain_printable_text_is_unchanged(text: str) -> None:
    plain = text.replace("\u00a0", " ")

    assert sanitize(plain) == plain
