"""The rules and sizers there are: one line each. The order is the order in which decisions list what was observed.

Configuration is read strictly: an option that is unknown, of the wrong kind or out of bounds stops the start with one
line that names it. A limit that was misspelt must not become the default, and a rule that was must not be absent.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from oms.domain.ids import AccountId, BrokerId
from oms.ports import Sizer
from risk.rule import RiskRule
from risk.rules.buying_power import BuyingPower
from risk.rules.daily_loss import DailyLoss
from risk.rules.drawdown import Drawdown
from risk.rules.duplicate import Duplicate
from risk.rules.increments import Increments
from risk.rules.instrument_known import InstrumentKnown
from risk.rules.max_order_value import MaxOrderValue
from risk.rules.max_per_symbol import MaxPerSymbol
from risk.rules.max_position import MaxPosition
from risk.rules.max_positions import MaxPositions
from risk.rules.max_trades import MaxTrades
from risk.rules.min_confidence import MinConfidence
from risk.rules.order_rate import OrderRate
from risk.rules.sane_numbers import SaneNumbers
from risk.rules.short_sale import ShortSale
from risk.rules.stale_market import StaleMarket
from risk.rules.trading_hours import TradingHoursRule
from risk.rules.trading_state import TradingStateRule
from risk.sizing.fixed_risk import FixedRisk

RULES: Final[dict[str, type[RiskRule]]] = {
    "trading_state": TradingStateRule,
    "sane_numbers": SaneNumbers,
    "increments": Increments,
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
    "short_sale": ShortSale,
    "stale_market": StaleMarket,
    "order_rate": OrderRate,
}

SIZERS: Final[dict[str, type[FixedRisk]]] = {
    "fixed_risk": FixedRisk,
}

_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_ROUTE: Final = frozenset({"broker", "account"})  # of a sizer; the session's, not an option
S = TypeVar("S", bound=Struct)


def build_rules(tables: Mapping[str, Mapping[str, object]]) -> tuple[RiskRule, ...]:
    """Return every rule of the catalog in its order, with the options of its table `[risk.NAME]` or its defaults.

    A rule cannot be left out: a table that is absent means the defaults.

    Raises:
        ValueError: a table, an option or a value that no rule has; one line with the nearest name that exists.
    """
    for name in tables:
        _require_name(name, RULES, "risk", "rule")
    return tuple(build_rule(name, tables.get(name, {})) for name in RULES)


def build_rule(name: str, options: Mapping[str, object]) -> RiskRule:
    """Return one rule with these options.

    Raises:
        ValueError: no such rule or option, or a value that it refuses.
    """
    _require_name(name, RULES, "risk", "rule")
    return _build(RULES[name], f"risk.{name}", options)


def build_sizer(name: str, options: Mapping[str, object], *, broker: BrokerId, account: AccountId) -> Sizer:
    """Return a sizer whose tickets take the route `broker`, `account`.

    Raises:
        ValueError: no such sizer or option, or a value that it refuses.
    """
    _require_name(name, SIZERS, "sizing", "sizer")
    return _build(SIZERS[name], f"sizing.{name}", options, {"broker": broker, "account": account})


def _build(kind: type[S], table: str, options: Mapping[str, object], route: Mapping[str, str] | None = None) -> S:
    _require_options(kind, table, options)
    given = {option: _read(table, option, value) for option, value in options.items()}
    try:
        return msgspec.convert({**given, **(route or {})}, type=kind)
    except msgspec.ValidationError as error:
        text = str(error)
        msg = text if text.startswith("[") else f"[{table}] {text}"
        raise ValueError(msg) from None


def _require_options(kind: type[Struct], table: str, options: Iterable[str]) -> None:
    known = [field.name for field in fields(kind) if field.name not in _ROUTE]
    for option in options:
        _require_name(option, known, table, "option")


def _require_name(name: str, known: Iterable[str], table: str, what: str) -> None:
    names = list(known)
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"it has: {', '.join(names) or 'none'}"
        msg = f"[{table}] has no {what} {name}; {hint}"
        raise ValueError(msg)


def _read(table: str, option: str, value: object) -> object:
    """Return text that spells a number or a truth as what it spells; only ASCII digits and one point are read."""
    if not isinstance(value, str):
        return value
    if value in {"true", "false"}:
        return value == "true"
    if _NUMBER.fullmatch(value) is None:
        msg = f"[{table}] {option} must be a number, or true or false, got {value!r}"
        raise ValueError(msg)
    return Decimal(value) if "." in value else int(value)
