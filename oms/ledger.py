"""Positions, cash and realized profit: a fold over fills.

A position belongs to (broker, account, instrument, strategy); the net of an account's instrument is their sum and
kept beside them. A fill moves the quantity, the cash of the instrument's currency by its value, and the cash of the
fee's currency by the fee. All of it is exact.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from oms.domain.account_events import BalanceReported, PositionAdjusted
from oms.domain.fill import Fill
from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.order_events import OrderFilled
from oms.domain.position import Position, PositionKey
from oms.domain.units import ZERO, Nanos, Quantity
from oms.instruments import Instruments
from oms.slice import Appliers

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


class Keys(Struct, frozen=True, kw_only=True):
    """The two keys that an order and its fills are counted under."""

    position: PositionKey
    net: NetKey


KEYS_KEPT: Final = 4_096  # what trades at once; one more only costs making its keys again


@lru_cache(maxsize=KEYS_KEPT)
def keys_of(broker: BrokerId, account: AccountId, instrument_id: InstrumentId, strategy_id: StrategyId) -> Keys:
    """Return the keys of what a strategy does in one account's instrument.

    A session has a few dozen of them and asks for them with every step of an order, so each is made once. The same
    object is also found faster: a dict compares by identity first.
    """
    return Keys(
        position=PositionKey(broker, account, instrument_id, strategy_id), net=NetKey(broker, account, instrument_id)
    )


@lru_cache(maxsize=KEYS_KEPT)
def cash_key_of(broker: BrokerId, account: AccountId, currency: str) -> CashKey:
    """Return the key of an account's cash in a currency, made once as well."""
    return CashKey(broker, account, currency)


class Ledger:
    """Every position ever held (flat ones keep their realized profit), the open ones, nets and cash.

    `held` and `purse` are the nets and the cash over all accounts, by instrument and by currency. `moved` is the
    position that the last fill or adjustment made; before the first there is none.
    """

    moved: Position

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments
        self.positions: dict[PositionKey, Position] = {}
        self.open: dict[PositionKey, Position] = {}
        self.net: dict[NetKey, Quantity] = {}
        self.cash: dict[CashKey, Decimal] = {}
        self.flows: dict[CashKey, Decimal] = {}  # what reports said beyond what was known: the opening, and since
        self.held: dict[InstrumentId, Quantity] = {}
        self.purse: dict[str, Decimal] = {}

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {OrderFilled: self._fill, BalanceReported: self._report, PositionAdjusted: self._adjust}

    def position(self, key: PositionKey) -> Position:
        """Return the position, flat when there never was one."""
        held = self.positions.get(key)
        return held if held is not None else Position(key=key, multiplier=self._multiplier(key.instrument_id))

    def net_quantity(self, key: NetKey) -> Quantity:
        """Return the account's signed net in an instrument."""
        return self.net.get(key, ZERO)

    def _fill(self, event: OrderFilled, _ts: Nanos) -> None:
        fill = event.fill
        fee, signed = fill.fee, fill.signed_qty
        keys = keys_of(fill.broker, fill.account, fill.instrument_id, fill.strategy_id)
        self._book(keys, self.position(keys.position).after(fill), signed)
        instrument = self._instruments.by_id[fill.instrument_id]
        value, currency = signed * fill.last_px * instrument.multiplier, instrument.currency
        if not fee.amount:
            self._pay(fill, currency, value)
        elif fee.currency == currency:
            self._pay(fill, currency, value + fee.amount)
        else:
            self._pay(fill, currency, value)
            self._pay(fill, fee.currency, fee.amount)

    def _report(self, event: BalanceReported, _ts: Nanos) -> None:
        amount, currency = event.cash.amount, event.cash.currency
        key = cash_key_of(event.broker, event.account, currency)
        self.flows[key] = self.flows.get(key, ZERO) + amount - self.cash.get(key, ZERO)
        self.cash[key] = amount
        self.purse[currency] = sum((cash for one, cash in self.cash.items() if one.currency == currency), ZERO)

    def _adjust(self, event: PositionAdjusted, ts: Nanos) -> None:
        # the venue's cash is reported by itself, so only the quantity and its cost are booked here
        keys = keys_of(event.broker, event.account, event.instrument_id, RECONCILED)
        self._book(keys, self.position(keys.position).adjusted(event.quantity, event.px, ts), event.quantity)

    def _book(self, keys: Keys, position: Position, signed: Quantity) -> None:
        """Take over a position that a signed quantity has moved, and move the sums by as much."""
        key, net_key, instrument_id = keys.position, keys.net, keys.position.instrument_id
        self.moved = self.positions[key] = position
        if position.quantity:
            self.open[key] = position
        else:
            self.open.pop(key, None)
        self.net[net_key] = self.net.get(net_key, ZERO) + signed
        self.held[instrument_id] = self.held.get(instrument_id, ZERO) + signed

    def _pay(self, fill: Fill, currency: str, amount: Decimal) -> None:
        key = cash_key_of(fill.broker, fill.account, currency)
        self.cash[key] = self.cash.get(key, ZERO) - amount
        self.purse[currency] = self.purse.get(currency, ZERO) - amount

    def _multiplier(self, instrument_id: InstrumentId) -> Decimal:
        instrument = self._instruments.get(instrument_id)
        return instrument.multiplier if instrument is not None else Decimal(1)
