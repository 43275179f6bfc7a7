"""A position: net signed quantity and cost in one instrument, and the money already made on it.

The idea is to keep the *cost* of what is open, not its average price: `avg_px` is derived and never rounded into
the books. When part is closed, the cost released is rounded once and the rest stays in the position, so that
`realized - cost` equals the cash that flowed, exactly, after any sequence of fills. Rounding the remainder as well
would break that.

    cost     = sum of signed quantity x price x multiplier over what is open   (short: negative)
    realized = proceeds of what was closed - its cost                          (before fees)

A quantity that was booked without a price has no known cost. It makes the cost of the whole position None until all
of it is closed, because any number would be a profit or a loss that somebody invented. For the same reason what is
closed without a price, or at no known cost, realizes nothing.
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

    def shares_net(self, other: "PositionKey") -> bool:
        """Tell whether another position is a part of the same one of the account's, of whatever strategy."""
        return self[:3] == other[:3]  # all but whose they are


class Position(Struct, frozen=True, kw_only=True, gc=False):
    """Signed: positive is long. Flat means quantity and cost are both zero; `realized` and `fees` stay. A `cost` of
    None is not known."""

    key: PositionKey
    multiplier: Decimal
    quantity: Quantity = ZERO
    cost: Decimal | None = ZERO
    realized: Decimal = ZERO
    fees: tuple[Money, ...] = ()
    ts_open: Nanos = 0
    ts_event: Nanos = 0

    @property
    def avg_px(self) -> Price | None:
        """The average price of what is open, or None when flat or not known."""
        return self.cost / (self.quantity * self.multiplier) if self.quantity and self.cost is not None else None

    def unrealized(self, mark_px: Price) -> Decimal | None:
        """Return what closing at `mark_px` would add to `realized`, before fees, or None when the cost is not known."""
        return self.quantity * mark_px * self.multiplier - self.cost if self.cost is not None else None

    def after(self, fill: Fill) -> "Position":
        """Return the position once the fill is counted: it adds, reduces, closes, or flips through zero."""
        return self._moved(fill.signed_qty, fill.last_px, add_money(self.fees, fill.fee), fill.ts)

    def adjusted(self, quantity: Quantity, px: Price | None, ts: Nanos) -> "Position":
        """Return the position once a signed quantity is booked without an execution and its fee, at a price or, where
        there is none, at no known cost."""
        return self._moved(quantity, px, self.fees, ts)

    def _moved(self, signed: Quantity, px: Price | None, fees: tuple[Money, ...], ts: Nanos) -> "Position":
        held = self.quantity
        if not held:
            return replace(self, quantity=signed, cost=self._value(signed, px), fees=fees, ts_open=ts, ts_event=ts)
        left = held + signed
        if (held > ZERO) == (signed > ZERO):
            value = self._value(signed, px)
            cost = None if self.cost is None or value is None else self.cost + value
            return replace(self, quantity=left, cost=cost, fees=fees, ts_event=ts)
        if left and (left > ZERO) == (held > ZERO):
            cost, realized = self.cost, self.realized
            if cost is not None:
                value = self._value(signed, px)
                released = (cost * -signed / held).quantize(RELEASE_STEP, ROUND_HALF_EVEN)
                cost -= released
                realized -= value + released if value is not None else ZERO
            return replace(self, quantity=left, cost=cost, realized=realized, fees=fees, ts_event=ts)
        # closed, or flipped: all cost is released and what is left opens at the price
        opened, closed = self._value(left, px), self._value(-held, px)
        return replace(
            self,
            quantity=left,
            cost=opened,
            realized=self.realized - (closed + self.cost if closed is not None and self.cost is not None else ZERO),
            fees=fees,
            ts_open=ts if left else 0,
            ts_event=ts,
        )

    def _value(self, signed: Quantity, px: Price | None) -> Decimal | None:
        """Return what a signed quantity is worth at a price; None where it is worth something and there is no price."""
        if px is None:
            return None if signed else ZERO
        return signed * px * self.multiplier
