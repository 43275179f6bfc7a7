"""What an adapter makes of a venue that does not behave: it never guesses, and it never sends twice."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId
from oms.domain.market import Quote
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, ReplaceReject, Unclear
from tests.doubles.share import share
from tests.doubles.venue.adapter import WireBroker
from tests.doubles.venue.book import Traded, VenueBook
from tests.doubles.venue.connection import Said
from tests.doubles.venue.faults import AnswerFault, Faults, StreamFault
from tests.doubles.venue.venue import Venue
from tests.doubles.venue.wire import PUSH, Answer, Push, Report, line

ABC = share("ABC.XNYS")


class Line:
    """A venue, an adapter that is connected to it, and what it says."""

    def __init__(self) -> None:
        self.book = VenueBook({"ABC": Traded()}, {"USD": Decimal(100_000)})
        self.venue = Venue(self.book)
        self.broker = WireBroker(
            broker_id=BrokerId("wire"),
            account=AccountId("T-1"),
            address=lambda: self.venue.address,
            instruments=(ABC,),
            wall=lambda: 77,
        )

    def goes_wrong(
        self, answers: dict[AnswerFault, float] | None = None, stream: dict[StreamFault, float] | None = None
    ) -> None:
        """Let things go wrong from now on."""
        self.venue.faults = Faults(answers=answers, stream=stream, delay_secs=0.01)

    async def heard(self, count: int) -> list[Said]:
        """Return the next things that the venue says."""
        stream = self.broker.stream()
        return [await asyncio.wait_for(anext(stream), 5) for _ in range(count)]


@pytest.fixture
async def wire() -> AsyncIterator[Line]:
    made = Line()
    await made.venue.open()
    await made.broker.connect()
    made.venue.show("ABC", 999, 1_000)
    assert isinstance((await made.heard(1))[0], Quote)
    yield made
    await made.broker.close()
    await made.venue.close()


def an_order(number: int = 1, quantity: str = "10") -> Order:
    ticket = OrderTicket(
        broker=BrokerId("wire"),
        account=AccountId("T-1"),
        strategy_id=MANUAL,
        instrument_id=ABC.instrument_id,
        side=Side.BUY,
        quantity=Decimal(quantity),
        order_type=OrderType.LIMIT,
        limit_px=Decimal("9.00"),
        tif=TimeInForce.GTC,
    )
    order_id = ClientOrderId(f"T-1-{number}")
    return Order(client_order_id=order_id, ticket=ticket, status=OrderStatus.SUBMITTED, ts_init=1, ts_event=1)


def the_report(**changes: str) -> Report:
    said = {"kind": "new", "client": "T-1-1", "order": "V1", "symbol": "ABC", "side": "buy", "qty": "10"}
    return Report(**{**said, **changes}, ts=5)  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [AnswerFault.GARBAGE, AnswerFault.TRUNCATED, AnswerFault.STATUS_AFTER])
@pytest.mark.parametrize("ask", ["submit", "cancel", "query"])
async def test_an_answer_that_proves_nothing_is_unclear_whatever_was_asked(
    wire: Line, fault: AnswerFault, ask: str
) -> None:
    order = an_order()
    wire.broker.submit(order)
    await wire.heard(1)
    wire.goes_wrong({fault: 1.0})
    getattr(wire.broker, ask)(order)

    (said,) = await wire.heard(1)
    assert isinstance(said, Unclear)
    assert (said.client_order_id, said.ts) == ("T-1-1", 77)


@pytest.mark.parametrize(
    "changes", [{"client": "T-1-2"}, {"symbol": "XYZ"}, {"side": "sell"}, {"qty": "11"}, {"order": ""}]
)
async def test_an_acknowledgement_of_something_else_than_was_sent_is_unclear(
    wire: Line, changes: dict[str, str]
) -> None:
    wire.goes_wrong({AnswerFault.DROP_BEFORE: 1.0})
    wire.broker.submit(an_order())
    wire.venue.say(line(2, Answer(ok=True, reports=[the_report(**changes)])))

    (said,) = await wire.heard(1)
    assert isinstance(said, Unclear)


async def test_an_answer_is_heard_once_and_an_answer_that_nobody_waits_for_not_at_all(wire: Line) -> None:
    wire.broker.submit(an_order())
    (first,) = await wire.heard(1)
    for tag in (2, 2, 99):
        wire.venue.say(line(tag, Answer(ok=True, reports=[the_report()])))
    wire.broker.query(an_order(2))

    assert isinstance(first, ExecutionReport)
    assert await wire.heard(1) == [NotFound(client_order_id=ClientOrderId("T-1-2"), ts=77)]


async def test_a_refusal_that_is_sure_closes_the_order_and_one_that_is_not_does_not(wire: Line) -> None:
    wire.broker.submit(an_order(1, quantity="0.5"))
    (sure,) = await wire.heard(1)
    wire.goes_wrong({AnswerFault.STATUS_AFTER: 1.0})
    wire.broker.submit(an_order(2))
    (unsure,) = await wire.heard(1)

    assert isinstance(sure, ExecutionReport)
    assert sure.exec_type is ExecType.REJECTED
    assert isinstance(unsure, Unclear)
    assert list(wire.book.orders) == ["T-1-2"]


async def test_an_id_that_the_venue_already_has_is_adopted_as_what_the_venue_has(wire: Line) -> None:
    """O-05."""
    for _ in range(2):
        wire.broker.submit(an_order())
    said = await wire.heard(2)

    assert said[0] == said[1]
    assert wire.venue.verdict().twin_attempts == 1
    assert wire.venue.verdict().resubmits == 1


async def test_a_cancel_that_came_too_late_is_refused_with_the_venues_words(wire: Line) -> None:
    wire.broker.submit(an_order())
    await wire.heard(1)
    wire.venue.book.drop_open()
    wire.broker.cancel(an_order())
    (said,) = await wire.heard(1)

    assert isinstance(said, CancelReject)


async def test_a_change_that_the_protocol_has_no_word_for_is_refused_under_its_number(wire: Line) -> None:
    """Whoever asks all the same gets an answer: an error would end the engine."""
    order = replace(an_order(), replaces=2)
    wire.broker.replace(order, order.ticket)
    (said,) = await wire.heard(1)

    assert isinstance(said, ReplaceReject)
    assert (said.client_order_id, said.number) == (order.client_order_id, 2)
    await wire.broker.close()
    with pytest.raises(ConnectionError):
        wire.broker.replace(order, order.ticket)


@pytest.mark.parametrize(
    "said",
    [
        b"* not even JSON\n",
        line(PUSH, Push(push="report", report=the_report(kind="blessed"))),
        line(PUSH, Push(push="report", report=the_report(side="both"))),
        line(PUSH, Push(push="report", report=the_report(kind="trade", px="1_0_x"))),
        line(PUSH, Push(push="report")),
        b"* " + b"[" * 100_000 + b"\n",
    ],
)
async def test_a_push_that_makes_no_sense_is_told_and_the_link_goes_on(wire: Line, said: bytes) -> None:
    wire.venue.say(said)
    wire.venue.show("ABC", 998, 999)

    unclear, quote = await wire.heard(2)
    assert isinstance(unclear, Unclear)
    assert isinstance(quote, Quote)


async def test_numbers_that_are_none_are_passed_on_as_they_were_said(wire: Line) -> None:
    """Whether that is nonsense is judged once, in the core."""
    wire.venue.say(line(PUSH, Push(push="report", report=the_report(kind="trade", qty="NaN", px="-1"))))

    (said,) = await wire.heard(1)
    assert isinstance(said, ExecutionReport)
    assert said.last_qty is not None
    assert said.last_qty.is_nan()
    assert said.last_px == -1


@pytest.mark.parametrize(
    "raw", [b"<html>\n", b"-1 {}\n", b"\n", b"x" * (1 << 21)], ids=["html", "minus", "empty", "endless"]
)
async def test_a_line_that_belongs_to_nobody_ends_the_link(wire: Line, raw: bytes) -> None:
    wire.venue.say(raw)

    with pytest.raises(ConnectionError):
        await wire.heard(1)
    with pytest.raises(ConnectionError):
        wire.broker.submit(an_order())


async def test_a_cut_connection_is_told_by_the_stream_and_to_whoever_asks_next(wire: Line) -> None:
    wire.goes_wrong({AnswerFault.CUT: 1.0})
    wire.broker.submit(an_order())

    with pytest.raises(ConnectionError):
        await wire.heard(1)
    with pytest.raises(ConnectionError):
        wire.broker.cancel(an_order())


async def test_after_a_new_connection_the_venue_is_asked_and_nothing_was_sent_twice(wire: Line) -> None:
    wire.goes_wrong({AnswerFault.CUT: 1.0})
    wire.broker.submit(an_order())
    with pytest.raises(ConnectionError):
        await wire.heard(1)
    wire.goes_wrong()
    books = await wire.broker.connect()
    wire.broker.query(an_order())

    (said,) = await wire.heard(1)
    assert isinstance(said, ExecutionReport)
    assert books.open_orders == ("T-1-1",)
    assert wire.venue.verdict().requests["new"] == 1


async def test_what_came_before_the_cut_is_still_heard(wire: Line) -> None:
    wire.broker.submit(an_order())
    await wire.broker.connect()
    wire.venue.show("ABC", 899, 900)
    await wire.broker.connect()
    wire.venue.cut()

    new, trade, quote = await wire.heard(3)
    assert isinstance(new, ExecutionReport)
    assert isinstance(trade, ExecutionReport)
    assert isinstance(quote, Quote)
    assert [new.exec_type, trade.exec_type] == [ExecType.NEW, ExecType.TRADE]


async def test_a_venue_that_cannot_be_reached_is_a_connection_error_with_words(wire: Line) -> None:
    await wire.broker.close()
    wire.venue.refuses = True
    with pytest.raises(ConnectionError, match=r"\w"):
        await wire.broker.connect()

    await wire.venue.close()
    with pytest.raises(ConnectionError, match=r"\w"):
        await wire.broker.connect()


async def test_a_venue_that_does_not_read_is_given_up(wire: Line) -> None:
    """Otherwise orders would pile up here and leave when nobody expects them any more."""

    def ask_without_end() -> None:
        while True:  # the venue runs in this loop, which does not go round meanwhile
            wire.broker.query(an_order())

    with pytest.raises(ConnectionError, match="does not read"):
        ask_without_end()


async def test_nothing_can_be_asked_before_connecting_or_after_closing(wire: Line) -> None:
    await wire.broker.close()

    with pytest.raises(ConnectionError):
        wire.broker.submit(an_order())
