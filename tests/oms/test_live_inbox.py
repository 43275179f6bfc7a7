"""The entrance on the wall clock: nothing said is lost, only prices may be overtaken, and time wakes it by itself."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from oms.clock import LiveClock
from oms.domain import commands as do
from oms.domain.deadline import DeadlineReached
from oms.domain.events import MarketMoved
from oms.domain.market import MarketData, Range, SessionEnded
from oms.domain.report import ExecType, VenueReport
from oms.domain.units import SECOND, Nanos
from oms.lanes import BATCH, Asked
from oms.live_inbox import LiveInbox
from oms.marks import Marks
from tests.doubles.share import share
from tests.doubles.virtual_time import VirtualLoop, in_virtual_time, virtual_loop
from tests.oms.entrance import Seen, bar, causes
from tests.oms.examples import INSTRUMENTS, ORDER, START, quote, said, tell, ticket

TICKET = do.SubmitTicket(actor="ann", ticket=ticket())
HALT = do.HaltTrading(actor="ann", reason="enough")
CANCEL = do.CancelOrder(actor="ann", client_order_id=ORDER)
END = do.EndRun(actor="ann", reason="quit")
CANCELED = said(ExecType.CANCELED)
OTHER = INSTRUMENTS[1]


class LiveEntrance:
    """A live inbox in virtual time, whose wall is the loop's clock: what came out of it, and when."""

    def __init__(self) -> None:
        self.deadline: Nanos | None = None
        self.seen: Seen = []
        self.waits: list[int] = []

    async def _take(self, each: Callable[[list[Asked]], None]) -> None:
        async for batch in self.inbox.batches():
            self.seen.append((round(virtual_loop().time(), 6), [asked.cause for asked in batch]))
            each(batch)

    def play(
        self,
        *acts: tuple[float, Callable[[], object]],
        until: float = 100.0,
        each: Callable[[list[Asked]], None] = lambda _batch: None,
    ) -> list[list[object]]:
        """Do each act at its second, close at the end, and return the batches."""

        async def main() -> None:
            loop = virtual_loop()
            self.inbox = LiveInbox(LiveClock(lambda: wall(loop)).now, lambda: self.deadline)
            taking = asyncio.create_task(self._take(each))
            for at, act in sorted(acts, key=lambda one: one[0]):
                await asyncio.sleep(at - loop.time())
                act()
            await asyncio.sleep(until - loop.time())
            self.inbox.close()
            await taking

        in_virtual_time(main())
        return causes(self.seen)

    def hear(self, *what: MarketData | VenueReport) -> Callable[[], None]:
        """Return the act of hearing."""

        def act() -> None:
            for one in what:
                self.inbox.hear(one)

        return act

    def put(self, *commands: do.Command) -> Callable[[], None]:
        """Return the act of asking."""

        def act() -> None:
            for command in commands:
                self.inbox.put(command)

        return act


def wall(loop: VirtualLoop) -> Nanos:
    return START + round(loop.time() * SECOND)


def conflated(batches: Sequence[Sequence[object]]) -> list[int]:
    return [getattr(cause, "conflated", -1) for batch in batches for cause in batch]


# -- who comes first --------------------------------------------------------------------------------------------


def test_stops_go_before_reports_and_those_before_prices_and_tickets() -> None:
    """A ticket is judged at the price that was there when its turn came."""
    entrance = LiveEntrance()
    price = quote("150")

    def all_at_once() -> None:
        for act in (entrance.put(TICKET), entrance.hear(price, CANCELED), entrance.put(CANCEL, HALT)):
            act()

    assert entrance.play((1, all_at_once)) == [[HALT], [CANCEL], [CANCELED], [price, TICKET]]


def test_batches_are_bounded_and_lose_no_report_and_no_command() -> None:
    entrance = LiveEntrance()
    reports = [said(ExecType.NEW, ts=START + number) for number in range(2 * BATCH + 1)]
    tickets = [do.SubmitTicket(actor=str(number), ticket=ticket()) for number in range(BATCH + 1)]

    def all_at_once() -> None:
        entrance.hear(*reports)()
        entrance.put(*tickets)()

    seen = entrance.play((1, all_at_once))

    assert [len(batch) for batch in seen] == [BATCH, BATCH, 1, BATCH, 1]
    assert [cause for batch in seen for cause in batch] == [*reports, *tickets]


