"""What goes wrong between the venue's book and whoever trades there: on demand, seeded and counted.

Each fault is drawn from the seed and the thing it happens to (the n-th answer about an order, an execution), never
from a shared stream, so an order more or less does not change the fate of the others. The book is always right; it
is the telling that fails.
"""

from collections import Counter
from collections.abc import Container, Mapping
from enum import StrEnum
from hashlib import blake2b
from itertools import accumulate
from typing import TypeVar

from msgspec.structs import replace

from tests.doubles.venue.wire import Report


class AnswerFault(StrEnum):
    """What may become of a request and its answer."""

    DROP_BEFORE = "dropped before processing"
    DROP_AFTER = "dropped after processing"
    DELAY = "delayed"
    GARBAGE = "garbage"
    TRUNCATED = "truncated"
    STATUS_AFTER = "error status after processing"
    CUT = "connection cut after processing"


class StreamFault(StrEnum):
    """What may become of a pushed report."""

    DUPLICATE = "told up to five times"
    REORDER = "told after the next one"
    LATE = "late"
    HOLD = "held back"
    NO_NUMBER = "quantity is NaN"
    OTHER_SYMBOL = "another symbol"
    OTHER_SIDE = "the other side"
    OVERFILL = "a thousand times the quantity"


F = TypeVar("F", AnswerFault, StreamFault)


class Faults:
    """`answers` and `stream` are shares: of so many answers, and of so many reports, that fault happens to. The
    answers to the `spared` requests come as they are."""

    def __init__(
        self,
        seed: int = 0,
        *,
        answers: Mapping[AnswerFault, float] | None = None,
        stream: Mapping[StreamFault, float] | None = None,
        spared: Container[str] = ("snapshot",),
        delay_secs: float = 5.0,
    ) -> None:
        self._spared = spared
        self.answers = dict(answers or {})
        self.stream = dict(stream or {})
        self.counts: Counter[AnswerFault | StreamFault] = Counter()
        self._seed = seed
        self._delay_secs = delay_secs
        self._turns: Counter[str] = Counter()

    def of_answer(self, do: str, client: str) -> AnswerFault | None:
        """Return what happens to this answer, and count it."""
        if do in self._spared:
            return None
        return self._draw(self.answers, f"{do} {client}")

    def of_report(self, report: Report) -> StreamFault | None:
        """Return what happens to this push, and count it."""
        return self._draw(self.stream, f"{report.kind} {report.client} {report.exec}")

    def copies(self, report: Report) -> int:
        """Return how often a duplicated report is told: 2 to 5."""
        return 2 + int(4 * self._chance(f"copies {report.exec} {report.client}"))

    def delay(self, about: str) -> float:
        """Return for how long something is late, in seconds."""
        return self._delay_secs * self._chance(f"delay {about}")

    def _draw(self, shares: Mapping[F, float], about: str) -> F | None:
        self._turns[about] += 1
        drawn = self._chance(f"{about} {self._turns[about]}")
        for fault, reached in zip(shares, accumulate(shares.values()), strict=True):
            if drawn < reached:
                self.counts[fault] += 1
                return fault
        return None

    def _chance(self, about: str) -> float:
        word = blake2b(f"{self._seed} {about}".encode(), digest_size=8).digest()
        return int.from_bytes(word, "big") / (1 << 64)


def mutated(report: Report, fault: StreamFault) -> Report:
    """Return a report that says something else than what happened."""
    match fault:
        case StreamFault.NO_NUMBER:
            return replace(report, qty="NaN")
        case StreamFault.OTHER_SYMBOL:
            return replace(report, symbol=f"{report.symbol}X")
        case StreamFault.OTHER_SIDE:
            return replace(report, side="sell" if report.side == "buy" else "buy")
        case StreamFault.OVERFILL:
            return replace(report, qty=f"{report.qty}000")
        case _:
            return report
