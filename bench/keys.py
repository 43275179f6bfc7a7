"""Random key storms: ten thousand of them on the real screen, and no order that nobody agreed to.

    python bench/keys.py --storms 10000

A storm is a handful of keys, some typed one by one, some arriving in one read, some pasted. Exits with 1 if an order
was sent that no question showed, if a question made two, or if anything but `y` agreed; the seed that is printed plays
the same storms again.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from random import Random

from tests.cockpit.tui.stage import QUOTES, on_stage
from tests.doubles import storm

PER_SESSION = 100
"""Storms after which a new session begins: the journal of one should stay short."""


async def rage(storms: int, seed: int) -> list[str]:
    """Let so many storms pass, and return what should not have happened."""
    faults: list[str] = []
    keys = orders = agreed = 0
    began = time.monotonic()
    for first in range(0, storms, PER_SESSION):
        chance = Random(seed + first)  # noqa: S311 - to be played again
        with tempfile.TemporaryDirectory() as folder, storm.witnessed() as witness:
            os.environ["COCKPIT_STATE"] = folder
            async with on_stage(quotes=QUOTES, settings=storm.loose()) as stage:
                for _ in range(min(PER_SESSION, storms - first)):
                    keys += await storm.storm(stage, chance)
                    await storm.calm(stage)
                faults += [f"seed {seed + first}: {fault}" for fault in witness.faults(stage.records)]
                orders += len(stage.session.state.blotter.orders)
            agreed += len(witness.agreed)
    took = time.monotonic() - began
    print(f"{storms:,} storms, {keys:,} keys, {took:.0f} s: {agreed:,} tickets agreed to, {orders:,} orders")  # noqa: T201
    return faults


def main() -> None:
    """Read the options and rage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--storms", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    faults = asyncio.run(rage(given.storms, given.seed))
    for fault in faults:
        print(fault)  # noqa: T201
    print("no order without its yes, and none twice" if not faults else f"{len(faults)} faults, seed {given.seed}")  # noqa: T201
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
