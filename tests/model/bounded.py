"""I-16, of what waits for answers: it is bounded by what was said and done lately, and never by all that ever was.

Each record about an order makes one entry at most, with the time at which something is due, and an entry that counts
no more is forgotten when that time comes. So there are never more than records within the longest pause there is; and
after a time in which everything was answered there is one for each order that is still watched, and no other.
"""

from collections import deque
from typing import Final

from tests.model.facts import status
from tests.model.program import Program
from tests.model.reference import Reference

PAUSE_SECS: Final = 60.0  # the longest from an order's record to the time that it makes due


class Bounded:
    """Counts the records of the last minute."""

    def __init__(self, program: Program, reference: Reference) -> None:
        self._program, self._reference = program, reference
        self._counts = deque([(0.0, 0)])  # when, and how many records there were before

    def look(self) -> None:
        """Look after a step. Raises AssertionError."""
        now, counts = self._reference.now, self._counts
        while len(counts) > 1 and counts[1][0] < now - PAUSE_SECS:
            counts.popleft()
        most, waiting = self._program.records - counts[0][1], self._waiting()
        assert waiting <= most, f"I-16: {waiting} entries wait after {most} records"
        counts.append((now, self._program.records))

    def settle(self) -> None:
        """Look after a time in which everything was answered, longer than any pause. Raises AssertionError."""
        lost = sum(status(facts) == "NOT_FOUND" for facts in self._reference.orders.values())
        waiting = self._waiting()
        assert waiting <= lost, f"I-16: {waiting} entries wait, and {lost} orders are watched"

    def _waiting(self) -> int:
        """Return how many wait once those were forgotten that count no more, which is when somebody asks what is
        due."""
        self._program.state.next_deadline()
        return self._program.state.inflight.waiting
