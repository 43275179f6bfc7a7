"""What a script asks for, read strictly, and made into a ticket.

A ticket that was misread trades real money on something nobody meant. So a field that is unknown is refused with the
nearest one that is known, and a float is no number of money: 0.1 is not a tenth, and an order of 0.30000000000000004
units is not what anybody wrote.
"""

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from cockpit.library.argument import shown_with_type, to_fields, to_number, to_str, to_truth, to_word
from cockpit.library.errors import RequestError
from cockpit.library.instant import to_nanos
from cockpit.library.trail import TRAILS, require_one_meaning
from oms.domain.ids import MANUAL, Route
from oms.domain.instrument import Instrument
from oms.domain.options import nearest
from oms.domain.order import LIMITS, STOPS, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.text import sanitize
from oms.domain.units import Nanos
from oms.exits import as_exit, is_stop
from oms.instruments import Instruments
from oms.state import State

FIELDS: Final = (
    "symbol",
    "side",
    "quantity",
    "order_type",
    "limit_price",
    "stop_price",
    "time_in_force",
    "expires_at",
    "reduce_only",
    "protect_price",
    "target_price",
    "trail_by",
    "reason",
)
REQUIRED: Final = ("symbol", "side", "quantity")
CHANGES: Final = ("quantity", "limit_price", "stop_price")
_LATEST: Final = 2**63 - 1  # nanoseconds, in the year 2262
_TYPES: Final = {"stop": OrderType.STOP_MARKET, TRAILS: OrderType.STOP_MARKET}  # what traders call it


def to_ticket(request: Mapping[str, object], instruments: Instruments, route: Route) -> OrderTicket:
    """Return the ticket that a request asks for: a market order for the day unless it says otherwise.

    `symbol` is an instrument id, or a bare symbol where only one instrument has it. Words are read in any case.

    Raises:
        RequestError: a field is missing, unknown, of the wrong type or out of range.
    """
    for field in to_fields("request: an order is a mapping of its fields", request):
        if field not in FIELDS:
            raise RequestError(f"{sanitize(str(field))!r} is no field of an order: {nearest(str(field), FIELDS)}")
    for field in REQUIRED:
        if request.get(field) is None:
            raise RequestError(f"{field} is missing: an order has {', '.join(REQUIRED)}")
    word = request.get("order_type", OrderType.MARKET)
    order_type = to_type(word)
    require_one_meaning(request, word, order_type)
    tif = to_word("time_in_force", request.get("time_in_force", TimeInForce.DAY), TimeInForce)
    return OrderTicket(
        broker=route.broker,
        account=route.account,
        strategy_id=MANUAL,
        instrument_id=to_instrument(request["symbol"], instruments).instrument_id,
        side=to_word("side", request["side"], Side),
        quantity=to_number("quantity", request["quantity"]),
        order_type=order_type,
        limit_px=_to_price("limit_price", request, order_type, LIMITS),
        stop_px=_to_stop(request, order_type),
        tif=tif,
        expires_at=_to_expiry(request.get("expires_at"), tif),
        purpose=Purpose.OPEN,
        protect_px=_to_leg("protect_price", request),
        target_px=_to_leg("target_price", request),
        trail_by=_to_leg("trail_by", request),
        reduce_only=to_truth("reduce_only", _said(request, "reduce_only", otherwise=False)),
        reason=sanitize(to_str("reason", request.get("reason", ""))),
    )


def to_meant(request: Mapping[str, object], ticket: OrderTicket, state: State) -> OrderTicket:
    """Return a request's ticket as what it is for. An order that waits, and that is within what is held by hand, only
    reduces, unless `reduce_only` says that it may do more; a stop that only reduces protects.

    Raises:
        RequestError: `reduce_only` is no truth value.
    """
    if _said(request, "reduce_only", otherwise=None) is None:
        return as_exit(ticket, state)
    protects = ticket.reduce_only and ticket.rests and is_stop(ticket)
    return replace(ticket, purpose=Purpose.PROTECT) if protects else ticket


def _said(request: Mapping[str, object], field: str, *, otherwise: object) -> object:
    """Return what a field says; left out, or None, it says nothing."""
    said = request.get(field)
    return otherwise if said is None else said


