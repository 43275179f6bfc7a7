"""The single entrance: who comes first, and what becomes of what waits at the end."""

import asyncio
import gc

import pytest

from oms.domain import commands as do
from oms.domain.market import Bar, MarketData, SessionEnded
from oms.domain.report import ExecType
from oms.journal.errors import JournalError
from oms.lanes import BATCH, Asked
from tests.doubles.virtual_time import in_virtual_time, virtual_loop
from tests.oms.entrance import Entrance, Seen, bar, causes, instants
from tests.oms.examples import ORDER, SIM, START, quote, said, ticket

TICKET = do.SubmitTicket(actor="ann", ticket=ticket())
HALT = do.HaltTrading(actor="ann", reason="enough")
CANCEL = do.CancelOrder(actor="ann", client_order_id=ORDER)
END = do.EndRun(actor="ann", reason="quit")
PAUSE = do.PauseStrategy(actor="ann")
FILLED = said(ExecType.CANCELED)


# -- who comes first --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("urgent", [HALT, CANCEL, do.WithholdOrder(actor="router", client_order_id=ORDER, reason="")])
def test_what_stops_goes_before_what_waits(urgent: do.Command) -> None:
    entrance = Entrance()
    for command in (TICKET, PAUSE, urgent):
        entrance.inbox.put(command)

    assert causes(entrance.play()) == [[urgent], [TICKET, PAUSE]]


def test_a_stop_goes_before_cancels_and_flattens_that_wait_and_after_an_earlier_stop() -> None:
    """A person who cancels ten thousand orders one by one and then stops does not wait for those."""
    entrance = Entrance()
    again = do.HaltTrading(actor="bob", reason="me too")
    for command in (CANCEL, do.FlattenPosition(actor="ann"), HALT, again):
        entrance.inbox.put(command)

    assert causes(entrance.play()) == [[HALT, again], [CANCEL, do.FlattenPosition(actor="ann")]]


def test_what_never_left_is_told_before_the_stop_that_would_ask_it_back() -> None:
    entrance = Entrance()
    withheld = do.WithholdOrder(actor="router", client_order_id=ORDER, reason="trading was stopped first")
    for command in (CANCEL, HALT, withheld):
        entrance.inbox.put(command)

    assert causes(entrance.play()) == [[withheld, HALT], [CANCEL]]


def test_a_stop_does_not_wait_for_a_batch_of_its_own_however_many_orders_it_kept_from_leaving() -> None:
    entrance = Entrance()
    withheld = do.WithholdOrder(actor="router", client_order_id=ORDER, reason="trading was stopped first")
    commands: list[do.Command] = [*[withheld] * BATCH, HALT]
    for command in commands:
        entrance.inbox.put(command)

    assert causes(entrance.play()) == [commands]


def test_what_the_venue_said_goes_before_tickets_and_after_stops() -> None:
    entrance = Entrance()
    entrance.venue.outbox = [FILLED]
    for command in (TICKET, HALT):
        entrance.inbox.put(command)

    assert causes(entrance.play()) == [[HALT], [FILLED], [TICKET]]


def test_what_the_venue_said_waits_for_its_book_and_what_comes_meanwhile_keeps_its_place() -> None:
    """A stop that comes while the disk is written goes first, as it would have before."""
    entrance = Entrance()

    async def main() -> None:
        taking = asyncio.create_task(entrance.run())
        entrance.venue.outbox, writing = [FILLED], virtual_loop().create_future()
        entrance.venue.writing = writing
        entrance.inbox.put(TICKET)
        await asyncio.sleep(1)
        assert entrance.seen == []
        entrance.inbox.put(HALT)
        await asyncio.sleep(1)
        writing.set_result(None)
        await asyncio.sleep(0)
        entrance.inbox.close()
        await taking

    in_virtual_time(main())

    assert entrance.seen == [(2.0, [HALT]), (2.0, [FILLED]), (2.0, [TICKET])]


