"""How many orders pass per second, ticket to fill: `python bench/pipeline.py [--orders N] [--singles N] [--rounds N]`.

Every order goes the whole way: command, gate with every rule of the catalog, approval record, venue, reports, ledger;
encoded and hashed. Limits are raised so that nothing is denied; no rule is left out. Buys and sells alternate over
four instruments. What differs between the rows is the journal and how orders are offered:

    memory       records kept in memory and hashed in the same run
    together     FULL journal, all tickets waiting at once: a commit carries a batch
    singly       FULL journal, the next ticket only when the last one's fill is durable; p50 and p99 of that time
    session      the whole program: a paper session as it is run, whose venue keeps a durable book too (bench/paper.py)

The rows take turns, each run in a process of its own; a figure is the median over the rounds, and beside it stand its
floor and whether it is met. The bound of the durable rows is a bare FULL commit of one small row to the same disk.

`--peer PYTHON` runs NautilusTrader beside it in the same rounds, where PYTHON is an interpreter that has it installed
(`pip install nautilus_trader` in an environment of its own); see bench/peer.py for what is compared.
"""

import argparse
import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeVar

from bench import paper, peer
from bench.engine import Bench
from bench.floors import HEADER, MEMORY_PER_SEC, TOGETHER_PER_SEC, Ran, Waited, kept_line, rate_line, waited_lines
from cockpit.settle import settle
from oms.journal.memory import MemoryJournal
from oms.journal.sqlite import SqliteJournal
from risk.catalog import RULES

BATCH: Final = 256
FEW: Final = 1_000
DURABLE: Final = 5  # one in so many of the orders in memory goes to the disk as well
Told = TypeVar("Told")
Row = Callable[..., Coroutine[Any, Any, Told]]  # takes the number of orders, and what else there is to say


async def together(journal: MemoryJournal | SqliteJournal, orders: int) -> tuple[Ran, Bench]:
    """Return what all orders took, offered at once, and the bench afterwards."""
    bench = Bench(journal)
    await bench.begin()
    tickets = [bench.ticket(number) for number in range(orders)]
    settle()
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, orders, BATCH):
        await bench.next_instant()
        await bench.serve(*tickets[start : start + BATCH])
    if isinstance(journal, MemoryJournal):
        _ = journal.hash
    ran = Ran(orders, time.perf_counter() - wall, time.process_time() - cpu, bench.state.seq)
    bench.examine(orders)
    return ran, bench


async def on_quotes(orders: int, turn: int) -> Ran:
    """Return what orders took in memory, one on each quote of one instrument, `turn` buys and then as many sells."""
    journal = MemoryJournal()
    bench = Bench(journal, instruments=1)
    await bench.begin()
    settle()
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(orders):
        await bench.next_instant()
        await bench.serve(bench.ticket(number, turn))
    _ = journal.hash
    ran = Ran(orders, time.perf_counter() - wall, time.process_time() - cpu, bench.state.seq)
    bench.examine(orders)
    return ran


async def singly(journal: SqliteJournal, orders: int) -> tuple[list[float], float]:
    """Return how long each order took, ticket to durable fill, and the CPU time of one, in seconds."""
    bench = Bench(journal)
    await bench.begin()
    settle()
    times = []
    cpu = time.process_time()
    for number in range(orders):
        if not number % BATCH:
            await bench.next_instant()
        began = time.perf_counter()
        await bench.serve(bench.ticket(number))
        times.append(time.perf_counter() - began)
    return times, (time.process_time() - cpu) / orders


def bare_commit(folder: Path, commits: int) -> float:
    """Return the median seconds of a FULL commit of one small row, the least that any durable order can cost."""
    connection = sqlite3.connect(folder / "bound.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows(text TEXT)")
    times = []
    for _ in range(commits):
        began = time.perf_counter()
        connection.execute("INSERT INTO rows VALUES('x')")
        times.append(time.perf_counter() - began)
    connection.close()
    return statistics.median(times)


