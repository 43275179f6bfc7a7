"""Writers that die within a write: `python -m tests.oms.journal.torn_writer FOLDER SIZE...`.

For each size there is one life: a forked process that appends until one of its files would grow beyond that many
bytes. The kernel writes up to the size and kills it there, so the last write is torn at exactly that byte. One line is
printed for each life: the size, the last record that was acknowledged, and the signal that ended it. The journal of a
size lies in the folder `SIZE` and is left as it was.
"""

import asyncio
import os
import resource
import signal
import sys
from pathlib import Path

from tests.oms.journal import kill_writer


def live(path: Path, size: int, acknowledged: int) -> None:
    """Append until killed, and tell each acknowledgement through a descriptor."""
    os.dup2(acknowledged, 1)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # which Python ignores: then the write would fail instead
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    asyncio.run(kill_writer.write(path))


def one_life(path: Path, size: int) -> tuple[int, int]:
    """Return the last acknowledged record and the signal that ended the life, 0 when none did."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            live(path, size, told)
        finally:
            os._exit(0)
    os.close(told)
    with os.fdopen(heard, "rb") as acknowledgements:
        said = acknowledgements.read()
    _, status = os.waitpid(child, 0)
    lines = said.rpartition(b"\n")[0].split()
    return int(lines[-1]) if lines else 0, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def main() -> None:
    """Live once for each size."""
    folder = Path(sys.argv[1])
    for size in map(int, sys.argv[2:]):
        acknowledged, ended_by = one_life(folder / str(size) / "journal.sqlite", size)
        sys.stdout.write(f"{size} {acknowledged} {ended_by}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
