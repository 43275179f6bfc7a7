"""What the keys do: every act of the person at the screen, as commands to the session and words about what came of it.

Nothing here knows a screen. A command is put into the inbox like anybody's, and what is reported is read from the
records that came back after the commit, so no message ever says more than what is durable. The stop is the exception
in order only: its latch is set before anything is queued, awaited or drawn.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from cockpit import format as fmt
from cockpit.market import Market
from cockpit.session import Session
from cockpit.speed import Speed
from cockpit.tui.aftermath import Aftermath
from cockpit.tui.said import PART, Said
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.journal.errors import JournalError

ACTOR: Final = "operator"
CANCEL_SECS: Final = 3.0
"""How long quitting waits for venues to confirm cancels."""
SHORTEST_SECS: Final = 1e-6
LONGEST_SECS: Final = 4.0
"""Wall seconds of one instant above which a tape would look dead."""
ENDED: Final = Said("the tape has ended", "warn")


class Operator:
    """One person's hands on one session."""

    def __init__(
        self, session: Session, market: Market, speed: Speed, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._market = market
        self.speed = speed
        self._monotonic = monotonic
        self._aftermath = Aftermath(session, monotonic)
        self._moved = asyncio.Event()
        session.bus.subscribe(lambda _record: self._moved.set(), *ev.ORDER_EVENTS)

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
        return Said("tape paused; , goes on", "warn") if pace.paused else Said("the tape goes on")

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

    # -- trading ----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop all trading now. The latch is closed when this returns; the cancels follow, and `aftermath` tells."""
        pressed = self._monotonic()
        self._session.halt(ACTOR, "emergency stop")
        self._aftermath.begin(pressed)

    def aftermath(self) -> Said | None:
        """Return what has come of the stop so far; None when there was none, or trading was resumed."""
        return self._aftermath.said()

    async def resume_trading(self) -> Said:
        """Open the gate again; strategies stay paused. What failed has to work first: the journal, the venue."""
        try:
            records = await self._session.resume(ACTOR)
        except (JournalError, ConnectionError) as error:
            return Said(sanitize(f"not resumed: {error}"), "danger")
        if (refused := _refusal(records)) is not None:
            return refused
        return Said("trading resumed; strategies stay paused until P")

    async def pause_strategies(self) -> Said:
        """Discard what strategies say from now on."""
        records = await self._session.inbox.ask(do.PauseStrategy(actor=ACTOR))
        paused = sum(isinstance(record.event, ev.StrategyPaused) for record in records)
        return Said(f"{fmt.plural(paused, 'strategy')} paused{PART}P resumes them", "warn")

    async def resume_strategies(self) -> Said:
        """Let strategies' signals through again."""
        records = await self._session.inbox.ask(do.EnableStrategy(actor=ACTOR))
        if (refused := _refusal(records)) is not None:
            return refused
        enabled = sum(isinstance(record.event, ev.StrategyEnabled) for record in records)
        return Said(f"{fmt.plural(enabled, 'strategy')} resumed")

    async def cancel_all(self) -> Said:
        """Cancel every working order, and wait for the venue's answers, but not for ever."""
        state = self._session.state
        asked = tuple(state.blotter.open)
        for order_id in asked:
            await self._session.inbox.ask(do.CancelOrder(actor=ACTOR, client_order_id=order_id, reason="leaving"))
        try:
            async with asyncio.timeout(CANCEL_SECS):
                while not all(state.blotter.orders[order_id].is_closed for order_id in asked):
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            left = sum(not state.blotter.orders[order_id].is_closed for order_id in asked)
            return Said(f"{fmt.count(left)} of {fmt.count(len(asked))} orders are not confirmed as canceled", "danger")
        return Said(f"{fmt.plural(len(asked), 'order')} canceled")

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
