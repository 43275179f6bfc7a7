"""What a strategy is told besides a bar or a quote: the time, and what it holds."""

from collections.abc import Callable
from typing import NamedTuple

from oms.domain.ids import InstrumentId
from oms.domain.units import ZERO, Nanos, Price, Quantity


class Holding(NamedTuple):
    """What a strategy has of one instrument: signed quantity and average price, and since which engine time it has not
    been flat on that side; None when it is flat, or where that is not known."""

    quantity: Quantity
    avg_px: Price | None
    since: Nanos | None = None

    @property
    def sign(self) -> int:
        """+1 long, -1 short, 0 flat."""
        return (self.quantity > 0) - (self.quantity < 0)

    def gain_frac(self, price: Price) -> float:
        """Return what has been made on it at this price, as a fraction of the average price; 0 when flat."""
        if not self.avg_px:
            return 0.0
        return self.sign * float((price - self.avg_px) / abs(self.avg_px))


FLAT = Holding(ZERO, None)


class Context(NamedTuple):
    """What a strategy may know besides the datum: engine time, and its own position per instrument."""

    now: Nanos
    position: Callable[[InstrumentId], Holding]
