"""What a script has to catch.

    TradingError                        what was asked for did not happen
    ├── RequestError                    it cannot be meant: also a ValueError; one line of what, where, expected
    ├── RiskLimitViolationError         our own gate denied it; nothing was sent
    │   └── InsufficientFundsError      among other things, the money was not there
    ├── OrderExecutionError             it passed the gate and came to nothing: the venue rejected it, it was withheld,
    │                                   it could not be journaled, or it ended without a fill
    └── MarketDataError                 there is no price, or only one that is too old
    BrokerConnectionError               the broker cannot be reached: also a ConnectionError
    ConfigError                         in `cockpit.settings`: a setting, a mode or a folder cannot be meant
    JournalError                        in `oms.journal.errors`: the journal cannot be opened, or not closed in order
    └── JournalLocked                   another session, in this process or another, has the account
    StrategyError                       in `strategies.config`, where strategies find it
    ├── StrategyConfigurationError      it cannot be found, loaded or made as it was described
    └── SignalGenerationError           it raised, or said what is no signal, and is not fed any more

A denial is not an accident: it names the rules that failed with their numbers, and carries the decision as journaled.
"""

from cockpit.settings import ConfigError
from oms.domain.ids import ClientOrderId
from oms.domain.risk import RiskDecision, RiskFinding
from oms.domain.units import Quantity
from oms.journal.errors import JournalError, JournalLocked
from strategies.config import SignalGenerationError, StrategyConfigurationError, StrategyError

__all__ = [
    "BrokerConnectionError",
    "ConfigError",
    "InsufficientFundsError",
    "JournalError",
    "JournalLocked",
    "MarketDataError",
    "OrderExecutionError",
    "RequestError",
    "RiskLimitViolationError",
    "SignalGenerationError",
    "StrategyConfigurationError",
    "StrategyError",
    "TradingError",
]


class TradingError(Exception):
    """What was asked for did not happen; the message is one line and says why."""


class RequestError(TradingError, ValueError):
    """A request cannot be meant: a field is missing, unknown, of the wrong type or out of range. Nothing was done."""


class RiskLimitViolationError(TradingError):
    """The gate denied an order; nothing was sent.

    `decision` is the journaled verdict, `findings` are those of its rules that denied, in words and numbers, and
    `largest_quantity` is the most that every rule would pass, zero where no quantity helps.
    """

    def __init__(
        self,
        message: str,
        *,
        order_id: ClientOrderId,
        decision: RiskDecision,
        findings: tuple[RiskFinding, ...],
        largest_quantity: Quantity,
    ) -> None:
        super().__init__(message)
        self.order_id = order_id
        self.decision = decision
        self.findings = findings
        self.largest_quantity = largest_quantity


class InsufficientFundsError(RiskLimitViolationError):
    """Among the rules that denied is `buying_power`, which knows the price: the order costs more than is free."""


class OrderExecutionError(TradingError):
    """An order came to nothing. `order_id` is None where it never became an order of ours."""

    def __init__(self, message: str, *, order_id: ClientOrderId | None = None) -> None:
        super().__init__(message)
        self.order_id = order_id


class MarketDataError(TradingError):
    """There is no price to answer with, or only one that is too old."""


class BrokerConnectionError(ConnectionError):
    """The broker cannot be reached; the message says why."""
