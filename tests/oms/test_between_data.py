"""What falls between two data of recorded time: arrivals at the venue and from it, and what the engine waits for."""

import asyncio

from oms.domain import commands as do
from oms.domain.deadline import DeadlineReached
from oms.domain.market import MarketData
from oms.domain.report import ExecType
from tests.doubles.virtual_time import in_virtual_time
from tests.oms.entrance import Entrance, causes
from tests.oms.examples import START, quote, said

FIRST, SECOND_, THIRD = (quote("150", ts=START + ts) for ts in (0, 10, 20))
ANSWER = said(ExecType.NEW, ts=START + 5)


def entrance(*data: MarketData, rate: float | None = None) -> Entrance:
    return Entrance(data or (FIRST, SECOND_, THIRD), rate)


def test_a_deadline_comes_before_the_datum_that_lies_beyond_it() -> None:
    played = entrance()
    played.deadlines = [START + 15]

    assert causes(played.play()) == [[FIRST], [SECOND_], [DeadlineReached(ts=START + 15)], [THIRD]]
    assert played.venue.passed == [START + 15], "the venue lives in the same time"


def test_of_what_falls_on_one_instant_the_venue_speaks_first_then_the_deadline_then_the_datum() -> None:
    played = entrance()
    played.deadlines = [START + 10]
    played.venue.on_its_way = [(START + 10, ANSWER)]

    assert causes(played.play()) == [[FIRST], [ANSWER], [DeadlineReached(ts=START + 10)], [SECOND_], [THIRD]]


def test_deadlines_and_arrivals_come_in_the_order_of_their_instants() -> None:
    played = entrance()
    played.deadlines = [START + 3, START + 7]
    played.venue.on_its_way = [(START + 5, ANSWER), (START + 11, ANSWER)]
    came = causes(played.play())

    assert came == [
        [FIRST],
        [DeadlineReached(ts=START + 3)],
        [ANSWER],
        [DeadlineReached(ts=START + 7)],
        [SECOND_],
        [ANSWER],
        [THIRD],
    ]


def test_an_arrival_at_the_venue_that_nothing_is_said_about_is_nothing_to_decide() -> None:
    played = entrance()
    played.venue.on_its_way = [(START + 5, None)]

    assert [what for what in causes(played.play()) if what] == [[FIRST], [SECOND_], [THIRD]]


def test_what_is_between_two_data_does_not_come_before_the_later_one_is_due() -> None:
    played = entrance(rate=1.0)
    played.deadlines = [START + 5]

    assert [(at, type(what[-1]).__name__) for at, what in played.play()] == [
        (1.0, "Quote"),
        (2.0, "DeadlineReached"),
        (2.0, "Quote"),
        (3.0, "Quote"),
    ]


def test_a_pause_holds_what_is_between_two_data_as_well() -> None:
    played = entrance()
    played.deadlines = [START + 5]
    played.venue.on_its_way = [(START + 5, ANSWER)]
    played.pace.pause(paused=True)

    assert played.play() == []


def test_what_is_on_its_way_when_the_tape_ends_still_arrives_and_only_then_has_it_ended() -> None:
    played = entrance(FIRST)
    played.venue.on_its_way = [(START + 60, ANSWER)]
    played.deadlines = [START + 30, START + 90]
    ended: list[bool] = []

    async def main() -> None:
        taking = asyncio.create_task(played.run(lambda _: ended.append(played.inbox.feed_ended.is_set())))
        await played.inbox.feed_ended.wait()
        played.inbox.close()
        await taking

    in_virtual_time(main())

    assert causes(played.seen) == [[FIRST], [DeadlineReached(ts=START + 30)], [ANSWER]]
    assert ended == [False, False, False]


def test_a_venue_that_cannot_keep_its_book_when_something_arrives_is_reported() -> None:
    played = entrance()
    played.deadlines = [START + 5]

    played.venue.fails = "disk full"

    assert [do.BrokerDown(actor="inbox", broker=played.venue.broker_id, text="disk full")] in causes(played.play())


def test_an_order_that_expires_between_two_data_does_so_at_its_instant_and_not_after_the_tape() -> None:
    played = entrance()
    played.venue.expires_at = START + 15
    ends = said(ExecType.EXPIRED, ts=START + 15)
    played.venue.on_expiry = ends
    came = causes(played.play())

    assert came == [[FIRST], [SECOND_], [ends], [THIRD]]

    late = entrance(FIRST)
    late.venue.expires_at = START + 15
    late.venue.on_expiry = ends
    assert causes(late.play()) == [[FIRST]]
