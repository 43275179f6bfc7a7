"""Asking about one order: when next, and when "not found" is believed.

The first question comes half a second after the silence became an event, the others 1, 2, 4 and 8 seconds after it and
then every ten. "Not found" is an answer too, but a venue may be slow to know what it took: only several of them over a
span of time, with nothing to the contrary in between, are certain. An order that was given up is watched for a day.
"""

from typing import Final

from msgspec import Struct

from oms.domain.order import OrderStatus
from oms.domain.units import DAY, MINUTE, SECOND, Nanos

FIRST_QUERY: Final = SECOND // 2
PAUSES: Final = (FIRST_QUERY, SECOND, 2 * SECOND, 4 * SECOND)  # from each of the first attempts to the next
LAST_PAUSE: Final = 10 * SECOND
UNFOUND_ANSWERS: Final = 3
UNFOUND_SPAN: Final = 30 * SECOND
WATCH_PAUSE: Final = MINUTE
WATCH_SPAN: Final = DAY


def pause_after(number: int) -> Nanos:
    """Return how long after the so many-th attempt, counted from 1, the next one is due."""
    return PAUSES[number - 1] if number <= len(PAUSES) else LAST_PAUSE


class Asking(Struct, kw_only=True, gc=False):
    """What came of asking so far. It holds as long as the order has this `status`, for any move of it is an answer;
    `due` is when something is to be done again, None when nothing is."""

    status: OrderStatus
    since: Nanos
    due: Nanos | None
    queries: int = 0
    unseen: int = 0
    first_unseen: Nanos = 0
    seen: bool = False  # the venue has it, and has not said more than that

    def query(self, ts: Nanos) -> None:
        """Count a question in."""
        self.queries += 1
        if self.status is not OrderStatus.NOT_FOUND:
            self.due = ts + pause_after(self.queries)
        else:
            self.due = ts + WATCH_PAUSE if ts - self.since < WATCH_SPAN else None

    def hear_not_found(self, ts: Nanos) -> None:
        """Count the answer that the order is not known."""
        self.unseen += 1
        self.first_unseen = self.first_unseen or ts

    def hear_found(self, ts: Nanos) -> None:
        """Count the answer that it is known; what else there was to say of it may still be coming."""
        self.unseen = self.first_unseen = 0
        if self.queries:
            soon = ts + FIRST_QUERY
            self.due = max(soon, self.due or 0) if self.seen else soon  # found again, it is asked ever less often
            self.seen = True

    def is_certain(self, ts: Nanos, answer_within: Nanos) -> bool:
        """Tell whether one more "not found", now, would be certain at a venue that answers within this time."""
        span = max(UNFOUND_SPAN, UNFOUND_ANSWERS * answer_within)
        return self.unseen + 1 >= UNFOUND_ANSWERS and ts - self.first_unseen >= span
