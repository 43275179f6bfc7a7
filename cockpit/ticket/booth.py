"""The booth that a ticket desk stands in: what is known there, and where its tickets go."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from oms.domain.calendar import TradingHours
from oms.domain.capabilities import Capabilities
from oms.domain.ids import AccountId, BrokerId, StrategyId
from oms.state import State
from risk.sizing.sizer import BaseSizer


class Booth(NamedTuple):
    """What is known, who sizes, where orders go, what is taken there, when it is open, by calendars' names, and which
    strategies are configured."""

    state: State
    sizer: BaseSizer
    broker: BrokerId
    account: AccountId
    capabilities: Capabilities
    hours: Mapping[str, TradingHours]
    strategies: Collection[StrategyId]
