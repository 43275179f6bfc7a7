"""What the market showed.

What happens within one datum is ordered on purpose: mark, day roll, the limits that watch the market. Strategies react
after that, to the same datum, through the loop.
"""

from collections.abc import Iterator

from oms.decide.guard import Guard, held_instruments, new_day
from oms.decide.triggers import Triggers
from oms.domain import events as ev
from oms.domain.market import Bar, Quote, SessionEnded
from oms.domain.units import DAY
from oms.state import State


class MarketMoves:
    """Answers quotes, bars and the ends of sessions."""

    def __init__(self, guard: Guard, triggers: Triggers) -> None:
        self._guard = guard
        self._triggers = triggers

    def quote(self, state: State, quote: Quote) -> Iterator[ev.Event]:
        """Move the marks, open the day, keep the peak, and watch the limits."""
        opened = new_day(state) if state.ts // DAY > state.trading.day_no else None  # before this mark
        yield ev.MarketMoved(data=quote)
        if opened is not None:
            yield opened
        yield from self._guard.raise_peak(state, quote.ts)
        yield from self._guard.watch(state)
        if quote.instrument.instrument_id in state.brackets.legs.watched:
            yield from self._triggers.quote(state, quote)

    def bar(self, _state: State, bar: Bar) -> Iterator[ev.Event]:
        """Show the bar to the strategies."""
        yield ev.MarketMoved(data=bar)

    def session_ended(self, state: State, ended: SessionEnded) -> Iterator[ev.Event]:
        """Record the marks of what is held, and how far the feed was played."""
        yield from self._guard.record_marks(state, held_instruments(state))
        yield from self._guard.audit(state)
        yield ev.TapePositioned(session=ended.session)
