"""The thread between us and the terminal, with terminals that are slow or gone."""

import os
import threading
from collections.abc import Iterator

import pytest

from cockpit.tui.driver.outlet import Outlet

MORE_THAN_A_PIPE_HOLDS = 1 << 20


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def test_what_is_sent_arrives_in_order_and_is_counted(pipe: tuple[int, int]) -> None:
    idle = threading.Event()
    outlet = Outlet(pipe[1], "utf-8", idle.set)
    for text in ("first ", "", "zweite \N{BLACK UP-POINTING TRIANGLE}"):
        outlet.send(text)

    assert outlet.drain(10)
    assert idle.wait(10)
    assert os.read(pipe[0], 100).decode() == "first zweite ▲"
    assert outlet.bytes_sent == 16
    outlet.close(10)


def test_a_terminal_that_does_not_read_never_makes_the_sender_wait(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1], "utf-8", lambda: None)
    for _ in range(100):
        outlet.send("x" * MORE_THAN_A_PIPE_HOLDS)

    assert outlet.is_busy
    assert not outlet.drain(0.01)

    os.close(pipe[0])

    assert outlet.drain(10), "the reader has gone, so nothing is waited for any more"
    assert outlet.is_lost
    outlet.close(10)


def test_a_terminal_that_is_gone_swallows_everything(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    outlet = Outlet(pipe[1], "utf-8", lambda: None)
    outlet.send("into the void")
    outlet.close(10)

    assert outlet.is_lost
    assert outlet.bytes_sent == 0


def test_a_character_the_terminal_cannot_spell_is_replaced(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1], "ascii", lambda: None)
    outlet.send("189.20▴")
    outlet.close(10)

    assert os.read(pipe[0], 100) == b"189.20?"
