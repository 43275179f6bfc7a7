"""How well orders were executed, from what the blotter keeps of them.

Slippage has two beginnings. From the price that an order was decided on, a strategy's own or for an order by hand the
side of the quote that it would have met, it is all that was lost on the way. From the arrival price, the mark at which
the gate let the order leave, it is what the venue and the order's own size had in it: a market that ran away between
the decision and the order is in the first and not in the second. A buy that paid more, or a sell that got less,
slipped; what was better counts against it. Fees are no slippage. See Perold, "The Implementation Shortfall: Paper
versus Reality", Journal of Portfolio Management 14 (1988). What waits for the market does not slip while it waits: a
stop arrives at its stop price, and the target of a bracket is measured from nothing.

Fill time is engine time, from taking an order on to its last fill, over orders that were filled whole; on a recorded
market an order that meets the quote it was decided on takes none. The legs of brackets count in neither the rate nor
the time: of two only one is meant to fill, and a good one waits for days.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from oms.domain.instrument import Instrument
from oms.domain.order import STOPS, Order, OrderStatus
from oms.domain.units import SECOND, ZERO, Nanos, Price
from oms.state import State

_BPS = 10_000
_MS = 1_000
_BY_US: Final = frozenset({OrderStatus.CANCELED, OrderStatus.EXPIRED})  # how an order may end that is held here


class Quality(NamedTuple):
    """How well one order was executed: the prices it is measured from, what it slipped from each in the instrument's
    currency, and the milliseconds to its last fill once it was filled whole. None is not known, or not yet."""

    decided_px: Price | None
    arrival_px: Price | None
    slippage: Decimal | None = None
    arrival_slippage: Decimal | None = None
    fill_ms: Decimal | None = None


def quality_of(order: Order, state: State) -> Quality:
    """Return the quality of one order's execution."""
    decided_px, arrival_px = order.ticket.signal_px, _arrival_px(order)
    instrument = state.instruments.get(order.ticket.instrument_id)
    if instrument is None or not order.filled_qty:
        return Quality(decided_px, arrival_px)
    return Quality(
        decided_px,
        arrival_px,
        slippage=_slipped(order, decided_px, instrument) if decided_px is not None else None,
        arrival_slippage=_slipped(order, arrival_px, instrument) if arrival_px is not None else None,
        fill_ms=_ms(order.ts_event - order.ts_init) if order.status is OrderStatus.FILLED else None,
    )


def execution_analytics(state: State, among: Collection[Order] | None = None) -> dict[str, int | Decimal | None]:
    """Return counts, rates and costs over the orders `among` the journal's, None for all of them.

    Counts: `orders submitted filled partially_filled denied rejected canceled expired working`. Fractions of what was
    submitted: `fill_rate rejection_rate`. In the base currency, without what trades in another: `total_slippage
    arrival_slippage total_fees`. `avg_slippage_bps arrival_slippage_bps` are per value traded, `avg_fill_time
    median_fill_time` in milliseconds. None where there is nothing to divide by.
    """
    orders = list(state.blotter.orders.values() if among is None else among)
    counts = Counter(order.status for order in orders)
    submitted = [order for order in orders if not order.is_local and not _ended_here(order)]
    filled = [order for order in submitted if order.status is OrderStatus.FILLED]
    wishes = [order for order in submitted if order.ticket.parent_id is None]
    took = [_ms(order.ts_event - order.ts_init) for order in wishes if order.status is OrderStatus.FILLED]
    base = state.equity.currency
    slipped, traded = _slippage(submitted, state, lambda order: order.ticket.signal_px)
    arrival_slipped, arrived = _slippage(submitted, state, _arrival_px)
    return {
        "orders": len(orders),
        "submitted": len(submitted),
        "filled": len(filled),
        "partially_filled": sum(ZERO < order.filled_qty < order.ticket.quantity for order in submitted),
        "denied": counts[OrderStatus.DENIED],
        "rejected": counts[OrderStatus.REJECTED],
        "canceled": counts[OrderStatus.CANCELED],
        "expired": counts[OrderStatus.EXPIRED],
        "working": sum(not order.is_closed for order in submitted),
        "fill_rate": _share(len(took), len(wishes)),
        "rejection_rate": _share(counts[OrderStatus.REJECTED], len(submitted)),
        "total_slippage": slipped,
        "avg_slippage_bps": slipped / traded * _BPS if traded else None,
        "arrival_slippage": arrival_slipped,
        "arrival_slippage_bps": arrival_slipped / arrived * _BPS if arrived else None,
        "total_fees": sum((fee.amount for order in submitted for fee in order.fees if fee.currency == base), ZERO),
        "avg_fill_time": sum(took, ZERO) / len(took) if took else None,
        "median_fill_time": median(took) if took else None,
    }


def _arrival_px(order: Order) -> Price | None:
    if order.ticket.order_type in STOPS:
        return order.ticket.stop_px
    return order.arrival_px if order.ticket.parent_id is None else None


def _ended_here(order: Order) -> bool:
    """Tell whether an order was held here and ended before it left."""
    return order.status in _BY_US and order.arrival_px is None and order.venue_order_id is None


def _slippage(
    orders: Sequence[Order], state: State, measured_from: Callable[[Order], Price | None]
) -> tuple[Decimal, Decimal]:
    """Return what was paid beyond the prices that orders are measured from, and the value of what was traded at
    those."""
    slipped = traded = ZERO
    for order in orders:
        px, instrument = measured_from(order), state.instruments.get(order.ticket.instrument_id)
        if px is None or instrument is None or instrument.currency != state.equity.currency:
            continue
        slipped += _slipped(order, px, instrument)
        traded += px * order.filled_qty * instrument.multiplier
    return slipped, traded


def _slipped(order: Order, px: Price, instrument: Instrument) -> Decimal:
    return (order.filled_value - px * order.filled_qty) * instrument.multiplier * order.ticket.side.sign


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


def _ms(took: Nanos) -> Decimal:
    return Decimal(took) * _MS / SECOND