@pytest.mark.parametrize("by", ["a datum", "an arrival"])
def test_what_the_venue_did_with_what_it_was_shown_waits_for_its_book_too(by: str) -> None:
    data = instants(1)
    entrance = Entrance(data)
    if by == "a datum":
        entrance.venue.on_shown[START] = [FILLED]
    else:
        entrance.venue.on_its_way = [(START, FILLED)]

    async def main() -> None:
        writing = virtual_loop().create_future()
        entrance.venue.writing = writing
        taking = asyncio.create_task(entrance.run())
        await asyncio.sleep(1)
        assert entrance.seen == []
        writing.set_result(None)
        await asyncio.sleep(0)
        entrance.inbox.close()
        await taking

    in_virtual_time(main())

    assert entrance.seen == [(1.0, [FILLED, *data] if by == "a datum" else [FILLED])]


def test_who_waits_for_what_the_venue_has_to_say_goes_on_once_it_was_taken() -> None:
    entrance = Entrance()
    went_on: list[tuple[str, float, Seen]] = []

    async def wait(name: str) -> None:
        await entrance.inbox.heard()
        went_on.append((name, virtual_loop().time(), list(entrance.seen)))

    async def main() -> None:
        await wait("before")
        taking = asyncio.create_task(entrance.run())
        entrance.venue.outbox, writing = [FILLED], virtual_loop().create_future()
        entrance.venue.writing = writing
        entrance.inbox.put(TICKET)
        await asyncio.sleep(1)
        waiting = asyncio.create_task(wait("meanwhile"))
        await asyncio.sleep(1)
        writing.set_result(None)
        await waiting
        entrance.inbox.close()
        await taking

    in_virtual_time(main())

    assert [(name, at) for name, at, _ in went_on] == [("before", 0), ("meanwhile", 2)]
    assert went_on[1][2][0] == (2.0, [FILLED])


@pytest.mark.parametrize("ends", ["fails", "is canceled"])
def test_nobody_waits_any_more_for_a_venue_whose_writing_came_to_no_end(ends: str) -> None:
    entrance = Entrance()

    async def main() -> None:
        entrance.venue.outbox, writing = [FILLED], virtual_loop().create_future()
        entrance.venue.writing = asyncio.shield(writing)
        taking = asyncio.create_task(entrance.run())
        await asyncio.sleep(1)
        if ends == "fails":
            writing.set_exception(OSError("no such disk"))
        else:
            taking.cancel()
        await asyncio.wait([taking])
        with pytest.raises((OSError, asyncio.CancelledError)):
            await taking
        await entrance.inbox.heard()

    in_virtual_time(main())


def test_a_run_ends_after_all_that_waits_and_after_what_that_caused() -> None:
    """Whatever is decided after the end of a run would stand in the journal behind it."""
    entrance = Entrance(instants(1))
    entrance.pace.pause(paused=True)

    async def main() -> None:
        for command in (PAUSE, END, TICKET):
            entrance.inbox.put(command)
        entrance.inbox.close()
        await entrance.run(lambda batch: entrance.venue.outbox.extend([FILLED] if batch[0].cause == PAUSE else []))

    in_virtual_time(main())

    assert causes(entrance.seen) == [[PAUSE, TICKET], [FILLED], [END]]


def test_a_batch_is_bounded() -> None:
    entrance = Entrance()
    for _ in range(BATCH + 1):
        entrance.inbox.put(TICKET)

    assert [len(batch) for batch in causes(entrance.play())] == [BATCH, 1]


def test_the_venue_is_shown_a_datum_first_and_what_it_says_is_decided_before_it() -> None:
    """So fills come before the marks that the same prices move."""
    data = instants(2)
    entrance = Entrance(data)
    entrance.venue.on_shown[data[1].ts] = [FILLED]

    assert causes(entrance.play()) == [[data[0]], [FILLED, data[1]]]
    assert entrance.venue.shown == data


