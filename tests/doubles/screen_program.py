"""The screen as a process of its own, for a real terminal: `python screen_program.py [crash]`.

With `crash` a panel raises once it is painted. `SPEED` and `BARS` in the environment say how long the tape lasts.
"""

import asyncio
import os
import sys
from typing import Never

from cockpit.bootstrap import build
from cockpit.config import load
from cockpit.estop.doors import Doors
from cockpit.market import Bounds
from cockpit.paths import paths_for
from cockpit.tui.app import run
from cockpit.tui.panels import prices
from cockpit.tui.view import View
from oms.state import State


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


if __name__ == "__main__":
    if "crash" in sys.argv:
        prices.rows = crash
    sys.exit(asyncio.run(main()))
