"""The log file: one JSON line each, in a file of the user's own.

It is written after the commit, nothing is read back from it, and losing it loses nothing. Each line has the wall time
at which it was made and, where it tells of a record, the engine time of that. All text passes the sanitiser on its
way. The file is turned over by size; a disk that is full costs lines and nothing else.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from cockpit.log.level import LogLevel, TradingEventType
from cockpit.log.line import LINES, fields_of, logged, trade
from cockpit.log.renewal import MADE_ANEW, is_made_anew
from cockpit.log.writer import LogWriter
from oms.bus import Bus
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import symbol_of
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Quantity
from oms.ledger import RECONCILED
from oms.state import State


class TradingLog:
    """An open log. Let it `follow` a session; close it at the end."""

    def __init__(self, path: Path, floor: LogLevel = LogLevel.INFO, *, wall: Callable[[], Nanos]) -> None:
        """Open the file for appending; `wall` is asked when a line is made.

        Raises:
            OSError: the folder or the file cannot be made.
        """
        self._floor = floor
        self._wall = wall
        self._state = State()
        self._held: dict[PositionKey, Quantity] = {}
        self._closed_by = ""  # why the gate is closed, for the line that says it is open again
        self._resumed: ev.Record | None = None  # when it was opened last
        self._writer = LogWriter(path)

    def follow(self, bus: Bus, state: State) -> None:
        """Write the lines of a session from now on; `state` is the session's, as it stands before anything is said."""
        self._state = state
        self._held = {key: position.quantity for key, position in state.ledger.open.items()}
        self._closed_by = _because(state.trading.cause, state.trading.text)
        bus.subscribe(self.watch, *self.kinds())

    def kinds(self) -> Iterable[type]:
        """Return the kinds of event that have a line at this floor, or are needed to tell one."""
        needed = {oev.OrderFilled, aev.PositionAdjusted, ev.TradingHalted, ev.TradingReduced, ev.TradingResumed}
        lines = [kind for kind, (_, level) in LINES.items() if level >= self._floor or kind in needed]
        return [*lines, oev.OrderInitialized]

    def watch(self, record: ev.Record) -> None:
        """Write the line of a record, if its kind has one and its level is high enough."""
        event = record.event
        kind, level = LINES.get(type(event), (None, LogLevel.TRACE))
        if kind is not None and level >= self._floor:
            said = fields_of(record, self._state.blotter.orders)
            if isinstance(event, ev.TradingResumed) and self._closed_by:
                said["text"] = f"trading goes on after {self._closed_by}"
            self.structured_log(level, kind, {"seq": record.seq, "ts": record.ts, **said})
        match event:
            case oev.OrderInitialized(ticket=ticket):
                if is_made_anew(record, self._resumed):
                    said = {"text": f"{ticket.reason}, {MADE_ANEW}", **fields_of(record, self._state.blotter.orders)}
                    at = {"seq": record.seq, "ts": record.ts}
                    self.structured_log(LogLevel.INFO, TradingEventType.SYSTEM_HEALTH, at | said)
            case ev.TradingResumed():
                self._resumed = record
            case oev.OrderFilled(fill=fill):
                key = PositionKey(fill.broker, fill.account, fill.instrument_id, fill.strategy_id)
                self._move(key, fill.signed_qty, fill.last_px, record)
            case aev.PositionAdjusted():
                key = PositionKey(event.broker, event.account, event.instrument_id, RECONCILED)
                self._move(key, event.quantity, event.px, record)
            case ev.TradingHalted() | ev.TradingReduced():
                self._closed_by = _because(event.cause, event.text)
            case _:
                pass

    def log_trading_event(
        self,
        event_type: TradingEventType,
        symbol: str,
        side: str,
        quantity: Decimal,
        price: Decimal | None,
        **more: str | int,
    ) -> None:
        """Write one line at INFO about a trade in an instrument, with further fields."""
        self.structured_log(LogLevel.INFO, event_type, trade(symbol, side, quantity, price) | more)

    def log_security(self, text: str, *, level: LogLevel = LogLevel.WARNING, **more: str) -> None:
        """Write one line about who asked for what, what was refused, or what could not be kept safe."""
        self.structured_log(level, TradingEventType.SECURITY, {"text": text, **more})

    def structured_log(self, level: LogLevel, event: str, data: dict[str, Any]) -> None:
        """Write one line of a level, with these fields."""
        if level >= self._floor:
            self._writer.put(logged(level, event, data, self._wall()).decode())

    def close(self) -> None:
        """Write what waits and close the file; a second call does nothing. What a full disk did not take is lost."""
        self._writer.close()

    def _move(self, key: PositionKey, signed: Quantity, px: Decimal | None, record: ev.Record) -> None:
        """Follow a position, and tell when it opens, closes, or closes and opens on the other side."""
        held = self._held.get(key, ZERO)
        after = self._held[key] = held + signed
        symbol = symbol_of(key.instrument_id)
        more: dict[str, str | int] = {"seq": record.seq, "ts": record.ts, "strategy_id": key.strategy_id}
        if held and (not after or (after > 0) != (held > 0)):
            self.log_trading_event(TradingEventType.POSITION_CLOSED, symbol, _side(held), abs(held), px, **more)
        if after and (not held or (after > 0) != (held > 0)):
            self.log_trading_event(TradingEventType.POSITION_OPENED, symbol, _side(after), abs(after), px, **more)


def _because(cause: str, text: str) -> str:
    return f"{cause}: {text}" if cause else ""


def _side(quantity: Quantity) -> str:
    return "LONG" if quantity > 0 else "SHORT"
