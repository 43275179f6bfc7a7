"""What a venue says an account holds: the other side of reconciliation."""

from msgspec import Struct

from oms.domain.ids import AccountId, BrokerId, ClientOrderId, InstrumentId
from oms.domain.units import Money, Nanos, Quantity


class AccountSnapshot(Struct, frozen=True, kw_only=True):
    """The venue's own books at an instant: cash per currency, net quantity per instrument, open orders."""

    broker: BrokerId
    account: AccountId
    ts: Nanos
    cash: tuple[Money, ...]
    net: tuple[tuple[InstrumentId, Quantity], ...]
    open_orders: tuple[ClientOrderId, ...]
