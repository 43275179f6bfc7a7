"""How long the shipped tape takes to read and to play whole, each way its bars can be told: `python -m bench.tape`.

Best of three, CPU seconds.
"""

import sys
from time import process_time

from brokers.path import TELLINGS, Telling
from brokers.tape import TapeFeed
from brokers.tapes.recording import SHIPPED, Recording, read


def timed_read() -> tuple[float, Recording]:
    """Return the CPU seconds one reading takes, and what was read."""
    begun = process_time()
    recording = read(SHIPPED)
    return process_time() - begun, recording


def timed_play(recording: Recording, telling: Telling) -> tuple[float, int]:
    """Return the CPU seconds of one playing, and how many data it gave."""
    feed = TapeFeed(recording, seed=7, telling=telling)
    begun = process_time()
    count = sum(1 for _ in iter(feed.advance, None))
    return process_time() - begun, count


def main() -> None:
    """Print one line for reading and one for each way of playing."""
    reads = [timed_read() for _ in range(3)]
    recording = reads[0][1]
    sys.stdout.write(
        f"read   {min(reads, key=lambda one: one[0])[0] * 1e3:7.1f} ms  {len(recording.sessions):,} sessions of "
        f"{len(recording.instruments)} instruments, {SHIPPED.stat().st_size:,} bytes packed\n"
    )
    for telling in TELLINGS:
        plays = [timed_play(recording, telling) for _ in range(3)]
        sys.stdout.write(f"play   {min(plays)[0] * 1e3:7.1f} ms  {plays[0][1]:,} data, bars told as {telling}\n")


if __name__ == "__main__":
    main()
