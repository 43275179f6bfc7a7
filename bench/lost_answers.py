"""Trade at a venue that fails and compare: `python bench/lost_answers.py [--orders N] [--fills N] [--seed N]`.

The engine, the gate and the adapter are the real ones; the venue is `tests/doubles/venue`, on a loopback socket and
with books of its own. Time is virtual, so half a minute of waiting for an answer takes no time.

    lost answers  a fifth of the answers to orders and cancels is dropped, garbled, late or an error after the act
    askew fills   fills in three currencies are told up to five times, in another order, late, or held back
    all at once   both, and answers to questions are lost too, and the connection is cut now and then

What must be nought: an order sent twice, an order left open, a difference in cash, net or order. The exit code is 1
when anything of it is not.
"""

import argparse
import sys
import time
from collections.abc import Coroutine
from typing import Any

from oms.domain.order import CLOSED
from tests.doubles.venue.campaign import Outcome, askew_fills, everything_at_once, lost_answers
from tests.doubles.venue.stage import play


def say(words: str) -> None:
    """Print a line."""
    print(words)  # noqa: T201


def report(name: str, campaign: Coroutine[Any, Any, Outcome]) -> bool:
    """Run a campaign and print what is left of it; tell whether it is clean."""
    began = time.perf_counter()
    outcome = play(campaign)
    took = time.perf_counter() - began
    verdict = outcome.verdict
    faults = sum(verdict.faults.values())
    open_orders = sum(count for status, count in outcome.statuses.items() if status not in CLOSED)
    statuses = ", ".join(f"{count:,} {status.value.lower()}" for status, count in sorted(outcome.statuses.items()))
    orders = sum(outcome.statuses.values())
    say(f"{name}: {orders:,} orders, {outcome.fills:,} fills, {faults:,} faults, {took:.1f} s")
    last = f", the last resolved after {outcome.resolved_secs:.0f} virtual s" if outcome.resolved_secs else ""
    say(f"    {statuses}; {outcome.unknown:,} unknown for a time{last}")
    say(f"    {verdict.resubmits} sent twice, {verdict.twin_attempts} twins, {open_orders} open")
    say(f"    {len(outcome.differences)} differences between the books")
    for difference in outcome.differences[:10]:
        say(f"        {difference}")
    return not (verdict.resubmits or verdict.twin_attempts or open_orders or outcome.differences)


def main() -> int:
    """Run the campaigns; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000)
    parser.add_argument("--fills", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    clean = [
        report("lost answers", lost_answers(wanted.orders, wanted.seed)),
        report("askew fills", askew_fills(wanted.fills, wanted.seed)),
        report("all at once", everything_at_once(wanted.orders, wanted.seed)),
    ]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
