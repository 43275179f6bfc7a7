"""What a strategy waits for, as items that can be left out whole: what it holds first, then what is nearest."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from cockpit import format as fmt
from cockpit.tui.said import PART
from oms.domain.ids import InstrumentId, symbol_of
from strategies.config import StrategyConfig


def waits(
    config: StrategyConfig, texts: Mapping[InstrumentId, str], leaving: str, held: Collection[InstrumentId]
) -> str:
    """Join the texts, each with its symbol; one that names it itself, or that two legs share, stands once.

    What is held says where it is left: by the strategy's own rule (`leaving`), at its stop, at its target, after its
    time.
    """
    said: dict[str, bool] = {}
    for instrument_id in sorted(texts, key=lambda instrument_id: instrument_id not in held):
        symbol, text = symbol_of(instrument_id), texts[instrument_id]
        item = text if symbol in text else f"{symbol} {text}"
        said[item] = said.get(item, False) or instrument_id in held
    exits = f", {_exits(config, leaving)}"
    return PART.join(item + exits * is_held for item, is_held in said.items())


def _exits(config: StrategyConfig, own: str) -> str:
    target, days = config.take_profit, config.time_horizon_days
    wish = _percent(target) if target is not None else ""
    time = f"{days:g} days" if days is not None else ""
    ways = (("exit", own), ("stop", _percent(-config.stop_loss)), ("target", wish), ("after", time))
    return " ".join(f"{name} {at}" for name, at in ways if at)


def _percent(fraction: float) -> str:
    return fmt.percent(Decimal(str(fraction)), 1)
