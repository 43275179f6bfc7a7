"""What `bench/pipeline.py` tells: a figure beside its floor, and a peer's beside ours."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import peer
from bench.engine import Bench
from bench.floors import Ran, Waited, kept_line, per_cpu_sec, per_sec, rate_line, verdict, waited_lines
from bench.paper import as_it_is_run
from bench.pipeline import on_quotes, together
from oms.domain.order import Side
from oms.journal.memory import MemoryJournal

ROOT = Path(__file__).parents[2]


def script(folder: Path, text: str) -> str:
    """Return the path of a program that stands for a peer's interpreter."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)
    return str(file)


@pytest.mark.parametrize(
    ("by_wall", "by_cpu", "told"),
    [(50, 50, "met"), (60, 40, "met"), (49, 50, "met by CPU"), (49, 49, "missed")],
)
def test_a_floor_is_met_by_the_wall_or_only_by_the_cpu_or_not(by_wall: float, by_cpu: float, told: str) -> None:
    assert verdict(by_wall, by_cpu, 50) == told


def test_the_middle_round_is_told_and_not_the_best() -> None:
    runs = [Ran(100, wall, wall / 2) for wall in (1.0, 4.0, 2.0)]

    assert (per_sec(runs), per_cpu_sec(runs)) == (50.0, 100.0)


def test_a_row_shows_both_rates_the_floor_and_whether_it_is_met() -> None:
    line = rate_line("memory", [Ran(1_000, 0.025, 0.0125)], 50_000, "22 rules")

    assert line.split() == ["memory", "1,000", "40,000", "80,000", "50,000", "met", "by", "CPU", "22", "rules"]


def test_many_orders_may_be_a_fifth_slower_than_few_and_no_more() -> None:
    few, fifth, more = [Ran(1_000, 1.0, 1.0)], [Ran(8_000, 10.0, 10.0)], [Ran(7_900, 10.0, 10.0)]

    assert kept_line(few, fifth).split()[1:5] == ["0.80", "0.80", "0.80", "met"]
    assert kept_line(few, more).split()[1:5] == ["0.79", "0.79", "0.80", "missed"]


def test_waiting_is_judged_at_the_middle_and_at_the_end_and_told_beside_a_bare_commit() -> None:
    middle, end = waited_lines(1_000, [Waited(p50_ms=0.5, p99_ms=3.5, cpu_ms=0.2, bare_ms=0.25)])

    assert "0.50 ms" in middle
    assert "0.60 ms  met" in middle
    assert "a bare commit 0.25 ms, this is 2.0 of them" in middle
    assert "3.50 ms" in end
    assert end.endswith("3.00 ms  missed")


def test_sides_change_after_as_many_orders_of_an_instrument_as_asked() -> None:
    bench = Bench(MemoryJournal(), instruments=2)

    def buys(turn: int) -> list[bool]:
        return [bench.ticket(number, turn).ticket.side is Side.BUY for number in range(8)]

    assert buys(1) == [True, True, False, False] * 2
    assert buys(2) == [True] * 4 + [False] * 4


async def test_orders_that_were_not_all_filled_are_no_figure() -> None:
    _, bench = await together(MemoryJournal(), 10)

    with pytest.raises(RuntimeError, match="10 of 11 filled"):
        bench.examine(11)


async def test_an_order_on_each_quote_counts_its_records() -> None:
    ran = await on_quotes(20, 5)

    assert ran.orders == 20
    assert ran.records >= 4 * ran.orders, "initialized, submitted, accepted, filled"


def test_an_interpreter_without_the_peer_is_told_in_one_line_with_exit_code_2(tmp_path: Path) -> None:
    bare = script(tmp_path, f'exec "{sys.executable}" -S "$@"')

    done = told_by(bare)

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("NautilusTrader cannot be imported by ")
    assert done.stderr.count("\n") == 1


def test_an_interpreter_that_is_not_there_is_told_in_one_line_with_exit_code_2(tmp_path: Path) -> None:
    missing = str(tmp_path / "python")

    done = told_by(missing)

    assert (done.returncode, done.stderr) == (2, f"{missing} does not start: No such file or directory\n")


def told_by(python: str) -> "subprocess.CompletedProcess[str]":
    """Return what the bench says with this peer."""
    command = [sys.executable, "bench/pipeline.py", "--orders", "100", "--singles", "5", "--rounds", "1"]
    return subprocess.run(
        [*command, "--peer", python], capture_output=True, text=True, check=False, cwd=ROOT, timeout=50
    )


def test_a_peer_stands_beside_us_with_the_ratio(tmp_path: Path) -> None:
    python = script(tmp_path, """echo '{"version": "9.9", "orders": 100, "wall_secs": 2.0, "cpu_secs": 1.0}'""")
    theirs, version = peer.ask(python, 100, 1)

    lines = peer.lines(
        {(100, 1): [Ran(100, 1.0, 0.25, records=450)]}, {(100, 1): [theirs]}, [Ran(100, 0.5, 0.5)], version
    )

    assert lines[1].split() == ["every", "order", "100", "100", "50", "2.0", "400", "100", "4.0"]
    assert lines[2].endswith("by the peer's best row: 4.0, per CPU second 2.0")
    assert "4.5 records an order" in lines[5]
    assert "NautilusTrader 9.9" in lines[7]


async def test_the_row_of_the_whole_program_fills_every_order_of_a_paper_session() -> None:
    ran = await as_it_is_run(300)  # more than one batch of the inbox

    assert ran.orders == 300
    assert ran.records >= 4 * 300
    assert ran.wall_secs > 0
