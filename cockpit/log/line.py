"""What a record says in the log: which line it has, how much that matters, and its fields."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from cockpit.log.level import LogLevel, TradingEventType
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, symbol_of
from oms.domain.market import Bar, Quote
from oms.domain.order import Order
from oms.domain.text import sanitize
from oms.domain.units import SECOND, Nanos

_T, _L = TradingEventType, LogLevel
LINES: Final[dict[type, tuple[TradingEventType, LogLevel]]] = {
    ev.MarketMoved: (_T.MARKET_UPDATE, _L.TRACE),
    sev.SignalRaised: (_T.STRATEGY_SIGNAL, _L.DEBUG),
    sev.SignalDeclined: (_T.STRATEGY_SIGNAL, _L.DEBUG),
    sev.StrategyEnabled: (_T.STRATEGY_STATUS, _L.INFO),
    sev.StrategyPaused: (_T.STRATEGY_STATUS, _L.INFO),
    sev.StrategyStopped: (_T.STRATEGY_STATUS, _L.INFO),
    sev.StrategyFaulted: (_T.SYSTEM_HEALTH, _L.ERROR),
    oev.OrderSubmitted: (_T.ORDER_SUBMITTED, _L.INFO),
    oev.OrderAccepted: (_T.ORDER_ACCEPTED, _L.DEBUG),
    oev.OrderFilled: (_T.ORDER_FILLED, _L.INFO),
    oev.OrderCanceled: (_T.ORDER_CANCELLED, _L.INFO),
    oev.OrderExpired: (_T.ORDER_EXPIRED, _L.INFO),
    oev.OrderDenied: (_T.RISK_VIOLATION, _L.WARNING),
    oev.OrderRejected: (_T.ORDER_REJECTED, _L.WARNING),
    oev.OrderFlagged: (_T.SYSTEM_HEALTH, _L.WARNING),
    oev.OrderAdopted: (_T.SYSTEM_HEALTH, _L.WARNING),
    ev.TradingReduced: (_T.CIRCUIT_TRIGGERED, _L.WARNING),
    ev.TradingHalted: (_T.CIRCUIT_TRIGGERED, _L.CRITICAL),
    ev.TradingResumed: (_T.CIRCUIT_TRIGGERED, _L.WARNING),
    ev.RunStarted: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.RunEnded: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.BrokerConnected: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.BrokerDisconnected: (_T.SYSTEM_HEALTH, _L.ERROR),
    aev.BalanceReported: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.ReportQuarantined: (_T.SYSTEM_HEALTH, _L.ERROR),
    ev.ForeignOrderSeen: (_T.SYSTEM_HEALTH, _L.ERROR),
    aev.PositionAdjusted: (_T.SYSTEM_HEALTH, _L.ERROR),
    ev.TerminalLost: (_T.SYSTEM_HEALTH, _L.WARNING),
    ev.CommandRefused: (_T.SECURITY, _L.WARNING),
    ev.OperatorNoted: (_T.SECURITY, _L.WARNING),
}
_TELLING: Final = (
    *("client_order_id", "strategy_id", "text", "reason", "cause", "actor", "command", "run_id", "broker", "report"),
)


def logged(level: LogLevel, event: str, data: dict[str, Any], wall: Nanos) -> bytes:
    """Return a line without its end: `wall` as ISO 8601 in UTC with milliseconds, level, event, and clean fields."""
    clean = {key: sanitize(value) if isinstance(value, str) else value for key, value in data.items()}
    return msgspec.json.encode({"wall": stamp(wall), "level": level.name, "event": sanitize(event), **clean})


def fields_of(record: ev.Record, orders: Mapping[ClientOrderId, Order]) -> dict[str, Any]:
    """Return what a line says besides its kind: the order with its symbol, side and quantity, and the event's words."""
    event = record.event
    found: dict[str, Any] = {"chain": record.correlation_id} if record.correlation_id else {}
    for name in _TELLING:
        value = getattr(event, name, None)
        if value not in (None, ""):
            found[name] = value
    order = orders.get(found.get("client_order_id", ""))
    if order is not None:
        ticket = order.ticket
        found |= trade(symbol_of(ticket.instrument_id), ticket.side.value, ticket.quantity, ticket.limit_px)
        found["strategy_id"] = ticket.strategy_id
    return found | _own(event)


def trade(symbol: str, side: str, quantity: object, price: object) -> dict[str, Any]:
    """Return the four fields that every line about a trade has; numbers as texts, null where there is none."""
    return {
        "symbol": symbol,
        "side": side,
        "quantity": str(quantity) if quantity is not None else None,
        "price": str(price) if price is not None else None,
    }


def _own(event: ev.Event) -> dict[str, Any]:  # noqa: PLR0911 - one line for each kind that has fields of its own
    """Return the fields that only this kind has."""
    match event:
        case oev.OrderFilled(fill=fill):
            own = trade(symbol_of(fill.instrument_id), fill.side.value, fill.last_qty, fill.last_px)
            return own | {"exec_id": fill.exec_id, "fee": str(fill.fee.amount), "currency": fill.fee.currency}
        case sev.SignalRaised(signal=signal):
            return {
                "strategy_id": signal.strategy_id,
                "symbol": symbol_of(signal.instrument_id),
                "signal": signal.signal_type.value,
                "confidence": signal.confidence,
                "reason": signal.reason,
            }
        case oev.OrderDenied(decision=decision):
            return {"rules": list(decision.failed)}
        case aev.BalanceReported(cash=cash):
            return {"amount": str(cash.amount), "currency": cash.currency}
        case aev.PositionAdjusted():
            side = "BUY" if event.quantity > 0 else "SELL"
            own = trade(symbol_of(event.instrument_id), side, abs(event.quantity), event.px)
            late = {"exec_id": event.exec_id, "text": "a late fill had been booked already: it counts once"}
            return own | (late if event.exec_id is not None else {})
        case ev.OperatorNoted():
            return {"ts_noted": event.ts_noted}
        case ev.MarketMoved(data=data):
            return _market(data)
        case _:
            return {}


def _market(data: object) -> dict[str, Any]:
    match data:
        case Quote():
            return {
                "symbol": symbol_of(data.instrument.instrument_id),
                "bid": str(data.bid_px),
                "ask": str(data.ask_px),
            }
        case Bar():
            return {"symbol": symbol_of(data.instrument.instrument_id), "close": str(data.close_px)}
        case _:
            return {}


def stamp(wall: Nanos) -> str:
    """Return an instant as a line has it: ISO 8601 in UTC with milliseconds, as long for every instant."""
    return f"{datetime.fromtimestamp(wall / SECOND, UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
