"""What a strategy waits for, as items that can be left out whole: what it holds first, then what is nearest."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from cockpit import format as fmt
from cockpit.tui.said import PART
from oms.domain.ids import InstrumentId, symbol_of
from strategies.base import BaseStrategy


def waits(strategy: BaseStrategy, texts: Mapping[InstrumentId, str], held: Collection[InstrumentId]) -> str:
    """Join the texts, each with its symbol; one that names it itself, or that two legs share, stands once.

    What is held says where it is left: by the strategy's own rule, at its stop, at its target.
    """
    said: dict[str, bool] = {}
    for instrument_id in sorted(texts, key=lambda instrument_id: instrument_id not in held):
        symbol, text = symbol_of(instrument_id), texts[instrument_id]
        item = text if symbol in text else f"{symbol} {text}"
        said[item] = said.get(item, False) or instrument_id in held
    leaving = f", {_exits(strategy)}"
    return PART.join(item + leaving * is_held for item, is_held in said.items())


def _exits(strategy: BaseStrategy) -> str:
    stop, target = strategy.config.stop_loss, strategy.config.take_profit
    own, wish = strategy.leaving(), _percent(target) if target is not None else ""
    ways = (("exit", own), ("stop", _percent(-stop)), ("target", wish))
    return " ".join(f"{name} {at}" for name, at in ways if at)


def _percent(fraction: float) -> str:
    return fmt.percent(Decimal(str(fraction)), 1)
