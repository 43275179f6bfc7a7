"""One execution of one of our orders."""

from enum import StrEnum

from msgspec import Struct

from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.order import Side
from oms.domain.units import Money, Nanos, Price, Quantity


class LiquiditySide(StrEnum):
    """Whether we rested in the book or took from it [851]."""

    MAKER = "MAKER"
    TAKER = "TAKER"


class Fill(Struct, frozen=True, kw_only=True, gc=False):
    """`last_qty` units at `last_px`. The fee is a cost: positive, in its own currency."""

    exec_id: ExecId
    client_order_id: ClientOrderId
    broker: BrokerId
    account: AccountId
    strategy_id: StrategyId
    instrument_id: InstrumentId
    side: Side
    last_qty: Quantity
    last_px: Price
    fee: Money
    liquidity: LiquiditySide
    ts: Nanos

    @property
    def signed_qty(self) -> Quantity:
        """The quantity with its direction: positive bought."""
        return self.last_qty if self.side is Side.BUY else -self.last_qty
