"""The account as a script sees it."""

from decimal import Decimal

from msgspec import Struct

from oms.domain.ids import AccountId, BrokerId
from oms.domain.risk import TradingState
from oms.ledger import CashKey
from oms.state import State
from risk.funds import unused


class AccountInfo(Struct, frozen=True, kw_only=True):
    """Money in the account's base currency; None while something of it is not known, such as the price of a holding.

    `status` says what passes the gate. While the broker is out of reach `link_error` says why, and the numbers are
    those known last; it is empty while the link stands.
    """

    account_id: AccountId
    broker_name: BrokerId
    status: TradingState
    link_error: str
    currency: str
    balance: Decimal | None  # cash
    equity: Decimal | None  # cash and what is held at its marks
    buying_power: Decimal | None  # equity that neither positions nor open orders use
    is_pattern_day_trader: bool | None = None  # a flag of US brokers; None where the venue does not say


def to_account_info(broker: BrokerId, account: AccountId, state: State) -> AccountInfo:
    """Return what an account is worth and what it can still buy."""
    currency = state.equity.currency
    return AccountInfo(
        account_id=account,
        broker_name=broker,
        status=state.trading.state,
        link_error=state.runs.links.get(broker, "it was never reached"),
        currency=currency,
        balance=state.ledger.cash.get(CashKey(broker, account, currency)),
        equity=state.equity.now,
        buying_power=unused(state),
    )
