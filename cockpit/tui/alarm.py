"""What has to be seen of a stop whatever is open: that it is armed, that trading stands, what became of the cancels.

The rows around the panels say all of that, but a question may cover some of them, and which ones depends on the size
of the terminal. So it is made once here, and every question shows it in its frame.
"""

from collections.abc import Sequence

from cockpit.tui.cause import cause_of
from cockpit.tui.said import PART, Said
from cockpit.tui.view import View
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.state import State


def alarm_of(state: State, view: View, results: Sequence[str], *, armed: bool) -> Said | None:
    """Return the alarm, None while there is none; `results` is what has come of a stop that somebody gave."""
    if armed:
        return Said(PART.join(("E-STOP ARMED", "press ^X again")), "estop", "ARMED: ^X again")
    if view.trading is not TradingState.HALTED:
        return None
    by = cause_of(state, view.recent).by
    told = results or (f"by {by}",) if by else results
    return Said(sanitize(PART.join(("HALTED", *told))), "warn")
