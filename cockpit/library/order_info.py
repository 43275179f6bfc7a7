"""An order as a script sees it."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from cockpit.library.instant import to_datetime
from oms.domain.ids import ClientOrderId, InstrumentId, SignalId, StrategyId, VenueOrderId, symbol_of
from oms.domain.order import Order, OrderStatus, OrderType, Side, TimeInForce
from oms.domain.units import Money, Price, Quantity


class OrderInfo(Struct, frozen=True, kw_only=True):
    """Where an order stands. `text` is what the venue or the gate said last; `submitted_at` is engine time."""

    order_id: ClientOrderId
    venue_order_id: VenueOrderId | None  # the broker's own number for it; None until it has answered
    signal_id: SignalId | None  # the signal it came of, as the journal calls it; None for one that was written by hand
    symbol: str
    instrument_id: InstrumentId
    strategy_id: StrategyId
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    quantity: Quantity
    limit_price: Price | None
    stop_price: Price | None
    trail_by: Price | None  # how far a stop follows the market: of a stop order its own, else of the one it asks for
    expires_at: datetime | None
    reduce_only: bool  # it gives back what is held and opens nothing: asked for so, or a stop or target of a position
    status: OrderStatus
    filled_quantity: Quantity
    average_fill_price: Decimal | None  # exact, so it may lie between two ticks; None without a fill
    fees: tuple[Money, ...]
    submitted_at: datetime
    reason: str
    text: str
    is_closed: bool


def to_order_info(order: Order, signal_id: SignalId | None) -> OrderInfo:
    """Return an order in a script's words, with the signal that it came of."""
    ticket = order.ticket
    return OrderInfo(
        order_id=order.client_order_id,
        venue_order_id=order.venue_order_id,
        signal_id=signal_id,
        symbol=symbol_of(ticket.instrument_id),
        instrument_id=ticket.instrument_id,
        strategy_id=ticket.strategy_id,
        side=ticket.side,
        order_type=ticket.order_type,
        time_in_force=ticket.tif,
        quantity=ticket.quantity,
        limit_price=ticket.limit_px,
        stop_price=ticket.stop_px,
        trail_by=ticket.trail_by,
        expires_at=None if ticket.expires_at is None else to_datetime(ticket.expires_at),
        reduce_only=ticket.only_reduces,
        status=order.status,
        filled_quantity=order.filled_qty,
        average_fill_price=order.avg_px,
        fees=order.fees,
        submitted_at=to_datetime(order.ts_init),
        reason=ticket.reason,
        text=order.text,
        is_closed=order.is_closed,
    )
