"""Reading keys, whatever the bytes are."""

from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from cockpit.tui.driver.intake import MOST_CELLS, PASTE_SECS, Intake

PIECES = (
    b"\x1b", b"\x1b[", b"<", b"0;1;2", b";", b":", b"-", b"M", b"m", b"48;", b"t", b"u", b"~", b"\x1b[200~", b"R",
    b"\x1b[48;0;0;0;0t", b"\x1b[<35;5;5M", b"?2026;2$y", "\N{ARABIC-INDIC DIGIT THREE}".encode(), b"\xe9", b"\x80",
    b"9" * 30, b"\x1b[201~", b"\x00", b"\x18",
)  # fmt: skip
"""What sequences are made of, and what none is."""

soups = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=12)


def keys(messages: list[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, events.Key)]


def read(intake: Intake, *readings: bytes, now: float = 0.0) -> list[Message]:
    return [message for data in readings for message in intake.take(data, now)]


@pytest.mark.parametrize(
    "wrong", [b"\xa9", b"\x80", b"\xff", b"\xe9 ", b"\xe9", b"\xf0\x9f", b"\xc0\xaf", b"\xed\xa0\x80"]
)
def test_bytes_that_are_no_utf_8_are_left_out_and_the_next_key_counts(wrong: bytes) -> None:
    assert keys(read(Intake(), wrong, b"q"))[-1] == "q"
    assert keys(read(Intake(), wrong + b"q"))[-1] == "q"


def test_a_character_may_come_in_two_readings() -> None:
    assert keys(read(Intake(), b"\xc3", b"\xa9")) == ["é"]


@given(soups)
@example([b"\x1b[48;0;0;0;0t\x1b[<35;5;5M"])
@example([b"\x1b[:;1u"])
@example([b"\x1b[" + b"9" * 24 + b"u"])
def test_after_any_bytes_the_stop_key_is_still_heard(soup: list[bytes]) -> None:
    intake = Intake()
    read(intake, *soup)

    assert keys(read(intake, b"\x18", b"\x18"))[-2:] == ["ctrl+x", "ctrl+x"]


@given(soups)
def test_after_any_bytes_and_a_silence_every_key_works(soup: list[bytes]) -> None:
    intake = Intake()
    read(intake, *soup)
    with mock.patch("textual._parser.get_time", return_value=float("inf")):  # of the parser's own clock too
        list(intake.idle(PASTE_SECS))

    assert keys(read(intake, b"q", now=PASTE_SECS))[-1:] == ["q"]


def test_a_paste_is_one_message_and_no_keys() -> None:
    messages = read(Intake(), b"\x1b[200~rm\x18 -rf", b"\xff /\x1b[201~q")

    assert [message.text for message in messages if isinstance(message, events.Paste)] == ["rm\x18 -rf /"]
    assert keys(messages) == ["q"]


def test_a_paste_that_goes_on_slowly_stays_a_paste() -> None:
    intake = Intake()
    read(intake, b"\x1b[200~one ", now=0.0)
    assert not list(intake.idle(PASTE_SECS - 0.1))
    read(intake, b"two", now=PASTE_SECS - 0.1)

    assert not keys(list(intake.idle(PASTE_SECS + 0.1)))


@pytest.mark.parametrize("size", ["0;0;0;0", "0;80;1;1", f"24;{MOST_CELLS + 1};1;1"])
def test_a_size_that_no_terminal_has_is_not_believed(size: str) -> None:
    assert not read(Intake(), f"\x1b[48;{size}t".encode())
    assert read(Intake(), b"\x1b[48;24;80;480;800t")
