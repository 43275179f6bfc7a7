"""What other currencies are worth in the base currency: the mark of a listed pair, read either way.

`EUR/USD` tells what a euro is worth in dollars, and a dollar in euros. There is no other source: nothing is worked out
over a third currency, because a price that nobody quotes has no spread, no age and no alarm.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.units import ZERO
from oms.marks import Marks

STEP: Final = Decimal("1E-10")  # finer than any currency's; so sums of what was converted stay exact


class Rates:
    """The listed pairs, by what is priced and what it is priced in."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._pairs: dict[tuple[str, str], InstrumentId] = {}

    def list(self, instrument: Instrument) -> tuple[str, ...]:
        """Take note of an instrument; return the two currencies if it is a pair, else nothing."""
        priced, _, currency = instrument.symbol.partition("/")
        if not priced or currency != instrument.currency or instrument.multiplier != 1:
            return ()
        self._pairs.setdefault((priced, currency), instrument.instrument_id)
        return priced, currency

    def pair(self, currency: str, base: str) -> InstrumentId | None:
        """Return the instrument whose mark is the rate between two currencies, or None."""
        return self._pairs.get((currency, base)) or self._pairs.get((base, currency))

    def converted(self, amount: Decimal, currency: str, base: str) -> Decimal | None:
        """Return what an amount is worth in another currency; None without a rate, but nothing is worth nothing."""
        if currency == base or not amount:
            return amount
        pair = self.pair(currency, base)
        mark = self._marks.by_id.get(pair) if pair is not None else None
        if mark is None or not mark.px > ZERO:
            return None
        worth = amount * mark.px if (currency, base) in self._pairs else amount / mark.px
        return worth if worth == worth.quantize(STEP) else worth.quantize(STEP, ROUND_HALF_EVEN)
