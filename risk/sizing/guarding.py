"""Where a signal's stop and target go when it becomes an order.

They are prices that the strategy saw before the order could leave. If the market has gone past one of them meanwhile,
a stop there would sell at once what was just bought; it is moved by as much as the market moved since the signal's
price, so it keeps the distance that the strategy meant. What has no distance to keep is left out.

The legs of a group have none of their own. What ends a pair is the gap between its legs, which no price of one leg
says; and a leg sold by its own stop would leave the other alone, which is a bet nobody asked for.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import NamedTuple

from oms.domain.instrument import Instrument
from oms.domain.order import Side
from oms.domain.signal import TradingSignal
from oms.domain.units import ZERO, Price


class Guarding(NamedTuple):
    """The prices of the two legs, on the tick; None for one that there is not."""

    protect_px: Price | None = None
    target_px: Price | None = None


def guarding(signal: TradingSignal, side: Side, entry_px: Price | None, instrument: Instrument) -> Guarding:
    """Return the legs of an opening that meets the market at `entry_px`."""
    if entry_px is None or signal.group_id is not None:
        return Guarding()
    return Guarding(
        _beyond(signal.stop_px, signal.price, side.opposite, entry_px, instrument),
        _beyond(signal.target_px, signal.price, side, entry_px, instrument),
    )


def _beyond(
    px: Price | None, seen_px: Price | None, way: Side, entry_px: Price, instrument: Instrument
) -> Price | None:
    """Return a price that lies on a side of the entry (BUY: above) by a tick at least, moved there if need be."""
    if px is None:
        return None
    if (px - entry_px) * way.sign <= ZERO:
        if seen_px is None or (px - seen_px) * way.sign <= ZERO:
            return None
        px = entry_px + px - seen_px
    rounding = ROUND_CEILING if way is Side.BUY else ROUND_FLOOR
    on_tick = instrument.price(int((px / instrument.tick).to_integral_value(rounding)))
    return on_tick if on_tick > ZERO else None
