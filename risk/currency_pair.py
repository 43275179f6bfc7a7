"""A currency pair by its six letters, and what traders count it in: standard lots and pips.

A standard lot is 100,000 units of the first currency, and what is traded is at least a hundredth of it. A pip is the
fourth decimal of the price, the second where the price is in yen.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from oms.domain.ids import InstrumentId
from oms.domain.instrument import AssetClass, Instrument

STANDARD_LOT: Final = Decimal(100_000)
MICRO_LOT: Final = Decimal(1_000)
LETTERS: Final = 6
_PIP: Final = Decimal("0.0001")
_YEN_PIP: Final = Decimal("0.01")


class CurrencyPair(NamedTuple):
    """What is bought, and what it is priced in."""

    base: str
    quote: str

    def __str__(self) -> str:
        """Return `EURUSD`."""
        return f"{self.base}{self.quote}"

    @property
    def pip(self) -> Decimal:
        """The step that its moves are counted in, as a price."""
        return _YEN_PIP if self.quote == "JPY" else _PIP

    def among(self, listed: Iterable[Instrument]) -> Instrument | None:
        """Return the pair as it is listed, under whatever spelling, None where it is not, or more than once."""
        alike = [one for one in listed if one.symbol.replace("/", "").upper() == str(self)]
        return alike[0] if len(alike) == 1 else None

    def instrument(self) -> Instrument:
        """Return the pair as it is usually listed."""
        return Instrument(
            instrument_id=InstrumentId(f"{self}.FX"),
            symbol=str(self),
            listing="FX",
            asset_class=AssetClass.FX,
            currency=self.quote,
            tick=self.pip / 10,
            lot=MICRO_LOT,
            calendar="FX",
            underlying=str(self),
        )


def to_pair(symbol: object) -> CurrencyPair:
    """Return the pair that a text means, such as `EURUSD` or `eur/usd`.

    Raises:
        ValueError: it is none.
    """
    letters = symbol.replace("/", "").upper() if isinstance(symbol, str) else ""
    pair = CurrencyPair(letters[:3], letters[3:])
    if len(letters) != LETTERS or not letters.isascii() or not letters.isalpha() or pair.base == pair.quote:
        msg = f"symbol must be a pair of currencies such as EURUSD, got {symbol!r}"
        raise ValueError(msg)
    return pair
