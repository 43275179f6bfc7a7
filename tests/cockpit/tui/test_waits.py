"""What a strategy waits for, in the order in which it matters."""

from cockpit.tui.waits import waits
from strategies.config import StrategyConfig
from tests.cockpit.tui import scene

IBM, AAPL, MSFT = (scene.SHARES[symbol].instrument_id for symbol in ("IBM", "AAPL", "MSFT"))


def config(take_profit: float | None = None, days: float | None = None) -> StrategyConfig:
    return StrategyConfig(strategy_id=scene.TREND, stop_loss=0.02, take_profit=take_profit, time_horizon_days=days)


def test_what_is_held_stands_first_and_says_where_it_is_left() -> None:
    texts = {AAPL: "gap +0.4%", IBM: "gap +2.0%"}

    assert waits(config(), texts, "0", {IBM}) == "IBM gap +2.0%, exit 0 stop -2.0% · AAPL gap +0.4%"
    assert waits(config(0.05), {IBM: "gap"}, "0", {IBM}) == "IBM gap, exit 0 stop -2.0% target +5.0%"
    assert waits(config(days=2.5), {IBM: "gap"}, "", {IBM}) == "IBM gap, stop -2.0% after 2.5 days"


def test_a_text_of_two_legs_stands_once_and_is_held_with_either() -> None:
    texts = {IBM: "IBM/MSFT z -0.73", MSFT: "IBM/MSFT z -0.73", AAPL: "12/30 bars"}

    assert waits(config(), texts, "0", set()) == "IBM/MSFT z -0.73 · AAPL 12/30 bars"
    assert waits(config(), texts, "0", {MSFT}).startswith("IBM/MSFT z -0.73, exit 0 stop -2.0% · ")
