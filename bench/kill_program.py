"""The engine as a process to be killed: `python bench/kill_program.py CONFIG STATE STRATEGIES [--end-after SECS]`.

It prints, after the commit and therefore as an acknowledgement, one line for every durable record: its number, its
kind and, for what concerns one order, the order's id. `ready` stands alone on the line that says it trades.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from cockpit.bootstrap import build
from cockpit.config import load
from cockpit.paths import paths_for
from oms.domain.events import Record


def tell(record: Record) -> None:
    """Print one durable record and do not keep it back."""
    if record.seq:
        order_id = getattr(record.event, "client_order_id", "-")
        sys.stdout.write(f"{record.seq} {type(record.event).__name__} {order_id}\n")
        sys.stdout.flush()


async def run(config: Path, state: Path, strategies: Path, end_after: float | None) -> None:
    """Start, say so, and trade until killed or until the time is over."""
    settings = load(config, {})
    built = await build(settings, paths_for(settings, state, {}), strategy_path=strategies)
    session = built.session
    session.bus.subscribe(tell)
    await session.start(built.market.history)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if end_after is not None:
        asyncio.get_running_loop().call_later(end_after, session.end, "bench", "time is over")
    await session.serve()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("strategies", type=Path)
    parser.add_argument("--end-after", type=float)
    given = parser.parse_args()
    os.umask(0o077)
    asyncio.run(run(given.config, given.state, given.strategies, given.end_after))


if __name__ == "__main__":
    main()
