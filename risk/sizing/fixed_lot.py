"""The same quantity whatever the price, the stop or the equity: for a strategy whose edge is judged per unit."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.units import ZERO, Quantity
from oms.state import State
from risk.sizing.sizer import BaseSizer, Opening


class FixedLot(BaseSizer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`lots` counts the instrument's own lot: 1 share, 1,000 units of a currency pair."""

    name: ClassVar[str] = "fixed_lot"

    lots: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Refuse a number of lots that is none."""
        super().__post_init__()
        self.require("lots", above=ZERO, most=Decimal(10**9))

    def opening(self, asked: Opening, state: State) -> tuple[Quantity, str]:  # noqa: ARG002 - every sizer is asked alike
        """Return so many lots."""
        return asked.instrument.lot * self.lots, self.name
