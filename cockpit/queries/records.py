"""Journal records as plain JSON: in words, and with the findings that their decisions stand for.

A decision is journaled small: what was observed, and the number of the limits table in force. Its findings are made
here from that table, so they state the limits of their day, whatever the configuration says now.
"""

from collections import deque
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from cockpit.queries.plain import Json, instant, number
from cockpit.queries.state import to_signal
from cockpit.ticket.kind import kind_of
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.order import OrderTicket
from oms.domain.risk import RiskDecision, RiskFinding, RuleLimits, Sizing
from oms.domain.signal import TradingSignal
from oms.domain.units import DAY
from oms.journal.codec import Row, decode
from oms.journal.reader import read_rows
from risk.findings import findings

LimitsTables: TypeAlias = dict[int, tuple[RuleLimits, ...]]

LIMITS_KIND: Final = ev.LimitsSet.__name__


def list_records(journal: Path, *, after: int | None, limit: int, kind: str | None) -> Json:
    """Return the first `limit` records after a number, or without one the last `limit`, of one kind or of all.

    Raises:
        JournalError: the journal cannot be read.
    """
    tables: LimitsTables = {}
    chosen: deque[Row] = deque(maxlen=limit if after is None else None)
    for row in read_rows(journal):
        if row.kind == LIMITS_KIND:
            note_limits(row, tables)
        if (kind is None or row.kind == kind) and row.seq > (after or 0):
            chosen.append(row)
        if after is not None and len(chosen) == limit:
            break
    return [_whole(row, tables) for row in chosen]


def note_limits(row: Row, tables: LimitsTables) -> None:
    """Remember the limits table that a row of that kind holds."""
    event: Any = decode(row).event
    tables[event.number] = event.limits


def to_json(record: ev.Record, tables: LimitsTables) -> dict[str, Json]:
    """Return a record in words: `seq kind ts text findings`, and `signal` where it is one."""
    decision: RiskDecision | None = getattr(record.event, "decision", None)
    limits = tables.get(decision.limits_no, ()) if decision is not None else ()
    raised = record.event.signal if isinstance(record.event, sev.SignalRaised) else None
    signal = {"signal": to_signal(raised, record.correlation_id)} if raised is not None else {}
    return {
        "seq": record.seq,
        "kind": type(record.event).__name__,
        "ts": instant(record.ts),
        "text": words(record.event),
        "findings": [_finding(finding) for finding in findings(decision, limits)] if decision is not None else [],
        **signal,
    }


def words(event: ev.Event) -> str:  # noqa: C901, PLR0911 - one line for each kind that says more than its fields
    """Return what an event says, in one line."""
    match event:
        case sev.SignalRaised(signal=signal):
            return _opinion(signal)
        case sev.SignalDeclined():
            return f"no order for {event.strategy_id} in {event.instrument_id}: {event.text}"
        case oev.OrderInitialized(ticket=ticket, sizing=sizing):
            return _wish(ticket) if sizing is None else f"{_wish(ticket)}; {_sized(sizing)}"
        case oev.OrderPendingReplace() | oev.OrderReplaced() | oev.OrderReleased():
            return f"{event.client_order_id}: {_wish(event.ticket)}"
        case oev.OrderSubmitted(decision=decision):
            return f"passed {len(decision.observed)} rules of limits table {decision.limits_no}"
        case oev.OrderFilled(fill=fill):
            fee = f"fee {number(fill.fee.amount)} {fill.fee.currency}"
            return f"{number(fill.last_qty)} at {number(fill.last_px)}, {fee}, {fill.liquidity.value.lower()}"
        case ev.OperatorNoted():
            return f"{instant(event.ts_noted) or 'at an unknown time'}: {event.actor} {event.text}"
        case ev.TradingHalted() | ev.TradingReduced():
            return f"by {event.actor}, {event.cause}: {event.text}"
        case ev.RunStarted():
            return f"run {event.run_id}: {event.mode} on {event.feed}, seed {event.seed}"
        case ev.InstrumentListed(instrument=instrument):
            return instrument.instrument_id
        case ev.LimitsSet():
            return f"limits table {event.number}, {len(event.limits)} rules"
        case _:
            return ", ".join(str(getattr(event, name)) for name in _TELLING if getattr(event, name, ""))


_TELLING: Final = (
    *("client_order_id", "strategy_id", "broker", "instrument_id"),
    *("session", "day", "equity", "px", "command", "text", "reason", "cause"),
)


def _opinion(signal: TradingSignal) -> str:
    """Return what a strategy thinks, and where and when it would leave."""
    exits = [("stop", signal.stop_px), ("target", signal.target_px)]
    at = "".join(f", {name} {number(px)}" for name, px in exits if px is not None)
    if signal.time_horizon is not None:
        at += f", for {signal.time_horizon / DAY:g} days at most"
    who = f"{signal.strategy_id} {signal.signal_type.value} {signal.instrument_id}"
    return f"{who}, confidence {signal.confidence:.2f}{at}: {signal.reason}"


def _wish(ticket: OrderTicket) -> str:
    """Return what a ticket asks for: `BUY 10 IBM.XNYS STOP LIMIT, limit 128.5, stop 128`."""
    named_limit = " at" if ticket.stop_px is None else ", limit"
    px = f"{named_limit} {number(ticket.limit_px)}" if ticket.limit_px is not None else ""
    named = (
        ("stop", ticket.stop_px),
        ("protected at", ticket.protect_px),
        ("target", ticket.target_px),
        ("trails by", ticket.trail_by),
    )
    rest = "".join(f", {name} {number(price)}" for name, price in named if price is not None)
    return f"{ticket.side.value} {number(ticket.quantity)} {ticket.instrument_id} {kind_of(ticket).words}{px}{rest}"


def _sized(sizing: Sizing) -> str:
    """Return how a quantity came about: `fixed_risk wanted 92, room 18, bound by max_position`."""
    parts = [f"{sizing.sizer} wanted {number(sizing.wanted_qty)}"]
    if sizing.room_qty is not None:
        parts.append(f"room {number(sizing.room_qty)}")
    if sizing.bound_by is not None:
        parts.append(f"bound by {sizing.bound_by}")
    return ", ".join(parts)


def _whole(row: Row, tables: LimitsTables) -> Json:
    """Return a row in words, with everything that is stored of it."""
    return to_json(decode(row), tables) | {
        "wall": instant(row.wall),
        "correlation_id": row.correlation_id,
        "causation_id": row.causation_id,
        "payload": msgspec.json.decode(row.payload),
        "hash": row.hash,
    }


def _finding(finding: RiskFinding) -> Json:
    return {
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "observed": number(finding.observed),
        "limit": number(finding.limit),
        "text": finding.text,
    }
