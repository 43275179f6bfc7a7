"""What can be asked about a session: pure functions of the state and of its chains, each returning plain JSON.

The server answers from those of the running engine, the command line from those folded out of the journal; because
both call these functions, the two cannot disagree. An account is named in full, for whoever may ask may also read the
journal; it is masked where a person could be watched reading it.
"""

from collections.abc import Callable
from typing import Final

from cockpit.protection import unprotected_qty
from cockpit.queries.orders import list_orders, orders_among, show_order
from cockpit.queries.plain import Arguments, Json, instant, number
from cockpit.queries.protection import protection
from cockpit.queries.quality import analytics_of
from oms.chains import Chains
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


def list_strategies(state: State, chains: Chains, _arguments: Arguments) -> Json:
    """Return every strategy of the journal, what came of it and what it said last."""
    return [_strategy(entry, chains) for entry in state.roster.by_id.values()]


def show_risk(state: State, _arguments: Arguments) -> Json:
    """Return the account against the limits in force, which are those of the newest run: `rules` are those that say
    something without a ticket, `limits` all that judge one."""
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
        "limits": [
            {"rule": row.rule, "judges": row.judges.value, "limit": number(row.limit)} for row in state.trading.limits
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


def to_signal(signal: TradingSignal, correlation_id: str | None) -> Json:
    """Return a strategy's opinion; the correlation of its record is its id."""
    horizon = signal.time_horizon
    return {
        "id": correlation_id,
        "instrument": signal.instrument_id,
        "type": signal.signal_type.value,
        "confidence": signal.confidence,
        "strength": signal.strength,
        "price": number(signal.price),
        "stop_px": number(signal.stop_px),
        "target_px": number(signal.target_px),
        "time_horizon_secs": horizon / SECOND if horizon is not None else None,
        "group": signal.group_id,
        "reason": signal.reason,
        "metadata": {seen.name: seen.value for seen in signal.metadata},
        "ts": instant(signal.ts),
    }


QUERIES: Final[dict[str, Callable[[State, Chains, Arguments], Json]]] = {
    "orders list": lambda state, _, arguments: list_orders(state, arguments),
    "orders show": show_order,
    "orders quality": lambda state, _, arguments: analytics_of(state, orders_among(state, arguments)),
    "positions list": lambda state, _, arguments: list_positions(state, arguments),
    "strategies list": list_strategies,
    "risk status": lambda state, _, arguments: show_risk(state, arguments),
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
        "protection": protection(position, state),
        "unprotected": number(unprotected_qty(position, state)),
    }


def _strategy(entry: RosterEntry, chains: Chains) -> Json:
    said = entry.last_signal
    return {
        "id": entry.strategy_id,
        "standing": entry.standing.value,
        "signals": entry.signals,
        "fills": entry.fills,
        "text": entry.text,
        "last_signal": to_signal(said, chains.newest_signal(entry.strategy_id)) if said is not None else None,
    }
