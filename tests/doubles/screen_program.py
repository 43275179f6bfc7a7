"""The screen as a process of its own, for a real terminal: `python screen_program.py [crash|hang|pause]`.

With `crash` a panel raises once it is painted. With `hang` a strategy never returns from its first bar, with `pause`
late.
`SPEED` and `BARS` in the environment say how long the tape lasts.
"""

import asyncio
import os
import sys
import time
from typing import Never

from cockpit.bootstrap import build
from cockpit.config import load
from cockpit.estop.doors import Doors
from cockpit.market import Bounds
from cockpit.paths import paths_for
from cockpit.tui.app import run
from cockpit.tui.panels import prices
from cockpit.tui.view import View
from oms.domain.market import Bar
from oms.state import State
from strategies.base import BaseStrategy, Signals
from strategies.context import Context
from strategies.trend_following import TrendFollowingStrategy


async def main() -> int:
    """Show a session on the state folder of the environment."""
    settings = load(None, os.environ)
    paths = paths_for(settings, None, os.environ)
    built = await build(
        settings, paths, bounds=Bounds(bars=int(os.environ.get("BARS", "400"))), speed=os.environ.get("SPEED", "0.5")
    )
    doors = Doors(built.session, paths, settings)
    await doors.open()
    try:
        return await run(built, paths, settings, doors.watcher)
    finally:
        await doors.close()


def crash(state: State, view: View, trend_cells: int = 0) -> Never:  # noqa: ARG001 - stands in for `rows`
    """Fail as a panel with a mistake in it would."""
    raise ZeroDivisionError("a mistake in a panel")


def hang(_strategy: TrendFollowingStrategy, _bar: Bar, _context: Context) -> Never:
    """Go round and round, as a strategy with a mistake in it would."""
    while True:
        pass


def pause(_strategy: TrendFollowingStrategy, _bar: Bar, _context: Context) -> Signals:
    """Take longer over the first bar than anybody should."""
    TrendFollowingStrategy.on_bar = BaseStrategy.on_bar  # type: ignore[method-assign]
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        pass
    return ()


if __name__ == "__main__":
    if "pause" in sys.argv:
        setattr(TrendFollowingStrategy, "on_bar", pause)  # noqa: B010 - a method takes no other
    if "hang" in sys.argv:
        setattr(TrendFollowingStrategy, "on_bar", hang)  # noqa: B010 - a method takes no other
    if "crash" in sys.argv:
        prices.rows = crash
    sys.exit(asyncio.run(main()))
