"""What a script asks for, read strictly, and made into a ticket.

A ticket that was misread trades real money on something nobody meant. So a field that is unknown is refused with the
nearest one that is known, and a float is no number of money: 0.1 is not a tenth, and an order of 0.30000000000000004
units is not what anybody wrote.
"""

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from cockpit.library.errors import RequestError
from cockpit.library.instant import to_nanos
from oms.domain.ids import MANUAL, Route
from oms.domain.instrument import Instrument
from oms.domain.options import nearest
from oms.domain.order import LIMITS, STOPS, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.text import sanitize
from oms.domain.units import FINEST, LARGEST, Nanos, is_tradable
from oms.instruments import Instruments

E = TypeVar("E", bound=StrEnum)
Number: TypeAlias = Decimal | str | int  # what may be money, a price or a quantity; a float never is

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
_TYPES: Final = {"stop": OrderType.STOP_MARKET, "trailing_stop": OrderType.STOP_MARKET}  # what traders call it


def to_ticket(request: Mapping[str, object], instruments: Instruments, route: Route) -> OrderTicket:
    """Return the ticket that a request asks for: a market order for the day unless it says otherwise.

    `symbol` is an instrument id, or a bare symbol where only one instrument has it. Words are read in any case.

    Raises:
        RequestError: a field is missing, unknown, of the wrong type or out of range.
    """
    for field in request:
        if field not in FIELDS:
            raise RequestError(f"{sanitize(str(field))!r} is no field of an order: {nearest(str(field), FIELDS)}")
    for field in REQUIRED:
        if request.get(field) is None:
            raise RequestError(f"{field} is missing: an order has {', '.join(REQUIRED)}")
    order_type = _to_type(request.get("order_type", OrderType.MARKET))
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
        reduce_only=_to_truth("reduce_only", request.get("reduce_only", False)),
        reason=sanitize(str(request.get("reason", ""))),
    )


def to_change(changes: Mapping[str, object]) -> dict[str, Decimal]:
    """Return what of an order is to be changed, by the names of `ReplaceOrder`.

    Raises:
        RequestError: nothing is, a field is unknown or cannot be changed, or a number is none.
    """
    for field in changes:
        if field not in CHANGES:
            raise RequestError(f"{sanitize(str(field))!r} cannot be changed: {nearest(str(field), CHANGES)}")
    if not changes:
        raise RequestError(f"nothing is to be changed: expected one of {', '.join(CHANGES)}")
    return {_FIELD_OF[field]: to_number(field, value) for field, value in changes.items()}


_FIELD_OF: Final = {"quantity": "quantity", "limit_price": "limit_px", "stop_price": "stop_px"}


def _to_type(value: object) -> OrderType:
    if isinstance(value, str) and value.lower() in _TYPES:
        return _TYPES[value.lower()]
    return to_word("order_type", value, OrderType)


def _to_price(
    field: str, request: Mapping[str, object], order_type: OrderType, wanting: Container[OrderType]
) -> Decimal | None:
    """Return the price of a field, which the types `wanting` it have and no other."""
    price = request.get(field)
    if (price is not None) is not (order_type in wanting):
        wish = "needs one" if price is None else f"has none, got {_shown(price)}"
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
        wish = "needs one" if value is None else f"has none, got {_shown(value)}"
        raise RequestError(f"expires_at: a {tif.lower()} order {wish}")
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        when = None
    if not isinstance(when, datetime):
        raise RequestError(f"expires_at: expected an instant such as 2010-03-01T20:00Z, got {_shown(value)}")
    return to_nanos(when if when.tzinfo is not None else when.replace(tzinfo=UTC))


def _to_truth(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RequestError(f"{field}: expected True or False, got {_shown(value)}")
    return value


def to_number(field: str, value: object) -> Decimal:
    """Return a positive number that can be traded.

    Raises:
        RequestError: it is of another type, such as a float, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | str | int):
        raise RequestError(f"{field}: expected a Decimal or a str, got {_shown(value)}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise RequestError(f"{field}: expected a number, got {_shown(value)}") from None
    if number.is_finite() and number <= 0:
        raise RequestError(f"{field} must be positive, got {number}")
    if not is_tradable(number):
        raise RequestError(f"{field}: expected a multiple of {FINEST} up to {LARGEST}, got {_shown(value)}")
    return number


def to_word(field: str, value: object, words: type[E]) -> E:
    """Return the word of an enumeration that a text means, in any case.

    Raises:
        RequestError: it means none.
    """
    if isinstance(value, str) and value.upper() in words.__members__:
        return words[value.upper()]
    known = [word.value.lower() for word in words]
    raise RequestError(f"{field}: expected {' or '.join(known)}, got {_shown(value)}")


def to_instrument(symbol: object, instruments: Instruments) -> Instrument:
    """Return the instrument of an id or of a bare symbol that only one has.

    Raises:
        RequestError: there is none, or several have the symbol.
    """
    if not isinstance(symbol, str):
        raise RequestError(f"symbol: expected a str, got {_shown(symbol)}")
    found = instruments.find(symbol)
    if found is not None:
        return found
    alike = [name for name, instrument in instruments.by_id.items() if instrument.symbol == symbol]
    if alike:
        raise RequestError(f"symbol: {symbol} is listed more than once, expected one of {', '.join(alike)}")
    known = [*instruments.by_id, *(instrument.symbol for instrument in instruments.by_id.values())]
    raise RequestError(f"symbol: nothing is listed as {_shown(symbol)}; {nearest(symbol, known)}")


def _shown(value: object) -> str:
    """Return a value as it was written, with its type where that is not plain."""
    text = sanitize(repr(value), 60)
    return text if isinstance(value, str) else f"{type(value).__name__} {text}"
