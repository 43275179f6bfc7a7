"""What can be asked about a session: pure functions of the state, each returning plain JSON.

The server answers from the running engine's state, the command line from a state folded out of the journal; because
both call these functions, the two cannot disagree. An account is named in full, for whoever may ask may also read the
journal; it is masked where a person could be watched reading it.
"""

from collections.abc import Callable
from typing import Final

from cockpit.queries.orders import list_orders, show_order
from cockpit.queries.plain import Arguments, Json, instant, number
from cockpit.queries.protection import protection
from oms.domain.position import Position
from oms.domain.signal import TradingSignal
from oms.domain.units import SECOND
from oms.roster import RosterEntry
from oms.state import State
from risk.catalog import build_rule
from risk.status import risk_status


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


def amounts(state: State, end: str) -> Json:
    """Return what a journal amounts to, whose last record has the hash `end`; empty while there is none."""
    return {
        "records": state.seq,
        "hash": end or None,
        "digest": state.digest(),
        "ts": instant(state.ts),
        "run": state.runs.run_id,
        "ended_by": state.runs.ended_by,
        "tape_session": state.runs.tape_session,
        "trading": state.trading.state.value,
        "orders": len(state.blotter.orders),
        "open_orders": len(state.blotter.open),
        "positions": len(state.ledger.open),
        "cash": [
            {"broker": key.broker, "account": key.account, "currency": key.currency, "amount": number(amount)}
            for key, amount in state.ledger.cash.items()
        ],
        "equity": number(state.equity.now),
    }


def to_signal(signal: TradingSignal) -> Json:
    """Return a strategy's opinion."""
    return {
        "instrument": signal.instrument_id,
        "type": signal.signal_type.value,
        "confidence": signal.confidence,
        "strength": signal.strength,
        "price": number(signal.price),
        "stop_px": number(signal.stop_px),
        "target_px": number(signal.target_px),
        "group": signal.group_id,
        "reason": signal.reason,
        "ts": instant(signal.ts),
    }


QUERIES: Final[dict[str, Callable[[State, Arguments], Json]]] = {
    "orders list": list_orders,
    "orders show": show_order,
    "positions list": list_positions,
    "strategies list": list_strategies,
    "risk status": show_risk,
}


def _position(position: Position, state: State) -> Json:
    key, mark = position.key, state.marks.get(position.key.instrument_id)
    return {
        "broker": key.broker,
        "account": key.account,
        "instrument": key.instrument_id,
        "strategy": key.strategy_id,
        "quantity": number(position.quantity),
        "avg_px": number(position.avg_px),
        "mark_px": number(mark.px) if mark is not None else None,
        "mark_age": (state.ts - mark.ts) / SECOND if mark is not None else None,  # seconds of engine time
        "unrealized": number(position.unrealized(mark.px)) if mark is not None else None,
        "realized": number(position.realized),
        "protection": protection(state, key),
    }


def _strategy(entry: RosterEntry) -> Json:
    return {
        "id": entry.strategy_id,
        "standing": entry.standing.value,
        "signals": entry.signals,
        "fills": entry.fills,
        "last_signal": to_signal(entry.last_signal) if entry.last_signal is not None else None,
        "text": entry.text,
    }
