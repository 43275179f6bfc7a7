"""A session without a screen: it runs until its bounds, its tape, its time or a signal ends it.

Every end but one is the same orderly end: what waits is decided, the run's end is journaled, the socket and then the
journal are closed. The exception is a second signal, which leaves at once; the journal is intact then too, because
each of its commits is, and only lacks the run's end. Losing the terminal ends nothing: it is journaled and the run
goes on.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from brokers.tape import TapeFeed
from cockpit import format as shown
from cockpit.bootstrap import Built, build
from cockpit.early import EARLY
from cockpit.estop.doors import Doors
from cockpit.exits import Exit, Failure
from cockpit.market import Bounds
from cockpit.modes import MODES
from cockpit.paths import Paths
from cockpit.queries.plain import Json
from cockpit.report import Ending, Tape, books_of, report
from cockpit.settings import Settings
from cockpit.settle import settle
from cockpit.stats.counts import RunCounts
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import strategy_events as sev
from oms.domain.text import sanitize
from oms.domain.units import SECOND
from oms.journal.chain import trace_of
from oms.journal.memory import MemoryJournal
from oms.journal.reader import read_rows

TELL_SECS: Final = 5.0
ENDING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Plan(NamedTuple):
    """What a headless run is asked for, besides its settings. `tell` is given a line of progress now and then, `alarm`
    one when trading stops or a strategy falls out."""

    bounds: Bounds = Bounds()
    speed: str | None = None
    strategy_path: Path | None = None
    duration_secs: float | None = None
    tell: Callable[[str], None] | None = None
    alarm: Callable[[str], None] | None = None


def play(settings: Settings, paths: Paths, plan: Plan) -> Json:
    """Run to the end and return the report.

    Raises:
        ConfigError: a setting names something that does not exist or cannot work.
        JournalError: the journal is held by another process, broken, newer, or could not be written.
        ConnectionError: the broker cannot be reached.
        Failure: the bounds do not fit the feed, or the socket cannot be made.
    """
    if settings.session.feed != "tape" and plan.bounds != Bounds():
        message = f"--bars, --from and --to bound a tape; the feed is {settings.session.feed}: use --duration"
        raise Failure(Exit.USAGE, "USAGE", message)
    with _signals_end_at_once():
        return asyncio.run(_play(settings, paths, plan, time.monotonic()))


async def _play(settings: Settings, paths: Paths, plan: Plan, began: float) -> Json:
    built = await build(settings, paths, bounds=plan.bounds, speed=plan.speed, strategy_path=plan.strategy_path)
    before = books_of(built.session.state)
    run = HeadlessRun(settings, paths, plan, built)
    await run.play()
    journal = built.session.journal
    trace = (
        journal.trace()
        if isinstance(journal, MemoryJournal)
        else trace_of(islice(read_rows(paths.journal), journal.seq))
    )
    ending = Ending(
        seq=journal.seq,
        hash=journal.hash,
        trace=trace,
        seed=settings.session.seed,
        wall_secs=time.monotonic() - began,
        ended_by=str(built.session.ended_by),
    )
    return report(run.counts, before, built.session.state, run.tape, ending)


class HeadlessRun:
    """One run of a session that is built and has not started."""

    def __init__(self, settings: Settings, paths: Paths, plan: Plan, built: Built) -> None:
        self._plan = plan
        self._built = built
        self._session = session = built.session
        self._row = MODES[settings.session.mode]
        self._account = shown.masked(settings.session.account)
        self._doors = Doors(session, paths, settings) if self._row.durable else None
        self._played: list[str] = []  # the sessions that this run has played to their end
        self._seen = 0  # quotes, when the last of these ended
        self._overdue = False
        self._leaving = False
        self.counts = RunCounts([row.rule for row in built.risk.limits()])
        session.bus.subscribe(lambda record: self.counts.watch(record, session.state))
        session.bus.subscribe(self._at_a_boundary, ev.TapePositioned)
        session.bus.subscribe(self._alarm, ev.TradingHalted, ev.TradingReduced, sev.StrategyFaulted)

    @property
    def tape(self) -> Tape:
        """What was played."""
        feed = self._session.feed
        return Tape(feed.name, next(iter(self._played), None), next(reversed(self._played), None), feed.hash)

    async def play(self) -> None:
        """Start, serve until something ends the run, and close everything. Raises what starting and serving raise."""
        loop = asyncio.get_running_loop()
        try:
            self._catch_signals(loop)
            if self._doors is not None:
                await self._doors.open()
                self._doors.watcher.hear_signal()
            await self._session.start(self._built.market.history)
        except BaseException:  # also a cancellation leaves neither socket nor lock behind
            await self._let_go()
            await self._session.close()
            raise
        settle()
        if self._plan.duration_secs is not None:
            loop.call_later(self._plan.duration_secs, self._elapsed)
        serving = asyncio.create_task(self._session.serve())
        beside = [asyncio.create_task(self._session.inbox.feed_ended.wait()), asyncio.create_task(self._tell())]
        try:
            await asyncio.wait([serving, beside[0]], return_when=asyncio.FIRST_COMPLETED)
            self._session.end("session", self._bound_reached())
            await serving
        finally:
            for task in beside:
                task.cancel()
            await self._let_go()

    def _bound_reached(self) -> str:
        bounds = self._plan.bounds
        if bounds.bars is not None and len(self._played) >= bounds.bars:
            return "bars"
        return "to" if bounds.end is not None else "tape"

    def _at_a_boundary(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.TapePositioned):
            self._played.append(record.event.session)
            self._seen = self.counts.quotes
            if self._overdue:
                self._session.end("session", "duration")

    def _alarm(self, record: ev.Record) -> None:
        if self._plan.alarm is None:
            return
        match record.event:
            case ev.TradingHalted(text=text):
                by = sanitize(self._session.state.trading.closed_by)
                self._plan.alarm(f"HALTED by {by}: {sanitize(text)}; cockpit resume goes on")
            case ev.TradingReduced(cause=cause, text=text):
                self._plan.alarm(f"REDUCING by {cause}: {sanitize(text)}")
            case sev.StrategyFaulted(strategy_id=name, text=text):
                self._plan.alarm(f"{sanitize(name)} raised and is out: {sanitize(text)}")
            case _:
                pass

    def _elapsed(self) -> None:
        """End at the tape's next boundary; between two sessions that is now, as it is on a feed without any."""
        self._overdue = True
        feed, tempo = self._session.feed, self._session.pace.tempo
        between = bool(self._played) and self.counts.quotes == self._seen
        if between or self._waits_for_resume or not isinstance(feed, TapeFeed):
            self._session.end("session", "duration")
        elif tempo is not None and self._plan.tell is not None:
            left = feed.instants_per_bar - feed.instant % feed.instants_per_bar
            secs = tempo.secs(feed.interval) * left
            if secs > TELL_SECS:
                self._plan.tell(
                    f"--duration is over; the run ends with its session, in about {shown.age(int(secs * SECOND))}"
                )

    def _catch_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in ENDING_SIGNALS:
            loop.add_signal_handler(number, self._leave, number)
        loop.add_signal_handler(signal.SIGHUP, self._terminal_lost)

    def _leave(self, number: signal.Signals) -> None:
        if self._leaving:
            EARLY.leave(number, message="ended at once by a second signal, {}; the journal is whole")
        self._leaving = True
        self._session.end("signal", number.name)

    def _terminal_lost(self) -> None:
        self._session.inbox.put(do.NoteTerminalLost(actor="signal", cause="SIGHUP", policy="keep"))

    @property
    def _waits_for_resume(self) -> bool:
        """Whether a lost journal or venue has stopped the feed, which only a person's resume moves again."""
        return self._session.pace.paused and self._session.latch.flag.is_set()

    async def _let_go(self) -> None:
        if self._doors is not None:
            await self._doors.close()

    async def _tell(self) -> None:
        """Say where we are, first and then every few seconds; of a run that stands still, once what it waits for."""
        tell = self._plan.tell
        if tell is None:
            return
        feed, rate = self._session.feed.name, self._built.speed
        run = f"run {self._session.state.runs.run_id}, process {os.getpid()}"
        tell(f"{self._row.banner} {self._account} {feed} at {rate}, {run}")
        told = False
        while True:
            await asyncio.sleep(TELL_SECS)
            if self._waits_for_resume:
                if not told:
                    tell("the run stands still until cockpit resume, or until a signal ends it")
                told = True
                continue
            told = False
            state, counts = self._session.state, self.counts
            tell(
                f"{shown.minute(state.ts)}  bars {shown.count(counts.bars)}  orders {shown.count(counts.orders)}  "
                f"fills {shown.count(counts.fills)}  equity {shown.money(state.equity.now)}"
            )


@contextmanager
def _signals_end_at_once() -> Iterator[None]:
    """Until a run listens to signals there is nothing to end in order, so they end the process, without a traceback."""
    before = {number: signal.signal(number, EARLY.leave) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
