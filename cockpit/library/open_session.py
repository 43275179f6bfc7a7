"""A session that is open: started, served in the background, and closed in order however the script ends."""

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from cockpit.estop.doors import Doors
from cockpit.flatten import FLATTEN, flatten_in_rounds
from cockpit.library.argument import shown_with_type
from cockpit.library.broker_view import BrokerView
from cockpit.library.calculator import Calculator
from cockpit.library.command import ACTOR, require_done
from cockpit.library.commission import CommissionCalculator
from cockpit.library.errors import BrokerConnectionError, RequestError, TradingError
from cockpit.library.event_board import EventBoard
from cockpit.library.guests import Guests
from cockpit.library.open_reader import OpenReader
from cockpit.library.order_entry import ANSWER_SECS, OrderEntry
from cockpit.library.order_info import OrderInfo
from cockpit.library.playback import Playback
from cockpit.library.portfolio import Portfolio
from cockpit.library.quote_board import QuoteBoard
from cockpit.library.request import to_instrument
from cockpit.library.risk_desk import RiskDesk
from cockpit.library.strategy_desk import StrategyDesk
from cockpit.session import Session
from cockpit.settling import Settling
from cockpit.switch import StopStands
from oms.domain.events import Record
from oms.domain.ids import Route
from oms.domain.market import Bar
from oms.domain.text import sanitize
from oms.journal.errors import JournalError
from oms.lanes import EngineEnded
from oms.state import State
from risk.engine import RiskManager
from risk.sizing.sizer import BaseSizer


