"""The promises of `brokers.base.BaseBroker`, number by number, for the catalog and for the venue on a socket."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Unpack

import pytest

from brokers.base import BaseBroker
from brokers.catalog import BROKERS, broker_class
from oms.domain.ids import MANUAL, ClientOrderId, InstrumentId
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, VenueReport
from oms.domain.units import ZERO, Money
from oms.ports import Broker
from tests.contracts.stands import INSTRUMENT, OPENING, STANDS, Stand
from tests.doubles.orders import ACCOUNT, Terms, submitted


@pytest.fixture(params=list(STANDS))
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    made = STANDS[request.param](tmp_path)
    await made.open()
    yield made
    await made.close()


def an_order(
    number: int,
    side: Side = Side.BUY,
    quantity: str = "10",
    tif: TimeInForce = TimeInForce.GTC,
    **terms: Unpack[Terms],
) -> Order:
    return submitted(number, INSTRUMENT, side, quantity, tif, **terms)


def kinds(reports: list[VenueReport]) -> list[str]:
    return [report.exec_type if isinstance(report, ExecutionReport) else type(report).__name__ for report in reports]


def trades(reports: list[VenueReport]) -> list[ExecutionReport]:
    return [r for r in reports if isinstance(r, ExecutionReport) and r.exec_type is ExecType.TRADE]


def filled(reports: list[VenueReport]) -> Decimal:
    return sum((report.last_qty or ZERO for report in trades(reports)), ZERO)


def test_every_broker_of_the_catalog_stands_here() -> None:
    assert {name.split(",")[0] for name in STANDS} >= set(BROKERS)


@pytest.mark.parametrize("name", BROKERS)
def test_every_name_of_the_catalog_is_an_adapter_that_keeps_the_port(name: str) -> None:
    assert issubclass(broker_class(name), BaseBroker)


def port_of(stand: Stand) -> Broker:
    """The type checker sees here that an adapter is what the engine calls."""
    return stand.broker


def test_a_broker_tells_whose_account_it_is(stand: Stand) -> None:
    assert (port_of(stand).broker_id, port_of(stand).account) == ("sim", ACCOUNT)


async def test_01_a_sound_order_is_answered_by_new(stand: Stand) -> None:
    stand.broker.submit(an_order(1, limit="99.00"))

    assert kinds(await stand.said()) == [ExecType.NEW]


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "NaN", "Infinity", "1E+30"])
async def test_01_an_order_of_a_wrong_quantity_is_rejected_with_words_and_never_trades(
    stand: Stand, quantity: str
) -> None:
    stand.broker.submit(an_order(1, quantity=quantity, limit="101.00"))
    await stand.show(9_999, 10_000)

    said = await stand.said()
    assert kinds(said) == [ExecType.REJECTED]
    assert isinstance(said[0], ExecutionReport)
    assert "quantity" in said[0].text


async def test_02_handing_an_order_over_twice_makes_one_order(stand: Stand) -> None:
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, quantity="1"))
    first = await stand.said()
    stand.broker.submit(an_order(1, quantity="1"))

    assert kinds(first) == [ExecType.NEW, ExecType.TRADE]
    assert {r.exec_id for r in trades(first + await stand.said())} == {trades(first)[0].exec_id}


async def test_02_an_id_is_taken_also_after_a_restart(stand: Stand) -> None:
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, quantity="1"))
    before = await stand.restart()
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, quantity="1"))
    after = await stand.restart()

    assert before.net == after.net == ((INSTRUMENT.instrument_id, Decimal(1)),)


async def test_03_fills_add_up_to_the_quantity_and_no_more(stand: Stand) -> None:
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, quantity="10"))
    for _ in range(30):
        await stand.show(9_999, 10_000)

    reports = await stand.said()
    assert len(trades(reports)) > 1
    assert filled(reports) == 10


@pytest.mark.parametrize(("side", "limit"), [(Side.BUY, "100.02"), (Side.SELL, "99.97")])
async def test_04_no_fill_is_worse_than_the_limit(stand: Stand, side: Side, limit: str) -> None:
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, quantity="50"))
    for _ in range(60):
        await stand.show(9_999, 10_000)
    await stand.said()
    stand.broker.submit(an_order(2, side, "40", limit=limit))
    for drift in (0, 3, -3, 5, -5, 1, -1):
        await stand.show(9_999 + drift, 10_000 + drift)

    fills = trades(await stand.said())
    assert fills
    for report in fills:
        assert report.last_px is not None
        assert (Decimal(limit) - report.last_px) * side.sign >= 0


async def test_05_execution_ids_are_unique_and_stay_the_same(stand: Stand) -> None:
    await stand.show(9_999, 10_000)
    for number in (1, 2, 3):
        stand.broker.submit(an_order(number))
    await stand.show(9_999, 10_000)
    told = [report.exec_id for report in trades(await stand.said())]
    await stand.restart()
    for number in (1, 2, 3):
        stand.broker.query(an_order(number))
    again = [report.exec_id for report in trades(await stand.said())]

    assert len(told) == len(set(told)) == 6
    assert None not in told
    assert sorted(map(str, told)) == sorted(map(str, again))


async def test_06_a_working_order_is_canceled_and_trades_no_more(stand: Stand) -> None:
    order = an_order(1, limit="100.00")
    stand.broker.submit(order)
    stand.broker.cancel(order)
    await stand.show(9_000, 9_001)

    assert kinds(await stand.said()) == [ExecType.NEW, ExecType.CANCELED]


async def test_06_a_cancel_that_comes_too_late_is_refused_with_words(stand: Stand) -> None:
    order = an_order(1, quantity="1")
    await stand.show(9_999, 10_000)
    stand.broker.submit(order)
    stand.broker.cancel(order)

    *_, trade, answer = await stand.said()
    assert isinstance(trade, ExecutionReport)
    assert trade.exec_type is ExecType.TRADE
    assert isinstance(answer, CancelReject)
    assert "filled" in answer.text


async def test_06_a_cancel_of_an_unknown_order_is_refused_with_words(stand: Stand) -> None:
    stand.broker.cancel(an_order(1))

    (answer,) = await stand.said()
    assert isinstance(answer, CancelReject)
    assert answer.text


async def test_07_a_query_tells_all_reports_again_equal_and_in_their_order(stand: Stand) -> None:
    order = an_order(1)
    await stand.show(9_999, 10_000)
    stand.broker.submit(order)
    await stand.show(9_999, 10_000)
    stand.broker.cancel(order)
    told = await stand.said()
    stand.broker.query(order)
    at_once = await stand.said()
    await stand.restart()
    stand.broker.query(order)

    assert kinds(told) == [ExecType.NEW, ExecType.TRADE, ExecType.TRADE, ExecType.CANCELED]
    assert told == at_once == await stand.said()


async def test_07_a_query_for_what_never_arrived_is_answered_by_not_found(stand: Stand) -> None:
    stand.broker.query(an_order(1))

    assert await stand.said() == [NotFound(client_order_id=ClientOrderId("T-1-1"), ts=0)]


async def test_08_the_books_are_what_the_fills_come_to(stand: Stand) -> None:
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1))
    for bid in range(9_990, 10_020):
        await stand.show(bid, bid + 2)
    stand.broker.submit(an_order(2, Side.SELL, "4"))
    stand.broker.submit(an_order(3, limit="50.00"))

    cash, net = OPENING, ZERO
    for report in trades(await stand.said()):
        assert report.last_qty is not None
        assert report.last_px is not None
        assert report.fee is not None
        cash -= report.side.sign * report.last_qty * report.last_px + report.fee.amount
        net += report.side.sign * report.last_qty
    books = await stand.broker.connect()
    assert books.cash == (Money(cash, "USD"),)
    assert books.net == ((INSTRUMENT.instrument_id, net),)
    assert books.open_orders == ("T-1-2", "T-1-3")


async def test_09_working_orders_outlive_the_link(stand: Stand) -> None:
    stand.broker.submit(an_order(1, quantity="1", limit="99.00"))
    await stand.said()
    books = await stand.restart()
    await stand.show(9_899, 9_900)

    assert books.open_orders == ("T-1-1",)
    assert kinds(await stand.said()) == [ExecType.TRADE]


async def test_09_closing_twice_does_nothing(stand: Stand) -> None:
    await stand.broker.close()
    await stand.broker.close()


async def test_10_what_the_venue_does_not_do_is_rejected(stand: Stand) -> None:
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, Side.SELL))

    (report,) = await stand.said()
    assert isinstance(report, ExecutionReport)
    assert report.exec_type is ExecType.REJECTED
    assert "short" in report.text


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, [ExecType.NEW, ExecType.TRADE, ExecType.CANCELED]),
        ("100.00", [ExecType.NEW, ExecType.TRADE, ExecType.CANCELED]),
        ("99.00", [ExecType.NEW, ExecType.CANCELED]),
    ],
)
async def test_11_an_ioc_order_never_rests(stand: Stand, limit: str | None, expected: list[str]) -> None:
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, limit=limit, tif=TimeInForce.IOC))
    await stand.show(9_000, 9_001)

    assert kinds(await stand.said()) == expected


async def test_12_a_day_order_ends_with_its_session_and_a_gtc_order_outlives_it(stand: Stand) -> None:
    stand.broker.submit(an_order(1, quantity="1", limit="99.00", tif=TimeInForce.DAY))
    stand.broker.submit(an_order(2, quantity="1", limit="99.00", tif=TimeInForce.GTC))
    await stand.said()
    await stand.end_session()
    (expired,) = await stand.said()
    await stand.show(9_899, 9_900)
    (filled_later,) = await stand.said()

    assert (expired.client_order_id, kinds([expired])) == ("T-1-1", [ExecType.EXPIRED])
    assert (filled_later.client_order_id, kinds([filled_later])) == ("T-1-2", [ExecType.TRADE])


@pytest.mark.parametrize("stand", [name for name in STANDS if "memory" not in name], indirect=True)  # which has no link
@pytest.mark.parametrize("ask", ["submit", "cancel", "replace", "query"])
async def test_17_without_a_link_everything_that_is_asked_is_a_connection_error_with_words(
    stand: Stand, ask: str
) -> None:
    if ask == "replace" and not stand.broker.capabilities.replaces:
        pytest.skip("it is never asked for a change")
    order = an_order(1)
    await stand.broker.close()

    more = (order.ticket,) if ask == "replace" else ()
    with pytest.raises(ConnectionError, match=r"\w"):
        getattr(stand.broker, ask)(order, *more)


async def test_18_what_is_asked_is_handed_over_without_waiting_for_an_answer(stand: Stand) -> None:
    """The venue has its turn when we wait for it: whoever waited for its answer in a call would wait for ever."""
    if stand.broker.capabilities.blocks:
        pytest.skip("its calls are made on threads")
    order = an_order(1, limit="99.00")
    stand.broker.submit(order)
    stand.broker.query(order)
    stand.broker.cancel(order)

    assert kinds(await stand.said()) == [ExecType.NEW, ExecType.NEW, ExecType.CANCELED]


async def test_19_a_link_that_stands_gives_the_signs_of_life_that_were_promised(stand: Stand) -> None:
    if stand.broker.capabilities.heartbeat_secs is None:
        pytest.skip("it promises none")
    for _ in range(3):
        await stand.beats.get()


def test_an_unknown_broker_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match=r"^there is no broker sims: known are sim, paper; did you mean sim\?$"):
        broker_class("sims")


async def test_an_instrument_that_is_not_traded_is_rejected_by_its_name(stand: Stand) -> None:
    known = an_order(1, limit="99.00")
    ticket = OrderTicket(
        broker=known.ticket.broker,
        account=ACCOUNT,
        strategy_id=MANUAL,
        instrument_id=InstrumentId("NONE.SYNTH"),
        side=Side.BUY,
        quantity=Decimal(1),
        order_type=OrderType.LIMIT,
        limit_px=Decimal(1),
    )
    stand.broker.submit(
        Order(
            client_order_id=ClientOrderId("T-1-1"), ticket=ticket, status=OrderStatus.SUBMITTED, ts_init=1, ts_event=1
        )
    )

    (report,) = await stand.said()
    assert isinstance(report, ExecutionReport)
    assert report.exec_type is ExecType.REJECTED
    assert "NONE.SYNTH" in report.text
