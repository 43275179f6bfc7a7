"""The promises of `brokers.base.BaseBroker` about orders that not every venue knows, for those that declare them."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.order import OrderType, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport, ReplaceReject
from oms.domain.units import ZERO
from tests.contracts.stands import Stand
from tests.contracts.test_broker import an_order, kinds, stand, trades

__all__ = ["stand"]  # the fixture


def needs(stand: Stand, *, kind: OrderType | None = None, tif: TimeInForce | None = None, **flags: bool) -> None:
    """Leave the test to the brokers that declare what it is about."""
    can = stand.broker.capabilities
    declared = (kind is None or kind in can.order_types) and (tif is None or tif in can.tifs)
    if not (declared and all(getattr(can, flag) for flag in flags)):
        pytest.skip("not among its capabilities")


async def test_11_a_fok_order_trades_whole_or_not_at_all(stand: Stand) -> None:
    needs(stand, tif=TimeInForce.FOK)
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, tif=TimeInForce.FOK))
    stand.broker.submit(an_order(2, limit="99.00", tif=TimeInForce.FOK))
    await stand.show(9_000, 9_001)

    reports = await stand.said()
    assert [r.last_qty for r in trades(reports)] == [10]
    assert kinds([r for r in reports if r.client_order_id == "T-1-2"]) == [ExecType.NEW, ExecType.CANCELED]


async def test_12_a_gtd_order_ends_at_its_instant(stand: Stand) -> None:
    needs(stand, tif=TimeInForce.GTD)
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, limit="99.00", tif=TimeInForce.GTD, expires_at=3))
    await stand.show(9_999, 10_000)
    before = kinds(await stand.said())
    await stand.show(9_000, 9_001)

    assert (before, kinds(await stand.said())) == ([ExecType.NEW], [ExecType.EXPIRED])


@pytest.mark.parametrize(("limit", "kind"), [(None, OrderType.STOP_MARKET), ("100.60", OrderType.STOP_LIMIT)])
async def test_13_a_stop_order_trades_nothing_before_its_price(
    stand: Stand, limit: str | None, kind: OrderType
) -> None:
    needs(stand, kind=kind)
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, quantity="1", stop="100.50", limit=limit))
    await stand.show(10_048, 10_049)
    asleep = kinds(await stand.said())
    await stand.show(10_049, 10_050)

    assert asleep == [ExecType.NEW]
    triggered, trade = await stand.said()
    assert kinds([triggered, trade]) == [ExecType.TRIGGERED, ExecType.TRADE]
    assert isinstance(trade, ExecutionReport)
    assert Decimal("100.50") <= (trade.last_px or ZERO) <= Decimal("100.60")


async def test_14_a_changed_order_is_the_new_one_also_after_a_restart(stand: Stand) -> None:
    needs(stand, replaces=True)
    order = an_order(1, quantity="1", limit="98.00")
    stand.broker.submit(order)
    stand.broker.replace(replace(order, replaces=1), replace(order.ticket, limit_px=Decimal("99.00")))
    told = await stand.said()
    await stand.restart()
    await stand.show(9_899, 9_900)
    await stand.said()
    stand.broker.query(order)

    again = await stand.said()
    assert kinds(told) == [ExecType.NEW, ExecType.REPLACED]
    assert again[:2] == told
    assert [r.last_px for r in trades(again)] == [Decimal("99.00")]


async def test_14_a_change_of_what_has_ended_is_refused_with_words(stand: Stand) -> None:
    needs(stand, replaces=True)
    order = an_order(1, limit="98.00")
    stand.broker.submit(order)
    stand.broker.cancel(order)
    stand.broker.replace(replace(order, replaces=1), replace(order.ticket, limit_px=Decimal("99.00")))

    *_, answer = await stand.said()
    assert isinstance(answer, ReplaceReject)
    assert (answer.number, "canceled" in answer.text) == (1, True)


async def test_15_an_order_that_may_only_reduce_never_turns_a_position_round(stand: Stand) -> None:
    needs(stand, reduce_only=True)
    await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(1, quantity="3"))
    for _ in range(5):
        await stand.show(9_999, 10_000)
    stand.broker.submit(an_order(2, Side.SELL, "3", reduce_only=True))
    stand.broker.submit(an_order(3, Side.SELL, "3", limit="100.00", reduce_only=True))
    for bid in range(9_999, 10_009):
        await stand.show(bid, bid + 1)
    books = await stand.broker.connect()

    assert books.net == ()
    assert books.open_orders == ()


async def test_16_what_trades_in_an_opening_or_a_closing_trades_there_or_expires(stand: Stand) -> None:
    needs(stand, tif=TimeInForce.AT_THE_OPEN)
    needs(stand, tif=TimeInForce.AT_THE_CLOSE)
    stand.broker.submit(an_order(1, quantity="1", tif=TimeInForce.AT_THE_OPEN))
    stand.broker.submit(an_order(2, quantity="1", limit="90.00", tif=TimeInForce.AT_THE_OPEN))
    await stand.show(9_999, 10_000)
    opening = await stand.said()
    stand.broker.submit(an_order(3, quantity="1", tif=TimeInForce.AT_THE_CLOSE))
    stand.broker.submit(an_order(4, quantity="1", limit="90.00", tif=TimeInForce.AT_THE_CLOSE))
    stand.broker.submit(an_order(5, quantity="1", tif=TimeInForce.AT_THE_OPEN))
    await stand.show(9_999, 10_000)
    await stand.end_session()
    closing = await stand.said()

    assert [(r.client_order_id, k) for r, k in zip(opening, kinds(opening), strict=True)][2:] == [
        ("T-1-1", ExecType.TRADE),
        ("T-1-2", ExecType.EXPIRED),
    ]
    assert [(r.client_order_id, k) for r, k in zip(closing, kinds(closing), strict=True)] == [
        ("T-1-3", ExecType.NEW),
        ("T-1-4", ExecType.NEW),
        ("T-1-5", ExecType.REJECTED),
        ("T-1-3", ExecType.TRADE),
        ("T-1-4", ExecType.EXPIRED),
    ]
