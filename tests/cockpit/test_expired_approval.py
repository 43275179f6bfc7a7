"""An approval that is still in the queue when its time is over: row O-27 of the catalogue, with the whole session."""

import asyncio
from collections.abc import Sequence

import pytest

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus
from oms.journal.memory import MemoryJournal
from tests.doubles.venue.listed import ticket
from tests.doubles.venue.stage import Stage, a_memory, a_venue, play, trading


class SlowJournal(MemoryJournal):
    """A journal whose commits take so many seconds, once that is said."""

    secs = 0.0

    async def append(self, records: Sequence[ev.Record]) -> None:
        await asyncio.sleep(self.secs)
        await super().append(records)


async def agree(stage: Stage) -> ClientOrderId:
    """Say yes to a ticket, and return its order once what became of that is durable."""
    command = do.SubmitTicket(actor="ann", ticket=ticket(1, limit="9.90"), ts_agreed=stage.session.now())
    records = await stage.session.inbox.ask(command)
    (order_id,) = [record.event.client_order_id for record in records if isinstance(record.event, oev.OrderSubmitted)]
    return order_id


@pytest.mark.parametrize(("secs", "leaves"), [(29, True), (31, False)])
def test_what_was_agreed_to_more_than_a_minute_ago_does_not_leave(secs: float, leaves: bool) -> None:
    """O-27: for half of the minute it waits behind another commit, for the other half in its own."""

    async def main() -> None:
        venue, journal = a_venue(), SlowJournal()
        async with trading(venue, memory=a_memory(journal)) as stage:
            await stage.up()
            await stage.quote(1_000)
            journal.secs = secs
            before = asyncio.create_task(
                stage.session.inbox.ask(do.NoteTerminalLost(actor="ann", cause="gone", policy="keep"))
            )
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            order_id = await agree(stage)
            await before
            journal.secs = 0
            await stage.until(lambda: stage.status(order_id) is not OrderStatus.SUBMITTED)

            assert ("new" in venue.verdict().requests) is leaves
            text = stage.state.blotter.orders[order_id].text
            assert text == ("" if leaves else "not sent: its approval has expired: it was given 62 s ago")

    play(main())
