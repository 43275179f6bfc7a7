"""The only place a number becomes text: screens, command line, snapshots and reports all come here.

Two panels that round differently, or one that prints `-0.00` where another prints `0.00`, make a trader distrust both.
So each kind of number has one function, and all obey the same rules: half-even rounding, on display only; thousands
with commas; an ASCII hyphen for negatives, so that copied numbers stay numbers; and a word instead of an accident: `—`
for what is absent (None), `n/a` for what cannot be computed (NaN, infinity), `?` (UNKNOWN) for what exists and is not
known, which only the caller can tell. `nan`, `None` and `-0.00` never appear.
"""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, TypeAlias

from cockpit.glyphs import UNICODE, Glyphs

Amount: TypeAlias = Decimal | int | None
"""What may be shown; None is absent."""

UNKNOWN: Final = "?"
NOT_COMPUTABLE: Final = "n/a"
QUANTITY_PLACES: Final = 8

_DISPLAY = Context(prec=100, rounding=ROUND_HALF_EVEN)
_THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_EVEN)
_THOUSAND: Final = 1000
_SMALL: Final = Decimal("0.1")
_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SCALES: Final = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
_SECOND: Final = 1_000_000_000
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def money(amount: Amount, places: int = 2, *, glyphs: Glyphs = UNICODE) -> str:
    """`1,024,113.22`: an amount in a currency the header names; negative `-270.00`."""
    return _word(amount, glyphs) or _fixed(_decimal(amount), places)


def signed_money(amount: Amount, places: int = 2, *, glyphs: Glyphs = UNICODE) -> str:
    """`+534.00`, `-270.00`, `0.00`: profit and loss."""
    return _word(amount, glyphs) or _signed(_decimal(amount), places)


def money_in(amount: Amount, currency: str, *, glyphs: Glyphs = UNICODE) -> str:
    """`1,234.56 USD`, `-1,234.56 USD`: an amount that says its currency itself."""
    return _word(amount, glyphs) or f"{_fixed(_decimal(amount), 2)} {currency}"


def banner_money(amount: Amount, currency: str, *, signed: bool = False, glyphs: Glyphs = UNICODE) -> str:
    """`$1.02M`, `$8.2k`, `$612`, `1.02M CHF`: three digits at most, where room is short and detail is elsewhere."""
    if word := _word(amount, glyphs):
        return word
    value = _decimal(amount)
    sign = "-" if value < 0 else "+" if signed and value > 0 else ""
    digits = _compact(abs(value))
    if digits == "0":
        sign = ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {currency}"


def price(px: Amount, tick: Decimal, *, glyphs: Glyphs = UNICODE) -> str:
    """`189.20`, `62,310.5`: as many decimals as the instrument's tick has."""
    return _word(px, glyphs) or _fixed(_decimal(px), _places(tick))


def quantity(amount: Amount, lot: Decimal, *, glyphs: Glyphs = UNICODE) -> str:
    """`0.75`, `300`: the decimals of the instrument's lot, at most eight, without trailing zeros."""
    if word := _word(amount, glyphs):
        return word
    text = _fixed(_decimal(amount), min(_places(lot), QUANTITY_PLACES))
    return text.rstrip("0").rstrip(".") if "." in text else text


def holding(amount: Decimal, lot: Decimal) -> str:
    """`LONG 300`, `SHORT 19`, `flat`: which way a signed quantity is held, and how much of it."""
    return f"{'LONG' if amount > 0 else 'SHORT'} {quantity(abs(amount), lot)}" if amount else "flat"


def percent(fraction: Amount, places: int = 2, *, signed: bool = True, glyphs: Glyphs = UNICODE) -> str:
    """`+0.33%` from the fraction 0.0033; zero carries no sign."""
    if word := _word(fraction, glyphs):
        return word
    value = _decimal(fraction) * 100
    return (_signed(value, places) if signed else _fixed(value, places)) + "%"


def basis_points(fraction: Amount, *, glyphs: Glyphs = UNICODE) -> str:
    """`0.8bp` from the fraction 0.00008: costs."""
    return _word(fraction, glyphs) or _fixed(_decimal(fraction) * 10_000, 1) + "bp"


def share(fraction: float) -> str:
    """`<1%`, `71%`, `>99%`: how much of a limit is used. Only nothing is 0 %, and only all of it 100 %."""
    text = percent(Decimal(str(fraction)), 0, signed=False)
    if text == "0%" and fraction > 0:
        return "<1%"
    return ">99%" if text == "100%" and fraction < 1 else text


def ratio(value: Amount, *, glyphs: Glyphs = UNICODE) -> str:
    """`2.04`: R multiples, Sharpe, profit factor, beta."""
    return _word(value, glyphs) or _fixed(_decimal(value), 2)


def count(number: int | None, *, glyphs: Glyphs = UNICODE) -> str:
    """`1,204`: how many."""
    return _word(number, glyphs) or f"{number:,d}"


