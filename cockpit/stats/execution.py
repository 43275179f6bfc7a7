"""How well orders were executed, from what the blotter keeps of them.

Slippage is measured against the price an order was decided on: a strategy's own, or for an order by hand the side of
the quote that it would have met. A buy that paid more, or a sell that got less, slipped; what was better counts
against it. Fees are no slippage. Fill time is engine time, from taking an order on to its last fill, over orders that
were filled whole; on a recorded market an order that meets the quote it was decided on takes none. The legs of brackets
count in neither the rate nor the time: of two only one is meant to fill, and a good one waits for days.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from oms.domain.order import LOCAL, Order, OrderStatus
from oms.domain.units import SECOND, ZERO
from oms.state import State

_BPS = 10_000
_MS = 1_000


def execution_analytics(state: State) -> dict[str, int | Decimal | None]:
    """Return counts, rates and costs over all orders of the journal.

    Counts: `orders submitted filled partially_filled denied rejected canceled expired working`. Fractions of what was
    submitted: `fill_rate rejection_rate`. In the base currency, without what trades in another: `total_slippage
    total_fees`. `avg_slippage_bps` is per value traded, `avg_fill_time` in milliseconds. None where there is nothing
    to divide by.
    """
    orders = list(state.blotter.orders.values())
    counts = Counter(order.status for order in orders)
    submitted = [order for order in orders if order.status is not OrderStatus.DENIED and order.status not in LOCAL]
    filled = [order for order in submitted if order.status is OrderStatus.FILLED]
    wishes = [order for order in submitted if order.ticket.parent_id is None]
    done = [order for order in wishes if order.status is OrderStatus.FILLED]
    base = state.equity.currency
    slipped, traded = _slippage(submitted, state)
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
        "fill_rate": _share(len(done), len(wishes)),
        "rejection_rate": _share(counts[OrderStatus.REJECTED], len(submitted)),
        "total_slippage": slipped,
        "avg_slippage_bps": slipped / traded * _BPS if traded else None,
        "total_fees": sum((fee.amount for order in submitted for fee in order.fees if fee.currency == base), ZERO),
        "avg_fill_time": _mean_ms(done),
    }


def _slippage(orders: Sequence[Order], state: State) -> tuple[Decimal, Decimal]:
    """Return what was paid beyond the prices that orders were decided on, and the value of what was traded at those."""
    slipped = traded = ZERO
    for order in orders:
        decided, instrument = order.ticket.signal_px, state.instruments.get(order.ticket.instrument_id)
        if decided is None or instrument is None or instrument.currency != state.equity.currency:
            continue
        value = decided * order.filled_qty * instrument.multiplier
        slipped += (order.filled_value * instrument.multiplier - value) * order.ticket.side.sign
        traded += value
    return slipped, traded


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


def _mean_ms(filled: Sequence[Order]) -> Decimal | None:
    total = sum(order.ts_event - order.ts_init for order in filled)
    return Decimal(total) * _MS / SECOND / len(filled) if filled else None
