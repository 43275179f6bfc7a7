"""How much, as a person types it: a number of units, or a wish that prices and risk turn into one.

    100      so many units
    $5000    units worth so much of the account's currency
    0.5%     units worth so much of the equity
    1R       so many times what the sizer would open with the stop that is typed

A wish becomes whole lots by rounding down, because "at most" is what it meant. A number of units is taken as it stands
or refused: who types 1.5 shares has to say whether it is one or two.
"""

import re
from decimal import Decimal
from enum import Enum
from typing import Final, NamedTuple

from cockpit.ticket.errors import TicketError
from oms.domain.instrument import Instrument
from oms.domain.units import FINEST, LARGEST, Price, Quantity, is_tradable

_NUMBER: Final = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|\.\d+", re.ASCII)


class Unit(Enum):
    """What a number of a quantity counts."""

    UNITS = ""
    MONEY = "$"
    NAV = "%"
    RISK = "R"


class Amount(NamedTuple):
    """A number and what it counts; of NAV it is a fraction."""

    number: Decimal
    unit: Unit


def to_amount(text: str) -> Amount:
    """Read a quantity.

    Raises:
        TicketError: it is none; one line.
    """
    typed = text.replace(" ", "")
    if not typed:
        msg = "how many? 100, $5000, 0.5% or 1R"
        raise TicketError(msg)
    if typed.startswith("$"):
        return Amount(to_decimal(typed[1:]), Unit.MONEY)
    if typed.endswith("%"):
        return Amount(to_decimal(typed[:-1]) / 100, Unit.NAV)
    if typed[-1] in "rR":
        return Amount(to_decimal(typed[:-1]), Unit.RISK)
    return Amount(to_decimal(typed), Unit.UNITS)


def to_decimal(text: str) -> Decimal:
    """Return a positive number that can be traded; thousands may have commas.

    Raises:
        TicketError: it is none; one line.
    """
    typed = text.replace(" ", "")
    if not _NUMBER.fullmatch(typed):
        signed = ": + and - are steps" if typed.startswith(("+", "-")) else ""
        msg = f"{text} is not a number{signed}" if typed else "a number is missing"
        raise TicketError(msg)
    number = Decimal(typed.replace(",", ""))
    if not number:
        msg = "must be more than 0"
        raise TicketError(msg)
    if not is_tradable(number):
        msg = f"is too much: at most {LARGEST:,f}" if number > LARGEST else f"is too fine: steps of {FINEST:f}"
        raise TicketError(msg)
    return number


def to_price(text: str, instrument: Instrument) -> Price:
    """Return a price. One between two ticks is nothing that can be ordered, and which of them is meant is not ours to
    say: rounded, it might be the worse.

    Raises:
        TicketError: it is none, less than a tick, or off the tick; one line.
    """
    return _on_tick(to_decimal(text), instrument)


def to_length(text: str, px: Price | None, instrument: Instrument) -> Price:
    """Return how far behind a stop trails: a distance such as 2.50, or a part of the price such as 1.5%, which is
    rounded to the nearest tick.

    Raises:
        TicketError: it is none, less than a tick, off the tick, or as long as the whole price; one line.
    """
    typed = text.replace(" ", "")
    if not typed:
        msg = "how far? 2.50, or 1.5% of the price"
        raise TicketError(msg)
    length = to_decimal(typed.removesuffix("%"))
    if typed.endswith("%"):
        if px is None:
            msg = "there is no price yet to take a part of"
            raise TicketError(msg)
        length = instrument.price(instrument.ticks(length * px / 100))
    length = _on_tick(length, instrument)
    if px is not None and length >= px:
        msg = f"must be less than the price, {px:f}"
        raise TicketError(msg)
    return length


def _on_tick(number: Decimal, instrument: Instrument) -> Price:
    if number < instrument.tick:
        msg = f"is less than a tick of {instrument.tick:f}"
        raise TicketError(msg)
    if not instrument.on_tick(number):
        below = number // instrument.tick * instrument.tick
        msg = f"is between two ticks: {below:f} or {below + instrument.tick:f}"
        raise TicketError(msg)
    return instrument.price(instrument.ticks(number))


def whole_lots(units: Quantity, instrument: Instrument) -> Quantity:
    """Return a number of units that is meant as such.

    Raises:
        TicketError: it is not in whole lots; one line.
    """
    if not instrument.on_lot(units):
        msg = f"goes in steps of {instrument.lot:f}"
        raise TicketError(msg)
    return units


def units_worth(money: Decimal, px: Price | None, instrument: Instrument) -> Quantity:
    """Return the most whole lots that are worth at most so much.

    Raises:
        TicketError: there is no price, or it does not come to a lot; one line.
    """
    if px is None:
        msg = "there is no price yet to count it by"
        raise TicketError(msg)
    return floor_lots(money / (px * instrument.multiplier), instrument)


def floor_lots(units: Decimal, instrument: Instrument) -> Quantity:
    """Return the most whole lots in a number of units.

    Raises:
        TicketError: it does not come to a lot; one line.
    """
    whole = instrument.floor_quantity(units)
    if not whole:
        msg = f"comes to less than a lot of {instrument.lot:f}"
        raise TicketError(msg)
    return whole
