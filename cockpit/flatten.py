"""Flattening from outside the core: the command, the wait for what stands in its way, and the command once more.

What works in an instrument has to be gone before what is held there is given back, or both would trade and the
position would flip. So a flatten comes in rounds, and each asks the core anew what there is to do.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from cockpit.session import Session
from cockpit.settling import Settling
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import OrderStatus

FLATTEN: Final = "FLATTEN"  # the word
ROUNDS: Final = 3  # what is still in the way then is told, and a person decides


_CANCELING: Final = OrderStatus.PENDING_CANCEL


class Flattened(NamedTuple):
    """What a flatten did: the orders that close, those that it canceled first, and why it did no more, if so."""

    sent: Sequence[ClientOrderId]
    canceled: Sequence[ClientOrderId]
    denied: Sequence[ClientOrderId]
    refused: str = ""


async def flatten_in_rounds(
    session: Session, settling: Settling, actor: str, instrument_id: InstrumentId | None, secs: float
) -> Flattened:
    """Give back what is held of an instrument, or of all, at the market; wait up to `secs` for each round's answers.

    Whoever calls this has asked for the typed word.

    Raises:
        JournalError: a commit failed.
        EngineEnded: the run is over.
    """
    sent: list[ClientOrderId] = []
    canceled: list[ClientOrderId] = []
    denied: list[ClientOrderId] = []
    refused = ""
    pending = [one.client_order_id for one in session.state.blotter.open.values() if one.status is _CANCELING]
    await settling.closed(pending, secs)
    for number in range(ROUNDS):
        events = [
            record.event
            for record in await session.inbox.ask(do.FlattenPosition(actor=actor, instrument_id=instrument_id))
        ]
        texts = [event.text for event in events if isinstance(event, ev.CommandRefused)]
        refused = texts[0] if texts and not number else ""
        asked = [event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)]
        canceled += asked
        sent += [event.client_order_id for event in events if isinstance(event, oev.OrderSubmitted)]
        denied += [event.client_order_id for event in events if isinstance(event, oev.OrderDenied)]
        if texts or not asked:
            break
        if not await settling.closed(asked, secs):
            refused = "an order that works there could not be canceled yet; flatten again when it has gone"
            break
    await settling.closed(sent, secs)
    return Flattened(sent, canceled, denied, refused)