def test_the_next_datum_is_not_even_pulled_before_all_that_the_last_one_caused_was_taken() -> None:
    data = instants(2)
    entrance = Entrance(data)
    pulled: list[int] = []

    def trade(batch: list[Asked]) -> None:
        pulled.append(entrance.feed.pulled)
        if batch[-1].cause == data[0]:
            entrance.venue.outbox.append(FILLED)
            entrance.inbox.put(TICKET)
        if batch[-1].cause == data[1]:
            entrance.inbox.close()

    in_virtual_time(entrance.run(trade))

    assert causes(entrance.seen) == [[data[0]], [FILLED], [TICKET], [data[1]]]
    assert pulled == [1, 1, 1, 2]


def test_who_asks_is_answered_by_whoever_serves_the_batch() -> None:
    entrance = Entrance()

    async def main() -> list[object]:
        asking = asyncio.create_task(entrance.inbox.ask(TICKET))
        await asyncio.sleep(0)
        async for batch in entrance.inbox.batches():
            for asked in batch:
                assert asked.reply is not None
                asked.reply.set_result([])
            entrance.inbox.close()
        return list(await asking)

    assert in_virtual_time(main()) == []


@pytest.mark.parametrize("answer", ["fails", "is given up"])
def test_who_posts_and_never_looks_is_not_complained_about(answer: str) -> None:
    entrance = Entrance()
    complaints: list[object] = []

    async def main() -> None:
        virtual_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
        reply = entrance.inbox.post(TICKET)
        if answer == "fails":
            reply.set_exception(JournalError("no space left"))
        else:
            reply.cancel()
        entrance.inbox.close()
        await entrance.run()

    in_virtual_time(main())
    gc.collect()

    assert complaints == []
    assert causes(entrance.seen) == [[TICKET]]


def test_a_venue_that_cannot_keep_its_book_is_reported_and_the_market_moves_all_the_same() -> None:
    data = instants(1)
    entrance = Entrance(data)
    entrance.venue.fails = "disk full"
    down = do.BrokerDown(actor="inbox", broker=SIM, text="disk full")

    assert causes(entrance.play()) == [[data[0]], [down]]


# -- the ends ---------------------------------------------------------------------------------------------------


def test_when_the_tape_ends_it_says_so_and_commands_are_still_taken() -> None:
    entrance = Entrance(instants(1))
    seen = entrance.play((5, lambda: entrance.inbox.put(TICKET)))

    assert entrance.inbox.feed_ended.is_set()
    assert causes(seen)[-1] == [TICKET]
    assert entrance.feed.pulled == 1


def test_what_waits_when_it_is_closed_is_still_taken_and_no_data() -> None:
    entrance = Entrance(instants(3), rate=1)

    def close() -> None:
        entrance.inbox.put(TICKET)
        entrance.inbox.close()

    assert causes(entrance.play((0.5, close), until=1)) == [[TICKET]]


def test_what_an_earlier_run_has_seen_is_skipped_and_its_bars_are_shown() -> None:
    data: list[MarketData] = [quote("150", ts=1), bar(2), quote("151", ts=2), quote("152", ts=3), bar(4)]
    entrance = Entrance(data)
    shown: list[Bar] = []
    entrance.inbox.skip(2, shown.append)

    assert shown == [data[1]]
    assert causes(entrance.play()) == [[data[3]], [data[4]]]
    assert entrance.venue.shown == data[3:]


def test_skipping_stops_before_a_sessions_end_because_the_venue_must_hear_of_it() -> None:
    data: list[MarketData] = [quote("150", ts=1), SessionEnded(session="2010-06-18", ts=2), quote("151", ts=3)]
    entrance = Entrance(data)
    entrance.inbox.skip(5, lambda _bar: None)

    assert causes(entrance.play()) == [[data[1]], [data[2]]]


def test_skipping_a_whole_tape_ends_it() -> None:
    entrance = Entrance(instants(3))
    entrance.inbox.skip(START + 100, lambda _bar: None)

    assert entrance.inbox.feed_ended.is_set()
    assert entrance.play() == []
