"""What a market shows: quotes and bars, in integers of the instrument's tick and lot.

Integers are exact, hash fast and vectorize; `.bid_px` and its like give the Decimal when money is meant. `ts` is
engine time: the instant at which the datum is *seen*. A bar is seen with the first event after its interval ends,
so its `ts` is never inside the interval it describes and nothing that reads it can look ahead.
"""

from typing import TypeAlias

from msgspec import Struct

from oms.domain.instrument import Instrument
from oms.domain.units import Nanos, Price


class Range(Struct, frozen=True, gc=False):
    """How far a market is known to have gone between two quotes, in ticks: its lowest ask and highest bid, which
    whoever waits for a better price looks at, and its lowest bid and highest ask, which stops look at, where they are
    known."""

    low_ask: int
    high_bid: int
    low_bid: int | None = None
    high_ask: int | None = None


class Quote(Struct, frozen=True, kw_only=True, gc=False):
    """Best bid and ask at an instant, with the last print. Sizes in lots.

    `interpolated` says that the last print was made up between recorded prices. `range` is set where the quote comes
    instead of many: it tells of the time since the quote before, which is over when it is seen. `conflated` counts the
    quotes that nobody saw because this one came before it was their turn.
    """

    instrument: Instrument
    ts: Nanos
    bid: int
    ask: int
    last: int
    bid_size: int
    ask_size: int
    interpolated: bool = False
    range: Range | None = None
    conflated: int = 0

    @property
    def bid_px(self) -> Price:
        """The best bid."""
        return self.instrument.tick * self.bid

    @property
    def ask_px(self) -> Price:
        """The best ask."""
        return self.instrument.tick * self.ask

    @property
    def last_px(self) -> Price:
        """The last print, which is what a position is marked at."""
        return self.instrument.tick * self.last


class BarSpec(Struct, frozen=True, gc=False):
    """How a bar was cut: its name (`1d`) and the length of its interval."""

    name: str
    interval: Nanos


class Bar(Struct, frozen=True, kw_only=True, gc=False):
    """Open, high, low, close in ticks and volume in lots over [`ts_open`, `ts_close`], seen at `ts`."""

    instrument: Instrument
    spec: BarSpec
    ts: Nanos
    ts_open: Nanos
    ts_close: Nanos
    open: int
    high: int
    low: int
    close: int
    volume: int
    interpolated: bool = False

    @property
    def close_px(self) -> Price:
        """The closing price."""
        return self.instrument.tick * self.close


class SessionEnded(Struct, frozen=True, kw_only=True, gc=False):
    """A feed's trading session is over: all its data of that date has been seen. `session` is the ISO date."""

    session: str
    ts: Nanos


MarketData: TypeAlias = Quote | Bar | SessionEnded
