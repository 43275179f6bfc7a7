"""What a strategy is told: its kind, its instruments and its numbers.

The table `[strategies.trend_following]` becomes the frozen struct of that strategy, field by field. A misspelt key is
refused, because a parameter that silently keeps its default trades real money on a number nobody chose.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from oms.domain.ids import MANUAL, InstrumentId, StrategyId
from oms.domain.units import DAY, Nanos

LONGEST_HORIZON: Final[Nanos] = 36_500 * DAY


class StrategyError(Exception):
    """What can be wrong with a strategy."""


class StrategyConfigurationError(StrategyError, ValueError):
    """It cannot be found, loaded or made as it was described; the message is one line."""


class SignalGenerationError(StrategyError, ValueError):
    """It said something that is no signal, or could not say anything; the message is one line."""


class StrategyType(StrEnum):
    """The families of strategies."""

    TREND_FOLLOWING = "TREND_FOLLOWING"
    MEAN_REVERSION = "MEAN_REVERSION"
    PAIRS_TRADING = "PAIRS_TRADING"
    ARBITRAGE = "ARBITRAGE"
    MOMENTUM = "MOMENTUM"
    BREAKOUT = "BREAKOUT"
    SCALPING = "SCALPING"
    SWING_TRADING = "SWING_TRADING"


def require(satisfied: bool, wish: str) -> None:
    """Refuse a number that makes no sense: `wish` says what it should have been.

    Raises:
        StrategyConfigurationError: it is not satisfied.
    """
    if not satisfied:
        raise StrategyConfigurationError(wish)


class StrategyConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields every strategy has; a strategy adds its parameters as fields of a subclass.

    Raises:
        StrategyConfigurationError: a value is out of range; the message names the field and what it should be.
    """

    strategy_id: StrategyId
    name: str = ""  # what a person calls it; empty is its id
    description: str = ""
    enabled: bool = True  # False: it starts paused, is fed, and trades once somebody lets it
    instruments: tuple[InstrumentId, ...] = ()
    stop_loss: float = 0.02  # fraction of the entry price; says where to leave, and sizers need it
    take_profit: float | None = None  # fraction of the entry price; None leaves that to the strategy's own rule
    time_horizon_days: float | None = None  # of the calendar, from the first fill; None: as long as its own rule says

    def __post_init__(self) -> None:
        """Refuse what no strategy can work with. A subclass that checks its own fields calls this too."""
        require(bool(self.strategy_id) and self.strategy_id != MANUAL, f"strategy_id is a name other than {MANUAL!r}")
        require(len(set(self.instruments)) == len(self.instruments), "instruments names each instrument once")
        require(0 < self.stop_loss < 1, f"stop_loss lies between 0 and 1, got {self.stop_loss}")
        if self.take_profit is not None:
            require(0 < self.take_profit < float("inf"), f"take_profit is positive, got {self.take_profit}")
        if self.time_horizon_days is not None:
            days = self.time_horizon_days
            most = LONGEST_HORIZON // DAY
            require(0 < days <= most, f"time_horizon_days lies between 0 and {most}, got {days}")

    @property
    def time_horizon(self) -> Nanos | None:
        """For how long an entry is meant to be held at most; None is no bound."""
        return None if self.time_horizon_days is None else round(self.time_horizon_days * DAY)
