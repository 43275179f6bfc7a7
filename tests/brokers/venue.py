"""A simulated venue with two instruments, and what it is shown, given and heard to say."""

from decimal import Decimal

from msgspec.structs import replace

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SIM, SimBroker
from brokers.synthetic import SyntheticFeed
from oms.domain.fees import FeeSchedule, PercentFee
from oms.domain.ids import MANUAL, AccountId, ClientOrderId
from oms.domain.instrument import Instrument
from oms.domain.market import Quote, Range
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import ZERO, Money

ACCOUNT = AccountId("T-1")
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
    limit: str | None = None,
    tif: TimeInForce = TimeInForce.DAY,
    instrument: Instrument = A,
    *,
    stop: str | None = None,
    expires_at: int | None = None,
    reduce_only: bool = False,
) -> Order:
    kinds = {(False, False): OrderType.MARKET, (True, False): OrderType.LIMIT, (False, True): OrderType.STOP_MARKET}
    ticket = OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=MANUAL,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=Decimal(quantity),
        order_type=kinds.get((limit is not None, stop is not None), OrderType.STOP_LIMIT),
        limit_px=Decimal(limit) if limit else None,
        stop_px=Decimal(stop) if stop else None,
        tif=tif,
        expires_at=expires_at,
        reduce_only=reduce_only,
    )
    order_id = ClientOrderId(f"T-1-{number}")
    return Order(client_order_id=order_id, ticket=ticket, status=OrderStatus.SUBMITTED, ts_init=1, ts_event=1)


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
