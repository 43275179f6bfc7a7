"""What `bench/wire_program.py` tells of a run, and the lines it becomes: each figure beside its floor and verdict.

Times are judged at their end, the 99th of a hundred; the middle and the worst stand beside it.
"""

from collections.abc import Sequence
from statistics import quantiles
from typing import Final, NamedTuple

from bench.floors import at_most

WIRE_MS, LAG_MS, HELD_MB = 10.0, 5.0, 150.0
GROWN_FRAC: Final = 0.05  # that the second half of a run may add, to be called flat
SLOWEST: Final = 3
MS: Final = 1_000.0
MB: Final = 1e6
TIMES_HEADER: Final = f"{'':<18}{'times':>8}{'p50':>10}{'p99':>10}{'worst':>10}"
MEMORY_HEADER: Final = f"{'memory':<18}{'start':>8}{'middle':>10}{'end':>10}"


class Sent(NamedTuple):
    """One order on its way to the venue: monotonic seconds of the signal, the decision, the commit, the hand-over."""

    raised: float
    decided: float
    durable: float
    sent: float


class Wake(NamedTuple):
    """A moment at which a loop was to wake, in monotonic seconds, and how late it did."""

    due: float
    late_secs: float


class Told(NamedTuple):
    """What came of a run: signals, quotes, orders in the order they left, and the bytes held at equal distances."""

    raised: int
    quotes: int
    sent: list[Sent]
    wakes: list[Wake]
    held: list[int]


def examined(told: Told) -> Told:
    """Return what was told, if every signal became an order; one may be on its way. Raises RuntimeError."""
    if len(told.sent) < max(1, told.raised - 1):
        msg = f"{len(told.sent)} orders of {told.raised} signals: the limits are not raised enough"
        raise RuntimeError(msg)
    return told


def spread_line(name: str, secs: Sequence[float], floor_ms: float | None = None) -> str:
    """Return the line of a row of times: middle, end and worst, and its floor and whether it is met, if it has one."""
    cuts = quantiles([one * MS for one in secs], n=100, method="inclusive")
    line = f"{name:<18}{len(secs):>8,}{cuts[49]:>10.2f}{cuts[98]:>10.2f}{max(secs) * MS:>10.1f} ms"
    return line if floor_ms is None else f"{line}   p99 < {floor_ms:g} ms  {at_most(cuts[98], floor_ms)}"


def slowest_lines(sent: Sequence[Sent], wakes: Sequence[Wake]) -> list[str]:
    """Return what the slowest orders waited for, in milliseconds."""
    lines = []
    for one in sorted(sent, key=lambda one: one.sent - one.raised, reverse=True)[:SLOWEST]:
        held = max((late for due, late in wakes if one.raised < due + late and due < one.sent), default=0.0)
        parts = (one.decided - one.raised, one.durable - one.decided, one.sent - one.durable, held)
        decided, durable, handed, held = (part * MS for part in parts)
        whole = (one.sent - one.raised) * MS
        lines.append(
            f"  {whole:6.1f} = {decided:.1f} decided + {durable:.1f} durable + {handed:.1f} handed; held {held:.1f}"
        )
    return lines


def memory_lines(name: str, told: Told) -> list[str]:
    """Return the lines of what stands in memory: its floor, whether it is met, and whether it is flat."""
    start, middle, end = (told.held[place] / MB for place in (0, len(told.held) // 2, -1))
    added = f"the second half adds {end - middle:.1f} MB, {end / middle - 1:+.1%}"
    flat = "flat" if end / middle - 1 < GROWN_FRAC else "not flat"
    floor = f"end < {HELD_MB:g} MB  {at_most(end, HELD_MB)}"
    return [
        f"{name:<18}{start:>8.1f}{middle:>10.1f}{end:>10.1f}{'':>10} MB   {floor}",
        f"  {told.quotes:,} quotes, {len(told.sent):,} signals; {added}: {flat}",
    ]
