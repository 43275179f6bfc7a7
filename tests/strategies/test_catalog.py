from pathlib import Path

import pytest

from strategies.catalog import STRATEGIES, load, load_path, make
from strategies.config import StrategyConfigurationError
from strategies.trend_following import TrendFollowingStrategy

OPENING_RANGE = '''
from __future__ import annotations

from oms.domain.ids import InstrumentId
from oms.domain.market import Bar
from strategies.base import BaseStrategy, Signals
from strategies.context import Context
from strategies.config import StrategyConfig, StrategyType
from strategies.trend_following import TrendFollowingStrategy


Minutes = int


class OpeningRangeConfig(StrategyConfig, frozen=True, kw_only=True):
    """Its parameter."""

    minutes: Minutes = 30


class OpeningRange(BaseStrategy):
    """Waits."""

    TYPE = StrategyType.BREAKOUT
    CONFIG = OpeningRangeConfig
'''


def test_each_name_is_its_file_and_loads_a_strategy() -> None:
    for name, target in STRATEGIES.items():
        assert target.startswith(f"strategies.{name}:")
        assert load(name).__name__ == target.partition(":")[2]


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(StrategyConfigurationError, match=r"^\[strategies\] has no strategy momentun; it has: "):
        load("momentun")


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(StrategyConfigurationError, match=r"has no strategy ma_crosover; did you mean ma_crossover\?$"):
        load("ma_crosover")


def test_a_table_becomes_the_fields_of_the_strategy() -> None:
    made = make("trend_following", load("trend_following"), {"instruments": ["AAPL.XNAS"], "fast_period": 12})

    assert isinstance(made, TrendFollowingStrategy)
    assert (made.strategy_id, made.config.fast_period, made.config.slow_period) == ("trend_following", 12, 30)
    assert made.required_symbols() == ("AAPL.XNAS",)


def test_pairs_are_read_from_lists_of_two() -> None:
    made = make("pairs_trading", load("pairs_trading"), {"pairs": [["IBM.XNYS", "MSFT.XNAS"]]})

    assert made.required_symbols() == ("IBM.XNYS", "MSFT.XNAS")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"fast_perod": 12}, r"^\[strategies.trend_following\] has no option fast_perod; did you mean fast_period\?$"),
        ({"fast_period": "12"}, r'^\[strategies.trend_following\] fast_period must be a whole number, got "12"$'),
        ({"fast_period": 1.5}, r"^\[strategies.trend_following\] fast_period must be a whole number, got 1.5$"),
        ({"max_daily_loss": 1}, r"^\[strategies.trend_following\] has no option max_daily_loss; "),
        ({"max_trades_per_day": 1}, r"^\[strategies.trend_following\] has no option max_trades_per_day; "),
        ({"fast_period": 30}, r"\[strategies.trend_following\] fast_period is at least 1 and below slow_period"),
        ({"strategy_id": "other"}, r"\[strategies.trend_following\] has no option strategy_id"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_name(table: dict[str, object], message: str) -> None:
    with pytest.raises(StrategyConfigurationError, match=message):
        make("trend_following", load("trend_following"), table)


def test_a_file_in_a_folder_of_ones_own_is_a_strategy_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "opening_range.py").write_text(OPENING_RANGE)
    (tmp_path / "_shared.py").write_text("raise SystemExit")
    found = load_path(tmp_path)
    made = make("opening_range", found["opening_range"], {"instruments": ["AAPL.XNAS"], "minutes": 15})

    assert list(found) == ["opening_range"]
    assert made.get_status()["type"] == "BREAKOUT"


@pytest.mark.parametrize(
    "line",
    [
        "import brokers.sim.venue",
        "from brokers.sim.venue import SimBroker",
        "from brokers import catalog",
        "import oms",
        "from oms.engine import OrderManagementSystem",
        "from oms.domain.order import OrderTicket",
        "from oms.domain import commands",
        "import cockpit.session as session",
        "from risk.engine import RiskManager",
        "from strategies.runner import StrategyRunner",
        "def on_bar():\n    import oms.router",
    ],
)
def test_a_file_that_reaches_past_the_gate_is_refused_before_it_runs(line: str, tmp_path: Path) -> None:
    (tmp_path / "sly.py").write_text(f"{line}\nraise SystemExit\n")

    with pytest.raises(StrategyConfigurationError, match=r"sly.py:[12]: imports \S+: of the cockpit a strategy may"):
        load_path(tmp_path)


