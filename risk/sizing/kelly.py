"""Size by the strategy's own record: the fraction of equity that made its past bets grow fastest, and a part of that.

    f = W - (1 - W) / R     W = share of winning round trips, R = average win / average loss
    quantity = equity x f x kelly_frac / (entry x multiplier), rounded down to the lot

Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal 35 (1956). The full fraction assumes
that the record is the truth; a quarter of it, the default, gives up little growth and most of the swings.

A short record says nothing. Below `min_trips` round trips the opening is sized as `fixed_risk` would, and the record
of the order says so. A record without an edge opens nothing.
"""

from decimal import Decimal
from typing import ClassVar

from oms.domain.units import ZERO, Quantity
from oms.ports import Declined
from oms.state import State
from oms.track_record import TrackRecord
from risk.sizing.fixed_risk import stop_distance
from risk.sizing.sizer import BaseSizer, Opening


class Kelly(BaseSizer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`risk_frac` and `default_stop_frac` are those of the fallback; `most_frac` bounds what a lucky record may ask."""

    name: ClassVar[str] = "kelly"

    kelly_frac: Decimal = Decimal("0.25")
    most_frac: Decimal = Decimal("0.25")  # of equity, that one opening may be worth
    min_trips: int = 30
    risk_frac: Decimal = Decimal("0.005")
    default_stop_frac: Decimal = Decimal("0.02")

    def __post_init__(self) -> None:
        """Refuse fractions that are none, and a record that would be no record."""
        super().__post_init__()
        for option in ("kelly_frac", "most_frac", "risk_frac", "default_stop_frac"):
            self.require(option, above=ZERO, most=Decimal(1))
        if self.min_trips < 2:  # noqa: PLR2004 - a win and a loss
            msg = f"[sizing.{self.name}] min_trips must be at least 2, got {self.min_trips}"
            raise ValueError(msg)

    def opening(self, asked: Opening, state: State) -> tuple[Quantity, str] | Declined:
        """Return the quantity that puts a part of the Kelly fraction at work."""
        record = state.track_records.of(asked.signal.strategy_id)
        multiplier = asked.instrument.multiplier
        if record.trips < self.min_trips:
            at_stop = stop_distance(asked, self.default_stop_frac) * multiplier
            by = f"{self.name}: fixed_risk, {record.trips} of {self.min_trips} round trips"
            return asked.equity * self.risk_frac / at_stop, by
        fraction = kelly_fraction(record)
        if fraction <= ZERO:
            return Declined(f"no edge in {record.trips} round trips: {record.wins} won")
        worth = asked.equity * min(fraction * self.kelly_frac, self.most_frac)
        return worth / (asked.entry_px * multiplier), self.name


def kelly_fraction(record: TrackRecord) -> Decimal:
    """Return Kelly's f of a record that is not empty; 1 where nothing was ever lost."""
    wins, losses = Decimal(record.wins), Decimal(record.trips - record.wins)
    if not losses or not record.lost:
        return Decimal(1)
    if not wins:
        return Decimal(-1)
    share = wins / (wins + losses)
    ratio = (record.won / wins) / (record.lost / losses)
    return share - (1 - share) / ratio if ratio else Decimal(-1)
