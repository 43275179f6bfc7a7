"""What may trade at all, under which limits, and from where losses are measured.

The latch that a stop sets in memory and on disk lies with the session; here is its journaled half, so that a replay
shows when the gate was closed, by whom and why.
"""

from decimal import Decimal
from typing import Final

from oms.domain.events import (
    DayOpened,
    Event,
    LimitsSet,
    PeakEquityRaised,
    TradingHalted,
    TradingReduced,
    TradingResumed,
)
from oms.domain.risk import RuleLimits, TradingState
from oms.domain.units import DAY, Nanos


class Trading:
    """The trading state with its cause, the limits table in force, the day's and the highest equity."""

    HANDLES: Final = (TradingHalted, TradingReduced, TradingResumed, LimitsSet, DayOpened, PeakEquityRaised)

    def __init__(self) -> None:
        self.state = TradingState.ACTIVE
        self.cause = ""
        self.text = ""
        self.since: Nanos = 0
        self.halts = 0  # since the journal began
        self.limits_no = 0
        self.limits: tuple[RuleLimits, ...] = ()
        self.day = ""  # ISO date, UTC
        self.day_no = -1  # the same as a count of days, which costs a quote one division to compare
        self.day_equity: Decimal | None = None
        self.peak_equity: Decimal | None = None
        self.peak_ts: Nanos = 0
        self.accepted: dict[str, str] = {}  # what a person resumed from since the last peak: cause -> text

    def apply(self, event: Event, ts: Nanos) -> None:
        """Count an event in."""
        match event:
            case TradingHalted():
                self.halts += 1
                self._enter(TradingState.HALTED, event.cause, event.text, ts)
            case TradingReduced():
                self._enter(TradingState.REDUCING, event.cause, event.text, ts)
            case TradingResumed():
                self.accepted[self.cause] = self.text
                self._enter(TradingState.ACTIVE, "", "", ts)
            case LimitsSet():
                self.limits_no, self.limits = event.number, event.limits
            case DayOpened():
                self.day, self.day_no, self.day_equity = event.day, ts // DAY, event.equity
            case PeakEquityRaised():
                self.peak_equity, self.peak_ts = event.equity, ts
                self.accepted.clear()
            case _:
                pass

    def _enter(self, state: TradingState, cause: str, text: str, ts: Nanos) -> None:
        self.state, self.cause, self.text, self.since = state, cause, text, ts
