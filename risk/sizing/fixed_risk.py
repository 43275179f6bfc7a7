"""Size by what would be lost at the stop: the same small fraction of equity whatever the instrument.

    quantity = equity x risk_frac / (|entry - stop| x multiplier), rounded down to the lot

The fixed-fractional method of Vince, "Portfolio Management Formulas" (1990). Entry is the price that a market order
meets: the opposite side of the quote.
"""

from decimal import Decimal
from typing import ClassVar

from oms.domain.units import ZERO, Price, Quantity
from oms.state import State
from risk.sizing.sizer import BaseSizer, Opening


class FixedRisk(BaseSizer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fractions are of equity and of the entry price."""

    name: ClassVar[str] = "fixed_risk"

    risk_frac: Decimal = Decimal("0.02")  # of equity, lost when the stop is hit
    default_stop_frac: Decimal = Decimal("0.02")  # of the entry price, for a signal without a stop on its losing side

    def __post_init__(self) -> None:
        """Refuse fractions that are none."""
        super().__post_init__()
        self.require("risk_frac", above=ZERO, most=Decimal(1))
        self.require("default_stop_frac", above=ZERO, most=Decimal(1))

    def opening(self, asked: Opening, state: State) -> tuple[Quantity, str]:  # noqa: ARG002 - every sizer is asked alike
        """Return the quantity that loses `risk_frac` of equity at the stop."""
        at_stop = stop_distance(asked, self.default_stop_frac) * asked.instrument.multiplier
        return asked.equity * self.risk_frac / at_stop, self.name


def stop_distance(asked: Opening, default_frac: Decimal) -> Price:
    """Return how far the signal's stop is from the entry, or `default_frac` of the entry where it has none there."""
    stop_px = asked.signal.stop_px
    distance = ZERO if stop_px is None else (asked.entry_px - stop_px) * asked.side.sign
    return distance if distance > ZERO else asked.entry_px * default_frac
