"""What can be decided upon: everything that enters the engine, and what strategies say to it."""

from typing import Final, TypeAlias, get_args

from oms.domain import commands as do
from oms.domain.deadline import DeadlineReached
from oms.domain.market import MarketData
from oms.domain.report import VenueReport
from oms.domain.signal import TradingSignal

Opinion: TypeAlias = tuple[TradingSignal, ...]  # the signals of one group; alone, a signal is its own group
Input: TypeAlias = MarketData | VenueReport | do.Command | DeadlineReached | Opinion

TIMED: Final = frozenset((*get_args(MarketData), *get_args(VenueReport), DeadlineReached))  # what says when it was
