"""How fast recorded time passes, as it is written: `0.5`, `60x`, `max`."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from cockpit.format import factor
from oms.domain.options import shown
from oms.lockstep import LockstepFeed
from oms.pace import Tempo

_NUMBER: Final = re.compile(r"[0-9]*\.?[0-9]+")


class SpeedError(ValueError):
    """Not a speed; the message says what one looks like."""


class Speed(NamedTuple):
    """Bars per wall second (`bars`), a multiple of recorded time (`times`), or neither: as fast as it goes."""

    bars: Decimal | None = None
    times: Decimal | None = None

    @classmethod
    def parse(cls, text: str) -> "Speed":
        """Return the speed that is written.

        Raises:
            SpeedError: it is none.
        """
        if text == "max":
            return cls()
        number, is_times = text.removesuffix("x"), text.endswith("x")
        value = Decimal(number) if _NUMBER.fullmatch(number) else Decimal(0)
        if not (0 < value <= 1_000_000):  # noqa: PLR2004 - the bound is the message
            msg = f"speed must be bars per second (0.5), a multiple of recorded time (60x) or max, got {shown(text)}"
            raise SpeedError(msg)
        return cls(times=value) if is_times else cls(bars=value)

    def tempo(self, feed: LockstepFeed) -> Tempo | None:
        """Return how long the feed's instants last on the wall; None is as fast as it goes."""
        if self.bars is not None:
            return Tempo(per_instant=float(1 / (self.bars * feed.instants_per_bar)))
        if self.times is not None:
            return Tempo(per_recorded_sec=float(1 / self.times))
        return None

    def scaled(self, factor: int) -> "Speed":
        """Return the speed times two or divided by two (`factor` -2 halves); `max` stays."""
        by = Decimal(factor) if factor > 0 else 1 / Decimal(-factor)
        return Speed(
            bars=self.bars * by if self.bars is not None else None,
            times=self.times * by if self.times is not None else None,
        )

    def __str__(self) -> str:
        if self.bars is not None:
            return f"×{factor(self.bars)}"
        return f"{factor(self.times)}x" if self.times is not None else "max"
