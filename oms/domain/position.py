"""A position: net signed quantity and cost in one instrument, and the money already made on it.

The idea is to keep the *cost* of what is open, not its average price: `avg_px` is derived and never rounded into
the books. When part is closed, the cost released is rounded once and the rest stays in the position, so that
`realized - cost` equals the cash that flowed, exactly, after any sequence of fills. Rounding the remainder as well
would break that.

    cost     = sum of signed quantity x price x multiplier over what is open   (short: negative)
    realized = proceeds of what was closed - its cost                          (before fees)
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from oms.domain.fill import Fill
from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.units import ZERO, Money, Nanos, Price, Quantity, add_money

RELEASE_STEP = Decimal("1E-10")  # finer than any price times any lot; keeps sums far inside 28 digits


class PositionKey(NamedTuple):
    """Whose position it is: one strategy's share of one account's instrument."""

    broker: BrokerId
    account: AccountId
    instrument_id: InstrumentId
    strategy_id: StrategyId


class Position(Struct, frozen=True, kw_only=True):
    """Signed: positive is long. Flat means quantity and cost are both zero; `realized` and `fees` stay."""

    key: PositionKey
    multiplier: Decimal
    quantity: Quantity = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO
    fees: tuple[Money, ...] = ()
    ts_open: Nanos = 0
    ts_event: Nanos = 0

    @property
    def avg_px(self) -> Price | None:
        """The average price of what is open, or None when flat."""
        return self.cost / (self.quantity * self.multiplier) if self.quantity else None

    def unrealized(self, mark_px: Price) -> Decimal:
        """Return what closing at `mark_px` would add to `realized`, before fees."""
        return self.quantity * mark_px * self.multiplier - self.cost

    def after(self, fill: Fill) -> "Position":
        """Return the position once the fill is counted: it adds, reduces, closes, or flips through zero."""
        return self._moved(fill.signed_qty, fill.last_px, add_money(self.fees, fill.fee), fill.ts)

    def adjusted(self, quantity: Quantity, px: Price, ts: Nanos) -> "Position":
        """Return the position once a signed quantity is booked at a price without an execution and its fee."""
        return self._moved(quantity, px, self.fees, ts)

    def _moved(self, signed: Quantity, px: Price, fees: tuple[Money, ...], ts: Nanos) -> "Position":
        value = signed * px * self.multiplier
        held = self.quantity
        if not held:
            return replace(self, quantity=signed, cost=value, fees=fees, ts_open=ts, ts_event=ts)
        if (held > 0) == (signed > 0):
            return replace(self, quantity=held + signed, cost=self.cost + value, fees=fees, ts_event=ts)
        left = held + signed
        if left and (left > 0) == (held > 0):
            released = (self.cost * -signed / held).quantize(RELEASE_STEP, ROUND_HALF_EVEN)
            return replace(
                self,
                quantity=left,
                cost=self.cost - released,
                realized=self.realized - value - released,
                fees=fees,
                ts_event=ts,
            )
        # closed, or flipped: all cost is released and what is left opens at the fill's price
        opened = left * px * self.multiplier
        return replace(
            self,
            quantity=left,
            cost=opened,
            realized=self.realized - (value - opened) - self.cost,
            fees=fees,
            ts_open=ts if left else 0,
            ts_event=ts,
        )
