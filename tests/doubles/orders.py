"""An order as a venue is handed it."""

from decimal import Decimal
from typing import TypedDict, Unpack

from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId
from oms.domain.instrument import Instrument
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce

ACCOUNT = AccountId("T-1")


class Terms(TypedDict, total=False):
    """What an order may ask for beside its quantity; prices as they are written."""

    limit: str | None
    stop: str | None
    expires_at: int | None
    reduce_only: bool
    purpose: Purpose


def submitted(
    number: int, instrument: Instrument, side: Side, quantity: str | int, tif: TimeInForce, **terms: Unpack[Terms]
) -> Order:
    """Return a market order, or a limit or stop order where these prices are given."""
    limit, stop = terms.get("limit"), terms.get("stop")
    kinds = {(False, False): OrderType.MARKET, (True, False): OrderType.LIMIT, (False, True): OrderType.STOP_MARKET}
    ticket = OrderTicket(
        broker=BrokerId("sim"),
        account=ACCOUNT,
        strategy_id=MANUAL,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=Decimal(quantity),
        order_type=kinds.get((limit is not None, stop is not None), OrderType.STOP_LIMIT),
        limit_px=Decimal(limit) if limit else None,
        stop_px=Decimal(stop) if stop else None,
        tif=tif,
        expires_at=terms.get("expires_at"),
        reduce_only=terms.get("reduce_only", False),
        purpose=terms.get("purpose", Purpose.OPEN),
    )
    order_id = ClientOrderId(f"T-1-{number}")
    return Order(client_order_id=order_id, ticket=ticket, status=OrderStatus.SUBMITTED, ts_init=1, ts_event=1)
