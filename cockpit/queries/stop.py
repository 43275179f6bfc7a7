"""What a stop and a flatten came to, as programs read it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from cockpit.flatten import Flattened
from cockpit.format import verb
from cockpit.protection import unprotected_qty
from cockpit.queries.orders import stopped_order
from cockpit.queries.plain import Json, number
from cockpit.session import Session
from oms.domain.ids import InstrumentId
from oms.domain.order import CLOSED, Order, OrderStatus
from oms.state import State

MILLI: Final = 1_000
_ENDED: Final = {status.value for status in CLOSED - {OrderStatus.FILLED}}


def stop_result(session: Session) -> Json:
    """Return the newest stop: the gate, each venue's cancels, what stays, and which strategies are paused.

    Milliseconds are of wall time since it was asked for; null is not yet.
    """
    state, aftermath = session.state, session.aftermath
    stop, journaled = aftermath.stop, aftermath.journaled_secs
    return {
        "state": state.trading.state.value,
        "reason": stop.reason if stop is not None else state.trading.text,
        "actor": stop.actor if stop is not None else "",
        "gate_ms": _ms(aftermath.gate_secs),
        "halted_ms": None if journaled is None else _ms(journaled),
        "latch_error": session.latch.file_error,
        "venues": [
            {
                "venue": broker,
                "cancels": cancels.asked,
                "handed_over": cancels.handed,
                "handed_over_ms": _ms(cancels.handed_secs) if cancels.handed_secs else None,
                "confirmed": cancels.confirmed,
                "confirmed_ms": _ms(cancels.confirmed_secs) if cancels.confirmed_secs else None,
                "text": cancels.obstacle,
            }
            for broker, cancels in aftermath.venues().items()
        ],
        "orders": [stopped_order(order) for order in aftermath.asked()],
        "kept": [stopped_order(order) for order in aftermath.kept()],
        "positions": _positions(state),
        "paused": [name for name in state.roster.by_id if not state.roster.is_enabled(name)],
    }


def shortcomings(data: Json) -> Sequence[str]:
    """Return what of a stop is not done, each in a sentence; nothing when all of it is."""
    found = []
    if data["halted_ms"] is None:
        found.append("the gate is closed; the halt itself and its cancels are not decided yet")
    for venue in data["venues"]:
        left = venue["cancels"] - venue["confirmed"]
        if left:
            silent = f": {venue['venue']} {venue['text']}" if venue["text"] else ""
            found.append(f"{left} of {venue['cancels']} cancels are not confirmed yet{silent}")
    if data["latch_error"] is not None:
        found.append(f"the gate is closed; {data['latch_error']}")
    return found


def flatten_result(state: State, done: Flattened, instrument_id: InstrumentId | None) -> Json:
    """Return what a flatten was of (null: of everything), what it sent, canceled first, was denied, and what is held
    there after it, with how much of that no stop protects."""
    orders = state.blotter.orders

    def told(order_ids: Sequence[str]) -> list[Json]:
        found: list[Order] = [orders[order_id] for order_id in order_ids if order_id in orders]  # type: ignore[index]
        return [stopped_order(order) | {"text": order.text} for order in found]

    return {
        "instrument": instrument_id,
        "orders": told(done.sent),
        "canceled": told(done.canceled),
        "denied": told(done.denied),
        "positions": [
            held | {"unprotected": number(unprotected_qty(position, state))}
            for position, held in zip(state.ledger.open.values(), _positions(state), strict=True)
            if instrument_id in (None, position.key.instrument_id)
        ],
    }


def unflattened(data: Json) -> Sequence[str]:
    """Return what of a flatten is not done, each in a sentence."""
    ended = [order for order in data["orders"] if order["status"] in _ENDED]
    left = sum(order["status"] != "FILLED" for order in data["orders"]) - len(ended)
    found = [f"{left} of {len(data['orders'])} orders are not filled yet"] if left and data["positions"] else []
    found += [f"order {order['id']} is {order['status']}: {order['text'] or 'no reason given'}" for order in ended]
    bare = [held for held in data["positions"] if held["unprotected"] != "0" and not left]
    found += [
        f"{held['unprotected']} {held['instrument']} of {held['strategy']} "
        f"{verb(Decimal(held['unprotected']), 'is', 'are')} unprotected"
        for held in bare
    ]
    return [*found, *(f"{order['id']} was denied: cockpit orders show --why" for order in data["denied"])]


def _positions(state: State) -> list[Json]:
    """Return what each strategy holds: two that hold against each other hold something, though the net is nothing."""
    return [
        {
            "venue": key.broker,
            "instrument": key.instrument_id,
            "strategy": key.strategy_id,
            "quantity": number(position.quantity),
        }
        for key, position in state.ledger.open.items()
    ]


def _ms(secs: float) -> float:
    return round(secs * MILLI, 1)
