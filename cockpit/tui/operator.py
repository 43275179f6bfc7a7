"""What the keys do: every act of the person at the screen, as commands to the session and words about what came of it.

Nothing here knows a screen. A command is put into the inbox like anybody's, and what is reported is read from the
records that came back after the commit, so no message ever says more than what is durable. The stop is the exception
in order only: its latch is set before anything is queued, awaited or drawn.
"""

from collections.abc import Callable, Sequence
from typing import Final

from cockpit import format as fmt
from cockpit.flatten import flatten_in_rounds
from cockpit.market import Market
from cockpit.session import Session, StopStands
from cockpit.settling import Settling
from cockpit.speed import Speed
from cockpit.tui.aftermath import said_of, stay
from cockpit.tui.keymap import Keymap
from cockpit.tui.said import PART, Said
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import InstrumentId, StrategyId, symbol_of
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.journal.errors import JournalError
from oms.lanes import EngineEnded

ACTOR: Final = "operator"
CANCEL_SECS: Final = 3.0
"""How long quitting waits for venues to confirm cancels."""
SHORTEST_SECS: Final = 1e-6
LONGEST_SECS: Final = 4.0
"""Wall seconds of one instant above which a tape would look dead."""
ENDED: Final = Said("the tape has ended", "warn")


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
        self._session.pace.set(tempo)
        return Said(f"speed {self.speed}")

    def way_back(self) -> Callable[[], Said]:
        """Return what would make the tape go as it goes now."""
        pace, paused, speed = self._session.pace, self._session.pace.paused, self.speed

        def back() -> Said:
            if self._session.inbox.feed_ended.is_set():
                return ENDED
            said = f"speed {speed}" if self.speed != speed else "tape paused" if paused else "the tape goes on"
            self.speed = speed
            pace.set(speed.tempo(self._market.feed))
            pace.pause(paused=paused)
            return Said(f"taken back: {said}")

        return back

    # -- trading ----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop all trading now. The latch is closed when this returns; the cancels follow, and `aftermath` tells."""
        self._session.halt(ACTOR, "emergency stop")

    def aftermath(self) -> Said | None:
        """Return what has come of the stop so far; None when there was none, or trading was resumed."""
        return said_of(self._session, self._keymap)

    async def resume_trading(self) -> Said:
        """Open the gate again; strategies stay paused. What failed has to work first: the journal, the venue."""
        try:
            records = await self._session.resume(ACTOR)
        except (JournalError, ConnectionError, StopStands) as error:
            return Said(sanitize(f"not resumed: {error}"), "danger")
        if (refused := _refusal(records)) is not None:
            return refused
        return Said(f"trading resumed; strategies stay paused until {self._keymap.shown('strategies.pause')}")

    async def pause_strategies(self, strategy_id: StrategyId | None = None) -> Said:
        """Discard what a strategy says from now on, or what all of them say."""
        records = await self._session.inbox.ask(do.PauseStrategy(actor=ACTOR, strategy_id=strategy_id))
        if (refused := _refusal(records)) is not None:
            return refused
        paused = sum(isinstance(record.event, ev.StrategyPaused) for record in records)
        return Said(f"{strategy_id or fmt.plural(paused, 'strategy')} paused", "warn")

    async def resume_strategies(self, strategy_id: StrategyId | None = None) -> Said:
        """Let a strategy's signals through again, or those of all that are paused."""
        records = await self._session.inbox.ask(do.EnableStrategy(actor=ACTOR, strategy_id=strategy_id))
        if (refused := _refusal(records)) is not None:
            return refused
        enabled = sum(isinstance(record.event, ev.StrategyEnabled) for record in records)
        return Said(f"{strategy_id or fmt.plural(enabled, 'strategy')} resumed")

    async def stop_strategy(self, strategy_id: StrategyId) -> Said:
        """Hear a strategy no more, and cancel its orders but those that protect."""
        records = await self._session.inbox.ask(do.StopStrategy(actor=ACTOR, strategy_id=strategy_id))
        if (refused := _refusal(records)) is not None:
            return refused
        key = self._keymap.shown("strategy.pause")
        return Said(f"{strategy_id} stopped{PART}{key} on it lets it trade again", "warn")

    async def flatten(self, instrument_id: InstrumentId | None = None) -> Said:
        """Give back what is held of an instrument, or everything, at the market, also while trading is stopped; what
        that takes was typed."""
        state = self._session.state
        try:
            done = await flatten_in_rounds(self._session, self._settling, ACTOR, instrument_id, CANCEL_SECS)
        except (JournalError, EngineEnded) as error:
            return Said(sanitize(f"not flattened: {error}"), "danger")
        if done.refused and not done.sent:
            return Said(sanitize(f"not flattened: {done.refused}"), "warn")
        filled = sum(state.blotter.orders[order_id].status is OrderStatus.FILLED for order_id in done.sent)
        nets = state.ledger.net.items()
        held = sum(net != ZERO for key, net in nets if instrument_id in (None, key.instrument_id))
        left = stay(held) if instrument_id is None else f"{symbol_of(instrument_id)} {'stays' if held else 'is flat'}"
        told = [f"FLATTENED: {fmt.count(filled)}/{fmt.count(len(done.sent))} orders filled", left]
        if done.denied:
            told.append(f"{fmt.plural(len(done.denied), 'order')} denied")
        if done.refused:
            told.append(done.refused)
        return Said(sanitize(PART.join(told)), "danger" if held else "warn")

    async def note_export(self, path: str, sha256: str) -> None:
        """Journal that the screen was written to a file."""
        await self._session.inbox.ask(do.NoteExport(actor=ACTOR, path=path, sha256=sha256))

    @property
    def is_halted(self) -> bool:
        """Whether trading is stopped, by whomever."""
        return self._session.latch.flag.is_set() or self._session.state.trading.state is not TradingState.ACTIVE


def _refusal(records: Sequence[ev.Record]) -> Said | None:
    texts = [record.event.text for record in records if isinstance(record.event, ev.CommandRefused)]
    return Said(f"refused: {sanitize(texts[0])}", "warn") if texts else None
