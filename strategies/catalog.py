"""Which strategies there are. To add one, write its file and add its line to `STRATEGIES`.

A name is the file, the configuration table and the strategy's id at once. Classes are named by import string, so that
a strategy costs nothing until it is asked for. A trader's own strategies need no line here: `load_path` takes every
file of a folder under the file's name.
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final

from oms.domain.ids import MANUAL
from oms.domain.options import OptionError, read_table, require_name
from strategies.base import BaseStrategy
from strategies.config import StrategyConfig, StrategyConfigurationError, require
from strategies.metrics import Tally
from strategies.own_words import require_own_words
from strategies.seat import in_one_line, words_of

STRATEGIES: Final[Mapping[str, str]] = {
    "trend_following": "strategies.trend_following:TrendFollowingStrategy",
    "mean_reversion": "strategies.mean_reversion:MeanReversionStrategy",
    "pairs_trading": "strategies.pairs_trading:PairsTradingStrategy",
    "ma_crossover": "strategies.ma_crossover:MovingAverageCrossoverStrategy",
}


def load(name: str, own: Mapping[str, type[BaseStrategy]] = {}) -> type[BaseStrategy]:
    """Return the class of a strategy, one's `own` or of the catalog.

    Raises:
        StrategyConfigurationError: there is none of that name; the message has the nearest, or all there are.
    """
    try:
        require_name(name, [*own, *STRATEGIES], "strategies", "strategy")
    except OptionError as error:
        raise StrategyConfigurationError(str(error)) from None
    if name in own:
        return own[name]
    module, _, word = STRATEGIES[name].partition(":")
    found: type[BaseStrategy] = getattr(import_module(module), word)
    return found


def make(name: str, kind: type[BaseStrategy], table: Mapping[str, object]) -> BaseStrategy:
    """Return a strategy made from its configuration table, which names fields of its `CONFIG` and no others.

    Raises:
        StrategyConfigurationError: a key is unknown, a value makes no sense, or the strategy cannot be made; one line
            that names the table.
    """
    try:
        strategy = kind(read_table(table, kind.CONFIG, f"strategies.{name}", strategy_id=name))
        _require_whole(strategy)
    except OptionError as error:
        raise StrategyConfigurationError(words_of(error)) from None
    except StrategyConfigurationError as error:
        msg = f"[strategies.{name}] {words_of(error)}"
        raise StrategyConfigurationError(msg) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a strategy may raise anything; which one it was must be said
        msg = f"[strategies.{name}] {kind.__name__} cannot be made, {in_one_line(error)}"
        raise StrategyConfigurationError(msg) from error
    return strategy


def _require_whole(strategy: BaseStrategy) -> None:
    """Demand what the runner builds on. Raises StrategyConfigurationError, and whatever the strategy raises."""
    config, tally = getattr(strategy, "config", None), getattr(strategy, "tally", None)
    whole = isinstance(config, StrategyConfig) and isinstance(tally, Tally)
    require(whole, "its __init__ has to call super().__init__(config)")
    bars: object = strategy.warmup_bars
    require(type(bars) is int and bars >= 0, f"warmup_bars is a number of bars, got {bars!r}")
    symbols: object = strategy.required_symbols()
    named = isinstance(symbols, tuple | list) and all(isinstance(symbol, str) for symbol in symbols)
    require(named, f"required_symbols() returns ids of instruments, got {symbols!r}")


def load_path(folder: Path) -> dict[str, type[BaseStrategy]]:
    """Return the strategies of a folder by name: one subclass of `BaseStrategy` in each .py file.

    A file whose name begins with an underscore is left alone. The files are run with everything this process may do:
    whoever points here trusts them. That one which imports a venue or the engine is refused keeps a strategy from
    trading past the gate by accident; it is no sandbox, and an import that is made while running is not seen.

    Raises:
        StrategyConfigurationError: the folder is none or holds no file of the kind, a file cannot be run, imports what
            is not a strategy's, holds no strategy or several, or its name is taken. The message is one line and names
            the file.
    """
    if not folder.is_dir():
        msg = f"{folder}: is not a folder"
        raise StrategyConfigurationError(msg)
    files = sorted(file for file in folder.glob("*.py") if not file.name.startswith("_"))
    if not files:
        msg = f"{folder}: holds no strategy: none of its files is named NAME.py"
        raise StrategyConfigurationError(msg)
    return {file.stem: _load_file(file) for file in files}


def _load_file(file: Path) -> type[BaseStrategy]:
    name = file.stem
    if name in STRATEGIES or name == MANUAL:
        msg = f"{file}: the name {name} is taken"
        raise StrategyConfigurationError(msg)
    try:
        require_own_words(file.read_bytes(), file)
    except (OSError, SyntaxError, RecursionError, MemoryError) as error:  # the last two: nested beyond what is parsed
        raise StrategyConfigurationError(_flaw(file, error)) from error
    module_name = f"strategy_path.{name}"
    spec = spec_from_file_location(module_name, file)
    if spec is None or spec.loader is None:
        msg = f"{file}: is no Python file"
        raise StrategyConfigurationError(msg)
    module = module_from_spec(spec)
    sys.modules[module_name] = module  # msgspec looks annotations up there
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # as when it is made
        raise StrategyConfigurationError(_flaw(file, error)) from error
    words = [word for word in vars(module).values() if isinstance(word, type) and word.__module__ == module_name]
    found = [word for word in words if issubclass(word, BaseStrategy)]
    if len(found) != 1:
        names = ", ".join(word.__name__ for word in found) or "none"
        msg = f"{file}: expected one subclass of BaseStrategy, found {names}"
        raise StrategyConfigurationError(msg)
    if not hasattr(found[0], "TYPE"):
        msg = f"{file}: {found[0].__name__} does not say its TYPE"
        raise StrategyConfigurationError(msg)
    return found[0]


def _flaw(file: Path, error: BaseException) -> str:
    """Return what keeps a file from being run, in one line that names it."""
    if not isinstance(error, SyntaxError):
        return f"{file}: {in_one_line(error)}"
    if error.filename != str(file) or error.lineno is None:
        return f"{file}: {words_of(error)}"
    return f"{file}:{error.lineno}: {error.msg}"
