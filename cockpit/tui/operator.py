"""What the keys do: every act of the person at the screen, as commands to the session and words about what came of it.

Nothing here knows a screen. A command is put into the inbox like anybody's, and what is reported is read from the
records that came back after the commit, so no message ever says more than what is durable. The stop is the exception
in order only: its latch is set before anything is queued, awaited or drawn.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from cockpit.market import Market
from cockpit.session import Session
from cockpit.speed import Speed
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import ClientOrderId
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.journal.errors import JournalError

ACTOR: Final = "operator"
CANCEL_SECS: Final = 3.0
"""How long quitting waits for venues to confirm cancels."""
SHORTEST_SECS: Final = 1e-6
LONGEST_SECS: Final = 30.0
"""Wall seconds of one instant above which a tape would look dead."""


class Said(NamedTuple):
    """A result in one sentence, and the theme's word for it."""

    text: str
    word: str = "ok"


class Operator:
    """One person's hands on one session."""

    def __init__(self, session: Session, market: Market, speed: Speed) -> None:
        self._session = session
        self._market = market
        self.speed = speed
        self._stopped: tuple[ClientOrderId, ...] | None = None
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
        pace = self._session.pace
        pace.pause(paused=not pace.paused)
        return Said("tape paused; , goes on", "warn") if pace.paused else Said("the tape goes on")

    def change_speed(self, factor: int) -> Said:
        """Play the tape `factor` times as fast; a negative factor slows it down."""
        wanted = self.speed.scaled(factor)
        tempo = wanted.tempo(self._market.feed)
        if tempo is None:
            return Said("the tape plays as fast as it can; restart with --speed N for another", "warn")
        if not SHORTEST_SECS <= tempo.secs(self._market.feed.interval) <= LONGEST_SECS:
            return Said(f"{self.speed} is as far as it goes", "warn")
        self.speed = wanted
        self._session.pace.set(tempo)
        return Said(f"speed {self.speed}")

    # -- trading ----------------------------------------------------------------------------------------------------

    def stop(self) -> Said:
        """Stop all trading now. The latch is closed when this returns; the cancels follow."""
        self._stopped = tuple(self._session.state.blotter.open)
        self._session.halt(ACTOR, "emergency stop")
        return self.aftermath() or Said("trading is stopped", "danger")

    def aftermath(self) -> Said | None:
        """Return what has come of the stop so far; None when there was none, or trading was resumed."""
        if self._stopped is None:
            return None
        state = self._session.state
        orders = [order for order_id in self._stopped if (order := state.blotter.get(order_id)) is not None]
        closed = sum(order.is_closed for order in orders)
        held = len(state.ledger.open)
        parts = [
            f"STOPPED: gate closed, {closed} of {len(orders)} working orders closed",
            f"{held} positions stay" if held else "no positions",
            "^R resumes",
        ]
        if self._session.latch.file_error is not None:
            parts.append(f"latch file: {self._session.latch.file_error}")
        return Said(sanitize(" · ".join(parts)), "danger" if closed < len(orders) else "warn")

    async def resume_trading(self) -> Said:
        """Open the gate again; strategies stay paused. What failed has to work first: the journal, the venue."""
        try:
            records = await self._session.resume(ACTOR)
        except (JournalError, ConnectionError) as error:
            return Said(sanitize(f"not resumed: {error}"), "danger")
        if (refused := _refusal(records)) is not None:
            return refused
        self._stopped = None
        return Said("trading resumed; strategies stay paused until P")

    async def pause_strategies(self) -> Said:
        """Discard what strategies say from now on."""
        records = await self._session.inbox.ask(do.PauseStrategy(actor=ACTOR))
        paused = sum(isinstance(record.event, ev.StrategyPaused) for record in records)
        return Said(f"{paused} strategies paused; P resumes them", "warn")

    async def resume_strategies(self) -> Said:
        """Let strategies' signals through again."""
        records = await self._session.inbox.ask(do.EnableStrategy(actor=ACTOR))
        if (refused := _refusal(records)) is not None:
            return refused
        enabled = sum(isinstance(record.event, ev.StrategyEnabled) for record in records)
        return Said(f"{enabled} strategies resumed")

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
            return Said(f"{left} of {len(asked)} orders are not confirmed as canceled", "danger")
        return Said(f"{len(asked)} orders canceled")

    async def note_export(self, path: str, sha256: str) -> Said:
        """Journal that the screen was written to a file."""
        await self._session.inbox.ask(do.NoteExport(actor=ACTOR, path=path, sha256=sha256))
        return Said(f"snapshot {sha256[:12]} {path}")

    @property
    def is_halted(self) -> bool:
        """Whether trading is stopped, by whomever."""
        return self._session.latch.flag.is_set() or self._session.state.trading.state is not TradingState.ACTIVE


def _refusal(records: Sequence[ev.Record]) -> Said | None:
    texts = [record.event.text for record in records if isinstance(record.event, ev.CommandRefused)]
    return Said(f"refused: {sanitize(texts[0])}", "warn") if texts else None
