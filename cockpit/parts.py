"""The parts of a session as the settings name them: each is looked up in its catalog and made from its own table.

What a catalog or a table refuses becomes one sentence that names the file or the variable it came from.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from brokers.catalog import broker_class
from brokers.sim.simulated import SimulatedVenue
from cockpit.market import Bounds, Market, open_source
from cockpit.paths import Paths
from cockpit.settings import ConfigError, Settings
from cockpit.speed import Speed, SpeedError
from cockpit.symbols import with_ids
from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.position import PositionKey
from oms.domain.units import Money, require_precision
from oms.state import State
from risk.catalog import build_rules, build_sizer
from risk.engine import RiskManager
from risk.sizing.sizer import BaseSizer
from strategies import catalog as strategy_catalog
from strategies.base import BaseStrategy
from strategies.config import StrategyConfigurationError
from strategies.context import FLAT, Holding


def build_strategies(settings: Settings, folder: Path | None, listed: Sequence[InstrumentId]) -> list[BaseStrategy]:
    """Return the configured strategies in the order of the configuration, then those of the folder that no table
    mentions; a strategy without instruments of its own trades everything that is listed.

    Raises:
        ConfigError: a name is neither in the catalog nor in the folder, or its table is wrong.
    """
    try:
        own = strategy_catalog.load_path(folder) if folder is not None else {}
    except StrategyConfigurationError as error:  # it names the file, and no setting has said it
        raise ConfigError(str(error)) from error
    try:
        tables = {**settings.strategies, **{name: {} for name in own if name not in settings.strategies}}
        made = []
        for name, table in tables.items():
            kind = strategy_catalog.load(name, own)
            if table.get("instruments") in ([], ()):  # who writes that means none, and would get them all
                msg = f"[strategies.{name}] instruments names none; without it everything listed is traded"
                raise StrategyConfigurationError(msg)
            named = with_ids(table, kind.CONFIG, listed, f"strategies.{name}")
            strategy = strategy_catalog.make(name, kind, named)
            if not strategy.required_symbols():
                strategy = strategy_catalog.make(name, kind, {**named, "instruments": list(listed)})
            made.append(strategy)
        require_precision()  # a file of one's own has been run by now
        return made
    except ValueError as error:
        raise settings.refused(str(error)) from error


def build_gate(
    settings: Settings, market: Market, broker: BrokerId, account: AccountId
) -> tuple[RiskManager, BaseSizer]:
    """Return the gate with the configured rules, and the one sizer.

    Raises:
        ConfigError: a rule or the sizer is not in its catalog, or its table is wrong.
    """
    if len(settings.sizing) != 1:
        msg = f"[sizing] must name one sizer, got {', '.join(settings.sizing) or 'none'}"
        raise settings.refused(msg)
    ((name, options),) = settings.sizing.items()
    try:
        rules = build_rules(settings.risk)
        sizer = build_sizer(name, options, broker=broker, account=account)
    except ValueError as error:
        raise settings.refused(str(error)) from error
    risk = RiskManager(rules, hours=market.hours, feed_interval=market.feed.interval, fees=settings.fees)
    return risk, sizer


def gate_at_rest(settings: Settings) -> RiskManager:
    """Return the gate as the next start on the configured feed would build it, with nothing to judge.

    Raises:
        ConfigError: the feed cannot be read, or a rule or the sizer is not as its catalog has it.
    """
    source = open_source(settings)
    market = source.market(settings, source.listed, Bounds(), None)
    gate, _ = build_gate(settings, market, BrokerId(settings.session.broker), AccountId(settings.session.account))
    return gate


def read_speed(text: str) -> Speed:
    """Return the speed that a text names. Raises ConfigError."""
    try:
        return Speed.parse(text)
    except SpeedError as error:
        raise ConfigError(str(error)) from error


def broker_kind(settings: Settings) -> type[SimulatedVenue]:
    """Return the configured venue's class.

    Raises:
        ConfigError: it is none that is simulated.
    """
    kind = broker_class(settings.session.broker)
    if not issubclass(kind, SimulatedVenue):
        msg = f"[session] broker {settings.session.broker} is no simulated venue, which is what this mode trades on"
        raise settings.refused(msg)
    return kind


def build_broker(kind: type[SimulatedVenue], settings: Settings, market: Market, paths: Paths | None) -> SimulatedVenue:
    """Return the venue, with its book in the account's folder, or in memory without one; it has seen what the market
    did before."""
    broker = kind(
        account=AccountId(settings.session.account),
        cash=Money(settings.session.cash, settings.session.currency),
        seed=settings.session.seed,
        instruments=market.feed.instruments,
        fees=settings.fees,
        settings=settings.sim,
        book=paths.venue if paths is not None else None,
    )
    for bars in market.history:
        for bar in bars:
            broker.learn(bar)
    return broker


def position_of(state: State, broker: BrokerId, account: AccountId) -> Callable[[StrategyId, InstrumentId], Holding]:
    """Return what tells each strategy what it holds."""

    def held(strategy_id: StrategyId, instrument_id: InstrumentId) -> Holding:
        position = state.ledger.open.get(PositionKey(broker, account, instrument_id, strategy_id))
        if position is None:
            return FLAT
        return Holding(position.quantity, position.avg_px, position.ts_open or None)

    return held
