"""What can be traded: an instrument knows its tick and lot and is the one place where numbers meet them."""

from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from msgspec import Struct

from oms.domain.ids import InstrumentId
from oms.domain.units import Price, Quantity


class AssetClass(StrEnum):
    """The families whose rules differ."""

    EQUITY = "equity"
    FX = "fx"
    CRYPTO = "crypto"


class Instrument(Struct, frozen=True, kw_only=True, gc=False):
    """Something tradable, with its listing.

    `tick` and `lot` are the smallest steps of price and quantity; `multiplier` is what one unit is worth per unit
    of price; `calendar` names the trading hours; `underlying` groups one thing on several listings.
    """

    instrument_id: InstrumentId
    symbol: str
    listing: str
    asset_class: AssetClass
    currency: str
    tick: Decimal
    lot: Decimal
    calendar: str
    underlying: str
    multiplier: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Refuse steps that cannot be divided by: not finite, zero or negative."""
        for name in ("tick", "lot", "multiplier"):
            step = getattr(self, name)
            if not (step.is_finite() and step > 0):
                msg = f"{self.instrument_id}: {name} must be a positive number, got {step}"
                raise ValueError(msg)

    def price(self, ticks: int) -> Price:
        """Return the price of so many ticks, exactly."""
        return self.tick * ticks

    def ticks(self, price: Price) -> int:
        """Return the nearest whole number of ticks (half to even)."""
        return int((price / self.tick).to_integral_value(ROUND_HALF_EVEN))

    def quantity(self, lots: int) -> Quantity:
        """Return the quantity of so many lots, exactly."""
        return self.lot * lots

    def lots(self, quantity: Quantity) -> int:
        """Return the whole lots in a quantity, rounded toward zero."""
        return int(quantity // self.lot)

    def floor_quantity(self, quantity: Quantity) -> Quantity:
        """Return the largest multiple of the lot not above a non-negative quantity."""
        return self.lot * int(quantity // self.lot)

    def on_tick(self, price: Price) -> bool:
        """Tell whether a finite price is a multiple of the tick."""
        return not price % self.tick

    def on_lot(self, quantity: Quantity) -> bool:
        """Tell whether a finite quantity is a multiple of the lot."""
        return not quantity % self.lot
