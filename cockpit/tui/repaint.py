"""When the screen is painted anew: at its own pace, and almost at once after what a trader waits for.

News only leave a note of their kind. Prices and bookkeeping wait for the next tick of the pace; the first prices, an
order, a fill or a halt do not, and a burst of those is painted ten times a second. A line that has to carry too much
is painted twice a second until it carries little again. So the market's speed never becomes the screen's.
"""

from collections.abc import Callable
from typing import Final

from oms.domain import account_events as aev
from oms.domain import events as ev

AT_ONCE_SECS: Final = 0.02
"""How long news of an order may gather before it is painted."""
BURST_SECS: Final = 0.1
"""How long, when there was a picture just before."""
HEAVY_BYTES: Final = 12_000
LIGHT_BYTES: Final = 5_000
"""Bytes in a second beyond which the line has to carry too much, and below which it carries little again."""
HEAVY_SECS: Final = 0.5
_QUIET: Final = frozenset(
    {ev.MarketMoved, aev.MarkRecorded, aev.PeakEquityRaised, ev.TapePositioned, ev.InstrumentListed}
)


class Repaint:
    """The pace of one screen, in the seconds of `monotonic`."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._news: set[type] = set()
        self._has_prices = False
        self._is_planned = False
        self._painted_at = 0.0
        self._second = -1
        self._sent = 0
        self._is_heavy = False

    def is_due(self) -> bool:
        """Tell whether a tick of the pace is to paint."""
        return not self._is_heavy or self._monotonic() - self._painted_at >= HEAVY_SECS

    def note(self, kind: type) -> None:
        """Note that something of this kind happened."""
        self._news.add(kind)

    def plan(self, kind: type) -> float | None:
        """Return in how many seconds to paint because of this news; None where a tick, or what was planned, will do."""
        if kind is ev.MarketMoved and not self._has_prices:
            self._has_prices = True  # the first prices are what a newcomer waits for
            return AT_ONCE_SECS
        if self._is_planned or kind in _QUIET:
            return None
        self._is_planned = True
        gap = HEAVY_SECS if self._is_heavy else BURST_SECS
        return max(AT_ONCE_SECS, gap - (self._monotonic() - self._painted_at))

    def begin(self) -> set[type]:
        """A picture is painted now: return the kinds of news since the last one."""
        self._is_planned = False
        self._painted_at = self._monotonic()
        news, self._news = self._news, set()
        return news

    def is_new_second(self) -> bool:
        """Tell whether another second has begun since this was asked, in which every age has changed."""
        second = int(self._monotonic())
        began, self._second = second != self._second, second
        return began

    def weigh(self, sent: int) -> None:
        """Look at what the last second cost the line, which has carried so many bytes in all."""
        cost, self._sent = sent - self._sent, sent
        self._is_heavy = cost > (LIGHT_BYTES if self._is_heavy else HEAVY_BYTES)
