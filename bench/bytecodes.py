"""What an order costs the interpreter: `python bench/bytecodes.py [--orders N] [--functions N]`.

Orders go the way of bench/pipeline.py in memory, every one of them the whole way. The bytecodes and the calls of Python
functions that one takes are counted, by function and by package: unlike seconds they are the same on every machine,
whatever else it does, so a change of the order path can be judged by them. The same orders are then timed without
counting, which tells what a bytecode takes here, with all that it sets going in C: arithmetic, JSON, SHA-256. By that
rate the last line says how many bytecodes the floor of the row `memory` leaves for an order.
"""

import argparse
import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from bench.engine import Bench
from bench.floors import MEMORY_PER_SEC
from bench.pipeline import least
from cockpit.settle import settle
from oms.domain.commands import SubmitTicket
from oms.journal.memory import MemoryJournal

ROOT: Final = Path(__file__).resolve().parent.parent
BATCH: Final = 64
ROUNDS: Final = 3  # of the timed orders; the quickest counts
MICROS: Final = 1_000_000


class Count:
    """The bytecodes and the calls of each function while it is switched on."""

    def __init__(self) -> None:
        self.codes: Counter[CodeType] = Counter()
        self.calls: Counter[CodeType] = Counter()

    def __enter__(self) -> "Count":
        gc.disable()  # it comes when it likes, and whoever listens to it would be counted
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.settrace(None)
        gc.enable()

    def _enter(self, frame: FrameType, _event: str, _given: object) -> Callable[..., Any]:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        code, codes = frame.f_code, self.codes
        self.calls[code] += 1

        def step(_frame: FrameType, event: str, _given: object) -> Callable[..., Any]:
            if event == "opcode":
                codes[code] += 1
            return step

        return step


async def put_through(bench: Bench, tickets: list[SubmitTicket]) -> None:
    """Take tickets to their fills, encoded and hashed."""
    for start in range(0, len(tickets), BATCH):
        await bench.next_instant()
        await bench.serve(*tickets[start : start + BATCH])
    assert isinstance(bench.journal, MemoryJournal)  # noqa: S101 - which encodes when it is asked for its hash
    _ = bench.journal.hash


async def count(orders: int) -> Count:
    """Count what orders take, after as many that warm up what is made once."""
    bench = Bench(MemoryJournal())
    await bench.begin()
    tickets = [bench.ticket(number) for number in range(2 * orders)]
    await put_through(bench, tickets[:orders])
    with Count() as counted:
        await put_through(bench, tickets[orders:])
    bench.examine(2 * orders)
    return counted


async def timed(orders: int) -> float:
    """Return the microseconds that an order takes when nobody counts."""
    bench = Bench(MemoryJournal())
    await bench.begin()
    tickets = [bench.ticket(number) for number in range(orders)]
    settle()
    began = time.perf_counter()
    await put_through(bench, tickets)
    return (time.perf_counter() - began) / orders * MICROS


def place(code: CodeType) -> tuple[str, str]:
    """Return the part of the program that a function belongs to, and where it stands."""
    path = Path(code.co_filename)
    if not path.is_relative_to(ROOT) or ".venv" in path.parts:
        return "libraries", path.name
    inside = path.relative_to(ROOT)
    return "/".join(inside.parts[:2]), f"{inside}:{code.co_firstlineno}"


def told(counted: Count, orders: int, micros: float, functions: int) -> list[str]:
    """Return the lines that tell."""
    parts: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for code, number in counted.codes.items():
        part, _ = place(code)
        parts[part] += number
        calls[part] += counted.calls[code]
    every = counted.codes.total() / orders
    lines = [f"{'':<28}{'bytecodes':>10}{'calls':>8}   an order"]
    lines += [
        f"{part:<28}{number / orders:>10,.0f}{calls[part] / orders:>8,.1f}" for part, number in parts.most_common()
    ]
    lines += [f"{'in all':<28}{every:>10,.0f}{counted.calls.total() / orders:>8,.1f}", ""]
    for code, number in islice(counted.codes.most_common(), functions):
        _, where = place(code)
        often = counted.calls[code] / orders
        lines.append(f"{code.co_name:<28}{number / orders:>10,.0f}{often:>8,.1f}   {where}")
    nanos = 1_000 * micros / every
    room = MICROS / MEMORY_PER_SEC / micros * every
    lines.append(f"\nan order takes {micros:.1f} us here, which is {nanos:.1f} ns a bytecode with all that it calls;")
    lines.append(f"at that rate {MEMORY_PER_SEC:,} orders/s leave {room:,.0f} bytecodes for one")
    return lines


def main() -> int:
    """Read the options, count, time and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=least(1), default=512, help="orders to count; ten times as many are timed")
    parser.add_argument("--functions", type=least(0), default=40, help="functions that are named, the dearest first")
    given = parser.parse_args()
    counted = asyncio.run(count(given.orders))
    micros = min(asyncio.run(timed(10 * given.orders)) for _ in range(ROUNDS))
    sys.stdout.write("\n".join(told(counted, given.orders, micros, given.functions)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
