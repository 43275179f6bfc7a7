"""What can be asked about a session: pure functions of the state, each returning plain JSON.

The server answers from the running engine's state, the command line from a state folded out of the journal; because
both call these functions, the two cannot disagree. Numbers of money and quantity are texts, so that no reader turns
them into floats; instants are ISO 8601 in UTC; an account is masked; what is absent is null.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from cockpit.exits import Exit, Failure
from cockpit.format import masked
from oms.domain.ids import ClientOrderId, short_id
from oms.domain.order import Order, OrderStatus
from oms.domain.position import Position
from oms.domain.signal import TradingSignal
from oms.domain.units import SECOND, Money, Nanos
from oms.roster import RosterEntry
from oms.state import State
from risk.catalog import build_rule
from risk.status import risk_status

Json: TypeAlias = Any  # what json.dumps takes: its shape is the verb's
Arguments: TypeAlias = Mapping[str, Any]  # as they came over the socket: nothing about them is certain

COMPUTED_PLACES: Final = 8  # decimals of what was divided; what was counted keeps all of its own
DEFAULT_ORDERS: Final = 1_000


def number(value: Decimal | None) -> str | None:
    """Return a number as text, without an exponent; one that was divided is rounded to eight decimals."""
    if value is None:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -COMPUTED_PLACES:
        value = round(value, COMPUTED_PLACES).normalize()
    return f"{value or abs(value):f}"


def instant(ts: Nanos) -> str | None:
    """Return `2010-07-14T14:00:00Z`, with nanoseconds where there are any; None for an instant that never was."""
    if not ts:
        return None
    seconds, nanos = divmod(ts, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}" + (f".{nanos:09d}Z" if nanos else "Z")


def purse(fees: tuple[Money, ...]) -> dict[str, str | None]:
    """Return amounts by currency."""
    return {money.currency: number(money.amount) for money in fees}


def list_orders(state: State, arguments: Arguments) -> Json:
    """Return the newest `limit` orders with a `status` of working, filled or all, oldest first."""
    chosen = _SELECTIONS.get(str(arguments.get("status", "all")))
    limit = arguments.get("limit", DEFAULT_ORDERS)
    if chosen is None or not isinstance(limit, int) or limit < 1:
        raise Failure(Exit.USAGE, "USAGE", f"status must be one of {', '.join(_SELECTIONS)}, limit a whole number")
    orders = [order for order in state.blotter.orders.values() if chosen(order)]
    return [_order(order) for order in orders[-limit:]]


def show_order(state: State, arguments: Arguments) -> Json:
    """Return one order, by its id or the last part of it."""
    return _order(find_order(state, str(arguments.get("id", ""))))


def find_order(state: State, name: str) -> Order:
    """Return the order that a name means: its whole id, or the last part where only one order has it.

    Raises:
        Failure: NOT_FOUND, no order or more than one.
    """
    exact = state.blotter.get(ClientOrderId(name))
    if exact is not None:
        return exact
    alike = [order for order_id, order in state.blotter.orders.items() if short_id(order_id) == name]
    if len(alike) == 1:
        return alike[0]
    if not alike:
        raise Failure(Exit.NOT_FOUND, "NOT_FOUND", f"no order {name}", hint="cockpit orders list names them")
    ids = [order.client_order_id for order in alike]
    hint = f"one of {', '.join(ids[-3:])}"
    raise Failure(Exit.NOT_FOUND, "AMBIGUOUS", f"{len(ids)} orders end in {name}", hint=hint, details={"ids": ids})


def list_positions(state: State, _arguments: Arguments) -> Json:
    """Return the open positions."""
    return [_position(position, state) for position in state.ledger.open.values()]


def list_strategies(state: State, _arguments: Arguments) -> Json:
    """Return every strategy of the journal and what came of it."""
    return [_strategy(entry) for entry in state.roster.by_id.values()]


def show_risk(state: State, _arguments: Arguments) -> Json:
    """Return the account against the limits in force, which are those of the newest run."""
    rules = [build_rule(row.rule, row.options) for row in state.trading.limits]
    status = risk_status(rules, state)
    return {
        "state": status.state.value,
        "reason": status.reason,
        "level": status.level.value,
        "equity": number(status.equity),
        "day_pnl": number(status.day_pnl),
        "drawdown": number(status.drawdown),
        "rules": [
            {
                "rule": row.rule,
                "observed": number(row.observed),
                "limit": number(row.limit),
                "used_frac": number(row.used_frac),
                "verdict": row.verdict.value,
            }
            for row in status.rules
        ],
    }


def stopped_order(order: Order) -> Json:
    """Return an order as a stop reports it."""
    whole = _order(order)
    return {name: whole[name] for name in ("id", "instrument", "side", "quantity", "filled_qty", "status")}


QUERIES: Final[dict[str, Callable[[State, Arguments], Json]]] = {
    "orders list": list_orders,
    "orders show": show_order,
    "positions list": list_positions,
    "strategies list": list_strategies,
    "risk status": show_risk,
}

_SELECTIONS: Final[dict[str, Callable[[Order], bool]]] = {
    "working": lambda order: not order.is_closed,
    "filled": lambda order: order.status is OrderStatus.FILLED,
    "all": lambda _order: True,
}


def _order(order: Order) -> Json:
    ticket = order.ticket
    return {
        "id": order.client_order_id,
        "strategy": ticket.strategy_id,
        "instrument": ticket.instrument_id,
        "side": ticket.side.value,
        "type": ticket.order_type.value,
        "quantity": number(ticket.quantity),
        "limit_px": number(ticket.limit_px),
        "stop_px": None,
        "tif": ticket.tif.value,
        "status": order.status.value,
        "filled_qty": number(order.filled_qty),
        "avg_px": number(order.avg_px),
        "fees": purse(order.fees),
        "ts": instant(order.ts_init),
        "text": order.text,
    }


def _position(position: Position, state: State) -> Json:
    key, mark = position.key, state.marks.get(position.key.instrument_id)
    return {
        "broker": key.broker,
        "account": masked(key.account),
        "instrument": key.instrument_id,
        "strategy": key.strategy_id,
        "quantity": number(position.quantity),
        "avg_px": number(position.avg_px),
        "mark_px": number(mark.px) if mark is not None else None,
        "mark_age": (state.ts - mark.ts) / SECOND if mark is not None else None,  # seconds of engine time
        "unrealized": number(position.unrealized(mark.px)) if mark is not None else None,
        "realized": number(position.realized),
    }


def _strategy(entry: RosterEntry) -> Json:
    return {
        "id": entry.strategy_id,
        "standing": entry.standing.value,
        "signals": entry.signals,
        "fills": entry.fills,
        "last_signal": _signal(entry.last_signal) if entry.last_signal is not None else None,
        "text": entry.text,
    }


def _signal(signal: TradingSignal) -> Json:
    return {
        "instrument": signal.instrument_id,
        "type": signal.signal_type.value,
        "confidence": signal.confidence,
        "strength": signal.strength,
        "reason": signal.reason,
        "ts": instant(signal.ts),
    }
