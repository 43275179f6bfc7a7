"""How long an order works: all or nothing, until an instant, in an opening or a closing."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SimBroker
from oms.domain.fees import PercentFee
from oms.domain.market import SessionEnded
from oms.domain.order import Side, TimeInForce
from oms.domain.report import ExecType
from oms.domain.units import Money
from tests.brokers.venue import ALWAYS, A, B, a_quote, a_venue, an_order, kinds, said
from tests.doubles.orders import ACCOUNT

NEW, TRADE, CANCELED, EXPIRED, REJECTED = (
    ExecType.NEW,
    ExecType.TRADE,
    ExecType.CANCELED,
    ExecType.EXPIRED,
    ExecType.REJECTED,
)
DEPTH = SimSettings(fill="depth")
GTD, FOK, OPEN, CLOSE = TimeInForce.GTD, TimeInForce.FOK, TimeInForce.AT_THE_OPEN, TimeInForce.AT_THE_CLOSE


def ended(ts: int) -> SessionEnded:
    return SessionEnded(session="2010-06-18", ts=ts)


@pytest.mark.parametrize(("quantity", "told"), [(1, [NEW, TRADE]), (2, [NEW, CANCELED])])
def test_fok_is_all_of_it_at_once_or_nothing(quantity: int, told: list[ExecType]) -> None:
    venue = a_venue(DEPTH)
    venue.on_market(a_quote(9_999, 10_001))  # one lot is shown
    venue.submit(an_order(1, quantity=quantity, tif=FOK))
    venue.on_market(a_quote(9_999, 10_001, ts=2))

    assert kinds(said(venue)) == told


def test_chance_never_splits_an_order_that_is_all_or_nothing() -> None:
    venue = a_venue(SimSettings(partial=ALWAYS))
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, quantity=100, tif=FOK))

    assert kinds(said(venue)) == [NEW, TRADE]


@pytest.mark.parametrize(("ts", "told"), [(49, [NEW]), (50, [NEW, EXPIRED]), (51, [NEW, EXPIRED])])
def test_a_gtd_order_ends_at_its_instant_also_between_two_data(ts: int, told: list[ExecType]) -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, limit="99.00", tif=GTD, expires_at=50))
    assert venue.expires() == 50
    venue.pass_to(ts)

    reports = said(venue)
    assert kinds(reports) == told
    assert venue.expires() == (50 if told == [NEW] else None)
    assert told == [NEW] or reports[-1].ts == 50


def test_a_quote_after_its_instant_finds_a_gtd_order_no_more() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, limit="99.00", tif=GTD, expires_at=50))
    venue.submit(an_order(2, limit="99.00", tif=GTD, expires_at=70))
    venue.on_market(a_quote(9_000, 9_001, ts=60))

    assert [(r.client_order_id, r.exec_type) for r in said(venue)[2:]] == [("T-1-1", EXPIRED), ("T-1-2", TRADE)]


def test_a_gtd_order_outlives_a_session_and_a_restart(tmp_path: Path) -> None:
    def opened() -> SimBroker:
        book = tmp_path / "venue.sqlite"
        cash, fees = Money(Decimal(100_000), "USD"), PercentFee()
        return SimBroker(account=ACCOUNT, cash=cash, seed=7, instruments=(A, B), fees=fees, book=book)

    before, after = opened(), opened()
    asyncio.run(before.connect())
    before.on_market(a_quote(9_999, 10_001))
    before.submit(an_order(1, limit="99.00", tif=GTD, expires_at=50))
    before.on_market(ended(10))
    assert kinds(said(before)) == [NEW]
    asyncio.run(before.close())
    asyncio.run(after.connect())
    assert after.expires() == 50
    after.on_market(a_quote(9_000, 9_001, ts=60))

    assert kinds(said(after)) == [EXPIRED]
    asyncio.run(after.close())


@pytest.mark.parametrize(
    ("expires_at", "words"), [(None, "GTD without"), (1, "expired already"), (0, "expired already")]
)
def test_a_gtd_order_without_time_left_is_rejected(expires_at: int | None, words: str) -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, limit="99.00", tif=GTD, expires_at=expires_at))

    (report,) = said(venue)
    assert report.exec_type is REJECTED
    assert words in report.text


def test_an_order_at_the_open_trades_at_the_first_quote_of_the_next_session() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.on_market(ended(2))
    venue.submit(an_order(1, tif=OPEN))
    waiting = kinds(said(venue))
    venue.on_market(a_quote(10_499, 10_501, ts=3))

    (trade,) = said(venue)
    assert waiting == [NEW]
    assert trade.last_px == Decimal("105.01")


def test_what_the_opening_does_not_give_is_expired_with_it() -> None:
    venue = a_venue(SimSettings(partial=ALWAYS))
    venue.submit(an_order(1, quantity=100, tif=OPEN))
    venue.submit(an_order(2, limit="99.00", tif=OPEN))
    venue.on_market(a_quote(9_999, 10_001))

    assert kinds(said(venue)) == [NEW, NEW, TRADE, EXPIRED, EXPIRED]


def test_an_order_at_the_open_is_rejected_once_its_instrument_has_opened() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, tif=OPEN))
    venue.submit(an_order(2, tif=OPEN, instrument=B))

    assert [(r.exec_type, r.text) for r in said(venue)] == [
        (REJECTED, "too late for the opening: the session has begun"),
        (NEW, ""),
    ]


def test_an_order_at_the_close_trades_at_the_last_quote_of_its_session() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.submit(an_order(1, Side.SELL, tif=CLOSE))
    venue.submit(an_order(2, Side.SELL, limit="101.00", tif=CLOSE))
    venue.on_market(a_quote(10_049, 10_051, ts=2))
    waiting = kinds(said(venue))
    venue.on_market(ended(3))

    trade, expired = said(venue)
    assert waiting == [NEW, NEW]
    assert (trade.client_order_id, trade.last_px) == ("T-1-1", Decimal("100.49"))
    assert (expired.client_order_id, expired.exec_type) == ("T-1-2", EXPIRED)


def test_an_order_at_the_close_is_rejected_where_no_session_is_on() -> None:
    venue = a_venue()
    venue.on_market(a_quote(9_999, 10_001))
    venue.on_market(ended(2))
    venue.submit(an_order(1, tif=CLOSE))

    (report,) = said(venue)
    assert (report.exec_type, report.text) == (REJECTED, "too late for the closing: no session is on")
