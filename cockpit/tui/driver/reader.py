"""Reading keys: the thread that waits for bytes of the terminal and passes on what they mean."""

import os
import selectors
import time
from collections.abc import Callable
from threading import Event
from typing import Final, Protocol, runtime_checkable

from textual import events
from textual.message import Message

from cockpit.tui.driver.intake import Intake

BEAT: Final = 0.1
"""Seconds the thread waits for a key, before it asks what the silence means."""
CHUNK: Final = 4_096


@runtime_checkable
class EarlyEar(Protocol):
    """An app that wants to hear of keys before the loop does."""

    def hear_early(self, event: events.Key) -> None:
        """Hear of a key, on the thread that reads them."""


def read_keys(fileno: int, over: Event, pass_on: Callable[[Message], object]) -> None:
    """Read until it is over, as Textual's own does, but end at no byte that is none of UTF-8 or of a sequence.

    Raises:
        OSError: the terminal has hung up.
    """
    intake = Intake()
    with selectors.SelectSelector() as selector:
        selector.register(fileno, selectors.EVENT_READ)
        while not over.is_set():
            data = os.read(fileno, CHUNK) if (is_ready := bool(selector.select(BEAT))) else b""
            now = time.monotonic()
            for message in (*intake.take(data, now), *intake.idle(now)):
                pass_on(message)
            if is_ready and not data:
                over.wait(BEAT)  # it has come to its end, and would be ready for ever
