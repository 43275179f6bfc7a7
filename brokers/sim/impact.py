"""Market impact: what a taker's own size moves the price against it.

The square-root law, as measured again and again since Barra's handbook (1997) and Almgren et al., *Direct Estimation of
Equity Market Impact* (2005):

    impact = k * sigma * sqrt(quantity / volume)

as a fraction of the price, where sigma is the standard deviation of the daily returns and volume the average of a day,
both of the last twenty bars that the venue has seen, those of before the session among them. k is about 0.1 for liquid
shares. Of an instrument with fewer than three bars nothing is known, and there is no impact.
"""

from collections import deque
from itertools import pairwise
from math import sqrt
from typing import Final

from oms.domain.ids import InstrumentId
from oms.domain.market import Bar
from oms.domain.units import Quantity

BARS: Final = 20
_FEWEST: Final = 3  # bars, for two returns


class Impact:
    """What is known of each instrument's bars, and the law with its factor `k`."""

    def __init__(self, k: float) -> None:
        self._k = k
        self._bars: dict[InstrumentId, deque[Bar]] = {}

    def see(self, bar: Bar) -> None:
        """Remember a bar."""
        self._bars.setdefault(bar.instrument.instrument_id, deque(maxlen=BARS)).append(bar)

    def frac(self, instrument_id: InstrumentId, quantity: Quantity) -> float:
        """Return the impact of taking a quantity, as a fraction of the price."""
        bars = self._bars.get(instrument_id)
        if bars is None or len(bars) < _FEWEST:
            return 0.0
        closes = [bar.close for bar in bars]
        returns = [now / before - 1 for before, now in pairwise(closes)]
        mean = sum(returns) / len(returns)
        sigma = sqrt(sum((each - mean) ** 2 for each in returns) / (len(returns) - 1))
        volume = sum(bar.volume for bar in bars) / len(bars) * float(bars[0].instrument.lot)
        return self._k * sigma * sqrt(float(quantity) / volume) if volume else 0.0
