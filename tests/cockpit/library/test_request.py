"""A request that cannot be meant is refused in one line, and nothing is done."""

from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from cockpit.library.errors import RequestError, TradingError
from cockpit.library.request import to_change, to_ticket
from oms.domain.ids import MANUAL, AccountId, BrokerId, InstrumentId, Route
from oms.domain.order import OrderType, Side, TimeInForce
from oms.domain.units import SECOND
from oms.instruments import Instruments
from tests.doubles.scripts import scripted
from tests.doubles.share import share

ROUTE = Route(BrokerId("sim"), AccountId("SIM-000001"))
GOOD: dict[str, Any] = {"symbol": "IBM", "side": "buy", "quantity": "10"}


@pytest.fixture
def listed() -> Instruments:
    """Three shares, two of them with one symbol."""
    instruments = Instruments()
    for name in ("IBM.XNYS", "TWO.XNYS", "TWO.XNAS"):
        instruments.by_id[InstrumentId(name)] = share(name)
    return instruments


def test_a_request_is_a_market_order_for_the_day_by_hand(listed: Instruments) -> None:
    ticket = to_ticket(GOOD, listed, ROUTE)

    assert (ticket.broker, ticket.account, ticket.strategy_id) == (*ROUTE, MANUAL)
    assert (ticket.instrument_id, ticket.side, ticket.quantity) == ("IBM.XNYS", Side.BUY, D(10))
    assert (ticket.order_type, ticket.limit_px, ticket.tif) == (OrderType.MARKET, None, TimeInForce.DAY)


@pytest.mark.parametrize("quantity", ["10", D(10), 10, "10.0"])
def test_a_quantity_is_a_decimal_a_text_or_a_whole_number(listed: Instruments, quantity: object) -> None:
    assert to_ticket(GOOD | {"quantity": quantity}, listed, ROUTE).quantity == D(10)


@pytest.mark.parametrize("words", [("SELL", "Limit", "GTC"), (Side.SELL, OrderType.LIMIT, TimeInForce.GTC)])
def test_words_are_read_in_any_case_and_as_our_own(listed: Instruments, words: tuple[str, str, str]) -> None:
    side, order_type, tif = words
    request = {"side": side, "order_type": order_type, "time_in_force": tif, "limit_price": D("1.5")}
    ticket = to_ticket(GOOD | request, listed, ROUTE)

    assert (ticket.side, ticket.order_type, ticket.limit_px) == (Side.SELL, OrderType.LIMIT, D("1.5"))
    assert ticket.tif is TimeInForce.GTC


@pytest.mark.parametrize("word", ["stop", "STOP", "stop_market"])
def test_a_stop_may_be_called_what_traders_call_it(listed: Instruments, word: str) -> None:
    ticket = to_ticket(GOOD | {"order_type": word, "stop_price": "1.5", "reduce_only": True}, listed, ROUTE)

    assert (ticket.order_type, ticket.stop_px, ticket.limit_px) == (OrderType.STOP_MARKET, D("1.5"), None)
    assert ticket.reduce_only


