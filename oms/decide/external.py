"""Orders that are not ours: somebody traded in our account, by the venue's own screen or another program.

What traded is ours all the same, so an order is made that its fills can be counted on. What was wanted beyond that is
not known, and the order is never asked about, canceled or counted as open.
"""

from oms.domain.ids import EXTERNAL, AccountId, BrokerId
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderTicket, OrderType
from oms.domain.report import ExecType, ExecutionReport, VenueReport
from oms.state import State


def external_order(state: State, report: VenueReport) -> Order | None:
    """Return the order that an execution of somebody else's proves, as large as the execution; None when it proves
    none: it is no execution, of nothing we list, or of an account that cannot be told."""
    if not isinstance(report, ExecutionReport) or report.exec_type is not ExecType.TRADE:
        return None
    route, instrument = the_route(state), state.instruments.get(report.instrument_id)
    if route is None or instrument is None or report.last_qty is None:
        return None
    broker, account = route
    ticket = OrderTicket(
        broker=broker,
        account=account,
        strategy_id=EXTERNAL,
        instrument_id=report.instrument_id,
        side=report.side,
        quantity=report.last_qty,
        order_type=OrderType.MARKET,
        reason="not ours",
    )
    return Order(
        client_order_id=report.client_order_id,
        ticket=ticket,
        status=OrderStatus.ACCEPTED,
        ts_init=report.ts,
        ts_event=report.ts,
        flags=(OrderFlag.EXTERNAL,),
    )


def the_route(state: State) -> tuple[BrokerId, AccountId] | None:
    """Return the one account that a report can be about, or None when there are none or several."""
    routes = {(key.broker, key.account) for key in state.ledger.cash}
    return routes.pop() if len(routes) == 1 else None
