"""A draft: the fields of a ticket as they stand on the screen, as text, right or wrong.

Which of them there are follows from the others: a market order has no limit to type. A field that is not asked keeps
what was typed, so that trying another type loses nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from cockpit.ticket.amount import Unit, to_amount, to_decimal
from cockpit.ticket.errors import TicketError
from cockpit.ticket.kind import Kind
from oms.domain.instrument import Instrument
from oms.domain.order import LIMITS, STOPS, OrderType, Side, TimeInForce
from oms.domain.units import Price


class Field(StrEnum):
    """What can be filled in, in the order in which it is read aloud."""

    SIDE = "side"
    QUANTITY = "quantity"
    SYMBOL = "symbol"
    TYPE = "type"
    STOP = "stop"
    LIMIT = "limit"
    TRAIL = "trail by"
    TIF = "in force"
    UNTIL = "until"
    PROTECT = "protect"
    TRAILING = "trailing"
    TARGET = "target"
    TAG = "strategy"


PRICES: Final = frozenset({Field.LIMIT, Field.STOP, Field.PROTECT, Field.TARGET})
LENGTHS: Final = frozenset({Field.TRAIL, Field.TRAILING})
CHOICES: Final = frozenset({Field.SIDE, Field.TYPE, Field.TIF})
_ATTRIBUTES: Final = {
    Field.QUANTITY: "quantity",
    Field.SYMBOL: "symbol",
    Field.LIMIT: "limit",
    Field.STOP: "stop",
    Field.TRAIL: "trail",
    Field.UNTIL: "until",
    Field.PROTECT: "protect",
    Field.TRAILING: "trailing",
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
_PERCENT_STEP: Final = Decimal("0.1")
"""By which a length goes that is a part of the price."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What stands in the fields. `trails` makes a stop one that follows the market, `trail` behind it; `trailing` is
    the same of the protective stop."""

    side: Side
    symbol: str
    quantity: str = ""
    order_type: OrderType = OrderType.MARKET
    trails: bool = False
    limit: str = ""
    stop: str = ""
    trail: str = ""
    tif: TimeInForce = TimeInForce.DAY
    until: str = ""
    protect: str = ""
    trailing: str = ""
    target: str = ""
    tag: str = ""

    @property
    def kind(self) -> Kind:
        """The type of order."""
        return Kind(self.order_type, self.trails)

    def asks(self, field: Field) -> bool:
        """Tell whether a field means anything with what stands in the others.

        A stop that trails is a way out and asks for none of its own, and where a plain stop opens, what protects it
        stands still: the order has one length, and it would be its own.
        """
        asks = _ASKED.get(field)
        return asks is None or asks(self)

    def text(self, field: Field) -> str:
        """Return what stands in a field."""
        match field:
            case Field.SIDE:
                return self.side.value
            case Field.TYPE:
                return self.kind.words
            case Field.TIF:
                return self.tif.replace("_", " ")
            case _:
                typed: str = getattr(self, _ATTRIBUTES[field])
                return typed

    def typed(self, field: Field, text: str) -> "Draft":
        """Return the draft with another text in a field that is typed."""
        changes: dict[str, Any] = {_ATTRIBUTES[field]: "".join(filter(str.isprintable, text))[:LONGEST]}
        return replace(self, **changes)

    def stepped(self, field: Field, steps: int, instrument: Instrument | None, px: Price | None) -> "Draft":
        """Return the draft with a number so many steps up or down: lots, ticks, or what its unit goes by.

        A price that is still empty begins at `px`, a length at a hundredth of it. What is no number stays as it is.
        """
        if instrument is None:
            return self
        if field in LENGTHS:
            begin = None if px is None else px / 100
            return self.typed(field, _length_stepped(self.text(field), steps, instrument, begin))
        if field in PRICES:
            return self.typed(field, _price_stepped(self.text(field), steps, instrument, px))
        return self.typed(field, _amount_stepped(self.quantity, steps, instrument)) if field is Field.QUANTITY else self


_ASKED: Final[Mapping[Field, Callable[[Draft], bool]]] = {
    Field.LIMIT: lambda draft: draft.order_type in LIMITS,
    Field.STOP: lambda draft: draft.order_type in STOPS,
    Field.TRAIL: lambda draft: draft.trails,
    Field.UNTIL: lambda draft: draft.tif is TimeInForce.GTD,
    Field.PROTECT: lambda draft: not draft.trails,
    Field.TRAILING: lambda draft: draft.order_type is not OrderType.STOP_MARKET,
    Field.TARGET: lambda draft: not draft.trails,
}


def _price_stepped(text: str, steps: int, instrument: Instrument, px: Price | None) -> str:
    try:
        ticks = instrument.ticks(to_decimal(text)) + steps
    except TicketError:
        if text or px is None:
            return text
        ticks = instrument.ticks(px)
    return f"{instrument.price(max(1, ticks)):f}"


def _length_stepped(text: str, steps: int, instrument: Instrument, begin: Price | None) -> str:
    if not text.endswith("%"):
        return _price_stepped(text, steps, instrument, begin)
    try:
        part = to_decimal(text[:-1])
    except TicketError:
        return text
    return f"{max(_PERCENT_STEP, part + steps * _PERCENT_STEP):f}%"


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