@pytest.mark.parametrize(
    "when",
    [
        "2010-03-01T20:00:00Z",
        "2010-03-01T15:00:00-05:00",
        "2010-03-01T20:00",
        datetime(2010, 3, 1, 20, tzinfo=UTC),
    ],
)
def test_an_order_until_an_instant_says_it_with_a_zone_or_means_utc(listed: Instruments, when: object) -> None:
    request = {"order_type": "limit", "limit_price": "1", "time_in_force": "gtd", "expires_at": when}

    assert to_ticket(GOOD | request, listed, ROUTE).expires_at == 1_267_473_600 * SECOND


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "nothing is to be changed: expected one of quantity, limit_price, stop_price"),
        ({"side": "sell"}, "'side' cannot be changed: it has: quantity, limit_price, stop_price"),
        ({"quantity": 1.5}, "quantity: expected a Decimal or a str, got float 1.5"),
    ],
)
def test_a_change_that_cannot_be_meant_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError) as raised:
        to_change(changes)

    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantity": 10.5}, "quantity: expected a Decimal or a str, got float 10.5"),
        ({"quantity": True}, "quantity: expected a Decimal or a str, got bool True"),
        ({"quantity": "ten"}, "quantity: expected a number, got 'ten'"),
        ({"quantity": "-100"}, "quantity must be positive, got -100"),
        ({"quantity": "0"}, "quantity must be positive, got 0"),
        ({"quantity": "nan"}, "quantity: expected a multiple of 1E-12 up to 1E+12, got 'nan'"),
        ({"quantity": D("1E+13")}, "quantity: expected a multiple of 1E-12 up to 1E+12, got Decimal Decimal('1E+13')"),
        ({"quantity": None}, "quantity is missing: an order has symbol, side, quantity"),
        ({"side": "hold"}, "side: expected buy or sell, got 'hold'"),
        ({"side": 1}, "side: expected buy or sell, got int 1"),
        (
            {"time_in_force": "never"},
            "time_in_force: expected day or gtc or ioc or fok or gtd or at_the_open or at_the_close, got 'never'",
        ),
        ({"order_type": "limit"}, "limit_price: a limit order needs one"),
        ({"order_type": "limit", "limit_price": 150.0}, "limit_price: expected a Decimal or a str, got float 150.0"),
        ({"limit_price": "150"}, "limit_price: a market order has none, got '150'"),
        ({"order_type": "stop"}, "stop_price: a stop market order needs one"),
        ({"order_type": "stop_limit", "stop_price": "1"}, "limit_price: a stop limit order needs one"),
        ({"stop_price": "1"}, "stop_price: a market order has none, got '1'"),
        ({"time_in_force": "gtd"}, "expires_at: a gtd order needs one"),
        ({"expires_at": "2010-03-01"}, "expires_at: a day order has none, got '2010-03-01'"),
        (
            {"time_in_force": "gtd", "expires_at": "soon"},
            "expires_at: expected an instant such as 2010-03-01T20:00Z, got 'soon'",
        ),
        ({"reduce_only": "no"}, "reduce_only: expected True or False, got 'no'"),
        *(
            (
                {"order_type": word, "stop_price": "160", "trail_by": "2"},
                "trail_by: a stop order has none, nor has the stop behind it: ask for a trailing_stop",
            )
            for word in ("stop", "STOP_MARKET")
        ),
        *(
            (
                {"order_type": "trailing_stop", "trail_by": "2", leg: "145"},
                f"{leg}: a trailing_stop order has none: where it will trade is not known",
            )
            for leg in ("protect_price", "target_price")
        ),
        ({"symbol": 7}, "symbol: expected a str, got int 7"),
        ({"symbol": "TWO"}, "symbol: TWO is listed more than once, expected one of TWO.XNYS, TWO.XNAS"),
        ({"symbol": "IBN"}, "symbol: nothing is listed as 'IBN'; did you mean IBM?"),
        ({"limit_prise": "1"}, "'limit_prise' is no field of an order: did you mean limit_price?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_meant_is_named_with_what_was_expected(
    listed: Instruments, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(RequestError) as raised:
        to_ticket(GOOD | change, listed, ROUTE)

    assert str(raised.value) == said


def test_it_can_be_caught_as_a_value_that_is_wrong_and_as_a_trade_that_was_not_done() -> None:
    assert issubclass(RequestError, ValueError)
    assert issubclass(RequestError, TradingError)


async def test_a_refused_request_leaves_no_order_behind(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match=r"got float 0\.1"):
            await session.broker.place_order("AAPL", "buy", "market", 0.1)  # type: ignore[arg-type]

        assert await session.oms.get_orders() == []


def test_a_request_asks_for_the_legs_of_a_bracket(listed: Instruments) -> None:
    ticket = to_ticket(GOOD | {"protect_price": "145", "target_price": 160}, listed, ROUTE)
    trail = to_ticket(GOOD | {"order_type": "trailing_stop", "trail_by": "2"}, listed, ROUTE)

    assert (ticket.protect_px, ticket.target_px, ticket.asks_protection) == (D(145), D(160), True)
    assert (trail.order_type, trail.stop_px, trail.trails) == (OrderType.STOP_MARKET, None, True)


async def test_a_bracket_by_hand_shows_its_legs_while_it_waits(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order(
            GOOD | {"order_type": "limit", "limit_price": "120", "protect_price": "115", "target_price": "130"}
        )
        waiting = await session.oms.get_active_orders()

    assert [str(order.status) for order in waiting] == ["ACCEPTED", "HELD", "HELD"]
    assert waiting[0].order_id == order_id
