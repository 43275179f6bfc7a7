"""Kills the journal's writer at random times, over and over: `python -m bench.kill_journal --rounds 200`.

All rounds are lives of one journal, so each also begins with a recovery. After each death: the chain verifies, the
head does not lead, and every record that was acknowledged is there. The times come from a seed; what a time hits does
not, so a failure shows the round's journal and leaves it in place.

SIGKILL proves the order in which the code does things. It does not prove that the disk keeps what it says it keeps:
the kernel survives and writes everything out. That is what `synchronous = FULL` is for.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from oms.journal.head import read_head
from oms.journal.verify import verify

ROOT = Path(__file__).parent.parent
WRITER = [sys.executable, "-m", "tests.oms.journal.kill_writer"]
LONGEST_S = 0.25  # after the first sign of life, or after the start
HEARD = 0.8  # the share of writers that live to say something; the others may also die while they open the journal


class Death(NamedTuple):
    """What one round left: the last acknowledged record, and the last record that is there."""

    acknowledged: int
    written: int


class Lost(Exception):
    """A journal after a kill is not what it must be."""


def kill_once(path: Path, chance: random.Random) -> Death:
    """Let a writer live for a random time, kill it, and check what it left.

    Raises:
        Lost: an acknowledged record is missing, or the writer died by itself.
        JournalError: the journal does not verify or does not reach its head.
    """
    before = verify(path).seq if path.exists() else 0
    with subprocess.Popen([*WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as writer:  # noqa: S603  our own
        assert writer.stdout is not None  # noqa: S101  it was asked for
        said = b""
        if chance.random() < HEARD:
            said = writer.stdout.readline()
        time.sleep(chance.uniform(0, LONGEST_S))
        writer.kill()
        said += writer.stdout.read()
    if writer.returncode != -signal.SIGKILL:
        msg = f"the writer ended by itself with {writer.returncode}"
        raise Lost(msg)
    acknowledged = int(said.rpartition(b"\n")[0].split(b"\n")[-1] or before)
    written = verify(path).seq if path.exists() and path.stat().st_size else 0
    head = read_head(path.parent)
    if head is not None and head.seq > written:
        msg = f"the head leads: it names {head.seq}, the journal ends at {written}"
        raise Lost(msg)
    if written < acknowledged:
        msg = f"record {acknowledged} was acknowledged, the journal ends at {written}"
        raise Lost(msg)
    return Death(acknowledged, written)


def main() -> None:
    """Print one line that sums the rounds up; a failure ends the program with its trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311  a kill needs no secret
    path = Path(tempfile.mkdtemp(prefix="kill-")) / "state" / "journal.sqlite"
    begun = time.monotonic()
    ahead, last = 0, Death(0, 0)
    for number in range(1, asked.rounds + 1):
        try:
            last = kill_once(path, chance)
        except BaseException as error:
            error.add_note(f"round {number} of seed {asked.seed}, journal {path}")
            raise
        ahead += last.written > last.acknowledged
    sys.stdout.write(
        f"{asked.rounds} kills, seed {asked.seed}, {time.monotonic() - begun:.0f} s: {last.written} records, none of "
        f"the acknowledged lost; {ahead} times the last batch was written and not yet acknowledged\n"
    )


if __name__ == "__main__":
    main()
