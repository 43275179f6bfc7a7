"""Numbers of a finding as text, in the forms that the rest of the screen uses.

A finding stands beside gauges and tables, and two forms of one number read like two numbers. What the gate may not
import it repeats here: percents as `5.00%`, amounts as `1,234.50`, half-even, and never `-0.00`; a test holds each form
against the screen's. One thing a finding needs and a table does not: a loss of 4.999 % must not read as the 5.00% that
it has not reached, so where two numbers differ, `apart` shows as many decimals as it takes to see it.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

_DISPLAY: Final = Context(prec=100, rounding=ROUND_HALF_EVEN)
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_MOST_PLACES: Final = 28  # what a result of the default context can differ in


def money(amount: Decimal, places: int = 2) -> str:
    """`1,234.50`: an amount of the base currency."""
    return _fixed(amount, places)


def percent(frac: Decimal, places: int = 2) -> str:
    """`5.00%` from the fraction 0.05."""
    return _fixed(_DISPLAY.multiply(frac, Decimal(100)), places) + "%"


def plain(number: Decimal) -> str:
    """`0.75`, `1,200`: a quantity or a count, exactly, without exponent and trailing zeros."""
    text = f"{number or abs(number):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds(number: Decimal) -> str:
    """`36s`, `0.5s`: a duration."""
    return plain(number) + "s"


def span(number: Decimal) -> str:
    """`36s`, `2m25`, `1h04`, `2d16h`: how long something lasts, cut."""
    whole = int(number)
    for unit, letter, part, last in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, ""), (_MINUTE, "m", 1, "")):
        if whole >= unit:
            return f"{whole // unit}{letter}{whole % unit // part:{'d' if last else '02d'}}{last}"
    return f"{whole}s"


def apart(observed: Decimal, limit: Decimal, form: Callable[[Decimal, int], str]) -> tuple[str, str]:
    """Return both numbers in a form, with two decimals or as many as show that they differ."""
    places = 2
    while observed != limit and form(observed, places) == form(limit, places) and places < _MOST_PLACES:
        places += 1
    return form(observed, places), form(limit, places)


def at_most(observed: str, limit: str, passed: bool) -> str:
    """Return the usual clause of a rule with an upper limit."""
    return f"{observed} of at most {limit}" if passed else f"{observed} is more than {limit}"


def no_price(pairs: Sequence[str]) -> str:
    """Return what is said where the equity is not known for want of the prices of these pairs."""
    return f"equity is not known without a price of {', '.join(pairs)}"


def rule_failed(error: str) -> str:
    """Return what is said of a rule that raised an exception of this name."""
    return f"the rule failed ({error})"


def _fixed(value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), context=_DISPLAY)
    return f"{rounded or abs(rounded):,f}"