async def in_memory(orders: int) -> Ran:
    """Run the row `memory` once."""
    return (await together(MemoryJournal(), orders))[0]


async def on_disk(orders: int) -> Ran:
    """Run the row `together` once."""
    with tempfile.TemporaryDirectory() as folder:
        journal = await SqliteJournal.open(Path(folder, "private", "journal.sqlite"))
        ran, _ = await together(journal, orders)
        await journal.close()
        return ran


async def one_by_one(orders: int) -> Waited:
    """Run the row `singly` and its bound once."""
    with tempfile.TemporaryDirectory() as folder:
        bare = bare_commit(Path(folder), orders)
        journal = await SqliteJournal.open(Path(folder, "private", "journal.sqlite"))
        times, cpu = await singly(journal, orders)
        await journal.close()
    figures = statistics.median(times), statistics.quantiles(times, n=100)[98], cpu, bare
    return Waited(*(1_000 * secs for secs in figures))


def alone(row: Row[Told], *given: int) -> Told:
    """Return what a row tells that runs in a process of its own, where no earlier one has left anything in memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(run, row, *given).result()


def run(row: Row[Told], *given: int) -> Told:
    """Run a row in a loop of its own."""
    return asyncio.run(row(*given))


def measure(orders: int, singles: int, rounds: int, python: str | None) -> list[str]:
    """Run all rows in turn, round after round, and return the lines that tell.

    Raises:
        NoPeer: a peer was asked for and cannot be run.
    """
    version = peer.ask(python, 1, 1)[1] if python else ""
    few, many, durable, waited, whole = [], [], [], [], []
    pairs = [(count, turn) for turn in peer.TURNS for count in (FEW, orders)] if python else []
    ours: dict[peer.Pair, list[Ran]] = {pair: [] for pair in pairs}
    theirs: dict[peer.Pair, list[Ran]] = {pair: [] for pair in pairs}
    for number in range(rounds):
        sys.stderr.write(f"round {number + 1} of {rounds}\n")
        few.append(alone(in_memory, FEW))
        many.append(alone(in_memory, orders))
        durable.append(alone(on_disk, max(1, orders // DURABLE)))
        waited.append(alone(one_by_one, singles))
        whole.append(alone(paper.as_it_is_run, max(1, orders // DURABLE)))
        for pair in pairs:
            ours[pair].append(alone(on_quotes, *pair))
            theirs[pair].append(peer.ask(str(python), *pair)[0])
    told = [
        HEADER,
        rate_line("memory", few, MEMORY_PER_SEC, f"{len(RULES)} rules"),
        rate_line("memory", many, MEMORY_PER_SEC, f"{many[0].records / orders:.1f} records an order"),
        kept_line(few, many),
        rate_line("together", durable, TOGETHER_PER_SEC, "FULL journal"),
        *waited_lines(singles, waited),
        rate_line("session", whole, None, "as it is run"),
        "",
    ]
    if python:
        return [*told, *peer.lines(ours, theirs, durable, version)]
    return [*told, "`--peer PYTHON` runs NautilusTrader beside it, by an interpreter that has it installed"]


def least(lowest: int) -> Callable[[str], int]:
    """Return a reader of numbers that are not below the lowest."""

    def read(text: str) -> int:
        number = int(text)
        if number < lowest:
            msg = f"expected {lowest} at least, got {number}"
            raise argparse.ArgumentTypeError(msg)
        return number

    return read


def main() -> int:
    """Read the options and measure; 2 when the peer that was asked for cannot be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=least(1), default=100_000, help="orders in the large runs")
    parser.add_argument("--singles", type=least(2), default=1_000, help="orders in the run that waits for each")
    parser.add_argument("--rounds", type=least(1), default=3, help="runs of each row; the middle one is told")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has NautilusTrader installed")
    given = parser.parse_args()
    try:
        told = measure(given.orders, given.singles, given.rounds, given.peer)
    except peer.NoPeer as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(told) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