def test_a_flood_of_prices_leaves_every_batch_half_to_tickets() -> None:
    entrance = LiveEntrance()
    bars = [bar(START + number) for number in range(3 * BATCH)]

    def all_at_once() -> None:
        entrance.hear(*bars)()
        entrance.put(*[TICKET] * BATCH)()

    seen = entrance.play((1, all_at_once))

    assert [sum(cause == TICKET for cause in batch) for batch in seen[:3]] == [BATCH // 2, BATCH // 2, 0]


# -- conflation -------------------------------------------------------------------------------------------------


def test_behind_only_the_newest_quote_of_an_instrument_is_seen_and_says_how_many_were_not() -> None:
    entrance = LiveEntrance()
    quotes = [quote(str(price), ts=START + price) for price in range(150, 155)]
    other = quote("20", instrument=OTHER)

    seen = entrance.play((1, entrance.hear(quotes[0], other, *quotes[1:])))

    assert seen == [[replace(quotes[-1], conflated=4), other]]


def test_the_busiest_instrument_keeps_its_turn_while_it_is_overtaken_by_itself() -> None:
    """More instruments are behind than a batch takes, and one of them has a new price before every batch."""
    entrance = LiveEntrance()
    busy, *others = [share(f"S{number}") for number in range(BATCH)]
    prices = iter(range(1, 100))

    def again(_batch: list[Asked]) -> None:
        entrance.hear(quote("150", ts=START + next(prices), instrument=busy))()

    def begin() -> None:
        entrance.hear(quote("150", instrument=busy), *[quote("150", instrument=one) for one in others])()
        again([])

    seen = entrance.play((1, begin), each=lambda batch: again(batch) if len(entrance.seen) < 4 else None)

    turns = [number for number, batch in enumerate(seen) for one in batch if getattr(one, "instrument", None) == busy]
    assert turns[:2] == [0, 2]  # it gave way once to all the others, and no longer


def test_a_quote_that_tells_how_far_the_market_went_is_never_overtaken() -> None:
    """What a stop waits for may be told in it and in no other."""
    entrance = LiveEntrance()
    told = [
        quote("150", ts=START),
        replace(quote("150", ts=START + 1), range=Range(low_ask=1, high_bid=2)),
        quote("151", ts=START + 2),
        quote("152", ts=START + 3),
        replace(quote("150", ts=START + 4), range=Range(low_ask=3, high_bid=4)),
        quote("153", ts=START + 5),
    ]

    (seen,) = entrance.play((1, entrance.hear(*told)))

    assert [getattr(one, "ts", 0) - START for one in seen] == [1, 4, 5]
    assert [getattr(one, "range", None) for one in seen] == [Range(1, 2), Range(3, 4), None]
    assert conflated([seen]) == [1, 2, 0]


def test_an_engine_that_keeps_up_sees_every_quote() -> None:
    entrance = LiveEntrance()
    quotes = [quote("150", ts=START + second) for second in range(5)]

    seen = entrance.play(*((second, entrance.hear(quotes[second])) for second in range(5)))

    assert seen == [[one] for one in quotes]


def test_bars_and_the_ends_of_sessions_are_never_conflated_and_keep_their_place() -> None:
    entrance = LiveEntrance()
    told: list[MarketData] = [
        bar(START),
        quote("150"),
        bar(START + 1),
        SessionEnded(session="2010-06-18", ts=START),
        quote("151"),
    ]

    (seen,) = entrance.play((1, entrance.hear(*told)))

    assert seen[:3] == [told[0], told[2], told[3]]
    assert conflated([seen]) == [-1, -1, -1, 1]


def test_the_state_counts_the_quotes_that_nobody_saw() -> None:
    entrance, marks = LiveEntrance(), Marks()
    for batch in entrance.play((1, entrance.hear(*[quote("150")] * 3)), (2, entrance.hear(*[quote("150")] * 2))):
        for cause in batch:
            tell(marks, MarketMoved(data=cause))  # type: ignore[arg-type]

    assert marks.conflated == 3


# -- time -------------------------------------------------------------------------------------------------------


def test_a_deadline_wakes_the_engine_by_itself_and_once() -> None:
    entrance = LiveEntrance()
    entrance.deadline = START + 7 * SECOND

    def done(_batch: list[Asked]) -> None:
        entrance.deadline = None

    entrance.play(each=done)

    assert entrance.seen == [(7.0, [DeadlineReached(ts=START + 7 * SECOND)])]


def test_a_deadline_that_an_input_brings_forward_is_waited_for_anew() -> None:
    entrance = LiveEntrance()
    entrance.deadline = START + 50 * SECOND

    def sooner(batch: list[Asked]) -> None:
        entrance.deadline = START + 5 * SECOND if batch[0].cause == TICKET else None

    entrance.play((2, entrance.put(TICKET)), each=sooner)

    assert [at for at, _ in entrance.seen] == [2.0, 5.0]


def test_a_deadline_comes_after_what_the_venue_has_already_said() -> None:
    """An answer that has arrived is not overdue."""
    entrance = LiveEntrance()

    def late() -> None:
        entrance.deadline = START
        entrance.hear(CANCELED)()

    def done(batch: list[Asked]) -> None:
        if isinstance(batch[0].cause, DeadlineReached):
            entrance.deadline = None

    seen = entrance.play((1, late), each=done)

    assert seen == [[CANCELED], [DeadlineReached(ts=START + SECOND)]]


def test_the_loop_does_not_go_round_while_nothing_happens() -> None:
    """A task that spins holds the interpreter, and a commit in another thread waits for it."""
    entrance = LiveEntrance()
    entrance.deadline = START + 1_000 * SECOND
    waits: list[int] = []
    entrance.play((1, lambda: waits.append(virtual_loop().waits)), (99, lambda: waits.append(virtual_loop().waits)))

    assert waits[1] - waits[0] < 5


def test_a_flood_leaves_the_loop_to_others_now_and_then() -> None:
    entrance = LiveEntrance()
    others: list[int] = []

    async def other() -> None:
        while len(entrance.seen) < 100:
            others.append(len(entrance.seen))
            await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []

    def flood() -> None:
        entrance.hear(*[said(ExecType.NEW, ts=START + number) for number in range(100 * BATCH)])()
        tasks.append(asyncio.create_task(other()))

    entrance.play((1, flood), until=2, each=lambda _batch: virtual_loop().pass_time(0.001))

    assert len({seen for seen in others if 0 < seen < 100}) > 10


# -- the end ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closing", [False, True])
def test_reports_and_commands_that_wait_are_taken_before_the_end_and_prices_are_not(closing: bool) -> None:
    entrance = LiveEntrance()

    def end() -> None:
        entrance.hear(quote("150"), CANCELED)()
        entrance.put(END, TICKET)()
        if closing:
            entrance.inbox.close()

    seen = entrance.play((1, end), until=2)

    assert seen == ([[CANCELED], [TICKET], [END]] if closing else [[CANCELED], [quote("150"), TICKET], [END]])
