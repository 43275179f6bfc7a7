"""What the keys do: every act of the person at the screen, as commands to the session and words about what came of it.

Nothing here knows a screen. A command is put into the inbox like anybody's, and what is reported is read from the
records that came back after the commit, so no message ever says more than what is durable. The stop is the exception
in order only: its latch is set before anything is queued, awaited or drawn.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cockpit import format as fmt
from cockpit.flatten import flatten_in_rounds
from cockpit.market import Market
from cockpit.session import Session
from cockpit.settling import Settling
from cockpit.speed import Speed
from cockpit.switch import StopStands
from cockpit.tui.aftermath import cancels_of, flattened, results, said_of
from cockpit.tui.keymap import Keymap
from cockpit.tui.said import PART, Said
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.order import Purpose
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.journal.errors import JournalError
from oms.lanes import EngineEnded

ACTOR: Final = "operator"
CANCEL_SECS: Final = 3.0
"""How long quitting waits for venues to confirm cancels."""
SHORTEST_SECS: Final = 1e-6
LONGEST_SECS: Final = 4.0
"""Wall seconds of one instant above which a tape would look dead."""
ENDED: Final = Said("the tape has ended", "warn")


class Paused(NamedTuple):
    """What came of a pause, and whom it paused: those that were paused before are not among them."""

    said: Said
    strategies: tuple[StrategyId, ...]


class Operator:
    """One person's hands on one session."""

    def __init__(self, session: Session, market: Market, speed: Speed, keymap: Keymap) -> None:
        self._session = session
        self._keymap = keymap
        self._market = market
        self.speed = speed
        self._settling = Settling(session.bus, session.state)

    @property
    def expected_secs(self) -> float:
        """Wall seconds between two arrivals at the present speed."""
        tempo = self.speed.tempo(self._market.feed)
        return max(tempo.secs(self._market.feed.interval), self._session.pace.lasts) if tempo else 0.0

    @property
    def is_automation_on(self) -> bool:
        """Whether any strategy's signals go through."""
        roster = self._session.state.roster
        return any(roster.is_enabled(strategy_id) for strategy_id in roster.by_id)

    # -- the tape -------------------------------------------------------------------------------------------------

    def pause_tape(self) -> Said:
        """Hold the tape, or let it go on."""
        if self._session.inbox.feed_ended.is_set():
            return ENDED
        pace = self._session.pace
        pace.pause(paused=not pace.paused)
        if not pace.paused:
            return Said("the tape goes on")
        return Said(f"tape paused; {self._keymap.shown('tape.pause')} goes on", "warn")

    def change_speed(self, factor: int) -> Said:
        """Play the tape `factor` times as fast; a negative factor slows it down."""
        if self._session.inbox.feed_ended.is_set():
            return ENDED
        wanted = self.speed.scaled(factor)
        tempo = wanted.tempo(self._market.feed)
        if tempo is None:
            return Said("the tape plays as fast as it can; restart with --speed N for another", "warn")
        secs = tempo.secs(self._market.feed.interval)
        if secs < SHORTEST_SECS if factor > 0 else secs > LONGEST_SECS:
            return Said(f"{self.speed} is as far as it goes", "warn")
        self.speed = wanted
        pace = self._session.pace
        pace.set(tempo)
        return Said(f"speed {self.speed}{', the tape is paused' if pace.paused else ''}")

    def way_back(self) -> Callable[[], Said]:
        """Return what would make the tape go as it goes now."""
        pace, paused, speed = self._session.pace, self._session.pace.paused, self.speed

        def back() -> Said:
            if self._session.inbox.feed_ended.is_set():
                return ENDED
            self.speed = speed
            pace.set(speed.tempo(self._market.feed))
            pace.pause(paused=paused)
            if not paused:
                return Said(f"taken back: speed {speed}, the tape runs")
            goes_on = f"{self._keymap.shown('tape.pause')} goes on"
            return Said(f"taken back: speed {speed}, the tape is paused{PART}{goes_on}", "warn")

        return back

    # -- trading ----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop all trading now. The latch is closed when this returns; the cancels follow, and `aftermath` tells."""
        self._session.switch.halt(ACTOR, "emergency stop")

    def aftermath(self) -> Said | None:
        """Return what has come of the stop so far; None when there was none, or trading was resumed."""
        return said_of(self._session, self._keymap)

    @property
    def cancels(self) -> str:
        """How far the cancels of a stop have come, for the top row."""
        return cancels_of(self._session)

    @property
    def results(self) -> Sequence[str]:
        """What has come of the stop so far in a few words; empty when there was none, or trading was resumed."""
        return results(self._session)

    async def resume_trading(self) -> Said:
        """Open the gate again; strategies stay paused. What failed has to work first: the journal, the venue."""
        try:
            records = await self._session.switch.resume(ACTOR)
        except (JournalError, ConnectionError, StopStands) as error:
            return Said(sanitize(f"not resumed: {error}"), "danger")
        if (refused := _refusal(records)) is not None:
            return refused
        legs = [one.event.ticket for one in records if isinstance(one.event, oev.OrderInitialized)]
        made = sum(leg.purpose is Purpose.CLOSE for leg in legs)
        targets = f"; {fmt.plural(made, 'target')} made anew" if made else ""
        return Said(f"trading resumed{targets}; strategies stay paused until {self._keymap.shown('strategies.pause')}")

    async def pause_strategies(self, strategy_id: StrategyId | None = None) -> Paused:
        """Discard what a strategy says from now on, or what all of them say."""
        records = await self._ask(do.PauseStrategy(actor=ACTOR, strategy_id=strategy_id))
        if isinstance(records, Said):
            return Paused(records, ())
        paused = tuple(one.event.strategy_id for one in records if isinstance(one.event, sev.StrategyPaused))
        return Paused(Said(f"{strategy_id or fmt.plural(len(paused), 'strategy')} paused", "warn"), paused)

    async def resume_strategies(self, *strategy_ids: StrategyId) -> Said:
        """Let the signals of these strategies through again."""
        enabled = 0
        for strategy_id in strategy_ids:
            records = await self._ask(do.EnableStrategy(actor=ACTOR, strategy_id=strategy_id))
            if isinstance(records, Said):
                return records
            enabled += sum(isinstance(record.event, sev.StrategyEnabled) for record in records)
        alone = strategy_ids[0] if len(strategy_ids) == 1 else None
        return Said(f"{alone or fmt.plural(enabled, 'strategy')} resumed")

    async def stop_strategy(self, strategy_id: StrategyId) -> Said:
        """Hear a strategy no more, and cancel its orders but those that protect."""
        records = await self._ask(do.StopStrategy(actor=ACTOR, strategy_id=strategy_id))
        if isinstance(records, Said):
            return records
        key = self._keymap.shown("strategy.pause")
        return Said(f"{strategy_id} stopped{PART}{key} on it lets it trade again", "warn")

    async def flatten(self, instrument_id: InstrumentId | None = None, strategy_id: StrategyId | None = None) -> Said:
        """Give back what is held of an instrument, by everyone or by one strategy, or everything, at the market, also
        while trading is stopped; what that takes was typed."""
        try:
            done = await flatten_in_rounds(
                self._session, self._settling, ACTOR, instrument_id, CANCEL_SECS, strategy_id=strategy_id
            )
        except (JournalError, EngineEnded) as error:
            return Said(sanitize(f"not flattened: {error}"), "danger")
        if done.refused and not done.sent:
            return Said(sanitize(f"not flattened: {done.refused}"), "warn")
        return flattened(self._session.state, done, instrument_id, strategy_id)

    async def note_export(self, path: str, sha256: str) -> Said | None:
        """Journal that the screen was written to a file; return why it is not journaled, None where it is."""
        try:
            await self._session.inbox.ask(do.NoteExport(actor=ACTOR, path=path, sha256=sha256))
        except (JournalError, EngineEnded) as error:
            return Said(sanitize(PART.join((f"{Path(path).name} is written and not journaled", str(error)))), "danger")
        return None

    @property
    def is_halted(self) -> bool:
        """Whether trading is stopped, by whomever."""
        return self._session.latch.flag.is_set() or self._session.state.trading.state is not TradingState.ACTIVE

    async def _ask(self, command: do.Command) -> Sequence[ev.Record] | Said:
        """Return what a command caused, or why nothing was done: it was refused, or could not be journaled."""
        try:
            records = await self._session.inbox.ask(command)
        except (JournalError, EngineEnded) as error:
            return Said(sanitize(f"nothing was done: {error}"), "danger")
        refused = _refusal(records)
        return records if refused is None else refused


def _refusal(records: Sequence[ev.Record]) -> Said | None:
    texts = [record.event.text for record in records if isinstance(record.event, ev.CommandRefused)]
    return Said(f"refused: {sanitize(texts[0])}", "warn") if texts else None
