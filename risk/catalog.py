"""The rules and sizers there are: one line each. The order is the order in which decisions list what was observed.

Configuration is read strictly: an option that is unknown, of the wrong kind or out of bounds stops the start with one
line that names it. A limit that was misspelt must not become the default, and a rule that was must not be absent.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from oms.domain.ids import AccountId, BrokerId
from oms.domain.options import read_table, require_name
from risk.rule import RiskRule
from risk.rules.buying_power import BuyingPower
from risk.rules.crossed_market import CrossedMarket
from risk.rules.daily_loss import DailyLoss
from risk.rules.drawdown import Drawdown
from risk.rules.duplicate import Duplicate
from risk.rules.increments import Increments
from risk.rules.instrument_known import InstrumentKnown
from risk.rules.max_leverage import MaxLeverage
from risk.rules.max_order_value import MaxOrderValue
from risk.rules.max_per_symbol import MaxPerSymbol
from risk.rules.max_position import MaxPosition
from risk.rules.max_positions import MaxPositions
from risk.rules.max_trades import MaxTrades
from risk.rules.min_confidence import MinConfidence
from risk.rules.order_rate import OrderRate
from risk.rules.price_collar import PriceCollar
from risk.rules.sane_numbers import SaneNumbers
from risk.rules.short_sale import ShortSale
from risk.rules.stale_market import StaleMarket
from risk.rules.stop_validity import StopValidity
from risk.rules.trading_hours import TradingHoursRule
from risk.rules.trading_state import TradingStateRule
from risk.sizing.fixed_lot import FixedLot
from risk.sizing.fixed_risk import FixedRisk
from risk.sizing.kelly import Kelly
from risk.sizing.sizer import BaseSizer
from risk.sizing.volatility import Volatility

RULES: Final[dict[str, type[RiskRule]]] = {
    "trading_state": TradingStateRule,
    "sane_numbers": SaneNumbers,
    "increments": Increments,
    "stop_validity": StopValidity,
    "instrument_known": InstrumentKnown,
    "max_order_value": MaxOrderValue,
    "max_position": MaxPosition,
    "max_trades": MaxTrades,
    "max_positions": MaxPositions,
    "max_per_symbol": MaxPerSymbol,
    "duplicate": Duplicate,
    "trading_hours": TradingHoursRule,
    "min_confidence": MinConfidence,
    "daily_loss": DailyLoss,
    "drawdown": Drawdown,
    "buying_power": BuyingPower,
    "max_leverage": MaxLeverage,
    "short_sale": ShortSale,
    "price_collar": PriceCollar,
    "stale_market": StaleMarket,
    "crossed_market": CrossedMarket,
    "order_rate": OrderRate,
}

SIZERS: Final[dict[str, type[BaseSizer]]] = {
    "fixed_risk": FixedRisk,
    "fixed_lot": FixedLot,
    "kelly": Kelly,
    "volatility": Volatility,
}

_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)


def build_rules(tables: Mapping[str, Mapping[str, object]]) -> tuple[RiskRule, ...]:
    """Return every rule of the catalog in its order, with the options of its table `[risk.NAME]` or its defaults.

    A rule cannot be left out: a table that is absent means the defaults.

    Raises:
        ValueError: a table, an option or a value that no rule has; one line with the nearest name that exists.
    """
    for name in tables:
        require_name(name, RULES, "risk", "rule")
    return tuple(build_rule(name, tables.get(name, {})) for name in RULES)


def build_rule(name: str, options: Mapping[str, object]) -> RiskRule:
    """Return one rule with these options; their values may also be text, as in a row of the limits table.

    Raises:
        ValueError: no such rule or option, or a value that it refuses.
    """
    require_name(name, RULES, "risk", "rule")
    return read_table(_spelled_out(options), RULES[name], f"risk.{name}")


def build_sizer(name: str, options: Mapping[str, object], *, broker: BrokerId, account: AccountId) -> BaseSizer:
    """Return a sizer whose tickets take the route `broker`, `account`.

    Raises:
        ValueError: no such sizer or option, or a value that it refuses.
    """
    require_name(name, SIZERS, "sizing", "sizer")
    return read_table(_spelled_out(options), SIZERS[name], f"sizing.{name}", broker=broker, account=account)


def _spelled_out(options: Mapping[str, object]) -> dict[str, object]:
    """Return the options with text that spells a number or a truth as what it spells.

    Only ASCII digits and one point are read. Other text stays text, which no option is.
    """
    return {option: _spelled(value) if isinstance(value, str) else value for option, value in options.items()}


def _spelled(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    if _NUMBER.fullmatch(text) is None:
        return text
    return Decimal(text) if "." in text else int(text)
