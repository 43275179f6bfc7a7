"""Drive the life cycle beside a reference model: `python bench/model.py [--steps N] [--seed S]`.

The engine, the gate, the router and the journal are the real ones; the venue and the reference are `tests/model`. Each
story is fifty steps drawn from the seed (tickets with and without stops, targets and trails, answers lost, late, twice
and out of order, fills of every kind, stops of trading, crashes at and between commits) and a time without faults at
its end. After every step the statuses, quantities, positions, cash and reservations are compared, it is looked whether
each position has the legs that it should have, and the invariants are asserted.

Printed are the steps, the stories, how often each rule had something to act on and each status was reached. The first
divergence ends the run, is shortened, and is printed as it can be told again; the exit code is 1 then.
"""

import argparse
import sys
import time

from oms.domain.order import OrderStatus
from tests.model.drive import campaign, told
from tests.model.rules import RULES
from tests.model.unreached import UNREACHED


def say(words: str) -> None:
    """Print a line."""
    print(words)  # noqa: T201


def main() -> int:
    """Run the campaign and tell; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    began = time.perf_counter()
    outcome = campaign(wanted.steps, wanted.seed)
    took = time.perf_counter() - began
    divergences = 1 if outcome.why else 0
    say(f"{outcome.steps:,} steps in {outcome.stories:,} stories, {divergences} divergences, {took:.1f} s")
    for name in RULES:
        say(f"    {name:<20}{outcome.taken[name]:>10,}")
    say("statuses reached")
    for status in OrderStatus:
        why = f"   {UNREACHED[status]}" if status in UNREACHED else ""
        say(f"    {status.value:<20}{outcome.reached[status]:>10,}{why}")
    if divergences:
        say(told(outcome))
    return divergences


if __name__ == "__main__":
    sys.exit(main())
