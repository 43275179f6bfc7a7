"""The loop: take what waits, decide and apply all of it, commit once, and only then let anybody know.

`step` is a plain function and does all the deciding; `run` is its asynchronous rim. Nothing is published, answered
or handed to a broker before the batch that contains it is durable, so what the outside has seen can never be lost.
Only this loop applies events, and only one of it runs.

A batch is decided whole, with one exception: when somebody stops trading meanwhile it ends with the input in hand. What
was decided is committed, what was not goes back to the inbox and waits behind the stop. Whoever stops sets the latch
first and tells the loop next, so a latch that is set while trading is not halted says that a stop is on its way.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from oms.bus import Bus
from oms.chains import Chains
from oms.decide.decider import Decider
from oms.decide.input import TIMED, Input
from oms.domain import commands as do
from oms.domain.events import PASSING, MarketMoved, Record
from oms.domain.ids import ENGINE
from oms.domain.order_events import OrderFilled
from oms.domain.risk import TradingState
from oms.domain.signal import TradingSignal
from oms.domain.units import Nanos
from oms.lanes import FOREMOST, Asked, Lanes
from oms.outgoing import let_out
from oms.ports import Clock, Journal, Reactor
from oms.router import Router
from oms.state import State

HEARD: Final = frozenset({MarketMoved, OrderFilled})  # what strategies are told of
CASCADE: Final = 1_000  # reactions to one input; more is a fault of the program, not of the market


class OrderManagementSystem:
    """The engine over one state. `wall` is read once per batch, for the records' wall stamps only."""

    def __init__(
        self,
        *,
        state: State,
        decider: Decider,
        reactor: Reactor,
        clock: Clock,
        wall: Callable[[], Nanos],
        chains: Chains,
        journal: Journal,
        bus: Bus,
        router: Router,
    ) -> None:
        self.state = state
        self._decider = decider
        self._reactor = reactor
        self._clock = clock
        self._wall = wall
        self._chains = chains
        self._journal = journal
        self._bus = bus
        self._router = router

    def now(self) -> Nanos:
        """Return engine time."""
        return self._clock.now()

    def step(self, inputs: Iterable[Input], is_enough: Callable[[], bool] | None = None) -> list[list[Record]]:
        """Decide and apply inputs in order; return the records that each of them caused. `is_enough` is asked after
        each: what comes after the one after which it is has not been decided."""
        wall = self._wall()
        caused: list[list[Record]] = []
        for cause in inputs:
            caused.append(self._cascade(cause, wall))
            if is_enough is not None and is_enough():
                break
        return caused

    async def serve(
        self, batch: Sequence[Asked], put_back: Callable[[Sequence[Asked]], None] | None = None
    ) -> list[do.Command]:
        """Take one batch all the way: decide, commit, publish, hand over, answer. Return what came of handing over.

        With `put_back` the batch ends early when a stop waits, and what was not decided is put back. Without, and where
        it goes before a stop itself, it is decided whole: what a start counts must be complete before it is compared.

        Raises:
            JournalError: the commit failed. Nothing of what was decided left or was answered; the state is ahead of
                the journal and must be thrown away.
        """
        ends_early = put_back is not None and not isinstance(batch[0].cause, FOREMOST)
        try:
            caused = self.step([asked.cause for asked in batch], self._stop_waits if ends_early else None)
            if put_back is not None and len(caused) < len(batch):
                put_back(batch[len(caused) :])
                batch = batch[: len(caused)]
            durable = [record for records in caused for record in records if record.seq]
            if durable:
                await self._journal.append(durable)
            outcomes = let_out(caused, self._bus, self._router, self.state.blotter)
        except Exception as error:  # who asked is told, whatever it was; it goes on to who serves
            _refuse(batch, error)
            raise
        _answer(batch, caused)
        return outcomes

    async def run(self, inbox: Lanes) -> None:
        """Serve the inbox until it is closed. Raises what `serve` raises."""
        async for batch in inbox.batches():
            for outcome in await self.serve(batch, inbox.put_back):
                inbox.put(outcome)

    async def take(self, batch: Sequence[Asked], inbox: Lanes) -> None:
        """Serve one batch whole; what comes of handing over waits in the inbox. Raises what `serve` raises."""
        for outcome in await self.serve(batch):
            inbox.put(outcome)

    def _stop_waits(self) -> bool:
        """Tell whether somebody has stopped trading and that has not been decided yet."""
        return self._router.is_stopped and self.state.trading.state is not TradingState.HALTED

    def _cascade(self, cause: Input, wall: Nanos) -> list[Record]:
        """Decide one input and all that reacts to it.

        Too many reactions halt trading by name, which cancels what they have ordered so far before any of it leaves.
        How many events answer one decision is no fault: a stop cancels every order that works.
        """
        if type(cause) in TIMED:
            self._clock.hear(cause.ts)  # type: ignore[union-attr]
        now = self._clock.now()  # once: what an input causes happens at its instant, however long deciding takes
        self.state.pass_to(now)
        records: list[Record] = []
        answers = self._decide(cause, now, wall, records)
        if not answers:
            return records
        pending = deque(answers)
        for _ in range(CASCADE - 1):
            pending.extend(self._decide(pending.popleft(), now, wall, records))
            if not pending:
                return records
        reason = f"{type(cause).__name__} caused more than {CASCADE} reactions"
        self._decide(do.HaltTrading(actor=ENGINE, reason=reason), now, wall, records)
        return records

    def _decide(self, cause: Input, ts: Nanos, wall: Nanos, records: list[Record]) -> list[Input]:
        """Stamp and apply the events that answer one input, each before the next is decided, and add their records
        to `records`. Return what the strategies answer in their turn."""
        state, place = self.state, self._chains.place
        answers: list[Input] = []
        heard = False
        self._chains.begin()
        for event in self._decider.decide(state, cause):
            kind = type(event)
            if kind in PASSING:
                record = Record(seq=0, ts=ts, wall=wall, event=event)
            else:
                seq = state.seq + 1
                correlation_id, parent = place(event, seq)
                record = Record(
                    seq=seq, ts=ts, wall=wall, event=event, correlation_id=correlation_id, causation_id=parent
                )
            state.apply(record)
            records.append(record)
            if kind in HEARD:
                heard = True
                answers += group(self._reactor.react(record))
        if heard:
            for strategy_id, text in self._reactor.drain_faults():
                answers.append(do.FaultStrategy(actor=ENGINE, strategy_id=strategy_id, text=text))
        return answers


def group(signals: Sequence[TradingSignal]) -> Iterator[tuple[TradingSignal, ...]]:
    """Yield the signals as opinions: neighbors that share a group id together, every other one alone."""
    for group_id, members in groupby(signals, key=lambda signal: signal.group_id):
        if group_id is None:
            yield from ((signal,) for signal in members)
        else:
            yield tuple(members)


def _answer(batch: Sequence[Asked], caused: Sequence[Sequence[Record]]) -> None:
    for asked, records in zip(batch, caused, strict=True):
        if asked.reply is not None and not asked.reply.done():
            asked.reply.set_result([record for record in records if record.seq])


def _refuse(batch: Sequence[Asked], error: Exception) -> None:
    for asked in batch:
        if asked.reply is not None and not asked.reply.done():
            asked.reply.set_exception(error)
