"""The legs of a bracket at the simulated venue: what one of them gives back the other has not."""

from decimal import Decimal

from msgspec.structs import replace

from brokers.sim.settings import SimSettings
from oms.domain.market import Range
from oms.domain.order import Order, Side, TimeInForce
from oms.domain.report import ExecType
from tests.brokers.venue import a_quote, a_venue, an_order, kinds, said

RESTS = SimSettings(short_sale=False)


def a_leg(number: int, quantity: int = 10, **prices: str) -> Order:
    order = an_order(number, Side.SELL, quantity, tif=TimeInForce.GTC, **prices)  # type: ignore[arg-type]
    return replace(order, ticket=replace(order.ticket, parent_id=an_order(1).client_order_id))


def test_two_legs_that_one_quote_reaches_trade_once_and_the_stop_goes_first() -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_001))
    venue.submit(an_order(1))
    venue.submit(a_leg(2, stop="95"))
    venue.submit(a_leg(3, limit="105"))
    said(venue)

    venue.on_market(a_quote(10_000, 10_001, ts=2, between=Range(9_401, 10_600, 9_400, 10_601)))
    reports = said(venue)

    assert kinds(reports) == [ExecType.TRIGGERED, ExecType.TRADE, ExecType.CANCELED]
    assert [report.client_order_id for report in reports] == ["T-1-2", "T-1-2", "T-1-3"]


def test_legs_give_back_what_their_parent_has_traded_and_no_more() -> None:
    venue = a_venue()
    venue.on_market(a_quote(10_000, 10_001))
    venue.submit(an_order(1, quantity=4))
    venue.submit(a_leg(2, 10, limit="100"))

    traded = [report.last_qty for report in said(venue) if report.exec_type is ExecType.TRADE]

    assert traded == [Decimal(4), Decimal(4)]


def test_an_account_without_short_sales_takes_both_legs_and_the_exit_beside_them() -> None:
    venue = a_venue(RESTS)
    venue.on_market(a_quote(10_000, 10_001))
    venue.submit(an_order(1))
    venue.submit(a_leg(2, stop="95"))
    venue.submit(a_leg(3, limit="105"))
    venue.submit(an_order(4, Side.SELL))

    assert ExecType.REJECTED not in kinds(said(venue))
