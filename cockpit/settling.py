"""Waiting for venues to have their last word on orders, but not for ever."""

import asyncio
from collections.abc import Callable, Collection

from oms.bus import Bus
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.state import State


class Settling:
    """Wakes up whenever an order of the session has moved, or trading was halted."""

    def __init__(self, bus: Bus, state: State) -> None:
        self._state = state
        self._moved = asyncio.Event()
        bus.subscribe(lambda _record: self._moved.set(), *oev.ORDER_EVENTS, ev.TradingHalted)

    async def until(self, true: Callable[[], bool], secs: float) -> bool:
        """Wait until something about orders holds; return whether it does, at the latest after so many seconds."""
        try:
            async with asyncio.timeout(secs):
                while not true():
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def closed(self, order_ids: Collection[ClientOrderId], secs: float) -> bool:
        """Wait until nothing more is expected of these orders; return whether that is so."""
        return await self.until(lambda: self._are_closed(order_ids), secs)

    def _are_closed(self, order_ids: Collection[ClientOrderId]) -> bool:
        """An order whose record was lost with a failed commit is none that could be waited for."""
        orders = self._state.blotter.orders
        return all(order_id not in orders or orders[order_id].is_closed for order_id in order_ids)
