"""Functions of a script that are called when something happens.

A callback is a guest: what it raises is logged and stops neither the others nor the session. One that is a coroutine
function holds the market until it is through, so what it does happens at the price that it was called for.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeAlias, TypeVar

from cockpit.library.playback import Playback
from oms.domain.text import sanitize
from strategies.seat import in_one_line

News = TypeVar("News")
Callback: TypeAlias = Callable[[News], Awaitable[None] | None]

_log: Final = logging.getLogger(__name__)


class Guests:
    """Calls what a script wants called."""

    def __init__(self, playback: Playback) -> None:
        self._playback = playback

    def call(self, callback: Callback[News], news: News) -> None:
        """Call it, and let the market wait for it if it is a coroutine function."""
        try:
            outcome = callback(news)
        except Exception as error:  # noqa: BLE001 - a callback may raise anything, and must stop nobody
            _tell(callback, error)
            return
        if isinstance(outcome, Coroutine):
            self._playback.wait_for(asyncio.create_task(_finish(callback, outcome)))


async def _finish(callback: object, coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        await coroutine
    except Exception as error:  # noqa: BLE001 - as above
        _tell(callback, error)


def _tell(callback: object, error: Exception) -> None:
    name = getattr(callback, "__qualname__", type(callback).__name__)
    _log.error("callback %s failed, %s", name, sanitize(in_one_line(error)))
