"""Kill the engine at random times and look at what is left: `python bench/kill.py [--rounds N] [--seed N]`.

Under load (a synthetic market and a strategy that trades on every quote) the process is killed with SIGKILL after a
random time, started again on what it left, and killed again; one kill in five comes while it starts. After every
kill the two files are read by themselves:

    lost        a record whose line was printed, so acknowledged, that the journal does not hold
    twice       a client order id that was initialized twice, or that the venue has more than once
    unapproved  an order in the venue's book whose approval record is not in the journal before anything it did
    broken      a journal that does not verify

A restart must reconcile without a correction: no balance or position adjusted, no report quarantined, no foreign
order. The last run ends in order, and then both books are compared: cash, nets, open orders. The exit code is 1 when
anything of this was found.
"""

import argparse
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.raised import RAISED
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.events import Record
from oms.domain.report import ExecType, ExecutionReport
from oms.journal.codec import Row, decode
from oms.journal.errors import JournalError
from oms.journal.verify import verify
from oms.state import State

ROOT = Path(__file__).resolve().parent.parent
STRATEGIES = ROOT / "tests" / "doubles" / "strategies"
QUOTES_PER_SEC = 300
LONGEST_LIFE_SECS = 1.0
STARTING_EVERY = 5  # one kill in so many is counted from the start of the process, so that it hits recovery too
READY_WITHIN_SECS = 30.0

CONFIG = f"""
[session]
feed = "synthetic"
account = "KILL-1"
cash = 1000000000
[feed.synthetic]
instruments = 4
quotes_per_sec = {QUOTES_PER_SEC}
speed = "1x"
[sim]
partial = 0.3
[commission.sim]
type = "percent"
frac = 0.0005
[strategies.churn]
instruments = ["SYN1.SYNTH", "SYN2.SYNTH", "SYN3.SYNTH", "SYN4.SYNTH"]
[sizing.fixed_risk]
risk_frac = 0.00001
[risk.drawdown]
reduce_frac = 0.97
halt_frac = 0.98
flatten_frac = 0.99
[risk.short_sale]
allow = true
{RAISED}"""

CORRECTIONS = (aev.PositionAdjusted, ev.ReportQuarantined, ev.ForeignOrderSeen)


class Life(NamedTuple):
    """What one process said before it was killed."""

    told: list[tuple[int, str, str]]  # sequence number, kind, order
    ready_secs: float | None  # None when it was killed before
    lived_secs: float  # under load; 0 when the kill was counted from the start


