"""How well orders were executed, for programs; what the figures mean stands in `cockpit.stats.execution`."""

from collections.abc import Collection
from decimal import Decimal

from cockpit.queries.plain import Json, number
from cockpit.stats.execution import Quality, execution_analytics
from oms.domain.order import Order
from oms.state import State


def analytics_of(state: State, among: Collection[Order]) -> Json:
    """Return the figures over some orders, see `execution_analytics`, and the base currency of those in money."""
    figures = execution_analytics(state, among)
    plain = {name: number(figure) if isinstance(figure, Decimal) else figure for name, figure in figures.items()}
    return plain | {"currency": state.equity.currency}


def to_quality(quality: Quality) -> Json:
    """Return the quality of one order's execution."""
    return {name: number(figure) for name, figure in quality._asdict().items()}
