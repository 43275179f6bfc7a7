"""What a venue does not take and nobody can do in its place: it is said before anything is approved."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import ExecType
from oms.exits import as_exit
from tests.oms.examples import Core, quote, said, ticket, traded
from tests.oms.held import SECOND_ORDER, long, stop

TIF = TimeInForce
WIRE = Capabilities(
    order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}),
    tifs=frozenset({TIF.DAY, TIF.GTC, TIF.IOC}),
    replaces=False,
    reduce_only=False,
)
LIMIT = ticket("100", limit_px="140")


@pytest.mark.parametrize(
    ("wish", "able", "words"),
    [
        (replace(LIMIT, tif=TIF.FOK), WIRE, "sim takes no FOK orders: it takes DAY, GTC, IOC"),
        (replace(LIMIT, tif=TIF.AT_THE_OPEN), WIRE, "sim takes no AT_THE_OPEN orders: it takes DAY, GTC, IOC"),
        (replace(ticket(), tif=TIF.AT_THE_CLOSE), WIRE, "sim takes no AT_THE_CLOSE orders: it takes DAY, GTC, IOC"),
        (
            replace(LIMIT, tif=TIF.IOC),
            replace(WIRE, tifs=frozenset({TIF.DAY})),
            "sim takes no IOC orders: it takes DAY",
        ),
        (
            replace(LIMIT, tif=TIF.GTD, expires_at=2**62),
            replace(WIRE, tifs=frozenset({TIF.DAY})),
            "sim takes no GTD orders: it takes DAY",
        ),
        (
            stop(order_type=OrderType.STOP_LIMIT, limit_px=Decimal(161)),
            replace(WIRE, order_types=frozenset({OrderType.MARKET})),
            "sim takes no LIMIT orders: it takes MARKET",
        ),
        (LIMIT, replace(WIRE, order_types=frozenset({OrderType.MARKET})), "sim takes no LIMIT orders: it takes MARKET"),
    ],
)
def test_it_is_refused_and_what_is_taken_is_named(wish: OrderTicket, able: Capabilities, words: str) -> None:
    core = Core(capabilities=able)
    core.put(quote("150"))
    (refused,) = core.put(do.SubmitTicket(actor="ann", ticket=wish))

    assert isinstance(refused, ev.CommandRefused)
    assert refused.text == words
    assert not core.state.blotter.orders


def test_what_only_reduces_is_sent_without_the_word_and_follows_its_position() -> None:
    core = long(WIRE)
    core.submit(replace(ticket("100", Side.SELL, limit_px="170"), reduce_only=True))
    assert core.order(SECOND_ORDER).status is OrderStatus.SUBMITTED

    core.put(said(ExecType.NEW, SECOND_ORDER, side=Side.SELL))
    sale = core.submit(ticket("40", Side.SELL))
    core.put(traded("40", "150", sale, exec_id="X-2", side=Side.SELL))
    assert core.order(SECOND_ORDER).status is OrderStatus.PENDING_CANCEL  # the venue changes nothing


def test_an_exit_by_hand_is_not_marked_where_the_venue_has_no_word_for_it() -> None:
    core = long(WIRE)
    meant = as_exit(replace(ticket("100", Side.SELL, limit_px="170"), tif=TIF.GTC), core.state)

    assert (meant.purpose, meant.reduce_only) == (Purpose.CLOSE, False)


def test_what_two_orders_closed_at_once_is_given_back_though_the_venue_was_not_told() -> None:
    core = long(WIRE)
    core.submit(replace(ticket("100", Side.SELL, limit_px="170"), tif=TIF.GTC, purpose=Purpose.CLOSE))
    core.put(said(ExecType.NEW, SECOND_ORDER, side=Side.SELL))
    sale = core.submit(replace(ticket("100", Side.SELL), reduce_only=True))
    core.put(said(ExecType.NEW, sale, side=Side.SELL))
    core.put(traded("100", "170", SECOND_ORDER, exec_id="X-2", side=Side.SELL))
    core.put(traded("100", "150", sale, exec_id="X-3", side=Side.SELL))

    made = list(core.state.blotter.orders.values())[-1].ticket
    assert (made.side, made.quantity, made.purpose) == (Side.BUY, Decimal(100), Purpose.CLOSE)