def to_change(changes: Mapping[str, object]) -> dict[str, Decimal]:
    """Return what of an order is to be changed, by the names of `ReplaceOrder`.

    Raises:
        RequestError: nothing is, a field is unknown or cannot be changed, or a number is none.
    """
    for field in to_fields("changes: they are a mapping of fields", changes):
        if field not in CHANGES:
            raise RequestError(f"{sanitize(str(field))!r} cannot be changed: {nearest(str(field), CHANGES)}")
    if not changes:
        raise RequestError(f"nothing is to be changed: expected one of {', '.join(CHANGES)}")
    return {_FIELD_OF[field]: to_number(field, value) for field, value in changes.items()}


_FIELD_OF: Final = {"quantity": "quantity", "limit_price": "limit_px", "stop_price": "stop_px"}


def to_type(value: object) -> OrderType:
    """Return the type of order that a text means, in traders' words too: `stop`, `trailing_stop`.

    Raises:
        RequestError: it means none.
    """
    if isinstance(value, str) and value.lower() in _TYPES:
        return _TYPES[value.lower()]
    if isinstance(value, str) and value.upper() in OrderType.__members__:
        return OrderType[value.upper()]
    known = [*(word.value.lower() for word in OrderType), *_TYPES]
    raise RequestError(f"order_type: expected {' or '.join(known)}, got {shown_with_type(value)}")


def _to_price(
    field: str, request: Mapping[str, object], order_type: OrderType, wanting: Container[OrderType]
) -> Decimal | None:
    """Return the price of a field, which the types `wanting` it have and no other."""
    price = request.get(field)
    if (price is not None) is not (order_type in wanting):
        wish = "needs one" if price is None else f"has none, got {shown_with_type(price)}"
        raise RequestError(f"{field}: a {order_type.replace('_', ' ').lower()} order {wish}")
    return None if price is None else to_number(field, price)


def _to_stop(request: Mapping[str, object], order_type: OrderType) -> Decimal | None:
    """Return the stop price; one that trails may leave it out and begins its distance away from the market."""
    trails = order_type is OrderType.STOP_MARKET and request.get("trail_by") is not None
    if trails and request.get("stop_price") is None:
        return None
    return _to_price("stop_price", request, order_type, STOPS)


def _to_leg(field: str, request: Mapping[str, object]) -> Decimal | None:
    price = request.get(field)
    return None if price is None else to_number(field, price)


def _to_expiry(value: object, tif: TimeInForce) -> Nanos | None:
    """Return the instant of an ISO text or a datetime, which a GTD order has and no other. Without a zone it is UTC."""
    if (value is not None) is not (tif is TimeInForce.GTD):
        wish = "needs one" if value is None else f"has none, got {shown_with_type(value)}"
        raise RequestError(f"expires_at: a {tif.lower()} order {wish}")
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        when = None
    if not isinstance(when, datetime):
        raise RequestError(f"expires_at: expected an instant such as 2010-03-01T20:00Z, got {shown_with_type(value)}")
    nanos = to_nanos(when if when.tzinfo is not None else when.replace(tzinfo=UTC))
    if not 0 <= nanos <= _LATEST:
        raise RequestError(f"expires_at: expected an instant between 1970 and 2262, got {shown_with_type(value)}")
    return nanos


def to_instrument(symbol: object, instruments: Instruments) -> Instrument:
    """Return the instrument of an id or of a bare symbol that only one has.

    Raises:
        RequestError: there is none, or several have the symbol.
    """
    if not isinstance(symbol, str):
        raise RequestError(f"symbol: expected a str, got {shown_with_type(symbol)}")
    found = instruments.find(symbol)
    if found is not None:
        return found
    alike = [name for name, instrument in instruments.by_id.items() if instrument.symbol == symbol]
    if alike:
        raise RequestError(f"symbol: {symbol} is listed more than once, expected one of {', '.join(alike)}")
    known = [*instruments.by_id, *(instrument.symbol for instrument in instruments.by_id.values())]
    raise RequestError(f"symbol: nothing is listed as {shown_with_type(symbol)}; {nearest(symbol, known)}")
