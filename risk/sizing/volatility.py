"""Size by how much the instrument moves: a day like any other changes each position by the same part of equity.

    quantity = equity x risk_frac / (sigma x entry x multiplier), rounded down to the lot
    sigma    = sample standard deviation of the last `lookback` returns from close to close

Volatility targeting as in Carver, "Systematic Trading" (2015), chapter 9, for one bar of the feed instead of a year.
"""

from decimal import Decimal
from itertools import pairwise
from typing import ClassVar

from oms.closes import KEPT
from oms.domain.units import ZERO, Quantity
from oms.ports import Declined
from oms.state import State
from risk.sizing.sizer import BaseSizer, Opening


class Volatility(BaseSizer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`risk_frac` is of equity, per bar; `lookback` counts returns."""

    name: ClassVar[str] = "volatility"

    risk_frac: Decimal = Decimal("0.001")
    lookback: int = 20

    def __post_init__(self) -> None:
        """Refuse a fraction that is none, and fewer returns than have a deviation or more than are kept."""
        super().__post_init__()
        self.require("risk_frac", above=ZERO, most=Decimal(1))
        if not 2 <= self.lookback < KEPT:  # noqa: PLR2004 - the least that has a deviation
            msg = f"[sizing.{self.name}] lookback must lie between 2 and {KEPT - 1}, got {self.lookback}"
            raise ValueError(msg)

    def opening(self, asked: Opening, state: State) -> tuple[Quantity, str] | Declined:
        """Return the quantity whose usual move is worth `risk_frac` of equity."""
        closes = state.closes.of(asked.instrument.instrument_id)[-self.lookback - 1 :]
        if len(closes) <= self.lookback:
            return Declined(f"{len(closes)} of {self.lookback + 1} closes of {asked.instrument.instrument_id}")
        returns = [later / earlier - 1 for earlier, later in pairwise(closes)]
        mean = sum(returns, ZERO) / len(returns)
        sigma = (sum(((one - mean) ** 2 for one in returns), ZERO) / (len(returns) - 1)).sqrt()
        if not sigma:
            return Declined(f"{asked.instrument.instrument_id} has not moved in {self.lookback} bars")
        return asked.equity * self.risk_frac / (sigma * asked.entry_px * asked.instrument.multiplier), self.name
