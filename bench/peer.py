"""Another engine on the same work and in the same rounds: what `python bench/pipeline.py --peer PYTHON` adds.

Both sides take one market order on each quote of one instrument and fill it before the next quote comes, turn about, in
processes of their own. In one pair of rows the side changes after every order, in the other after every fifty:
NautilusTrader keeps a pickled copy of a position that is opened again, so the first costs it more than plain orders do,
and a ratio of that alone would be ours to choose. The work is equal as far as the lines under the table say, and no
further; what each side does besides is told there, for a ratio without it says nothing.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.floors import Ran, per_cpu_sec, per_sec
from risk.catalog import RULES

PROGRAM: Final = Path(__file__).with_name("peer_nautilus.py")
TURNS: Final = (1, 50)

Pair = tuple[int, int]  # orders, and how many go one way before the side changes


class NoPeer(Exception):
    """The peer cannot be run; the text is one line for the user."""


def ask(python: str, orders: int, turn: int) -> tuple[Ran, str]:
    """Run the peer once and return what it took and its version.

    Raises:
        NoPeer: there is no such interpreter, it cannot import the peer, or not every order was filled.
    """
    # Isolated: neither this folder nor a PYTHONPATH of ours may lend the peer a module.
    command = [python, "-I", str(PROGRAM), "--orders", str(orders), "--turn", str(turn)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        msg = f"{python} does not start: {error.strerror}"
        raise NoPeer(msg) from error
    if done.returncode:
        msg = (done.stderr.strip().splitlines() or [f"{python} ended with {done.returncode} and said nothing"])[-1]
        raise NoPeer(msg)
    told = json.loads(done.stdout)
    return Ran(told["orders"], told["wall_secs"], told["cpu_secs"]), told["version"]


def lines(
    ours: Mapping[Pair, Sequence[Ran]], theirs: Mapping[Pair, Sequence[Ran]], durable: Sequence[Ran], version: str
) -> list[str]:
    """Return the table of both sides and what each of them did; `durable` are our runs with the FULL journal."""
    best = max(theirs.values(), key=per_cpu_sec)
    by_wall, by_cpu = per_sec(durable) / per_sec(best), per_cpu_sec(durable) / per_cpu_sec(best)
    every = [run for runs in ours.values() for run in runs]
    records = sum(run.records for run in every) / sum(run.orders for run in every)
    return [
        f"{'side changes':<15}{'orders':>8}   {columns('orders/s')}   {columns('per CPU s')}",
        *(line(pair, ours[pair], theirs[pair]) for pair in ours),
        f"`together`, all of it on the disk, by the peer's best row: {by_wall:.1f}, per CPU second {by_cpu:.1f}",
        "",
        "both  one quote, one market order, one fill at a time; one instrument, one account, fees; no log",
        f"ours  {len(RULES)} rules judge each order and what they saw is recorded; {records:.1f} records an order,",
        "      encoded and hashed into a chain: in memory here, in `together` on the disk before anything leaves",
        f"peer  NautilusTrader {version}, backtest engine; its risk engine is on and judges quantity, state and rate,",
        "      and for a margin account, as here, no balance; orders and events in memory, no journal, no hash",
    ]


def line(pair: Pair, ours: Sequence[Ran], theirs: Sequence[Ran]) -> str:
    """Return the row of one pair: both sides and how many times theirs ours is, by the wall and by CPU."""
    orders, turn = pair
    figures = [(per_sec(ours), per_sec(theirs)), (per_cpu_sec(ours), per_cpu_sec(theirs))]
    told = "   ".join(f"{our:>9,.0f}{their:>9,.0f}{our / their:>7.1f}" for our, their in figures)
    return f"{'every order' if turn == 1 else f'every {turn} orders':<15}{orders:>8,}   {told}"


def columns(unit: str) -> str:
    """Return the heads of three columns."""
    return f"{unit:>9}{'peer':>9}{'ratio':>7}"