def test_what_is_not_of_the_cockpit_may_be_imported(tmp_path: Path) -> None:
    (tmp_path / "counting.py").write_text(OPENING_RANGE + "\nimport math, ast\nfrom oms.domain import units\n")

    assert list(load_path(tmp_path)) == ["counting"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("broken.py", "class X(:\n", r"broken.py:1: invalid syntax"),
        ("raising.py", "1 / 0\n", r"raising.py: ZeroDivisionError: division by zero"),
        ("empty.py", "", r"empty.py: expected one subclass of BaseStrategy, found none"),
        ("two.py", OPENING_RANGE + "\n\nclass Other(OpeningRange):\n    pass\n", r"found OpeningRange, Other"),
        ("untyped.py", OPENING_RANGE.replace("    TYPE =", "    KIND ="), r"OpeningRange does not say its TYPE"),
        ("mean_reversion.py", OPENING_RANGE, r"mean_reversion.py: the name mean_reversion is taken"),
        ("manual.py", OPENING_RANGE, r"manual.py: the name manual is taken"),
        ("leaving.py", "raise GeneratorExit\n", r"leaving.py: GeneratorExit"),
        ("quoting.py", "raise SyntaxError('one\\ntwo \\x1b[31mred')\n", r"quoting.py: one two \[31mred$"),
        ("returning.py", "return\n", r"returning.py:1: 'return' outside function$"),
        ("nested.py", "-" * 20_000 + "1\n", r"nested.py: (MemoryError|RecursionError)"),
        ("binary.py", "\0", r"binary.py: source code string cannot contain null bytes$"),
        (
            "refusing.py",
            "from strategies.config import require\nrequire(False, 'one\\ntwo')\n",
            r"refusing.py: StrategyConfigurationError: one two",
        ),
    ],
)
def test_a_file_that_is_no_strategy_is_refused_in_one_line(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(StrategyConfigurationError, match=message) as refused:
        load_path(tmp_path)
    assert str(refused.value).isprintable()


MADE_WRONG = """
from strategies.base import BaseStrategy
from strategies.config import StrategyType, require


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError


class Odd(BaseStrategy):
    TYPE = StrategyType.MOMENTUM
"""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def __init__(self, config): pass", r"its __init__ has to call super\(\).__init__\(config\)$"),
        (
            "def __init__(self, config): 1 / 0",
            r"Odd cannot be made, ZeroDivisionError: division by zero \(odd.py:14\)$",
        ),
        ("def __init__(self, config): raise SystemExit(3)", r"Odd cannot be made, SystemExit: 3"),
        ("def __init__(self, config): raise GeneratorExit", r"Odd cannot be made, GeneratorExit"),
        ("def __init__(self, config): raise Unspeakable", r"Odd cannot be made, Unspeakable \(odd.py:14\)$"),
        ("def __init__(self, config): require(False, 'one\\ntwo \\x1b[31mred')", r"one two \[31mred$"),
        ("def required_symbols(self): 1 / 0", r"Odd cannot be made, ZeroDivisionError: division by zero"),
        ("def required_symbols(self): return None", r"required_symbols\(\) returns ids of instruments, got None$"),
        ("def required_symbols(self): return (5,)", r"required_symbols\(\) returns ids of instruments, got \(5,\)$"),
        ("def required_symbols(self): return 'AAPL'", r"required_symbols\(\) returns ids of instruments, got 'AAPL'$"),
        (
            "warmup_bars = property(lambda self: -1, lambda self, bars: None)",
            r"warmup_bars is a number of bars, got -1$",
        ),
    ],
)
def test_a_strategy_that_cannot_be_made_is_refused_by_name_in_one_line(body: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(f"{MADE_WRONG}\n    {body}\n")
    kind = load_path(tmp_path)["odd"]

    with pytest.raises(StrategyConfigurationError, match=rf"^\[strategies.odd\] {message}") as refused:
        make("odd", kind, {})
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("when", ["now", "made"])
def test_ctrl_c_ends_the_loading_and_the_making_and_is_no_strategys_fault(when: str, tmp_path: Path) -> None:
    body = "raise KeyboardInterrupt" if when == "now" else "def __init__(self, config): raise KeyboardInterrupt"
    (tmp_path / "odd.py").write_text(f"{MADE_WRONG}\n    {body}\n")

    with pytest.raises(KeyboardInterrupt):
        make("odd", load_path(tmp_path)["odd"], {})


def test_a_folder_without_a_strategy_is_refused_for_whoever_names_one_has_some(tmp_path: Path) -> None:
    (tmp_path / "_shared.py").write_text("")
    (tmp_path / "notes.txt").write_text("")

    with pytest.raises(StrategyConfigurationError, match=rf"^{tmp_path}: holds no strategy"):
        load_path(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StrategyConfigurationError, match="is not a folder"):
        load_path(tmp_path / "nowhere")
