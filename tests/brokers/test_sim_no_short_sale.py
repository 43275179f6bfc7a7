"""A venue that lends nothing: what gives back may stand beside other sales of the same, and never sells what is not
held."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SimBroker
from oms.domain.ids import StrategyId
from oms.domain.order import Order, Purpose, Side, TimeInForce
from oms.domain.report import ExecType
from tests.brokers.venue import a_quote, a_venue, an_order, changed, kinds, said

NEW, TRADE, TRIGGERED, CANCELED = ExecType.NEW, ExecType.TRADE, ExecType.TRIGGERED, ExecType.CANCELED


@pytest.fixture
def venue() -> SimBroker:
    """One that holds ten."""
    venue = a_venue(SimSettings(short_sale=False))
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1))
    said(venue)
    return venue


def a_stop(number: int) -> Order:
    return an_order(number, Side.SELL, stop="99.00", tif=TimeInForce.GTC, purpose=Purpose.PROTECT)


def a_target(number: int) -> Order:
    return an_order(number, Side.SELL, limit="101.00", tif=TimeInForce.GTC, purpose=Purpose.CLOSE)


def test_behind_a_stop_by_hand_a_target_is_taken_and_so_is_a_sale_at_the_market(venue: SimBroker) -> None:
    for order in (a_stop(2), a_target(3), an_order(4, Side.SELL, purpose=Purpose.CLOSE)):
        venue.submit(order)

    assert kinds(said(venue)) == [NEW, NEW, NEW, TRADE]


def test_exits_offer_nothing_that_a_sale_which_opens_could_not_offer_too(venue: SimBroker) -> None:
    for order in (a_stop(2), a_target(3), an_order(4, Side.SELL)):
        venue.submit(order)

    assert kinds(said(venue)) == [NEW, NEW, NEW, TRADE]


def test_an_exit_is_taken_beside_a_sale_of_all_that_is_held_and_changed_there(venue: SimBroker) -> None:
    venue.submit(an_order(2, Side.SELL, limit="102.00"))
    venue.submit(a_stop(3))
    venue.replace(*changed(a_stop(3), quantity=Decimal(12), stop_px=Decimal(98)))

    assert kinds(said(venue)) == [NEW, NEW, ExecType.REPLACED]


def test_what_finds_less_held_than_it_would_give_back_trades_that_and_ends(venue: SimBroker) -> None:
    venue.submit(a_stop(2))
    venue.submit(an_order(3, Side.SELL, quantity=6, purpose=Purpose.CLOSE))
    said(venue)

    venue.on_market(a_quote(9_890, 9_892, ts=2))
    triggered, trade = said(venue)
    venue.on_market(a_quote(9_880, 9_882, ts=3))
    (ended,) = said(venue)

    assert kinds([triggered, trade, ended]) == [TRIGGERED, TRADE, CANCELED]
    assert trade.last_qty == 4
    assert ended.text == "no short sale here, and nothing is left to sell"


def test_a_sale_that_opens_gives_way_to_an_exit_that_sold_first_what_it_had_offered(venue: SimBroker) -> None:
    venue.submit(an_order(2, Side.SELL, limit="101.00"))
    venue.submit(a_stop(3))
    venue.on_market(a_quote(9_890, 9_892, ts=2))
    said(venue)

    venue.on_market(a_quote(10_110, 10_112, ts=3))

    (ended,) = said(venue)
    assert (ended.client_order_id, ended.exec_type) == ("T-1-2", CANCELED)


def test_a_leg_does_not_sell_what_another_strategy_has_sold_already(venue: SimBroker) -> None:
    """Its own strategy still holds that, and the account does not."""
    leg, other = an_order(2, Side.SELL, stop="99.00", tif=TimeInForce.GTC), an_order(3, Side.SELL)
    venue.submit(replace(leg, ticket=replace(leg.ticket, parent_id=an_order(1).client_order_id)))
    venue.submit(replace(other, ticket=replace(other.ticket, strategy_id=StrategyId("other"))))
    said(venue)

    venue.on_market(a_quote(9_890, 9_892, ts=2))

    assert kinds(said(venue)) == [TRIGGERED, CANCELED]


def test_what_must_trade_at_once_and_whole_does_not_trade_in_part(venue: SimBroker) -> None:
    venue.submit(an_order(2, Side.SELL, quantity=12, tif=TimeInForce.FOK, purpose=Purpose.CLOSE))

    assert kinds(said(venue)) == [NEW, CANCELED]
