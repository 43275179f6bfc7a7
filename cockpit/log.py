"""The log: what happened in words a program can read, one JSON line each, in a file of the user's own.

The log is for whoever looks after the program; the journal is the record. It is written after the commit, nothing is
read back from it, and losing it loses nothing. All text passes the sanitiser on its way. The file is turned over by
size, by the standard library's handler; a disk that is full costs lines and nothing else.
"""

import logging
import os
from enum import IntEnum, StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import msgspec

from oms.domain import events as ev
from oms.domain.ids import symbol_of
from oms.domain.text import sanitize
from oms.journal.private import make_missing, open_file

LARGEST_BYTES: Final = 8 * 1024 * 1024  # then the file is turned over
OLDER_KEPT: Final = 3


class LogLevel(IntEnum):
    """How much a line matters; a floor lets lines of its level and above through."""

    TRACE = 5
    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    CRITICAL = 50


class TradingEventType(StrEnum):
    """What a line is about."""

    ORDER_SUBMITTED = "ORDER_SUBMITTED"
    ORDER_FILLED = "ORDER_FILLED"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    ORDER_REJECTED = "ORDER_REJECTED"
    RISK_VIOLATION = "RISK_VIOLATION"
    CIRCUIT_TRIGGERED = "CIRCUIT_TRIGGERED"
    STRATEGY_SIGNAL = "STRATEGY_SIGNAL"
    SYSTEM_HEALTH = "SYSTEM_HEALTH"


_T, _L = TradingEventType, LogLevel
_LINES: Final[dict[type, tuple[TradingEventType, LogLevel]]] = {
    ev.SignalRaised: (_T.STRATEGY_SIGNAL, _L.DEBUG),
    ev.OrderSubmitted: (_T.ORDER_SUBMITTED, _L.INFO),
    ev.OrderFilled: (_T.ORDER_FILLED, _L.INFO),
    ev.OrderCanceled: (_T.ORDER_CANCELLED, _L.INFO),
    ev.OrderDenied: (_T.RISK_VIOLATION, _L.WARNING),
    ev.OrderRejected: (_T.ORDER_REJECTED, _L.WARNING),
    ev.TradingReduced: (_T.CIRCUIT_TRIGGERED, _L.WARNING),
    ev.TradingHalted: (_T.CIRCUIT_TRIGGERED, _L.CRITICAL),
    ev.TradingResumed: (_T.CIRCUIT_TRIGGERED, _L.WARNING),
    ev.RunStarted: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.RunEnded: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.BrokerConnected: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.BrokerDisconnected: (_T.SYSTEM_HEALTH, _L.ERROR),
    ev.StrategyFaulted: (_T.SYSTEM_HEALTH, _L.ERROR),
    ev.ReportQuarantined: (_T.SYSTEM_HEALTH, _L.ERROR),
    ev.ForeignOrderSeen: (_T.SYSTEM_HEALTH, _L.ERROR),
    ev.PositionAdjusted: (_T.SYSTEM_HEALTH, _L.ERROR),
    ev.CommandRefused: (_T.SYSTEM_HEALTH, _L.INFO),
    ev.TerminalLost: (_T.SYSTEM_HEALTH, _L.WARNING),
}


class TradingLog:
    """An open log. Subscribe `watch` to the bus; close it at the end."""

    def __init__(self, path: Path, floor: LogLevel = LogLevel.INFO) -> None:
        """Open the file for appending.

        Raises:
            OSError: the folder or the file cannot be made.
        """
        make_missing(path.parent)
        os.close(open_file(path))
        self._floor = floor
        self._handler = _Quiet(path, maxBytes=LARGEST_BYTES, backupCount=OLDER_KEPT, encoding="utf-8")

    def watch(self, record: ev.Record) -> None:
        """Write the line of a record, if its kind has one and its level is high enough."""
        kind, level = _LINES.get(type(record.event), (None, LogLevel.TRACE))
        if kind is not None and level >= self._floor:
            self.structured_log(level, kind, {"seq": record.seq, "ts": record.ts, **_fields(record)})

    def structured_log(self, level: LogLevel, event: str, data: dict[str, Any]) -> None:
        """Write one line of a level, with these fields."""
        if level >= self._floor:
            clean = {key: sanitize(value) if isinstance(value, str) else value for key, value in data.items()}
            line = msgspec.json.encode({"level": level.name, "event": sanitize(event), **clean}).decode()
            self._handler.handle(logging.makeLogRecord({"msg": line}))

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._handler.close()


class _Quiet(RotatingFileHandler):
    """Drops what it cannot write: the standard handler would print a traceback into the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the handler's own name
        """Do nothing."""

    def _open(self) -> Any:  # noqa: ANN401 - as the handler declares it
        """Open the file; a new one after turning over is private as well."""
        os.close(open_file(Path(self.baseFilename)))
        return super()._open()


def _fields(record: ev.Record) -> dict[str, Any]:
    """Return what a line says besides its kind: the order, the symbol, and the event's own words."""
    event = record.event
    found: dict[str, Any] = {"chain": record.correlation_id} if record.correlation_id else {}
    for name in ("client_order_id", "strategy_id", "text", "reason", "cause", "actor", "run_id", "broker", "report"):
        value = getattr(event, name, None)
        if value not in (None, ""):
            found[name] = value
    if isinstance(event, ev.OrderFilled):
        fill = event.fill
        found |= {"symbol": symbol_of(fill.instrument_id), "side": fill.side.value}
        found |= {"quantity": str(fill.last_qty), "price": str(fill.last_px)}
    elif isinstance(event, ev.SignalRaised):
        signal = event.signal
        found |= {"strategy_id": signal.strategy_id, "symbol": symbol_of(signal.instrument_id)}
        found |= {"signal": signal.signal_type.value, "reason": signal.reason}
    elif isinstance(event, ev.OrderDenied):
        found["rules"] = list(event.decision.failed)
    return found
