"""What the venue must have been given once a batch was served: what each record says to it, and nothing beyond that.

The venue's side of a story cannot tell a cancel that was lost on its way from one that never left: both are repaired by
asking again, and nobody would miss the second. So the two ends of the hand-over are counted against each other, record
by record, before anything can be lost: a submission, a cancel, a change or a question that was written down while the
link stands is on the wire once, or something forbids it that is named here.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain import order_events as oev
from oms.domain.events import Record
from oms.domain.order import OrderStatus
from oms.state import State

WORDS: Final = {
    oev.OrderSubmitted: "new",
    oev.OrderPendingCancel: "cancel",
    oev.OrderPendingReplace: "change",
    oev.OrderQueried: "query",
}


def all_left(
    records: Iterable[Record],
    outcomes: Iterable[Input],
    given: Iterable[tuple[str, str]],
    state: State,
    *,
    latched: bool,
) -> None:
    """Demand that what was `given` to the venue, whose link stands, is what the records of one batch say to it.

    A submission may be withheld instead: by name, and whether with reason is for the reference to say. A change is not
    asked for where the same batch has taken it back, or where a stop forbids it. Raises AssertionError.
    """
    withheld = {outcome.client_order_id for outcome in outcomes if isinstance(outcome, do.WithholdOrder)}
    due: Counter[tuple[str, str]] = Counter()
    for event in (record.event for record in records):
        what = WORDS.get(type(event))
        if what is None:
            continue
        order = state.blotter.orders[event.client_order_id]  # type: ignore[union-attr]
        if isinstance(event, oev.OrderSubmitted) and order.client_order_id in withheld:
            continue
        if isinstance(event, oev.OrderPendingReplace):
            taken_back = order.status is not OrderStatus.PENDING_REPLACE or order.replacing != event.ticket
            if taken_back or (latched and not order.ticket.protects):
                continue
            what = f"change {order.replaces}"
        due[what, order.client_order_id] += 1
    left = Counter(given)
    assert due == left, f"never left: {dict(due - left)}; left unasked: {dict(left - due)}"
