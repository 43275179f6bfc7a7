"""The sizers as a script may ask them: over what the account has now, and with the options of the settings."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from cockpit.library.argument import shown_with_type, to_str
from cockpit.library.errors import RequestError, TradingError
from cockpit.library.open_reader import OpenReader
from oms.state import State
from risk.position_sizer import PositionSizer
from risk.sizing.sizer import BaseSizer

P = ParamSpec("P")
T = TypeVar("T")

_ROUTE = ("broker", "account")  # the fields of a sizer that are no options


def _as_request(method: Callable[P, T]) -> Callable[P, T]:
    """Return a method whose refusals are a script's errors."""

    @wraps(method)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except ValueError as error:
            raise RequestError(str(error)) from error

    return asked


class AccountSizer(PositionSizer):
    """A calculator over the account, see `risk.position_sizer`. It raises RequestError, which is a ValueError too."""

    calculate_lot_size = _as_request(PositionSizer.calculate_lot_size)
    calculate_position_size = _as_request(PositionSizer.calculate_position_size)


class Calculator:
    """`session.position_sizer`: it is called, and gives a calculator of sizes over the account as it is then."""

    def __init__(self, state: State, configured: BaseSizer, reader: OpenReader) -> None:
        self._state = state
        self._configured = configured
        self._reader = reader

    def __call__(self, risk_strategy: str | None = None, *, strategy_id: str = "", **options: object) -> AccountSizer:
        """Return the sizer of that name with these options; without a name the one of the settings, in whose options
        these replace those of their names. `strategy_id` is whose record `kelly` sizes by.

        Raises:
            RequestError: no such sizer or option, or a value that is none; a float is no number of money.
            TradingError: equity is not known, or is not positive, or the session is over.
        """
        self._reader.demand_open()
        if risk_strategy is not None:
            to_str("risk_strategy", risk_strategy)
        to_str("strategy_id", strategy_id)
        for option, value in options.items():
            if isinstance(value, float):
                raise RequestError(f"{option}: expected a Decimal or a str, got {shown_with_type(value)}")
        equity = self._state.equity
        if equity.now is None or equity.now <= 0:
            raise TradingError("equity is not known" if equity.now is None else f"equity is {equity.now:f}")
        if risk_strategy is None:
            risk_strategy, options = self._configured.name, {**_options(self._configured), **options}
        try:
            return AccountSizer(
                equity.now,
                risk_strategy,
                currency=equity.currency,
                state=self._state,
                strategy_id=strategy_id,
                **options,
            )
        except ValueError as error:
            raise RequestError(str(error)) from error


def _options(sizer: BaseSizer) -> dict[str, object]:
    """Return the options that a sizer was made with."""
    values = {name: getattr(sizer, name) for name in sizer.__struct_fields__ if name not in _ROUTE}
    return {name: value for name, value in values.items() if value is not None}
