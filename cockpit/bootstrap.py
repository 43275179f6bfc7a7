"""The composition root: settings and a mode become a session. Everything is built here, by hand and in the open.

Nothing below this file knows what mode it runs in, which broker it has or where its files lie.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from brokers.catalog import broker_class
from brokers.sim.venue import SimBroker
from cockpit.config import ConfigError, Settings
from cockpit.latch import Latch
from cockpit.log import LogLevel, TradingLog
from cockpit.market import Bounds, Market, open_source
from cockpit.modes import MODES
from cockpit.paths import Paths
from cockpit.session import Session, fold
from cockpit.speed import Speed, SpeedError
from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide import Decider
from oms.domain import commands as do
from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.position import PositionKey
from oms.domain.units import Money
from oms.engine import OrderManagementSystem
from oms.inbox import Inbox, Pace
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify
from oms.ports import Sizer
from oms.router import Router
from oms.state import State
from risk.catalog import build_rules, build_sizer
from risk.engine import RiskManager
from strategies import catalog as strategy_catalog
from strategies.base import FLAT, BaseStrategy, Holding
from strategies.config import StrategyConfigurationError
from strategies.runner import StrategyRunner

PREFIX = "SIM"  # of client order ids in simulated sessions


class Built(NamedTuple):
    """A session that has not started, and what a view wants to know besides its state."""

    session: Session
    risk: RiskManager
    market: Market
    speed: Speed


async def build(
    settings: Settings,
    paths: Paths,
    *,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    speed: str | None = None,
    strategy_path: Path | None = None,
) -> Built:
    """Build a session on the journal as it is; it is folded, and nothing has begun.

    Raises:
        ConfigError: a setting names something that does not exist or cannot work.
        JournalError: the journal is held by another process, broken, or newer than this program.
    """
    row = MODES[settings.session.mode]
    state, chains = State(), Chains()
    if row.durable and paths.journal.exists():
        verify(paths.journal)
    journal = Holdover(await SqliteJournal.open(paths.journal)) if row.durable else MemoryJournal()
    try:
        fills = await fold(journal, state, chains)
        built = _assemble(
            settings,
            paths if row.durable else None,
            journal,
            state,
            chains,
            bounds,
            speed,
            strategy_path,
        )
        built.session.runner.recall(fills)
        if row.durable:
            _log(built.session, paths.log / "cockpit.jsonl", settings.log.level)
        return built
    except BaseException:
        await journal.close()
        raise


def _assemble(
    settings: Settings,
    paths: Paths | None,
    journal: Holdover | MemoryJournal,
    state: State,
    chains: Chains,
    bounds: Bounds,
    speed: str | None,
    strategy_path: Path | None,
) -> Built:
    wanted = settings.session
    source = open_source(settings)
    strategies = build_strategies(settings, strategy_path, source.listed)
    required = dict.fromkeys(name for strategy in strategies for name in strategy.required_symbols())
    market = source.market(settings, tuple(required), bounds, state.runs.tape_session)
    rate = _speed(speed or market.speed)
    account, broker_id = AccountId(wanted.account), BrokerId(wanted.broker)
    broker = _broker(settings, market, paths)
    risk, sizer = _gate(settings, market, broker_id, account)
    runner = StrategyRunner(strategies, _position_of(state, broker_id, account))
    latch = Latch(paths.halted if paths is not None else None)
    bus, pace = Bus(), Pace(rate.instants_per_sec(market.feed.instants_per_bar, market.instant))
    router = Router({(broker_id, account): broker}, latch.flag)
    engine = OrderManagementSystem(
        state=state,
        decider=Decider(risk, sizer),
        reactor=runner,
        clock=SimClock(max(state.ts, market.begins)),
        wall=time.time_ns,
        chains=chains,
        journal=journal,
        bus=bus,
        router=router,
    )
    session = Session(
        engine=engine,
        inbox=Inbox(market.feed, broker, pace),
        journal=journal,
        bus=bus,
        router=router,
        chains=chains,
        broker=broker,
        latch=latch,
        runner=runner,
        begin=do.BeginRun(
            actor="session",
            prefix=PREFIX,
            mode=wanted.mode.value,
            seed=wanted.seed,
            config_hash=settings.text_hash,
            feed=market.feed.name,
            feed_hash=market.feed.hash,
            currency=wanted.currency,
            instruments=market.feed.instruments,
            limits=risk.limits(),
            strategies=tuple(strategy.strategy_id for strategy in strategies),
            latch=latch.found(),
        ),
    )
    return Built(session, risk, market, rate)


def _log(session: Session, path: Path, level: str) -> None:
    try:
        log = TradingLog(path, LogLevel[level])
    except OSError as error:
        msg = f"the log cannot be written: {error}"
        raise ConfigError(msg) from error
    session.bus.subscribe(log.watch)
    session.at_close(log.close)


def build_strategies(settings: Settings, folder: Path | None, listed: Sequence[InstrumentId]) -> list[BaseStrategy]:
    """Return the configured strategies in the order of the configuration, then those of the folder that no table
    mentions; a strategy without instruments of its own trades everything that is listed.

    Raises:
        ConfigError: a name is neither in the catalog nor in the folder, or its table is wrong.
    """
    try:
        own = strategy_catalog.load_path(folder) if folder is not None else {}
        tables = {**settings.strategies, **{name: {} for name in own if name not in settings.strategies}}
        made = []
        for name, table in tables.items():
            kind = own.get(name) or strategy_catalog.load(name)
            strategy = strategy_catalog.make(name, kind, table)
            if not strategy.required_symbols():
                strategy = strategy_catalog.make(name, kind, {**table, "instruments": list(listed)})
            made.append(strategy)
        return made
    except StrategyConfigurationError as error:
        msg = f"{settings.origin}: {error}"
        raise ConfigError(msg) from error


def _gate(settings: Settings, market: Market, broker: BrokerId, account: AccountId) -> tuple[RiskManager, Sizer]:
    if len(settings.sizing) != 1:
        msg = f"{settings.origin}: [sizing] names one sizer, got {', '.join(settings.sizing) or 'none'}"
        raise ConfigError(msg)
    ((name, options),) = settings.sizing.items()
    try:
        rules = build_rules(settings.risk)
        sizer = build_sizer(name, options, broker=broker, account=account)
    except ValueError as error:
        msg = f"{settings.origin}: {error}"
        raise ConfigError(msg) from error
    risk = RiskManager(rules, hours=market.hours, feed_interval=market.feed.interval, fees=settings.commission)
    return risk, sizer


def _speed(text: str) -> Speed:
    try:
        return Speed.parse(text)
    except SpeedError as error:
        raise ConfigError(str(error)) from error


def _broker(settings: Settings, market: Market, paths: Paths | None) -> SimBroker:
    try:
        kind = broker_class(settings.session.broker)
    except ValueError as error:
        msg = f"{settings.origin}: [session] {error}"
        raise ConfigError(msg) from error
    if not issubclass(kind, SimBroker):
        msg = f"{settings.origin}: [session] broker {settings.session.broker!r} cannot be simulated"
        raise ConfigError(msg)
    return kind(
        account=AccountId(settings.session.account),
        cash=Money(settings.session.cash, settings.session.currency),
        seed=settings.session.seed,
        instruments=market.feed.instruments,
        fees=settings.commission,
        settings=settings.sim,
        book=paths.venue if paths is not None else None,
    )


def _position_of(state: State, broker: BrokerId, account: AccountId) -> Callable[[StrategyId, InstrumentId], Holding]:
    def position_of(strategy_id: StrategyId, instrument_id: InstrumentId) -> Holding:
        position = state.ledger.open.get(PositionKey(broker, account, instrument_id, strategy_id))
        return Holding(position.quantity, position.avg_px) if position is not None else FLAT

    return position_of
