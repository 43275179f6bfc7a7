"""The composition root: settings and a mode become a session. Everything is built here, by hand and in the open.

The core, the gate, the strategies and the brokers know neither the mode they run in, nor each other, nor where files
lie: they are handed what follows from it.
"""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from brokers.sim.simulated import SimulatedVenue
from cockpit.assembly import Memory, Minds, assemble
from cockpit.folders import demand_own
from cockpit.latch import Latch
from cockpit.link import LockstepLink
from cockpit.log.access import NAME as LOG
from cockpit.log.flattens import writing_ends
from cockpit.log.level import LogLevel
from cockpit.log.log import TradingLog
from cockpit.market import Bounds, Market, Source, open_source
from cockpit.modes import MODES, TradingMode
from cockpit.parts import broker_kind, build_broker, build_gate, build_strategies, position_of, read_speed
from cockpit.paths import Paths
from cockpit.recovery import recover
from cockpit.session import Session, show_past
from cockpit.settings import ConfigError, Settings
from cockpit.speed import Speed
from oms.chains import Chains
from oms.clock import SimClock
from oms.domain import commands as do
from oms.domain.capabilities import Capabilities
from oms.domain.events import RunStarted
from oms.domain.ids import AccountId, BrokerId, InstrumentId, Route
from oms.domain.market import Bar
from oms.domain.units import Quantity
from oms.inbox import Inbox
from oms.journal.chain import Chain
from oms.journal.errors import JournalError
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.journal.sqlite import SqliteJournal
from oms.pace import Pace
from oms.state import State
from risk.engine import RiskManager
from risk.sizing.sizer import BaseSizer
from strategies.config import StrategyConfigurationError
from strategies.runner import StrategyRunner

if TYPE_CHECKING:
    from cockpit.library.open_session import OpenSession
    from cockpit.library.place import Config

PREFIX = "SIM"  # of client order ids in simulated sessions


class Built(NamedTuple):
    """A session that has not started, and what a view wants to know besides its state. `impact` is what taking a
    quantity would move the price at its venue, as a fraction."""

    session: Session
    risk: RiskManager
    market: Market
    speed: Speed
    sizer: BaseSizer
    capabilities: Capabilities
    impact: Callable[[InstrumentId, Quantity], float]


