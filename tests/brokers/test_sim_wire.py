"""A simulated venue that is far away, or badly heard: orders and answers take their time, and some answers are lost."""

from decimal import Decimal

import pytest

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SimBroker
from brokers.synthetic import SyntheticFeed
from oms.domain.fees import PercentFee
from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId
from oms.domain.market import Quote
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, VenueReport
from oms.domain.units import SECOND, Money

MS = SECOND // 1_000
(SHARE,) = SyntheticFeed(seed=1, count=1).instruments


def a_venue(**settings: str) -> SimBroker:
    return SimBroker(
        account=AccountId("T-1"),
        cash=Money(Decimal(100_000), "USD"),
        seed=7,
        instruments=(SHARE,),
        fees=PercentFee(frac=Decimal(0)),
        settings=SimSettings(**{name: Decimal(value) for name, value in settings.items()}),  # type: ignore[arg-type]
    )


def an_order(number: int = 1, limit: str | None = None) -> Order:
    ticket = OrderTicket(
        broker=BrokerId("sim"),
        account=AccountId("T-1"),
        strategy_id=MANUAL,
        instrument_id=SHARE.instrument_id,
        side=Side.BUY,
        quantity=Decimal(10),
        order_type=OrderType.MARKET if limit is None else OrderType.LIMIT,
        limit_px=None if limit is None else Decimal(limit),
        tif=TimeInForce.GTC,
    )
    order_id = ClientOrderId(f"T-1-{number}")
    return Order(client_order_id=order_id, ticket=ticket, status=OrderStatus.SUBMITTED, ts_init=1, ts_event=1)


def show(venue: SimBroker, ts: int, bid: int = 9_999) -> None:
    venue.on_market(Quote(instrument=SHARE, ts=ts, bid=bid, ask=bid + 1, last=bid, bid_size=1, ask_size=1))


def told(reports: list[VenueReport]) -> list[tuple[str, int]]:
    """Return what was said and when."""
    return [(getattr(report, "exec_type", type(report).__name__), report.ts) for report in reports]


def test_without_a_latency_nothing_is_ever_on_its_way() -> None:
    venue = a_venue()
    show(venue, 0)
    venue.submit(an_order())

    assert venue.due() is None
    assert told(list(venue.drain())) == [(ExecType.NEW, 0), (ExecType.TRADE, 0)]


def test_an_order_meets_the_price_that_stands_when_it_arrives_and_is_heard_of_as_long_after() -> None:
    venue = a_venue(latency_ms="5")
    show(venue, 0)
    venue.submit(an_order())
    assert (venue.due(), list(venue.drain())) == (5 * MS, [])
    show(venue, 4 * MS, bid=9_000)
    venue.pass_to(5 * MS)
    assert (venue.due(), list(venue.drain())) == (10 * MS, [])
    venue.pass_to(10 * MS)
    said = list(venue.drain())

    assert told(said) == [(ExecType.NEW, 10 * MS), (ExecType.TRADE, 10 * MS)]
    assert isinstance(said[-1], ExecutionReport)
    assert said[-1].last_px == SHARE.price(9_001)
    assert venue.due() is None


def test_whoever_only_shows_prices_lets_time_pass_as_well() -> None:
    venue = a_venue(latency_ms="5")
    show(venue, 0)
    venue.submit(an_order())
    show(venue, 10 * MS, bid=9_000)

    assert told(list(venue.drain())) == [(ExecType.NEW, 10 * MS), (ExecType.TRADE, 10 * MS)]


def test_an_order_and_its_cancel_arrive_in_their_order_and_a_cancel_may_come_too_late() -> None:
    venue = a_venue(latency_ms="5")
    show(venue, 0)
    venue.submit(an_order(limit="99.00"))
    venue.cancel(an_order(limit="99.00"))
    venue.submit(an_order(2))
    venue.cancel(an_order(2))
    venue.pass_to(SECOND)
    said = list(venue.drain())

    assert [kind for kind, _ in told(said)] == [
        *(ExecType.NEW, ExecType.CANCELED),
        *(ExecType.NEW, ExecType.TRADE, "CancelReject"),
    ]
    assert isinstance(said[-1], CancelReject)
    assert "filled" in said[-1].text


def test_a_question_is_answered_at_once_but_never_before_the_order_it_is_about() -> None:
    """Not found is definitive here, so it must not be said of what is still on its way."""
    venue = a_venue(latency_ms="5")
    show(venue, 0)
    venue.query(an_order(9))
    assert list(venue.drain()) == [NotFound(client_order_id=ClientOrderId("T-1-9"), ts=0)]
    venue.submit(an_order())
    venue.query(an_order())
    assert list(venue.drain()) == []
    venue.pass_to(5 * MS)

    assert [kind for kind, _ in told(list(venue.drain()))] == [ExecType.NEW, ExecType.TRADE]


async def test_a_new_link_finds_nothing_on_its_way() -> None:
    venue = a_venue(latency_ms="5")
    show(venue, 0)
    venue.submit(an_order(1))
    venue.pass_to(5 * MS)
    venue.submit(an_order(2))
    await venue.connect()
    for number in (1, 2):
        venue.query(an_order(number))

    assert venue.due() is None
    assert [kind for kind, _ in told(list(venue.drain()))] == [ExecType.NEW, ExecType.TRADE, "NotFound"]


def test_a_lost_answer_is_made_good_by_a_question() -> None:
    venue = a_venue(lost_frac="1")
    show(venue, 0)
    venue.submit(an_order())
    show(venue, 1)
    assert list(venue.drain()) == []
    venue.query(an_order())

    assert told(list(venue.drain())) == [(ExecType.NEW, 0), (ExecType.TRADE, 0)]


def test_what_happens_to_an_order_that_is_not_heard_of_is_not_heard_either() -> None:
    """Whoever heard of a later fill only would miss the earlier one for good."""
    venue = a_venue(lost_frac="1", partial="1")
    show(venue, 0)
    venue.submit(an_order())
    show(venue, 1)
    assert list(venue.drain()) == []
    venue.cancel(an_order())

    kinds = [kind for kind, _ in told(list(venue.drain()))]
    assert kinds == [ExecType.NEW, ExecType.TRADE, ExecType.TRADE, ExecType.CANCELED]


def test_whose_answer_is_lost_is_drawn_for_each_order_and_the_same_every_time() -> None:
    lost = []
    for _ in range(2):
        venue = a_venue(lost_frac="0.3")
        show(venue, 0)
        silent = []
        for number in range(1, 201):
            venue.submit(an_order(number, limit="1.00"))
            if not venue.drain():
                silent.append(number)
        lost.append(silent)

    assert lost[0] == lost[1]
    assert 40 <= len(lost[0]) <= 80


@pytest.mark.parametrize(("name", "value"), [("latency_ms", "-1"), ("latency_ms", "60001"), ("lost_frac", "1.1")])
def test_settings_that_mean_nothing_are_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must lie between 0 and"):
        a_venue(**{name: value})
