"""What can be asked about orders, see `cockpit.queries.state`."""

from collections.abc import Callable
from typing import Final

from cockpit.exits import Exit, Failure
from cockpit.queries.plain import Arguments, Json, instant, number, purse
from cockpit.queries.quality import to_quality
from cockpit.queries.span import since
from cockpit.stats.execution import quality_of
from oms.chains import Chains
from oms.domain.ids import ClientOrderId, InstrumentId, short_id, symbol_of
from oms.domain.options import nearest
from oms.domain.order import Order, OrderStatus
from oms.domain.text import sanitize
from oms.domain.units import Nanos
from oms.state import State

DEFAULT_ORDERS: Final = 1_000
NAMED: Final = "cockpit orders list names them"


def list_orders(state: State, arguments: Arguments) -> Json:
    """Return the newest `limit` orders, oldest first: with a `status` (see `SELECTIONS`), of a `symbol` (a whole
    instrument id or its symbol), taken on `since` a date, an instant, or so long before the newest engine time.

    Raises:
        Failure: USAGE, an argument means nothing; NOT_FOUND, no instrument has that symbol.
    """
    chosen = SELECTIONS.get(str(arguments.get("status", "all")))
    limit = arguments.get("limit", DEFAULT_ORDERS)
    if chosen is None or not isinstance(limit, int) or limit < 1:
        raise Failure(Exit.USAGE, "USAGE", f"status must be one of {', '.join(SELECTIONS)}, limit a whole number")
    orders = [order for order in orders_among(state, arguments) if chosen(order)]
    return [_standing(order, state) for order in orders[-limit:]]


def orders_among(state: State, arguments: Arguments) -> list[Order]:
    """Return the orders of a `symbol` that were taken on `since`, as `list_orders` has them, oldest first.

    Raises:
        Failure: USAGE, an argument means nothing; NOT_FOUND, no instrument has that symbol.
    """
    listed, begin = _instruments(state, arguments.get("symbol")), _since(state, arguments.get("since"))
    return [
        order
        for order in state.blotter.orders.values()
        if order.ts_init >= begin and (listed is None or order.ticket.instrument_id in listed)
    ]


def show_order(state: State, chains: Chains, arguments: Arguments) -> Json:
    """Return one order, by its id or by what lists call it, the signal that it came of, null for one by hand, and the
    quality of its execution."""
    order = find_order(state, str(arguments.get("id", "")))
    signal, quality = chains.signal_of(order.client_order_id), to_quality(quality_of(order, state))
    return _standing(order, state) | {"signal": signal, "quality": quality}


def find_order(state: State, name: str) -> Order:
    """Return the order that a name means: its whole id, or what screens and lists call it, see `short_id`.

    Raises:
        Failure: NOT_FOUND, there is none, or an account's order ids have had several prefixes and two are called so.
    """
    exact = state.blotter.get(ClientOrderId(name))
    if exact is not None:
        return exact
    called = [order_id for order_id in state.blotter.orders if short_id(order_id) == name]
    if len(called) == 1:
        return state.blotter.orders[called[0]]
    if called:
        raise Failure(Exit.NOT_FOUND, "AMBIGUOUS", f"{len(called)} orders are {name}", details={"ids": called})
    ends = [short_id(order_id) for order_id in state.blotter.orders if order_id.endswith(f"-{name}")]
    hint = f"after a restart orders are called RUN-NUMBER: {', '.join(ends[-3:])}" if ends else NAMED
    raise Failure(Exit.NOT_FOUND, "NOT_FOUND", f"no order {sanitize(name)}", hint=hint)


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


def _is(*statuses: OrderStatus) -> Callable[[Order], bool]:
    return lambda order: order.status in statuses


SELECTIONS: Final[dict[str, Callable[[Order], bool]]] = {
    "working": lambda order: not order.is_closed,
    "open": lambda order: not order.is_closed,  # the other word for it
    "held": _is(OrderStatus.HELD),
    "unknown": _is(OrderStatus.UNKNOWN),
    "partial": _is(OrderStatus.PARTIALLY_FILLED),
    "closed": lambda order: order.is_closed,
    "filled": _is(OrderStatus.FILLED),
    "canceled": _is(OrderStatus.CANCELED),
    "expired": _is(OrderStatus.EXPIRED),
    "denied": _is(OrderStatus.DENIED),
    "rejected": _is(OrderStatus.REJECTED, OrderStatus.NOT_FOUND),  # the venue has taken neither
    "all": lambda _order: True,
}
"""Which orders each word chooses."""


def _standing(order: Order, state: State) -> Json:
    """Return an order, and whether it is one that is held here until its price is touched."""
    return _order(order) | {"soft": order.client_order_id in state.brackets.legs.soft}


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
        "reduce_only": ticket.only_reduces,
        "purpose": ticket.purpose.value,
        "parent": ticket.parent_id,
        "protect_px": number(ticket.protect_px),
        "target_px": number(ticket.target_px),
        "trail_by": number(ticket.trail_by),
    }
