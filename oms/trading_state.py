"""What may trade at all, under which limits, and from where losses are measured.

The latch that a stop sets in memory and on disk lies with the session; here is its journaled half, so that a replay
shows when the gate was closed, by whom and why.

Several may close the gate one after the other, and the newest cause is the one shown. The steps that rules went down
are therefore kept apart from it, per cause: a resume accepts every step reached so far, whoever closed the gate last.
Otherwise a stop on top of a drawdown would make the drawdown halt again at the first price after the resume. A step
counts below the peak and on the limits it was reached under; a new peak, or a new limit, begins with none.

When trading was last stopped by anybody but a limit is kept apart too, because only that takes back a flatten somebody
typed the word for. A limit that halts, or halts again on the way down, asks for just what the flatten does.
"""

from decimal import Decimal
from typing import Final

from oms.domain.commands import STOP
from oms.domain.events import (
    DayOpened,
    Event,
    LimitsSet,
    PeakEquityRaised,
    TradingHalted,
    TradingReduced,
    TradingResumed,
)
from oms.domain.ids import GATE
from oms.domain.risk import RuleLimits, TradingState
from oms.domain.units import DAY, Nanos


class Trading:
    """The trading state with its cause, the limits table in force, the day's and the highest equity."""

    HANDLES: Final = (TradingHalted, TradingReduced, TradingResumed, LimitsSet, DayOpened, PeakEquityRaised)

    def __init__(self) -> None:
        self.state = TradingState.ACTIVE
        self.actor = ""
        self.cause = ""
        self.text = ""
        self.since: Nanos = 0
        self.stopped_at: Nanos = 0  # by anybody but a limit
        self.halts = 0  # since the journal began
        self.limits_no = 0
        self.limits: tuple[RuleLimits, ...] = ()
        self.day = ""  # ISO date, UTC
        self.day_no = -1  # the same as a count of days, which costs a quote one division to compare
        self.day_equity: Decimal | None = None
        self.peak_equity: Decimal | None = None
        self.peak_ts: Nanos = 0
        self.reached: dict[str, int] = {}  # the lowest step that each cause went down to
        self.accepted: dict[str, int] = {}  # the same, of those that a person resumed from

    @property
    def closed_by(self) -> str:
        """Whoever asked for it, where somebody did, else the cause: `operator`, `signal`, `drawdown`, `journal`."""
        return self.actor if self.cause == STOP and self.actor else self.cause

    def apply(self, event: Event, ts: Nanos) -> None:
        """Count an event in."""
        match event:
            case TradingHalted():
                self.halts += 1
                if event.actor != GATE:
                    self.stopped_at = ts
                self._enter(TradingState.HALTED, event.actor, event.cause, event.text, ts)
                self._reach(event.cause, event.step)
            case TradingReduced():
                self._enter(TradingState.REDUCING, event.actor, event.cause, event.text, ts)
                self._reach(event.cause, event.step)
            case TradingResumed():
                self.accepted = dict(self.reached)
                self._enter(TradingState.ACTIVE, "", "", "", ts)
            case LimitsSet():
                same = {row.rule for row in event.limits if row in self.limits}
                for steps in (self.reached, self.accepted):
                    for cause in steps.keys() - same:
                        del steps[cause]
                self.limits_no, self.limits = event.number, event.limits
            case DayOpened():
                self.day, self.day_no, self.day_equity = event.day, ts // DAY, event.equity
            case PeakEquityRaised():
                self.peak_equity, self.peak_ts = event.equity, ts
                self.reached.clear()
                self.accepted.clear()
            case _:
                pass

    def _enter(self, state: TradingState, actor: str, cause: str, text: str, ts: Nanos) -> None:
        self.state, self.actor, self.cause, self.text, self.since = state, actor, cause, text, ts

    def _reach(self, cause: str, step: int) -> None:
        if step > self.reached.get(cause, 0):
            self.reached[cause] = step
