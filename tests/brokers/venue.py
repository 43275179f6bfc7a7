"""A simulated venue with two instruments, and what it is shown, given and heard to say."""

from decimal import Decimal
from typing import Unpack

from msgspec.structs import replace

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SimBroker
from brokers.synthetic import SyntheticFeed
from oms.domain.fees import FeeSchedule, PercentFee
from oms.domain.instrument import Instrument
from oms.domain.market import Quote, Range
from oms.domain.order import Order, OrderTicket, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import ZERO, Money
from tests.doubles.orders import ACCOUNT, Terms, submitted

A, B = SyntheticFeed(seed=1, count=2).instruments
ALWAYS, NEVER = Decimal(1), ZERO


def a_venue(settings: SimSettings | None = None, fees: FeeSchedule | None = None, seed: int = 7) -> SimBroker:
    return SimBroker(
        account=ACCOUNT,
        cash=Money(Decimal(100_000), "USD"),
        seed=seed,
        instruments=(A, B),
        fees=fees or PercentFee(),
        settings=settings or SimSettings(),
    )


def a_quote(bid: int, ask: int, ts: int = 1, instrument: Instrument = A, between: Range | None = None) -> Quote:
    return Quote(instrument=instrument, ts=ts, bid=bid, ask=ask, last=bid, bid_size=1, ask_size=1, range=between)


def an_order(
    number: int,
    side: Side = Side.BUY,
    quantity: int = 10,
    tif: TimeInForce = TimeInForce.DAY,
    instrument: Instrument = A,
    **terms: Unpack[Terms],
) -> Order:
    return submitted(number, instrument, side, quantity, tif, **terms)


def said(venue: SimBroker) -> list[ExecutionReport]:
    return [report for report in venue.drain() if isinstance(report, ExecutionReport)]


def kinds(reports: list[ExecutionReport]) -> list[ExecType]:
    return [report.exec_type for report in reports]


def the_trade(venue: SimBroker) -> ExecutionReport:
    (trade,) = [report for report in said(venue) if report.exec_type is ExecType.TRADE]
    return trade


def changed(order: Order, number: int = 1, **terms: Decimal) -> tuple[Order, OrderTicket]:
    """Return what `replace` is called with: an order whose change has this number, and the ticket it is to become."""
    return replace(order, replaces=number), replace(order.ticket, **terms)
