"""Which legs a resume has made anew: a stop of trading takes targets back, and the end of it makes others.

Nothing in a leg says so, for its terms are those of the one before. It stands at the resume's own instant, and what it
was made for is older than the resume: a leg that is made for a fill comes of that fill.
"""

from typing import Final

from oms.domain import events as ev
from oms.domain import order_events as oev

MADE_ANEW: Final = "made anew: trading was resumed"  # what is said of one


def is_made_anew(record: ev.Record, resumed: ev.Record | None) -> bool:
    """Tell whether a record is the first of a leg that came of this resume, the newest; None where there was none."""
    event, why = record.event, record.causation_id
    if resumed is None or why is None or not isinstance(event, oev.OrderInitialized):
        return False
    return event.ticket.parent_id is not None and record.ts == resumed.ts and why < resumed.seq
