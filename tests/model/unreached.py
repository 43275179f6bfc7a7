"""The statuses that no story ends a step in, and why."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oms.domain.order import OrderStatus

UNREACHED: Final[Mapping[OrderStatus, str]] = MappingProxyType(
    {
        OrderStatus.PENDING: "only within one decision: what is initialized is approved or denied at once",
        OrderStatus.VALIDATED: "nobody asks a person to confirm an order",
    }
)