@asynccontextmanager
async def open_session(
    mode: TradingMode | str = TradingMode.PAPER,
    config: "Config" = None,
    state: str | Path | None = None,
    seed: int | None = None,
    *,
    strategy_path: str | Path | None = None,
) -> AsyncIterator["OpenSession"]:
    """Open a session for a script, and close it in order however the script ends.

    `config` is a file or tables as one would hold them, `state` the folder that everything lies under, `seed` replaces
    the configured one, `strategy_path` is a folder with strategies of your own. The market stands still at the first
    prices until `run` lets it move.

    Raises:
        ConfigError: a setting names something that does not exist or cannot work.
        StrategyConfigurationError: a strategy cannot be found, loaded or made as configured.
        JournalError: the journal is held by another process, broken, newer than this program, or not the venue's.
        BrokerConnectionError: the broker cannot be reached.
        Failure: the socket that `cockpit stop` uses cannot be made.
    """
    # here and not above: the screen starts without them
    from cockpit.estop.doors import Doors
    from cockpit.library.commission import CommissionCalculator
    from cockpit.library.errors import BrokerConnectionError
    from cockpit.library.open_session import OpenSession
    from cockpit.library.place import find_place, to_path

    settings, paths = find_place(mode, config, state, seed)
    folder = to_path("strategy_path", strategy_path)
    try:
        built = await build(settings, paths, speed="max", strategy_path=folder)
    except ConfigError as error:
        if isinstance(error.__cause__, StrategyConfigurationError):
            raise StrategyConfigurationError(str(error)) from error
        raise
    except ConnectionError as error:
        raise BrokerConnectionError(str(error)) from error
    route = Route(BrokerId(settings.session.broker), AccountId(settings.session.account))
    doors = Doors(built.session, paths, settings) if MODES[settings.session.mode].durable else None
    charged = CommissionCalculator(settings.commission, route, built.session.state.instruments)
    history = built.market.history
    async with OpenSession(built.session, built.risk, route, history, doors, charged, built.sizer) as opened:
        yield opened


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
        ConfigError: a setting names something that does not exist or cannot work, or the journal is of another feed.
        JournalError: the journal is held by another process, broken, newer than this program, or not the venue's.
        ConnectionError: the venue's book cannot be read.
    """
    row = MODES[settings.session.mode]
    kept = paths if row.durable else None
    if kept is not None:
        demand_own(kept.state, kept.account)
    account, broker_id = AccountId(settings.session.account), BrokerId(settings.session.broker)
    kind = broker_kind(settings)
    state, chains = State({broker_id: kind.capabilities}), Chains()
    source = open_source(settings)
    strategies = build_strategies(settings, strategy_path, source.listed)
    runner = StrategyRunner(strategies, position_of(state, broker_id, account))
    end = recover(kept, state, chains, lambda fill: runner.recall((fill,))) if kept is not None else None
    _demand_same_feed(state.runs.started, source, settings.session.seed)
    market = source.market(settings, runner.required_symbols(), bounds, state.runs.tape_session)
    rate = read_speed(speed or market.speed)
    broker = build_broker(kind, settings, market, kept)
    risk, sizer = build_gate(settings, market, broker_id, account)
    async with AsyncExitStack() as undo:  # what is opened for writing comes last: a refused start leaves nothing new
        log = _log(paths.log / LOG, settings.log.level) if kept is not None else None
        if log is not None:
            undo.callback(log.close)
        journal = await _open(paths.journal, end) if end is not None else MemoryJournal()
        undo.push_async_callback(journal.close)
        parts = _Parts(market, rate, broker, risk, sizer, runner)
        latch = Latch(kept.halted if kept is not None else None)
        session = _wire(settings, latch, Memory(journal, state, chains), parts)
        if log is not None:
            log.follow(session.bus, state)
            session.pursuit.listen(writing_ends(log, state))
            session.latch.complain = log.log_security
            session.at_close(log.close)
        undo.pop_all()
    return Built(session, risk, market, rate, sizer, kind.capabilities, broker.impact_frac)


class _Parts(NamedTuple):
    """What a session is made of besides what it remembers."""

    market: Market
    rate: Speed
    broker: SimulatedVenue
    risk: RiskManager
    sizer: BaseSizer
    runner: StrategyRunner


def _wire(settings: Settings, latch: Latch, memory: Memory, parts: _Parts) -> Session:
    """Put the parts together; nothing here can be refused."""
    wanted, state = settings.session, memory.state
    market, rate, broker, risk, sizer, runner = parts
    inbox = Inbox(market.feed, broker, Pace(rate.tempo(market.feed)), state.next_deadline)

    def seen(bars: Sequence[Bar]) -> None:
        show_past(bars, runner, state)
        for bar in bars:
            broker.learn(bar)

    return assemble(
        broker=broker,
        feed=market.feed,
        minds=Minds(risk, sizer, runner),
        memory=memory,
        latch=latch,
        clock=SimClock(max(state.ts, market.begins)),
        wall=time.time_ns,
        inbox=inbox,
        link=lambda engine, router: LockstepLink(
            broker=broker,
            engine=engine,
            inbox=inbox,
            router=router,
            seen=seen,
        ),
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
            strategies=tuple(runner.strategies),
            paused=tuple(name for name, strategy in runner.strategies.items() if not strategy.config.enabled),
            latch=latch.found(),
        ),
    )


def _demand_same_feed(last: RunStarted | None, source: Source, seed: int) -> None:
    """Refuse to go on with other prices: positions, orders and engine time of a journal mean something on its own.

    Which of the feed's sessions and instruments are played may differ from run to run.

    Raises:
        ConfigError: the last run of the journal was on another feed.
    """
    if last is None or (last.feed, last.feed_hash) == (source.name, source.hash):
        return
    other = " and other settings or contents" if (last.feed, last.seed) == (source.name, seed) else ""
    msg = f"this journal was played on {last.feed} with seed {last.seed}{other}; --fresh begins a new one"
    raise ConfigError(msg)


async def _open(path: Path, end: Chain) -> Holdover:
    """Open the journal for writing, which must still end where it was folded to. Raises JournalError."""
    journal = await SqliteJournal.open(path)
    if (journal.seq, journal.hash) != end:
        await journal.close()
        msg = f"{path} was written by another process meanwhile; start again"
        raise JournalError(msg)
    return Holdover(journal)


def _log(path: Path, level: str) -> TradingLog:
    try:
        return TradingLog(path, LogLevel[level], wall=time.time_ns)
    except OSError as error:
        msg = f"the log cannot be written: {error}"
        raise ConfigError(msg) from error
