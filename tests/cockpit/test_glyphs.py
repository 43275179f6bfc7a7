"""Which signs a terminal gets, and that there are as many of one set as of the other."""

from dataclasses import fields

import pytest

from cockpit.glyphs import ASCII, SPELLED, UNICODE, Glyphs, choose, written


@pytest.mark.parametrize(
    ("environ", "glyphs"),
    [
        ({"LC_ALL": "C", "TERM": "xterm-256color"}, ASCII),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, ASCII),
        ({"LC_CTYPE": "de_DE.ISO-8859-1", "LANG": "de_DE.UTF-8"}, ASCII),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, ASCII),
        ({"LANG": "en_US.UTF-8", "TERM": "linux"}, ASCII),
        ({"LANG": "en_US.UTF-8", "TERM": "dumb"}, ASCII),
        ({"LANG": "en_US.UTF-8", "TERM": "xterm-256color"}, UNICODE),
        ({"LC_ALL": "", "LC_CTYPE": "UTF-8"}, UNICODE),
        ({"LANG": "en_US.utf8"}, UNICODE),
        ({"LANG": "C.UTF-8"}, UNICODE),
        ({"TERM": "screen-256color"}, UNICODE),
    ],
)
def test_the_terminal_and_the_locale_decide(environ: dict[str, str], glyphs: Glyphs) -> None:
    assert choose("auto", environ) is glyphs


def test_a_setting_overrides_what_the_terminal_says() -> None:
    assert choose("ascii", {"LANG": "en_US.UTF-8"}) is ASCII
    assert choose("unicode", {"TERM": "linux", "LC_ALL": "C"}) is UNICODE


def test_both_sets_have_signs_of_the_same_length_and_one_is_ascii() -> None:
    for field in fields(Glyphs):
        assert len(getattr(UNICODE, field.name)) == len(getattr(ASCII, field.name))
        assert getattr(ASCII, field.name).isascii()
    assert all(len(sign) == len(plain) == 1 and plain.isascii() for sign, plain in SPELLED.items())


def test_what_no_single_character_says_is_written_out_and_a_tick_is_no_mark_of_a_number() -> None:
    assert written("z +0.20 of ±2.0", ASCII) == "z +0.20 of +/-2.0"
    assert written("z +0.20 of ±2.0", UNICODE) == "z +0.20 of ±2.0"
    assert not {ASCII.tick_up, ASCII.tick_down} & set("',.-0123456789")
