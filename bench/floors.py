"""What the figures of the pipeline have to reach, and how they are told: a line each, its floor and verdict beside it.

A figure is the median of its rounds, once per second of the wall and once per second of CPU. On a machine that others
use too the wall says how busy they are, so what reaches its floor only by the CPU's clock is told apart: `met by CPU`.
Where an order waits for the disk only the wall counts, and a bare commit beside it says what the disk takes by itself.
"""

from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

MEMORY_PER_SEC: Final = 50_000
TOGETHER_PER_SEC: Final = 28_000
KEPT_FRAC: Final = 0.8  # of the rate with few orders, that many orders must keep
P50_MS, P99_MS = 0.6, 3.0
HEADER: Final = f"{'row':<11}{'orders':>8}{'orders/s':>11}{'per CPU s':>11}{'floor':>10}"


class Ran(NamedTuple):
    """One run of a row: orders and what they took, CPU seconds being those of all threads of the process."""

    orders: int
    wall_secs: float
    cpu_secs: float
    records: int = 0  # that were made


class Waited(NamedTuple):
    """One run of the row that waits for each order: milliseconds."""

    p50_ms: float
    p99_ms: float
    cpu_ms: float  # of CPU for one order
    bare_ms: float  # p50 of a commit that holds next to nothing


def per_sec(runs: Sequence[Ran]) -> float:
    """Return the median of orders per second."""
    return median(run.orders / run.wall_secs for run in runs)


def per_cpu_sec(runs: Sequence[Ran]) -> float:
    """Return the median of orders per CPU second."""
    return median(run.orders / run.cpu_secs for run in runs)


def verdict(by_wall: float, by_cpu: float, floor: float) -> str:
    """Return how two figures, of which more is better, stand to their floor."""
    if by_wall >= floor:
        return "met"
    return "met by CPU" if by_cpu >= floor else "missed"


def rate_line(name: str, runs: Sequence[Ran], floor: float | None, note: str = "") -> str:
    """Return the line of a row that counts orders per second."""
    by_wall, by_cpu = per_sec(runs), per_cpu_sec(runs)
    line = f"{name:<11}{runs[0].orders:>8,}{by_wall:>11,.0f}{by_cpu:>11,.0f}"
    line += f"{'':>10}  {'':<11}" if floor is None else f"{floor:>10,.0f}  {verdict(by_wall, by_cpu, floor):<11}"
    return f"{line}{note}".rstrip()


def kept_line(few: Sequence[Ran], many: Sequence[Ran]) -> str:
    """Return the line that says what is left of the rate when the orders are many."""
    by_wall, by_cpu = per_sec(many) / per_sec(few), per_cpu_sec(many) / per_cpu_sec(few)
    held = verdict(by_wall, by_cpu, KEPT_FRAC)
    return (
        f"{'kept':<11}{'':>8}{by_wall:>11.2f}{by_cpu:>11.2f}{KEPT_FRAC:>10.2f}  {held:<11}"
        f"the rate of {many[0].orders:,} by that of {few[0].orders:,}"
    )


def waited_lines(orders: int, runs: Sequence[Waited]) -> list[str]:
    """Return the lines of the row that waits for each order."""
    p50, p99, cpu, bare = (median(figures) for figures in zip(*runs, strict=True))
    bound = f"{cpu:.2f} ms of CPU; a bare commit {bare:.2f} ms, this is {p50 / bare:.1f} of them"
    return [
        f"{'singly p50':<11}{orders:>8,}{p50:>8.2f} ms{'':>11}{P50_MS:>7.2f} ms  {at_most(p50, P50_MS):<11}{bound}",
        f"{'singly p99':<11}{orders:>8,}{p99:>8.2f} ms{'':>11}{P99_MS:>7.2f} ms  {at_most(p99, P99_MS)}",
    ]


def at_most(figure: float, limit: float) -> str:
    """Return how a figure, of which less is better, stands to its limit."""
    return "met" if figure < limit else "missed"
