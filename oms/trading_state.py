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

from oms.domain.account_events import DayOpened, PeakEquityRaised
from oms.domain.commands import STOP
from oms.domain.events import LimitsSet, TradingHalted, TradingReduced, TradingResumed
from oms.domain.ids import GATE
from oms.domain.risk import RuleLimits, TradingState
from oms.domain.units import DAY, Nanos
from oms.slice import Appliers


class Trading:
    """The trading state with its cause, the limits table in force, the day's and the highest equity."""

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

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {
            TradingHalted: self._halt,
            TradingReduced: self._reduce,
            TradingResumed: self._resume,
            LimitsSet: self._set_limits,
            DayOpened: self._open_day,
            PeakEquityRaised: self._raise_peak,
        }

    def _halt(self, event: TradingHalted, ts: Nanos) -> None:
        self.halts += 1
        if event.actor != GATE:
            self.stopped_at = ts
        self._enter(TradingState.HALTED, event.actor, event.cause, event.text, ts)
        self._reach(event.cause, event.step)

    def _reduce(self, event: TradingReduced, ts: Nanos) -> None:
        self._enter(TradingState.REDUCING, event.actor, event.cause, event.text, ts)
        self._reach(event.cause, event.step)

    def _resume(self, _event: TradingResumed, ts: Nanos) -> None:
        self.accepted = dict(self.reached)
        self._enter(TradingState.ACTIVE, "", "", "", ts)

    def _set_limits(self, event: LimitsSet, _ts: Nanos) -> None:
        same = {row.rule for row in event.limits if row in self.limits}
        for steps in (self.reached, self.accepted):
            for cause in steps.keys() - same:
                del steps[cause]
        self.limits_no, self.limits = event.number, event.limits

    def _open_day(self, event: DayOpened, ts: Nanos) -> None:
        self.day, self.day_no, self.day_equity = event.day, ts // DAY, event.equity

    def _raise_peak(self, event: PeakEquityRaised, ts: Nanos) -> None:
        self.peak_equity, self.peak_ts = event.equity, ts
        self.reached.clear()
        self.accepted.clear()

    def _enter(self, state: TradingState, actor: str, cause: str, text: str, ts: Nanos) -> None:
        self.state, self.actor, self.cause, self.text, self.since = state, actor, cause, text, ts

    def _reach(self, cause: str, step: int) -> None:
        if step > self.reached.get(cause, 0):
            self.reached[cause] = step
