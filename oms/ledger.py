"""Positions, cash and realized profit: a fold over fills.

A position belongs to (broker, account, instrument, strategy); the net of an account's instrument is their sum and
kept beside them. A fill moves the quantity, the cash of the instrument's currency by its value, and the cash of the
fee's currency by the fee. All of it is exact.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from oms.domain.events import BalanceReported, Event, OrderFilled, PositionAdjusted
from oms.domain.fill import Fill
from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.position import Position, PositionKey
from oms.domain.units import ZERO, Nanos, Quantity
from oms.instruments import Instruments

RECONCILED = StrategyId("reconciled")  # whose position an adjustment is: nobody's strategy


class NetKey(NamedTuple):
    """One account's instrument, over all strategies."""

    broker: BrokerId
    account: AccountId
    instrument_id: InstrumentId


class CashKey(NamedTuple):
    """One account's cash in one currency."""

    broker: BrokerId
    account: AccountId
    currency: str


class Ledger:
    """Every position ever held (flat ones keep their realized profit), the open ones, nets and cash."""

    HANDLES: Final = (OrderFilled, BalanceReported, PositionAdjusted)

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments
        self.positions: dict[PositionKey, Position] = {}
        self.open: dict[PositionKey, Position] = {}
        self.net: dict[NetKey, Quantity] = {}
        self.cash: dict[CashKey, Decimal] = {}

    def apply(self, event: Event, ts: Nanos) -> None:
        """Count an event in."""
        if isinstance(event, OrderFilled):
            self._count(event.fill)
        elif isinstance(event, BalanceReported):
            self.cash[CashKey(event.broker, event.account, event.cash.currency)] = event.cash.amount
        elif isinstance(event, PositionAdjusted):
            self._adjust(event, ts)

    def position(self, key: PositionKey) -> Position:
        """Return the position, flat when there never was one."""
        held = self.positions.get(key)
        return held if held is not None else Position(key=key, multiplier=self._multiplier(key.instrument_id))

    def net_quantity(self, key: NetKey) -> Quantity:
        """Return the account's signed net in an instrument."""
        return self.net.get(key, ZERO)

    def _count(self, fill: Fill) -> None:
        key = PositionKey(fill.broker, fill.account, fill.instrument_id, fill.strategy_id)
        after = self.position(key).after(fill)
        self._keep(after)
        net_key = NetKey(fill.broker, fill.account, fill.instrument_id)
        self.net[net_key] = self.net.get(net_key, ZERO) + fill.signed_qty
        instrument = self._instruments.by_id[fill.instrument_id]
        value = fill.signed_qty * fill.last_px * instrument.multiplier
        self._pay(CashKey(fill.broker, fill.account, instrument.currency), value)
        self._pay(CashKey(fill.broker, fill.account, fill.fee.currency), fill.fee.amount)

    def _adjust(self, event: PositionAdjusted, ts: Nanos) -> None:
        # the venue's cash is reported by itself, so only the quantity and its cost are booked here
        key = PositionKey(event.broker, event.account, event.instrument_id, RECONCILED)
        self._keep(self.position(key).adjusted(event.quantity, event.px, ts))
        net_key = NetKey(event.broker, event.account, event.instrument_id)
        self.net[net_key] = self.net.get(net_key, ZERO) + event.quantity

    def _keep(self, position: Position) -> None:
        self.positions[position.key] = position
        if position.quantity:
            self.open[position.key] = position
        else:
            self.open.pop(position.key, None)

    def _pay(self, key: CashKey, amount: Decimal) -> None:
        if amount:
            self.cash[key] = self.cash.get(key, ZERO) - amount

    def _multiplier(self, instrument_id: InstrumentId) -> Decimal:
        instrument = self._instruments.get(instrument_id)
        return instrument.multiplier if instrument is not None else Decimal(1)
