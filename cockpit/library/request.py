"""What a script asks for, read strictly, and made into a ticket.

A ticket that was misread trades real money on something nobody meant. So a field that is unknown is refused with the
nearest one that is known, and a float is no number of money: 0.1 is not a tenth, and an order of 0.30000000000000004
units is not what anybody wrote.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias, TypeVar

from cockpit.library.errors import RequestError
from oms.domain.ids import MANUAL, AccountId, BrokerId
from oms.domain.instrument import Instrument
from oms.domain.options import nearest
from oms.domain.order import OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.text import sanitize
from oms.domain.units import FINEST, LARGEST, is_tradable
from oms.instruments import Instruments

E = TypeVar("E", bound=StrEnum)
Number: TypeAlias = Decimal | str | int  # what may be money, a price or a quantity; a float never is

FIELDS: Final = ("symbol", "side", "quantity", "order_type", "limit_price", "time_in_force", "reason")
REQUIRED: Final = ("symbol", "side", "quantity")


class Route(NamedTuple):
    """Where a script's orders go."""

    broker: BrokerId
    account: AccountId


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
    order_type = to_word("order_type", request.get("order_type", OrderType.MARKET), OrderType)
    limit_price = request.get("limit_price")
    if (limit_price is not None) is not (order_type is OrderType.LIMIT):
        wish = "needs one" if limit_price is None else f"has none, got {_shown(limit_price)}"
        raise RequestError(f"limit_price: a {order_type.value.lower()} order {wish}")
    return OrderTicket(
        broker=route.broker,
        account=route.account,
        strategy_id=MANUAL,
        instrument_id=to_instrument(request["symbol"], instruments).instrument_id,
        side=to_word("side", request["side"], Side),
        quantity=to_number("quantity", request["quantity"]),
        order_type=order_type,
        limit_px=None if limit_price is None else to_number("limit_price", limit_price),
        tif=to_word("time_in_force", request.get("time_in_force", TimeInForce.DAY), TimeInForce),
        purpose=Purpose.OPEN,
        reason=sanitize(str(request.get("reason", ""))),
    )


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
