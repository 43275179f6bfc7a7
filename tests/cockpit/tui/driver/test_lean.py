"""The driver on a real pseudo-terminal, beside Textual's own."""

import os
import re
import signal
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.doubles.pty_program import PtyProgram
from tests.doubles.terminal import Terminal

PROGRAM = str(Path(__file__).parents[3] / "doubles" / "glass_program.py")
PICTURES = 8


def shows(words: str) -> Callable[[Terminal], bool]:
    return lambda terminal: any(words in row for row in terminal.text())


is_up = shows("62,310.5")


def test_every_picture_is_the_same_as_with_textuals_own_driver_for_a_fraction_of_the_bytes() -> None:
    with PtyProgram([PROGRAM, "plain"]) as plain, PtyProgram([PROGRAM, "lean"]) as lean:
        plain.read_until(is_up)
        lean.read_until(is_up)
        lean.read_until(lambda terminal: terminal.looks() == plain.terminal.looks())
        after_start = len(plain.received), len(lean.received)
        for step in range(1, PICTURES + 1):
            for program in (plain, lean):
                program.press("n")
                program.read_until(shows(f"step {step}"))
            lean.read_until(lambda terminal: terminal.looks() == plain.terminal.looks())
        plain_bytes, lean_bytes = len(plain.received) - after_start[0], len(lean.received) - after_start[1]

    assert lean_bytes * 2 < plain_bytes


def test_a_changed_digit_costs_a_few_bytes_and_a_still_screen_none() -> None:
    with PtyProgram([PROGRAM, "lean"]) as program:
        program.read_until(is_up)
        before = len(program.received)
        program.press("n")
        program.read_until(shows("189.21"))
        changed = program.received[before:]
        still = program.read_rest(0.5)

    assert changed.count(b"1") >= 2, "the digit of the step and that of the price"
    assert len(changed) <= 120
    assert still == b""


@pytest.mark.parametrize(
    "wrong",
    [b"\xa9", b"\xe9 ", b"\x1b[48;0;0;0;0t\x1b[<35;5;5M", bytes(range(128, 256))],
    ids=["a", "e", "size", "all"],
)
def test_bytes_that_mean_nothing_leave_the_keys_alive(wrong: bytes) -> None:
    with PtyProgram([PROGRAM, "lean"]) as program:
        program.read_until(is_up)
        os.write(program.master, wrong)
        program.press("n")
        program.read_until(shows("step 1"))

        assert b"\x1b[?1049l" not in program.received


def test_quitting_gives_the_terminal_back_as_it_was() -> None:
    with PtyProgram([PROGRAM, "lean"]) as program:
        program.read_until(is_up)
        program.press("q")
        program.process.wait(timeout=20)
        last = program.read_rest()
        modes = termios.tcgetattr(program.slave)

        assert modes == program.before
    for off in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l", b"\x1b[?7h", b"\x1b[?1004l"):
        assert off in last
    assert re.search(rb"\x1b\[(0?)m.*\x1b\[\?1049l", last, re.DOTALL)


@pytest.mark.parametrize("stop", [signal.SIGSTOP, signal.SIGTSTP])
def test_a_stopped_and_continued_program_paints_everything_again(stop: signal.Signals) -> None:
    """After SIGTSTP it has given the terminal back; SIGSTOP leaves it no time to."""
    with PtyProgram([PROGRAM, "lean"]) as program:
        program.read_until(is_up)
        picture = program.terminal.looks()
        os.kill(program.process.pid, stop)
        os.waitpid(program.process.pid, os.WUNTRACED)
        assert (b"\x1b[?1049l" in program.read_rest()) == (stop is signal.SIGTSTP)
        program.terminal.reset_picture()
        os.kill(program.process.pid, signal.SIGCONT)
        program.read_until(is_up)

        assert program.terminal.looks() == picture

        program.press("n")
        program.read_until(shows("189.21"))


def test_focus_and_a_resize_there_and_back_paint_everything_again() -> None:
    with PtyProgram([PROGRAM, "lean"]) as program:
        program.read_until(is_up)
        picture = program.terminal.looks()
        program.terminal.reset_picture()
        program.press("\x1b[I")
        program.read_until(is_up)

        assert program.terminal.looks() == picture

        program.terminal.reset_picture()
        os.kill(program.process.pid, signal.SIGWINCH)
        program.read_until(is_up)

        assert program.terminal.looks() == picture


def test_no_color_sends_no_color() -> None:
    with PtyProgram([PROGRAM, "lean"], env={"NO_COLOR": "1"}) as program:
        program.read_until(is_up)
        program.press("n" * 6)
        program.read_until(shows("step 6"))

        codes = {code for run in re.findall(rb"\x1b\[([0-9;]*)m", program.received) for code in run.split(b";")}

    assert b"1" in codes
    assert not {code for code in codes if int(code or 0) in {*range(30, 50), *range(90, 108)}}


def test_a_terminal_that_stops_reading_gets_the_newest_picture_and_nothing_in_between(tmp_path: Path) -> None:
    """Frames are skipped while it does not read; the program goes on, and what follows is one difference."""
    step = tmp_path / "step"
    with PtyProgram([PROGRAM, "lean", str(step)]) as program:
        program.read_until(is_up)
        termios.tcflow(program.slave, termios.TCOOFF)
        for number in range(1, 6):
            program.press("n")
            while not step.exists() or step.read_text(encoding="ascii") != str(number):
                assert program.read(0.02) == b""
        assert program.read(0.3) == b""
        before = len(program.received)
        termios.tcflow(program.slave, termios.TCOON)
        program.read_until(shows("step 5"))

        assert b"Flatten" not in program.received[before:], "the question came and went unseen"
