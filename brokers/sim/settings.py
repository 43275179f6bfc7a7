"""How the simulated venue behaves."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from oms.domain.units import SECOND, ZERO, Nanos


class SimSettings(Struct, frozen=True, kw_only=True, gc=False):
    """The options of `[sim]`.

    Raises:
        ValueError: a probability outside 0 to 1, a slippage that is negative or as large as the price, an impact that
            is negative or above 100, or a latency that is negative or longer than a minute.
    """

    fill: Literal["instant", "spread", "depth"] = "spread"  # at the mark; at bid and ask; there, for the size shown
    slippage_bps: Decimal = ZERO  # what a taker pays beyond the quote, rounded to the tick against the order
    impact: Decimal = ZERO  # what a taker's size moves: times volatility times root of its share of a day's volume
    partial: Decimal = ZERO  # probability that an execution takes only a part of what is left
    reject: Decimal = ZERO  # probability that a sound order is rejected
    latency_ms: Decimal = ZERO  # of recorded time: so long travels an order or a cancel, and so long its answer back
    lost_frac: Decimal = ZERO  # probability that nothing is heard of an order until the venue is asked about it
    short_sale: bool = True  # whether a sell may go beyond what is held

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        for name, value, limit in (
            ("slippage_bps", self.slippage_bps, 9_999),
            ("impact", self.impact, 100),
            ("partial", self.partial, 1),
            ("reject", self.reject, 1),
            ("latency_ms", self.latency_ms, 60_000),
            ("lost_frac", self.lost_frac, 1),
        ):
            if not (value.is_finite() and 0 <= value <= limit):
                msg = f"{name} must lie between 0 and {limit}, got {value}"
                raise ValueError(msg)

    @property
    def latency(self) -> Nanos:
        """How long anything travels, one way."""
        return int(self.latency_ms * SECOND / 1_000)
