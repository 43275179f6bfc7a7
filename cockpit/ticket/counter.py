"""The counter at which tickets are written: what is known there, and where they go."""

from collections.abc import Mapping
from typing import NamedTuple

from oms.domain.calendar import TradingHours
from oms.domain.capabilities import Capabilities
from oms.domain.ids import AccountId, BrokerId
from oms.state import State
from risk.sizing.sizer import BaseSizer


class Counter(NamedTuple):
    """What is known, who sizes, where orders go, what is taken there, and when it is open, by calendars' names."""

    state: State
    sizer: BaseSizer
    broker: BrokerId
    account: AccountId
    capabilities: Capabilities
    hours: Mapping[str, TradingHours]
