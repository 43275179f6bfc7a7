"""What became of each strategy's round trips: won or lost, and how much. A fold over fills, read by who sizes by it.

A round trip lasts from flat to flat, or to the fill that goes through zero; its result is what it realized less the
fees of its fills in the instrument's currency. One that came to nothing counts as lost.
"""

from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from oms.domain.ids import StrategyId
from oms.domain.order_events import OrderFilled
from oms.domain.position import Position, PositionKey
from oms.domain.units import ZERO, Nanos
from oms.instruments import Instruments
from oms.ledger import Ledger
from oms.slice import Appliers


class TrackRecord(Struct, frozen=True, gc=False):
    """Round trips of a strategy, the winning ones among them, and the sums of what was won and lost (both positive)."""

    trips: int = 0
    wins: int = 0
    won: Decimal = ZERO
    lost: Decimal = ZERO

    def after(self, result: Decimal) -> "TrackRecord":
        """Return the record with one more round trip."""
        if result > ZERO:
            return TrackRecord(self.trips + 1, self.wins + 1, self.won + result, self.lost)
        return TrackRecord(self.trips + 1, self.wins, self.won, self.lost - result)


_NONE: Final = TrackRecord()


class TrackRecords:
    """The record of every strategy; applied after the ledger."""

    def __init__(self, instruments: Instruments, ledger: Ledger) -> None:
        self._instruments = instruments
        self._ledger = ledger
        self._by_strategy: dict[StrategyId, TrackRecord] = {}
        self._under_way: dict[PositionKey, int] = {}  # the side of a round trip that has begun
        self._counted: dict[PositionKey, Decimal] = {}  # the results counted so far, all of a position's

    def of(self, strategy_id: StrategyId) -> TrackRecord:
        """Return the strategy's record; empty when it has none."""
        return self._by_strategy.get(strategy_id, _NONE)

    @property
    def durable(self) -> list[list[object]]:
        """All that is kept, for the digest: the records, the round trips under way, the results counted so far."""
        return [
            [[strategy_id, *astuple(record)] for strategy_id, record in self._by_strategy.items()],
            [[*key, side] for key, side in self._under_way.items()],
            [[*key, result] for key, result in self._counted.items()],
        ]

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {OrderFilled: self._fill}

    def _fill(self, _event: OrderFilled, _ts: Nanos) -> None:
        position = self._ledger.moved
        key, quantity = position.key, position.quantity
        side = (quantity > ZERO) - (quantity < ZERO)
        began = self._under_way.get(key, 0)
        if side == began:
            return
        if began:
            self._close(key, position)
        if side:
            self._under_way[key] = side
        else:
            del self._under_way[key]

    def _close(self, key: PositionKey, position: Position) -> None:
        currency = self._instruments.by_id[key.instrument_id].currency
        result = position.realized
        for fee in position.fees:
            if fee.currency == currency:
                result -= fee.amount
        trip = result - self._counted.get(key, ZERO)
        self._counted[key] = result
        self._by_strategy[key.strategy_id] = self.of(key.strategy_id).after(trip)
