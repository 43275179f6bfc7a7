"""The rules and sizers there are: one line each. The order is the order in which decisions list what was observed.

Configuration is read strictly: an option that is unknown, of the wrong kind or out of bounds stops the start with one
line that names it. A limit that was misspelt must not become the default, and a rule that was must not be absent.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from oms.domain.ids import AccountId, BrokerId
from oms.domain.options import OptionError, read_table, require_name, shown
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

_PLACES: Final = 15  # that an option may have before its point, and behind it
_NUMBER: Final = re.compile(rf"-?\d{{1,{_PLACES}}}(\.\d{{1,{_PLACES}}})?", re.ASCII)
_WRITTEN: Final = re.compile(r"-?\d+(\.\d+)?(E[+-]?\d+)?", re.ASCII)  # earlier versions wrote 1E+4 into their rows


def build_rules(tables: Mapping[str, Mapping[str, object]]) -> tuple[RiskRule, ...]:
    """Return every rule of the catalog in its order, with the options of its table `[risk.NAME]` or its defaults.

    A rule cannot be left out: a table that is absent means the defaults. Numbers have 15 digits before the point and 15
    behind it at most, so that each can be written out in the limits table.

    Raises:
        ValueError: a table, an option or a value that no rule has; one line with the nearest name that exists.
    """
    for name in tables:
        require_name(name, RULES, "risk", "rule")
    return tuple(
        read_table(_written_out(_spelled_out(tables.get(name, {}), _NUMBER), name), RULES[name], f"risk.{name}")
        for name in RULES
    )


def build_rule(name: str, options: Mapping[str, object]) -> RiskRule:
    """Return one rule with these options; their values may also be text, as in a row of the limits table, of this
    version or an earlier one.

    Raises:
        ValueError: no such rule or option, or a value that it refuses.
    """
    require_name(name, RULES, "risk", "rule")
    return read_table(_spelled_out(options, _WRITTEN), RULES[name], f"risk.{name}")


def build_sizer(name: str, options: Mapping[str, object], *, broker: BrokerId, account: AccountId) -> BaseSizer:
    """Return a sizer whose tickets take the route `broker`, `account`.

    Raises:
        ValueError: no such sizer or option, or a value that it refuses.
    """
    require_name(name, SIZERS, "sizing", "sizer")
    return read_table(_spelled_out(options, _NUMBER), SIZERS[name], f"sizing.{name}", broker=broker, account=account)


def _written_out(options: dict[str, object], rule: str) -> dict[str, object]:
    """Return the options with numbers that have no exponent.

    Raises:
        OptionError: one would have more digits than can be.
    """
    return {option: _positional(value, option, rule) for option, value in options.items()}


def _positional(value: object, option: str, rule: str) -> object:
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not isinstance(number, Decimal) or not number.is_finite():
        return value
    near = -_PLACES <= number.adjusted() < _PLACES  # else it would be written out to no end
    if not near or _NUMBER.fullmatch(text := f"{number:f}") is None:
        places = f"at most {_PLACES} digits before the point and {_PLACES} behind it"
        msg = f"[risk.{rule}] {option} must be a number with {places}, got {shown(value)}"
        raise OptionError(msg)
    return Decimal(text)


def _spelled_out(options: Mapping[str, object], form: re.Pattern[str]) -> dict[str, object]:
    """Return the options with text that spells a number or a truth as what it spells.

    Only ASCII digits in a form are read. Other text stays text, which no option is.
    """
    return {option: _spelled(value, form) if isinstance(value, str) else value for option, value in options.items()}


def _spelled(text: str, form: re.Pattern[str]) -> object:
    if text in {"true", "false"}:
        return text == "true"
    if form.fullmatch(text) is None:
        return text
    return int(text) if text.removeprefix("-").isdecimal() else Decimal(text)
