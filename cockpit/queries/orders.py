"""What can be asked about orders, see `cockpit.queries.state`."""

from collections.abc import Callable
from typing import Final

from cockpit.exits import Exit, Failure
from cockpit.queries.plain import Arguments, Json, instant, number, purse
from cockpit.queries.span import since
from oms.domain.ids import ClientOrderId, InstrumentId, short_id, symbol_of
from oms.domain.options import nearest
from oms.domain.order import Order, OrderStatus
from oms.domain.text import sanitize
from oms.domain.units import Nanos
from oms.state import State

DEFAULT_ORDERS: Final = 1_000


def list_orders(state: State, arguments: Arguments) -> Json:
    """Return the newest `limit` orders, oldest first: with a `status` of working, filled or all, of a `symbol` (a whole
    instrument id or its symbol), taken on `since` a date, an instant, or so long before the newest engine time.

    Raises:
        Failure: USAGE, an argument means nothing; NOT_FOUND, no instrument has that symbol.
    """
    chosen = _SELECTIONS.get(str(arguments.get("status", "all")))
    limit = arguments.get("limit", DEFAULT_ORDERS)
    if chosen is None or not isinstance(limit, int) or limit < 1:
        raise Failure(Exit.USAGE, "USAGE", f"status must be one of {', '.join(_SELECTIONS)}, limit a whole number")
    listed, begin = _instruments(state, arguments.get("symbol")), _since(state, arguments.get("since"))
    orders = [
        order
        for order in state.blotter.orders.values()
        if chosen(order) and order.ts_init >= begin and (listed is None or order.ticket.instrument_id in listed)
    ]
    return [_standing(order, state) for order in orders[-limit:]]


def show_order(state: State, arguments: Arguments) -> Json:
    """Return one order, by its id or the last part of it."""
    return _standing(find_order(state, str(arguments.get("id", ""))), state)


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


def _instruments(state: State, symbol: object) -> frozenset[InstrumentId] | None:
    """Return the instruments that a name means, None for all of them."""
    if symbol is None:
        return None
    known = state.instruments.by_id
    named = frozenset(name for name in known if str(symbol) in {name, symbol_of(name)})
    if known and not named:
        hint = nearest(str(symbol), sorted({symbol_of(name) for name in known}))
        raise Failure(Exit.NOT_FOUND, "NOT_FOUND", f"no instrument {sanitize(str(symbol))!r}", hint=hint)
    return named


def instrument_named(state: State, name: str) -> InstrumentId:
    """Return the one instrument that a name means: its whole id, or its symbol where only one has it.

    Raises:
        Failure: NOT_FOUND, there is none or more than one.
    """
    named = sorted(_instruments(state, name) or ())
    if len(named) != 1:
        raise Failure(Exit.NOT_FOUND, "NOT_FOUND", f"{len(named)} instruments are called {sanitize(name)!r}")
    return named[0]


def _since(state: State, text: object) -> Nanos:
    if text is None:
        return 0
    try:
        return since(str(text), state.ts)
    except (ValueError, OverflowError) as error:
        raise Failure(Exit.USAGE, "USAGE", sanitize(str(error))) from error


def stopped_order(order: Order) -> Json:
    """Return an order as a stop reports it."""
    whole = _order(order)
    return {name: whole[name] for name in ("id", "instrument", "side", "quantity", "filled_qty", "status")}


_SELECTIONS: Final[dict[str, Callable[[Order], bool]]] = {
    "working": lambda order: not order.is_closed,
    "filled": lambda order: order.status is OrderStatus.FILLED,
    "all": lambda _order: True,
}


def _standing(order: Order, state: State) -> Json:
    """Return an order, and whether it is one that is held here until its price is touched."""
    return _order(order) | {"soft": order.client_order_id in state.brackets.soft}


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
        "stop_px": number(ticket.stop_px),
        "tif": ticket.tif.value,
        "status": order.status.value,
        "filled_qty": number(order.filled_qty),
        "avg_px": number(order.avg_px),
        "fees": purse(order.fees),
        "ts": instant(order.ts_init),
        "text": order.text,
        "flags": [flag.value for flag in order.flags],
        "expires_at": None if ticket.expires_at is None else instant(ticket.expires_at),
        "reduce_only": ticket.reduce_only,
        "purpose": ticket.purpose.value,
        "parent": ticket.parent_id,
        "protect_px": number(ticket.protect_px),
        "target_px": number(ticket.target_px),
        "trail_by": number(ticket.trail_by),
    }
