"""A draft: the fields of a ticket as they stand on the screen, as text, right or wrong.

Which of them there are follows from the others: a market order has no limit to type. A field that is not asked keeps
what was typed, so that trying another type loses nothing.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from cockpit.ticket.amount import Unit, to_amount, to_decimal
from cockpit.ticket.errors import TicketError
from oms.domain.instrument import Instrument
from oms.domain.order import LIMITS, STOPS, OrderType, Side, TimeInForce
from oms.domain.units import Price


class Field(StrEnum):
    """What can be filled in, in the order in which it is read aloud."""

    SIDE = "side"
    QUANTITY = "quantity"
    SYMBOL = "symbol"
    TYPE = "type"
    LIMIT = "limit"
    STOP = "stop"
    TIF = "in force"
    UNTIL = "until"
    PROTECT = "protect"
    TARGET = "target"
    TAG = "strategy"


PRICES: Final = frozenset({Field.LIMIT, Field.STOP, Field.PROTECT, Field.TARGET})
CHOICES: Final = frozenset({Field.SIDE, Field.TYPE, Field.TIF})
_ATTRIBUTES: Final = {
    Field.QUANTITY: "quantity",
    Field.SYMBOL: "symbol",
    Field.LIMIT: "limit",
    Field.STOP: "stop",
    Field.UNTIL: "until",
    Field.PROTECT: "protect",
    Field.TARGET: "target",
    Field.TAG: "tag",
}
LONGEST: Final = 24
"""Characters that a field takes."""
_STEPS: Final = {
    Unit.MONEY: Decimal(100),
    Unit.NAV: Decimal("0.001"),
    Unit.RISK: Decimal("0.25"),
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What stands in the fields."""

    side: Side
    symbol: str
    quantity: str = ""
    order_type: OrderType = OrderType.MARKET
    limit: str = ""
    stop: str = ""
    tif: TimeInForce = TimeInForce.DAY
    until: str = ""
    protect: str = ""
    target: str = ""
    tag: str = ""

    def asks(self, field: Field) -> bool:
        """Tell whether a field means anything with what stands in the others."""
        match field:
            case Field.LIMIT:
                return self.order_type in LIMITS
            case Field.STOP:
                return self.order_type in STOPS
            case Field.UNTIL:
                return self.tif is TimeInForce.GTD
            case _:
                return True

    def text(self, field: Field) -> str:
        """Return what stands in a field."""
        match field:
            case Field.SIDE:
                return self.side.value
            case Field.TYPE:
                return self.order_type.value
            case Field.TIF:
                return self.tif.value
            case _:
                typed: str = getattr(self, _ATTRIBUTES[field])
                return typed

    def typed(self, field: Field, text: str) -> "Draft":
        """Return the draft with another text in a field that is typed."""
        changes: dict[str, Any] = {_ATTRIBUTES[field]: "".join(filter(str.isprintable, text))[:LONGEST]}
        return replace(self, **changes)

    def stepped(self, field: Field, steps: int, instrument: Instrument | None, px: Price | None) -> "Draft":
        """Return the draft with a number so many steps up or down: lots, ticks, or what its unit goes by.

        A price that is still empty begins at `px`. What is no number stays as it is.
        """
        if instrument is None:
            return self
        if field in PRICES:
            return self.typed(field, _price_stepped(self.text(field), steps, instrument, px))
        return self.typed(field, _amount_stepped(self.quantity, steps, instrument)) if field is Field.QUANTITY else self


def _price_stepped(text: str, steps: int, instrument: Instrument, px: Price | None) -> str:
    try:
        ticks = instrument.ticks(to_decimal(text)) + steps
    except TicketError:
        if text or px is None:
            return text
        ticks = instrument.ticks(px)
    return f"{instrument.price(max(1, ticks)):f}"


def _amount_stepped(text: str, steps: int, instrument: Instrument) -> str:
    try:
        number, unit = to_amount(text)
    except TicketError:
        return f"{instrument.lot:f}" if not text and steps > 0 else text
    step = instrument.lot if unit is Unit.UNITS else _STEPS[unit]
    number = max(step, number + steps * step)
    match unit:
        case Unit.MONEY:
            return f"${number:f}"
        case Unit.NAV:
            return f"{(number * 100).normalize():f}%"
        case Unit.RISK:
            return f"{number:f}R"
        case _:
            return f"{number:f}"
