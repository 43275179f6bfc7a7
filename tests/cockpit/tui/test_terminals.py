"""Terminals that show less than today's: they get no sign and no color that they lack."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.doubles.pty_program import PtyProgram
from tests.doubles.terminal import Terminal

PROGRAM = str(Path(__file__).parents[2] / "doubles" / "screen_program.py")
SGR = re.compile(rb"\x1b\[([0-9;]*)m")


def has_prices(terminal: Terminal) -> bool:
    return any("AAPL" in row for row in terminal.text())


def colors(received: bytes) -> set[bytes]:
    """The parameters that choose a color."""
    codes = {code for run in SGR.findall(received) for code in run.split(b";")}
    return {code for code in codes if re.fullmatch(rb"[34][0-8]|9[0-7]|10[0-7]", code)}


@pytest.mark.parametrize("env", [{"LC_ALL": "C"}, {"TERM": "linux"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_without_unicode_gets_none(env: Mapping[str, str]) -> None:
    with PtyProgram([PROGRAM], columns=120, lines=40, env=env) as program:
        program.read_until(has_prices)

        assert program.received.isascii()
        assert any(row.startswith("#= Prices") for row in program.terminal.text())
        assert bool(colors(program.received)) == (env != {"TERM": "dumb"})


def test_a_setting_gives_ascii_to_any_terminal() -> None:
    with PtyProgram([PROGRAM], columns=120, lines=40, env={"COCKPIT__UI__GLYPHS": "ascii"}) as program:
        program.read_until(has_prices)

        assert program.received.isascii()


@pytest.mark.parametrize("wrong", [b"\xff", b"\xe9 ", b"\x1b[200~\xa9", b"\x1b[:;1u"], ids=repr)
def test_bytes_that_no_keyboard_sends_leave_the_screen_its_keys_and_the_stop(wrong: bytes) -> None:
    with PtyProgram([PROGRAM], columns=120, lines=40) as program:
        program.read_until(has_prices)
        os.write(program.master, wrong)
        program.read_rest()
        program.press("\x18")
        program.read_until(lambda terminal: "ARMED" in terminal.text()[0])
        program.press("\x18")
        program.read_until(lambda terminal: "HALTED" in terminal.text()[0])

        assert program.process.poll() is None