class OpenSession:
    """What `open_session` gives a script. Use it as a context; everything on it is for the loop it was opened in, and
    raises once the context is left; `state` may still be read then.

    `commission` tells what an order costs, and `sizer` is the one of the settings. `doors` are how `cockpit stop`
    and its like reach the session; None where nothing is durable.
    """

    def __init__(
        self,
        session: Session,
        gate: RiskManager,
        route: Route,
        history: Sequence[Sequence[Bar]],
        doors: Doors | None,
        commission: CommissionCalculator,
        sizer: BaseSizer,
    ) -> None:
        self._session = session
        self._history = history
        self._doors = doors
        self._was_opened = False
        self._serving: asyncio.Task[None] | None = None
        self._playback = Playback(session)
        self._settling = Settling(session.bus, session.state)
        reader = OpenReader(session)
        self.oms = OrderEntry(session, gate, route, reader)
        self.commission = commission
        self.position_sizer = Calculator(session.state, sizer, reader)
        self.risk = RiskDesk(session, gate, route, reader, self.halt, self.resume)
        self.broker = BrokerView(session, self.oms, route, reader)
        self.strategies = StrategyDesk(session, reader)
        guests = Guests(self._playback)
        self.market = QuoteBoard(session, reader, guests, (bar for bars in history for bar in bars))
        self.events = EventBoard(session, guests)
        self.portfolio = Portfolio(session, gate, self.oms, route, reader, self._play)

    @property
    def state(self) -> State:
        """All that the engine knows; to be read and never written."""
        return self._session.state

    async def run(self, bars: int | None = None) -> int:
        """Let the market move for so many sessions of its tape, to the end of the last; without a number, to its end.

        Return how many were played, which is fewer where the tape ends. An order in the last instant of a session is
        still in hours.

        Raises:
            RequestError: it is no positive whole number, or the market moves already.
            BrokerConnectionError: the broker was lost meanwhile.
            TradingError: the journal failed meanwhile, or the session is over.
        """
        return await self._playback.play_bars(bars, self._task())

    async def halt(self, reason: str) -> None:
        """Stop all trading: the gate closes, working orders are canceled, strategies pause, positions stay.

        Raises:
            RequestError: the reason is no text. Trading is stopped all the same, for that.
            TradingError: the gate is closed, and what else belongs to a stop could not be journaled.
        """
        said: object = reason
        text = said if isinstance(said, str) else shown_with_type(said)
        try:
            await self._session.switch.halt(ACTOR, sanitize(text))
        except (JournalError, EngineEnded) as error:
            raise TradingError(f"the gate is closed, and no more than that: {error}") from error
        if not isinstance(said, str):
            raise RequestError(f"reason: expected a str, got {text}; trading is stopped all the same")

    async def flatten(self, symbol: str | None = None, *, confirm: str) -> Sequence[OrderInfo]:
        """Close what the account holds of an instrument, or of all, at the market, also while trading is stopped.

        Orders that work there are canceled first. `confirm` is the word FLATTEN. Return the orders that close. Where a
        venue takes longer to confirm a cancel, as it does while the market is held, the close follows when it has.

        Raises:
            RequestError: it is another word, or nothing is listed under that symbol.
            TradingError: nothing is held, what works there could not be canceled in time, or nothing can be journaled.
        """
        if confirm != FLATTEN:
            raise RequestError(f"confirm: the word is {FLATTEN}; nothing was flattened")
        state = self._session.state
        named = to_instrument(symbol, state.instruments).instrument_id if symbol is not None else None
        try:
            done = await flatten_in_rounds(self._session, self._settling, ACTOR, named, ANSWER_SECS)
        except (JournalError, EngineEnded) as error:
            raise TradingError(f"not flattened: {error}") from error
        if done.refused:
            raise TradingError(f"not flattened: {done.refused}")
        return [await self.oms.get_order_status(order_id) for order_id in done.sent]

    async def resume(self) -> None:
        """Open the gate again after a halt or a fault; strategies stay paused.

        Raises:
            BrokerConnectionError: the broker still cannot be reached.
            TradingError: nothing is halted, or the journal still cannot be written.
        """
        try:
            records = await self._session.switch.resume(ACTOR)
        except ConnectionError as error:
            raise BrokerConnectionError(str(error)) from error
        except (JournalError, EngineEnded, StopStands) as error:
            raise TradingError(f"not resumed: {error}") from error
        finally:
            self._playback.hold()
        require_done(records)

    async def __aenter__(self) -> Self:
        """Start, and see the first prices; go on without them where a live market shows none for a while.

        Raises:
            TradingError: it has been opened already: a session is opened once.
            JournalError: the journal cannot be read or written.
            BrokerConnectionError: the broker cannot be reached.
        """
        if self._was_opened:
            raise TradingError("a session is opened once: open_session() opens another")
        self._was_opened = True
        try:
            if self._doors is not None:
                await self._doors.open()
                self._doors.watcher.hear_signal()
            await self._session.start(self._history)
        except BaseException as error:  # also a cancellation leaves neither socket nor lock behind
            await self._let_go()
            await self._session.close()
            if isinstance(error, ConnectionError):
                raise BrokerConnectionError(str(error)) from error
            raise
        self._serving = asyncio.create_task(self._session.serve(), name="session")
        try:
            await self._playback.play_first_quotes(self._serving)
        except BaseException:  # also a cancellation ends the run in order
            await self._close("it could not start")
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the run and close everything. Working orders stay at the venue.

        Raises:
            JournalError: the run did not end in order, and the script itself raised nothing.
        """
        try:
            await self._close("the script ended" if kind is None else f"the script raised {kind.__name__}")
        except JournalError as failure:
            if error is None:
                raise
            error.add_note(f"besides, the session did not end in order: {failure}")

    async def _close(self, reason: str) -> None:
        self._session.end(ACTOR, reason)
        try:
            await asyncio.shield(self._task())  # a commit must not be torn, whoever is cancelled
        finally:
            await self._let_go()

    async def _let_go(self) -> None:
        if self._doors is not None:
            await self._doors.close()

    async def _play(self, enough: Callable[[Record], bool]) -> None:
        await self._playback.play(enough, self._task())

    def _task(self) -> asyncio.Task[None]:
        if self._serving is None:
            raise TradingError("the session is not open: use it as `async with open_session() as session`")
        return self._serving