def plural(number: int, thing: str) -> str:
    """`1 order`, `4 strategies`, `no orders`."""
    many = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{count(number) if number else 'no'} {thing if number == 1 else many}"


def staying(number: int, thing: str) -> str:
    """`1 position stays`, `3 positions stay`."""
    return f"{plural(number, thing)} {'stays' if number == 1 else 'stay'}"


def verb(amount: Decimal | int, one: str, many: str) -> str:
    """Return the form of a verb that goes with so much of something: `1 IBM is`, `10 IBM are`."""
    return one if amount == 1 else many


def factor(value: Decimal) -> str:
    """`0.5`, `60`, `1/256`: how many times as fast. Small ones are said as a part of one, others in three digits."""
    if not value:
        return "0"
    parts = 1 / value
    if value < _SMALL and parts == parts.to_integral_value():
        return f"1/{parts:,f}".partition(".")[0]
    return f"{(_THREE_DIGITS.plus(value) if value < _THOUSAND else value).normalize(_DISPLAY):,f}"


def direction(change: Amount, *, glyphs: Glyphs = UNICODE) -> str:
    """The sign of a state or a change: `▲`, `▼`, or a space for zero and for what is not a number."""
    if _word(change, glyphs) or not _decimal(change):
        return " "
    return glyphs.up if _decimal(change) > 0 else glyphs.down


def tick_arrow(change: Amount, *, glyphs: Glyphs = UNICODE) -> str:
    """The sign of the last tick: `▴`, `▾`, or a space."""
    return {glyphs.up: glyphs.tick_up, glyphs.down: glyphs.tick_down}.get(direction(change, glyphs=glyphs), " ")


def age(nanos: int | None, *, glyphs: Glyphs = UNICODE) -> str:
    """`36s`, `2m25`, `1h04`, `3d` from a duration in nanoseconds; a negative one counts as zero."""
    if nanos is None:
        return glyphs.absent
    seconds = max(0, nanos) // _SECOND
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m{seconds % _MINUTE:02d}"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h{seconds % _HOUR // _MINUTE:02d}"
    return f"{seconds // _DAY}d"


def elapsed(nanos: int) -> str:
    """`00:12`, `61:05`: minutes and seconds since something happened; a negative duration counts as zero."""
    minutes, seconds = divmod(max(0, nanos) // _SECOND, _MINUTE)
    return f"{minutes:02d}:{seconds:02d}"


def clock(ts: int | None, *, glyphs: Glyphs = UNICODE) -> str:
    """`14:03:27Z` from UTC nanoseconds since 1970, cut, not rounded: a clock never runs ahead."""
    return glyphs.absent if ts is None else f"{_instant(ts):%H:%M:%S}Z"


def date(ts: int | None, *, glyphs: Glyphs = UNICODE) -> str:
    """`2010-07-14`."""
    return glyphs.absent if ts is None else _instant(ts).date().isoformat()


def minute(ts: int | None, *, glyphs: Glyphs = UNICODE) -> str:
    """`2010-07-14 14:00Z`: where a tape stands."""
    return glyphs.absent if ts is None else f"{date(ts)} {_instant(ts):%H:%M}Z"


def masked(account: str | None, *, glyphs: Glyphs = UNICODE) -> str:
    """`••••4821`: an account without what identifies it. An account of four characters or fewer shows none of them."""
    if not account:
        return glyphs.absent
    tail = account[-4:]
    return glyphs.mask * 4 + (tail if len(account) > len(tail) else "")


def _word(amount: Amount, glyphs: Glyphs) -> str:
    """The word that stands for what is no number; empty for a number."""
    if amount is None:
        return glyphs.absent
    return "" if isinstance(amount, int) or amount.is_finite() else NOT_COMPUTABLE


def _decimal(amount: Amount) -> Decimal:
    return Decimal(amount or 0)


def _fixed(value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), context=_DISPLAY)
    return f"{rounded or abs(rounded):,f}"


def _signed(value: Decimal, places: int) -> str:
    digits = _fixed(abs(value), places)
    sign = "" if not any("1" <= digit <= "9" for digit in digits) else "-" if value < 0 else "+"
    return sign + digits


def _places(step: Decimal) -> int:
    """How many decimals a tick or lot has: 0.01 two, 0.50 one, 5 and 1E+1 none."""
    exponent = step.normalize(_DISPLAY).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _compact(value: Decimal) -> str:
    """Three significant digits and a scale; 999,999 becomes 1M, not 1000k."""
    whole = value.to_integral_value(ROUND_HALF_EVEN)
    if whole < _THOUSAND:
        return f"{whole:f}"
    value = _THREE_DIGITS.plus(value)
    scale, letter = next((scale, letter) for scale, letter in _SCALES if value >= scale)
    return f"{(value / scale).normalize(_DISPLAY):f}{letter}"


def _instant(ts: int) -> datetime:
    return _EPOCH + timedelta(seconds=ts // _SECOND)
