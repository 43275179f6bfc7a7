"""Trading hours: when a market is open, as sorted integers.

A calendar library knows holidays and half days and costs a tenth of a second and a data-frame to ask. So hours are
worked out once, elsewhere, and travel as two tuples of UTC nanoseconds; here is only the bisection that looks an
instant up. Both ends of a session belong to it: the last quote of a day stands at the close, and who answers that
quote in the same instant is still in hours. Were the tuples not sorted, the bisection would answer wrongly and
quietly, so they are checked when the hours are made.
"""

from bisect import bisect_right

from msgspec import Struct

from oms.domain.units import Nanos

BEGINNING: Nanos = -(2**63)  # stands for "has always been open"; the ends of what a 64-bit stamp can say
FOREVER: Nanos = 2**63 - 1  # stands for "does not close"


class TradingHours(Struct, frozen=True, kw_only=True):
    """The sessions of one calendar: the n-th lasts from `opens[n]` to `closes[n]`, both included, UTC nanoseconds.

    Hours answer for the sessions they hold and for nothing beyond: before the first and after the last the market
    counts as closed. Where two sessions touch, the shared instant belongs to the later one.
    """

    calendar: str
    opens: tuple[Nanos, ...]
    closes: tuple[Nanos, ...]

    @classmethod
    def always(cls, calendar: str) -> "TradingHours":
        """Return the hours of a market that never closes: one session without an end."""
        return cls(calendar=calendar, opens=(BEGINNING,), closes=(FOREVER,))

    def __post_init__(self) -> None:
        """Refuse sessions that are not in order, naming the first that is not."""
        if len(self.opens) != len(self.closes):
            msg = f"{self.calendar}: {len(self.opens)} opens do not match {len(self.closes)} closes"
            raise ValueError(msg)
        before = BEGINNING
        for opens, closes in zip(self.opens, self.closes, strict=True):
            if opens < before:
                msg = f"{self.calendar}: a session opens at {opens}, before the one before it closes at {before}"
                raise ValueError(msg)
            if closes <= opens:
                msg = f"{self.calendar}: a session closes at {closes}, not after its open {opens}"
                raise ValueError(msg)
            before = closes

    def is_open(self, ts: Nanos) -> bool:
        """Tell whether an instant lies in a session, its open and its close included."""
        place = bisect_right(self.opens, ts)
        return place > 0 and ts <= self.closes[place - 1]

    def next_open(self, ts: Nanos) -> Nanos | None:
        """Return the first open after an instant, or None where none is known."""
        place = bisect_right(self.opens, ts)
        return self.opens[place] if place < len(self.opens) else None
