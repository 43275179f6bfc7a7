"""The composition root: settings and a mode become a session. Everything is built here, by hand and in the open.

Nothing below this file knows what mode it runs in, which broker it has or where its files lie.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from brokers.catalog import broker_class
from brokers.sim.venue import SimBroker
from brokers.synthetic import START as SYNTHETIC_START
from brokers.synthetic import SyntheticFeed
from brokers.tape import TapeFeed
from brokers.tapes.recording import SHIPPED, Recording, TapeError, read
from cockpit.config import ConfigError, Settings
from cockpit.latch import Latch
from cockpit.modes import MODES
from cockpit.paths import Paths
from cockpit.session import Session, fold
from cockpit.speed import Speed, SpeedError
from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide import Decider
from oms.domain import commands as do
from oms.domain.calendar import TradingHours
from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.market import Bar
from oms.domain.position import PositionKey
from oms.domain.units import SECOND, Money
from oms.engine import OrderManagementSystem
from oms.inbox import Inbox, Pace
from oms.journal.memory import MemoryJournal
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify
from oms.ports import LockstepFeed, Sizer
from oms.router import Router
from oms.state import State
from risk.catalog import build_rules, build_sizer
from risk.engine import RiskManager
from strategies import catalog as strategy_catalog
from strategies.base import FLAT, BaseStrategy, Holding
from strategies.config import StrategyConfigurationError
from strategies.runner import StrategyRunner

WARM_UP_SESSIONS = 260  # a year of days: the longest look-back of the strategies that ship
PREFIX = "SIM"  # of client order ids in simulated sessions


class Bounds(NamedTuple):
    """What ends a run, besides somebody ending it; dates are ISO and included."""

    start: str | None = None
    end: str | None = None
    bars: int | None = None


class Market(NamedTuple):
    """A feed, its trading hours by calendar name, and the bars that came before it."""

    feed: LockstepFeed
    hours: Mapping[str, TradingHours]
    history: Sequence[Sequence[Bar]]
    instant: int  # recorded nanoseconds between two instants
    begins: int  # an instant just before the first datum
    speed: str


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
    bounds: Bounds = Bounds(),
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
    journal = await SqliteJournal.open(paths.journal) if row.durable else MemoryJournal()
    try:
        await fold(journal, state, chains)
        return _assemble(
            settings,
            paths if row.durable else None,
            journal,
            state,
            chains,
            bounds,
            speed,
            strategy_path,
        )
    except BaseException:
        await journal.close()
        raise


def _assemble(
    settings: Settings,
    paths: Paths | None,
    journal: SqliteJournal | MemoryJournal,
    state: State,
    chains: Chains,
    bounds: Bounds,
    speed: str | None,
    strategy_path: Path | None,
) -> Built:
    wanted = settings.session
    strategies = build_strategies(settings, strategy_path)
    market = _market(settings, bounds, state.runs.tape_session, strategies)
    rate = _speed(speed or market.speed)
    account, broker_id = AccountId(wanted.account), BrokerId(wanted.broker)
    broker = _broker(settings, market, paths)
    risk, sizer = _gate(settings, market, broker_id, account)
    runner = StrategyRunner(strategies, _position_of(state, broker_id, account))
    latch = Latch(paths.halted if paths is not None else None)
    bus, pace = Bus(), Pace(rate.instants_per_sec(market.feed.instants_per_bar, market.instant))
    engine = OrderManagementSystem(
        state=state,
        decider=Decider(risk, sizer),
        reactor=runner,
        clock=SimClock(max(state.ts, market.begins)),
        wall=time.time_ns,
        chains=chains,
        journal=journal,
        bus=bus,
        router=Router({(broker_id, account): broker}, latch.flag),
    )
    session = Session(
        state=state,
        engine=engine,
        inbox=Inbox(market.feed, broker, pace),
        journal=journal,
        bus=bus,
        broker=broker,
        venue=broker,
        feed=market.feed,
        pace=pace,
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


def build_strategies(settings: Settings, folder: Path | None) -> list[BaseStrategy]:
    """Return the configured strategies, in the order of the configuration.

    Raises:
        ConfigError: a name is neither in the catalog nor in the folder, or its table is wrong.
    """
    try:
        own = strategy_catalog.load_path(folder) if folder is not None else {}
        return [
            strategy_catalog.make(name, own.get(name) or strategy_catalog.load(name), table)
            for name, table in settings.strategies.items()
        ] + [strategy_catalog.make(name, kind, {}) for name, kind in own.items() if name not in settings.strategies]
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


def _market(settings: Settings, bounds: Bounds, cursor: str | None, strategies: Sequence[BaseStrategy]) -> Market:
    if settings.session.feed == "synthetic":
        return _synthetic(settings)
    recording = _recording(settings.feed.tape.path)
    wanted = dict.fromkeys(name for strategy in strategies for name in strategy.required_symbols())
    try:
        feed = TapeFeed(
            recording,
            seed=settings.session.seed,
            instruments=tuple(wanted),
            start=bounds.start or settings.feed.tape.start,
            end=bounds.end,
            after=cursor,
            bars=bounds.bars,
        )
    except TapeError as error:
        raise ConfigError(str(error)) from error
    for instrument in feed.instruments:
        if instrument.currency != settings.session.currency:
            msg = f"{instrument.instrument_id} trades in {instrument.currency}, the account holds {settings.session.currency}"
            raise ConfigError(msg)
    dates = [session.date for session in recording.sessions]
    first = bisect_left(dates, feed.start)
    played = bisect_left(dates, cursor) - first if cursor is not None and cursor >= feed.start else 0
    return Market(
        feed=feed,
        hours={recording.hours.calendar: recording.hours},
        history=feed.history(WARM_UP_SESSIONS + played),
        instant=feed.interval,
        begins=recording.sessions[first].ts_open - 1,
        speed=settings.feed.tape.speed,
    )


def _synthetic(settings: Settings) -> Market:
    wanted = settings.feed.synthetic
    interval = SECOND * wanted.instruments // wanted.quotes_per_sec
    try:
        feed = SyntheticFeed(seed=settings.session.seed, count=wanted.instruments, interval=interval)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    calendar = feed.instruments[0].calendar
    return Market(
        feed=feed,
        hours={calendar: TradingHours.always(calendar)},
        history=(),
        instant=interval,
        begins=SYNTHETIC_START - 1,
        speed=wanted.speed,
    )


def _recording(name: str) -> Recording:
    path = SHIPPED if name == SHIPPED.name.removesuffix(".csv.gz") else Path(name)
    try:
        return read(path)
    except TapeError as error:
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
