"""What the journal says of executions: those of one order, and how a strategy's round trips went.

The state keeps what fills amount to and not each of them, so they are read out of the journal, also while an engine
runs: what is told is durable.
"""

from pathlib import Path

import msgspec

from cockpit.queries.plain import COMPUTED_PLACES, Json, instant, number
from oms.domain.fill import Fill
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.order_events import OrderFilled
from oms.journal.codec import decode
from oms.journal.reader import read_kind
from strategies.metrics import StrategyMetrics, Tally


def fills_of(journal: Path, order_id: ClientOrderId) -> Json:
    """Return an order's executions, oldest first: `order exec_id quantity price fee ccy ts`.

    Raises:
        JournalError: the journal cannot be read.
    """
    return [_fill(fill) for fill in _fills(journal) if fill.client_order_id == order_id]


def metrics_by_strategy(journal: Path) -> dict[str, Json]:
    """Return the metrics of every strategy that has had a fill, see `StrategyMetrics`.

    Raises:
        JournalError: the journal cannot be read.
    """
    tallies: dict[StrategyId, Tally] = {}
    for fill in _fills(journal):
        tallies.setdefault(fill.strategy_id, Tally(fill.strategy_id)).count(fill)
    return {name: to_metrics(tally.metrics()) for name, tally in tallies.items()}


def to_metrics(metrics: StrategyMetrics) -> Json:
    """Return metrics as plain JSON: counts, and fractions to eight decimals; null where there is no number to tell."""
    fields = msgspec.to_builtins(metrics)
    del fields["strategy_id"]
    return {name: round(figure, COMPUTED_PLACES) if figure is not None else None for name, figure in fields.items()}


def _fills(journal: Path) -> list[Fill]:
    if not journal.exists():
        return []
    events = (decode(row).event for row in read_kind(journal, OrderFilled.__name__))
    return [event.fill for event in events if isinstance(event, OrderFilled)]


def _fill(fill: Fill) -> Json:
    return {
        "order": fill.client_order_id,
        "exec_id": fill.exec_id,
        "quantity": number(fill.last_qty),
        "price": number(fill.last_px),
        "fee": number(fill.fee.amount),
        "ccy": fill.fee.currency,
        "ts": instant(fill.ts),
    }