def main() -> int:
    """Run the campaign and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return campaign(Path(name), given.rounds, given.seed)


def campaign(folder: Path, rounds: int, seed: int) -> int:
    """Kill so many processes on one state; return the exit code."""
    config, state = folder / "config.toml", folder / "state"
    config.write_text(CONFIG)
    account = state / "paper" / "sim" / "KILL-1"
    acknowledged: dict[int, tuple[str, str]] = {}
    faults: list[str] = []
    ready: list[float] = []
    orders = 0.0
    lived = 0.0
    for number in range(rounds):
        starting = number % STARTING_EVERY == STARTING_EVERY - 1
        life = one_life(config, state, after=chance(seed, number) * LONGEST_LIFE_SECS, starting=starting)
        acknowledged.update({seq: (kind, order_id) for seq, kind, order_id in life.told})
        if life.ready_secs is not None:
            ready.append(life.ready_secs)
        if life.lived_secs:
            lived += life.lived_secs
            orders += sum(kind == "OrderSubmitted" for _, kind, _ in life.told)
        faults += [f"round {number}: {fault}" for fault in examine(account, acknowledged)]
    faults += last_run(config, state, account)
    tell(rounds, account, ready, orders / lived if lived else 0.0, faults)
    return 1 if faults else 0


def one_life(config: Path, state: Path, *, after: float, starting: bool) -> Life:
    """Start a process, kill it `after` seconds, counted from its start or from when it is ready, and return what it
    had said. A torn last line is no acknowledgement."""
    began = time.monotonic()
    process = start(config, state)
    killer = threading.Timer(after, process.kill)
    if starting:
        killer.start()
    told: list[tuple[int, str, str]] = []
    ready_secs = None
    for line in process.stdout or ():
        if line == "ready\n":
            ready_secs = time.monotonic() - began
            if not starting:
                killer.start()
        elif line.endswith("\n"):
            told += parsed(line)
    process.wait()
    if starting or ready_secs is not None:
        killer.join()
    return Life(told, ready_secs, 0.0 if starting else after)


def start(config: Path, state: Path, *more: str) -> "subprocess.Popen[str]":
    """Start the program on the state."""
    command = [sys.executable, str(ROOT / "bench" / "kill_program.py"), str(config), str(state), str(STRATEGIES)]
    return subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)  # noqa: S603


def parsed(line: str) -> Iterator[tuple[int, str, str]]:
    """Yield the record that a line tells, if it tells one."""
    words = line.split()
    if len(words) == 3 and words[0].isdecimal():  # noqa: PLR2004 - number, kind, order
        yield int(words[0]), words[1], words[2]


def examine(account: Path, acknowledged: dict[int, tuple[str, str]]) -> list[str]:
    """Return what is wrong with the two files, each read by itself."""
    try:
        verify(account / "journal.sqlite")
        records = read_journal(account / "journal.sqlite")
    except JournalError as error:
        return [f"broken: {error}"]
    faults = []
    kinds = {record.seq: type(record.event).__name__ for record in records}
    faults += [f"lost: record {seq} {kind}" for seq, (kind, _) in acknowledged.items() if kinds.get(seq) != kind]
    made = [record.event.client_order_id for record in records if isinstance(record.event, oev.OrderInitialized)]
    faults += (
        [f"twice: {order_id}" for order_id in made if made.count(order_id) > 1] if len({*made}) < len(made) else []
    )
    approved = {record.event.client_order_id for record in records if isinstance(record.event, oev.OrderSubmitted)}
    at_venue = [order_id for order_id, _ in venue_reports(account, "orders", "ticket")]
    faults += [f"unapproved: {order_id}" for order_id in at_venue if order_id not in approved]
    if len({*at_venue}) < len(at_venue):
        faults.append("twice: at the venue")
    faults += [f"corrected: {record.event}" for record in records if isinstance(record.event, CORRECTIONS)]
    balances = sum(isinstance(record.event, aev.BalanceReported) for record in records)
    if balances > 1:  # the first is the opening cash
        faults.append(f"corrected: cash, {balances - 1} times")
    return faults


def last_run(config: Path, state: Path, account: Path) -> list[str]:
    """Run once more, end in order, and return how the books differ then."""
    process = start(config, state, "--end-after", "0.3")
    said, _ = process.communicate(timeout=READY_WITHIN_SECS)
    if process.returncode != 0 or "RunEnded" not in said:
        return [f"last run: exit {process.returncode}"]
    fold = State()
    for record in read_journal(account / "journal.sqlite"):
        fold.apply(record)
    ours_cash = sum(fold.ledger.cash.values())
    ours_net = {key.instrument_id: quantity for key, quantity in fold.ledger.net.items() if quantity}
    net: dict[str, Decimal] = {}
    filled: dict[str, Decimal] = {}
    for _, text in venue_reports(account, "reports", "report"):
        report = msgspec.json.decode(text, type=ExecutionReport)
        if report.exec_type is ExecType.TRADE and report.last_qty is not None:
            signed = report.last_qty * report.side.sign
            net[report.instrument_id] = net.get(report.instrument_id, Decimal(0)) + signed
            filled[report.client_order_id] = filled.get(report.client_order_id, Decimal(0)) + report.last_qty
    with sqlite3.connect(account / "venue.sqlite") as venue:
        cash = Decimal(venue.execute("SELECT cash FROM account").fetchone()[0])
        cash += sum(Decimal(amount) for (amount,) in venue.execute("SELECT cash FROM reports"))
    faults = []
    if cash != ours_cash:
        faults.append(f"books differ: cash {ours_cash} here, {cash} at the venue")
    if {name: quantity for name, quantity in net.items() if quantity} != ours_net:
        faults.append(f"books differ: net {ours_net} here, {net} at the venue")
    ours_filled = {
        order.client_order_id: order.filled_qty for order in fold.blotter.orders.values() if order.filled_qty
    }
    if ours_filled != filled:
        faults.append("books differ: filled quantities")
    return faults


def read_journal(path: Path) -> list[Record]:
    """Return all records of a journal, without a writer's help."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as file:
        rows = file.execute("SELECT seq, ts, wall, kind, correlation_id, causation_id, payload, hash FROM records")
        return [decode(Row._make(row)) for row in rows]


def venue_reports(account: Path, table: str, column: str) -> list[tuple[str, str]]:
    """Return (order, text) of a table of the venue's book, oldest first."""
    with sqlite3.connect(f"file:{account / 'venue.sqlite'}?mode=ro", uri=True) as file:
        return file.execute(f"SELECT client_order_id, {column} FROM {table} ORDER BY place").fetchall()  # noqa: S608


def chance(seed: int, number: int) -> float:
    """Return a fraction that only depends on the two numbers."""
    return int.from_bytes(sha256(f"{seed} {number}".encode()).digest()[:6]) / 2**48


def tell(rounds: int, account: Path, ready: list[float], rate: float, faults: list[str]) -> None:
    """Print the figures and every fault."""
    records = read_journal(account / "journal.sqlite")
    orders = sum(isinstance(record.event, oev.OrderSubmitted) for record in records)
    print(f"{rounds} kills, {len(records):,} records, {orders:,} orders, {rate:.0f} orders/s under load")  # noqa: T201
    if ready:
        slowest, middle = max(ready), statistics.median(ready)
        print(f"process start to ready: median {middle:.2f} s, slowest {slowest:.2f} s")  # noqa: T201
    print(f"{len(faults)} faults")  # noqa: T201
    for fault in faults[:20]:
        print(f"  {fault}")  # noqa: T201


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    raise SystemExit(main())
