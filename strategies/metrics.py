"""How well a strategy's round trips went, from its own fills and nothing else.

A round trip is one way from flat to flat in one instrument, however many fills it took; a fill that flips the position
ends one and begins the next. Its result is a fraction of what was put in, so that round trips in any currency and of
any size add up, each with the same stake. Fees are not in it, as they are not in a position's realized profit.

The Sharpe ratio here is that of round trips: the mean result over the standard deviation of results (of a sample,
n - 1), without a risk-free rate and not scaled to a year, for trips have no common length (Sharpe, "The Sharpe Ratio",
Journal of Portfolio Management, 1994). Of a few trips it would be noise that looks like a number, so there is none
below `SHARPE_SAMPLE`. The drawdown is how far the sum of results once stood below its highest, which begins at zero.
"""

from decimal import Decimal
from math import sqrt
from typing import Final

from msgspec import Struct

from oms.domain.fill import Fill
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.units import ZERO, Price, Quantity

SHARPE_SAMPLE: Final = 10  # finished round trips


class StrategyMetrics(Struct, frozen=True, kw_only=True):
    """Results are fractions of a round trip's entry value: 0.02 is two percent.

    What the fields call a trade is a finished round trip; one that made nothing neither wins nor loses.
    """

    strategy_id: StrategyId
    total_trades: int = 0
    winning_trades: int = 0
    losing_trades: int = 0
    win_rate: float = 0.0  # winning of all
    total_return: float = 0.0  # the sum of all results
    average_trade: float = 0.0
    largest_win: float = 0.0
    largest_loss: float = 0.0  # not above zero
    profit_factor: float | None = None  # what the wins made over what the losses cost; None without a loss
    max_drawdown: float = 0.0  # of the sum of results, below its highest; not below zero
    sharpe_ratio: float | None = None  # None below `SHARPE_SAMPLE` trips, and where all came to the same


class _RoundTrip:
    """One that is not over: signed quantity, and the value that went in and came out, both positive."""

    __slots__ = ("put_in", "quantity", "taken_out")

    def __init__(self) -> None:
        self.quantity: Quantity = ZERO
        self.put_in = ZERO
        self.taken_out = ZERO


class Tally:
    """Counts fills into round trips; constant memory but for one entry per instrument."""

    def __init__(self, strategy_id: StrategyId) -> None:
        self._strategy_id = strategy_id
        self._open: dict[InstrumentId, _RoundTrip] = {}
        self._finished = self._wins = self._losses = 0
        self._won = self._lost = 0.0
        self._best = self._worst = 0.0
        self._peak = self._drawdown = 0.0
        self._mean = self._squares = 0.0  # of the results, and of their distances from the mean (Welford)

    def count(self, fill: Fill) -> None:
        """Take one fill in: it opens, adds, reduces, closes or flips."""
        trip = self._open.setdefault(fill.instrument_id, _RoundTrip())
        left = fill.signed_qty
        if trip.quantity and (trip.quantity > 0) != (left > 0):
            closing = min(abs(left), abs(trip.quantity)).copy_sign(left)
            trip.quantity += closing
            trip.taken_out += abs(closing) * fill.last_px
            left -= closing
            if not trip.quantity:
                self._finish(trip, was_long=closing < 0)
                trip = self._open[fill.instrument_id] = _RoundTrip()
        if left:
            _add(trip, left, fill.last_px)

    def metrics(self) -> StrategyMetrics:
        """Return what stands now."""
        finished = self._finished
        return StrategyMetrics(
            strategy_id=self._strategy_id,
            total_trades=finished,
            winning_trades=self._wins,
            losing_trades=self._losses,
            win_rate=self._wins / finished if finished else 0.0,
            total_return=self._won + self._lost,
            average_trade=(self._won + self._lost) / finished if finished else 0.0,
            largest_win=self._best,
            largest_loss=self._worst,
            profit_factor=self._won / -self._lost if self._lost else None,
            max_drawdown=self._drawdown,
            sharpe_ratio=self._sharpe(),
        )

    def _sharpe(self) -> float | None:
        if self._finished < SHARPE_SAMPLE or self._squares <= 0:
            return None
        return self._mean / sqrt(self._squares / (self._finished - 1))

    def _finish(self, trip: _RoundTrip, *, was_long: bool) -> None:
        gain = trip.taken_out - trip.put_in if was_long else trip.put_in - trip.taken_out
        result = float(gain / trip.put_in) if trip.put_in else 0.0
        self._finished += 1
        if result > 0:
            self._wins += 1
            self._won += result
        elif result < 0:
            self._losses += 1
            self._lost += result
        self._best = max(self._best, result)
        self._worst = min(self._worst, result)
        self._peak = max(self._peak, self._won + self._lost)
        self._drawdown = max(self._drawdown, self._peak - (self._won + self._lost))
        distance = result - self._mean
        self._mean += distance / self._finished
        self._squares += distance * (result - self._mean)


def _add(trip: _RoundTrip, quantity: Decimal, price: Price) -> None:
    trip.quantity += quantity
    trip.put_in += abs(quantity) * price
