"""The loop: take what waits, decide and apply all of it, commit once, and only then let anybody know.

`step` is a plain function and does all the deciding; `run` is its asynchronous rim. Nothing is published, answered
or handed to a broker before the batch that contains it is durable, so what the outside has seen can never be lost.
Only this loop applies events, and only one of it runs.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide import Decider, Input
from oms.domain import commands as do
from oms.domain.events import Event, MarketMoved, Record
from oms.domain.signal import TradingSignal
from oms.domain.units import Nanos
from oms.inbox import Asked, Inbox
from oms.ports import Journal, Reactor
from oms.router import Router
from oms.state import State

CASCADE: Final = 1_000  # reactions to one input; more is a fault of the program, not of the market
ACTOR: Final = "engine"


class OrderManagementSystem:
    """The engine over one state. `wall` is read once per batch, for the records' wall stamps only."""

    def __init__(
        self,
        *,
        state: State,
        decider: Decider,
        reactor: Reactor,
        clock: SimClock,
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

    def step(self, inputs: Iterable[Input]) -> list[list[Record]]:
        """Decide and apply inputs in order; return the records that each of them caused."""
        wall = self._wall()
        return [self._cascade(cause, wall) for cause in inputs]

    async def serve(self, batch: Sequence[Asked]) -> list[do.Command]:
        """Take one batch all the way: decide, commit, publish, hand over, answer. Return what came of handing over.

        Raises:
            JournalError: the commit failed. Nothing of the batch left or was answered; the state is ahead of the
                journal and must be thrown away.
        """
        try:
            caused = self.step(asked.cause for asked in batch)
            durable = [record for records in caused for record in records if record.seq]
            if durable:
                await self._journal.append(durable)
            outcomes = self._let_out(caused)
        except Exception as error:
            _refuse(batch, error)
            raise
        _answer(batch, caused)
        return outcomes

    def _let_out(self, caused: Sequence[Sequence[Record]]) -> list[do.Command]:
        """Publish and hand over what is durable, in order."""
        outcomes: list[do.Command] = []
        for records in caused:
            for record in records:
                self._bus.publish(record)
                outcome = self._router.hand_over(record, self.state.blotter)
                if outcome is not None:
                    outcomes.append(outcome)
        return outcomes

    async def run(self, inbox: Inbox) -> None:
        """Serve the inbox until it is closed. Raises what `serve` raises."""
        async for batch in inbox.batches():
            for outcome in await self.serve(batch):
                inbox.put(outcome)

    def _cascade(self, cause: Input, wall: Nanos) -> list[Record]:
        """Decide one input and all that reacts to it.

        Reactions without end halt trading by name, which cancels what they have ordered so far before any of it
        leaves. How many events answer one decision is no fault: a stop cancels every order that works.
        """
        ts = getattr(cause, "ts", None)
        if ts is not None:
            self._clock.move_to(ts)
        records: list[Record] = []
        pending: deque[Input] = deque([cause])
        decided = 0
        while pending:
            decided += 1
            runaway = decided > CASCADE
            if runaway:
                reason = f"{type(cause).__name__} caused more than {CASCADE} reactions"
                pending = deque([do.HaltTrading(actor=ACTOR, reason=reason)])
            self._chains.begin()
            for event in self._decider.decide(self.state, pending.popleft()):
                record = self._stamp(event, wall)
                self.state.apply(record)
                records.append(record)
                if not runaway:
                    pending.extend(self._reactions(record))
        return records

    def _stamp(self, event: Event, wall: Nanos) -> Record:
        if type(event) is MarketMoved:
            return Record(seq=0, ts=self._clock.now(), wall=wall, event=event)
        seq = self.state.seq + 1
        correlation_id, parent = self._chains.place(event, seq)
        return Record(
            seq=seq,
            ts=self._clock.now(),
            wall=wall,
            event=event,
            correlation_id=correlation_id,
            causation_id=parent,
        )

    def _reactions(self, record: Record) -> Iterator[Input]:
        signals = self._reactor.react(record)
        if signals:
            yield from group(signals)
        for strategy_id, text in self._reactor.drain_faults():
            yield do.FaultStrategy(actor=ACTOR, strategy_id=strategy_id, text=text)


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
