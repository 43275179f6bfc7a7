"""What `bench/wire.py` tells: figures beside their floors and bounds, and what the slowest orders waited for."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.wire import told_in
from bench.wire_lag import STEP_SECS, BareCommits, watch
from bench.wire_told import Sent, Told, Wake, examined, memory_lines, slowest_lines, spread_line

ROOT = Path(__file__).parents[2]
MB = 1_000_000
TOLD = ["ms", "p99", "<", "10", "ms", "missed"]


def sent(secs: float, *, at: float = 0.0) -> Sent:
    """An order whose way was all commit."""
    return Sent(raised=at, decided=at, durable=at + secs, sent=at + secs)


def told(held: list[int]) -> Told:
    return Told(raised=1, quotes=1_000, sent=[sent(0.001)], wakes=[], held=held)


def test_a_row_is_judged_by_its_end_and_not_by_its_middle() -> None:
    quick, slow = [0.001] * 98, [0.020, 0.030]

    assert spread_line("wire", [*quick, *slow], 10.0).split()[1:] == ["100", "1.00", "20.10", "30.0", *TOLD]
    assert spread_line("wire", quick, 10.0).endswith("p99 < 10 ms  met")


def test_a_bound_is_shown_without_a_verdict() -> None:
    assert spread_line("  a bare commit", [0.002, 0.002]).endswith("2.00      2.00       2.0 ms")


def test_the_slowest_orders_say_what_they_waited_for_and_how_long_the_loop_was_held() -> None:
    orders = [sent(0.001), Sent(raised=10.0, decided=10.001, durable=10.020, sent=10.022)]
    wakes = [Wake(due=9.990, late_secs=0.005), Wake(due=10.005, late_secs=0.012), Wake(due=10.030, late_secs=0.5)]

    slowest, next_one = slowest_lines(orders, wakes)

    assert slowest.strip() == "22.0 = 1.0 decided + 19.0 durable + 2.0 handed; held 12.0"
    assert next_one.endswith("held 0.0")


@pytest.mark.parametrize(("end", "verdict", "shape"), [(104, "met", "flat"), (151, "missed", "not flat")])
def test_memory_has_a_floor_and_is_flat_if_the_second_half_adds_less_than_a_twentieth(
    end: int, verdict: str, shape: str
) -> None:
    row, how = memory_lines("a day", told([90 * MB, 100 * MB, end * MB]))

    assert row.endswith(f"end < 150 MB  {verdict}")
    assert how.endswith(f"the second half adds {end - 100}.0 MB, +{end - 100}.0%: {shape}")


def test_signals_that_became_no_order_are_no_figure() -> None:
    on_its_way = told([1])._replace(raised=2)

    assert examined(on_its_way) is on_its_way
    with pytest.raises(RuntimeError, match="1 orders of 3 signals"):
        examined(told([1])._replace(raised=3))


def test_a_program_that_told_nothing_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="told nothing: no such strategy"):
        told_in(tmp_path / "report", "no such strategy")


async def test_a_loop_that_is_held_is_late_for_every_moment_that_it_missed() -> None:
    wakes: list[Wake] = []
    watching = asyncio.create_task(watch(wakes))
    await asyncio.sleep(0)
    held_until = time.monotonic() + 6 * STEP_SECS
    while time.monotonic() < held_until:
        pass
    while not wakes:  # noqa: ASYNC110 - it has to turn, and nothing announces a wake
        await asyncio.sleep(0)
    watching.cancel()

    assert len(wakes) >= 5
    assert wakes[0].late_secs > 4 * STEP_SECS
    assert [wake.late_secs for wake in wakes] == sorted((wake.late_secs for wake in wakes), reverse=True)


def test_bare_commits_are_timed_until_their_end_and_not_after(tmp_path: Path) -> None:
    commits = BareCommits(tmp_path, every_secs=0.001)
    commits.begin()
    while not commits.secs:
        pass
    commits.end()
    made = len(commits.secs)

    assert made >= 1
    assert min(commits.secs) > 0
    assert len(commits.secs) == made


def test_the_cockpit_is_timed_with_its_screen_on() -> None:
    command = [sys.executable, "bench/wire.py", "--secs", "2", "--hours", "0.05"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=50)

    assert done.returncode == 0, done.stderr
    rows = {line[:18].strip(): line for line in done.stdout.splitlines()}
    assert all("ms   p99 < " in rows[row] for row in ("wire", "lag"))
    assert int(rows["wire"].split()[1]) >= 5
    assert all("MB   end < 150 MB" in rows[row] for row in ("at load", "a day"))
    assert done.stdout.count("durable + ") == 3
