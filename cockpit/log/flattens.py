"""What the log says of a flatten that went on by itself: nobody may have looked when it was over.

A stop that comes back has not come back yet at the record that ends a flatten, so that is what is said of it.
"""

from collections.abc import Callable

from cockpit.log.level import LogLevel, TradingEventType
from cockpit.log.log import TradingLog
from cockpit.meant import End, means
from cockpit.protection import unprotected_qty
from oms.domain.ids import symbol_of
from oms.domain.position import Position
from oms.state import State


def writing_ends(log: TradingLog, state: State) -> Callable[[End], None]:
    """Return what writes one line for a flatten that went on and is over: WARNING where it is flat, else ERROR."""

    def write(end: End) -> None:
        text = what_became(end, state)
        level = LogLevel.ERROR if end.why else LogLevel.WARNING
        log.structured_log(level, TradingEventType.SYSTEM_HEALTH, {"actor": end.command.actor, "text": text})

    return write


def what_became(end: End, state: State) -> str:
    """Return what a flatten was of, and that it is flat, or why it was given up and what is held without a stop."""
    command = end.command
    of = f" of {symbol_of(command.instrument_id)}" if command.instrument_id is not None else ""
    of += f" by {command.strategy_id}" if command.strategy_id is not None else ""
    if not end.why:
        return f"the flatten{of} went on and is done: nothing of it is held"
    held = [
        _position(position, state)
        for key, position in state.ledger.open.items()
        if means(command, key.instrument_id, key.strategy_id)
    ]
    return f"the flatten{of} was given up: {end.why}; still held: {', '.join(held) or 'nothing'}"


def _position(position: Position, state: State) -> str:
    key, bare = position.key, unprotected_qty(position, state)
    what = f"{position.quantity:f} {symbol_of(key.instrument_id)} of {key.strategy_id}"
    if state.brackets.aside.of(key):
        return f"{what}, its stop comes back"
    return f"{what}, {bare:f} UNPROTECTED" if bare else f"{what}, with its stop"
