"""What stands around the core in its tests: a gate, a sizer, strategies, a venue, a feed and a journal, all small.

They are implementations of the ports and not recordings of calls: the gate really reads the state, the venue really
waits until it is asked. Nothing here knows the rules, brokers or strategies that ship, so a test of the core fails for
reasons of the core only.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.events import Event, Record, TradingHalted, TradingReduced
from oms.domain.ids import AccountId, BrokerId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.market import MarketData
from oms.domain.order import Order, OrderTicket, OrderType, Purpose, Side
from oms.domain.report import VenueReport
from oms.domain.risk import Judges, RiskDecision, RuleLimits, SharedFacts, Sizing, TradingState, Verdict
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import Money
from oms.journal.errors import JournalError
from oms.ports import Declined, Headroom, RiskGate, Sized
from oms.state import State

AT_ONCE = Capabilities(knows_at_once=True)
LARGEST = "largest_order"
CLOSED = "trading_state"


class SmallGate:
    """Two rules: trading is open, and no order is larger than `largest`. It halts when equity falls under `floor`, and
    while it `denies_closing` only a stop gives back."""

    def __init__(self, largest: Decimal = Decimal(1_000), floor: Decimal | None = None) -> None:
        self.largest = largest
        self.floor = floor
        self.denies_closing = False

    def limits(self) -> tuple[RuleLimits, ...]:
        return (
            RuleLimits(rule=CLOSED, judges=Judges.ALL, limit=None, options={}),
            RuleLimits(rule=LARGEST, judges=Judges.OPENING, limit=self.largest, options={}),
        )

    def check(
        self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = (), *, confirmed: bool = False
    ) -> RiskDecision:
        taken = sum((other.quantity for other in beside), Decimal(0))
        trading = state.trading.state
        leg = ticket.purpose is Purpose.PROTECT
        closing = leg or ticket.purpose is Purpose.CLOSE
        failed = []
        halted = trading is TradingState.HALTED and not confirmed and not leg
        if halted or (trading is not TradingState.ACTIVE and not closing):
            failed.append(CLOSED)
        if closing and not leg and self.denies_closing:
            failed.append(CLOSED)
        if not closing and ticket.quantity + taken > self.largest:
            failed.append(LARGEST)
        return RiskDecision(
            verdict=Verdict.DENY if failed else Verdict.PASS,
            failed=tuple(failed),
            limits_no=state.trading.limits_no,
            observed=(None, ticket.quantity),
            facts=SharedFacts(
                equity=state.equity.now,
                peak_equity=state.trading.peak_equity,
                day_equity=state.trading.day_equity,
                mark_px=None,
            ),
        )

    def check_change(self, order: Order, ticket: OrderTicket, state: State) -> RiskDecision:
        left = replace(ticket, quantity=ticket.quantity - order.filled_qty)
        return self.check(left, state)

    def headroom(self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = ()) -> Headroom:
        del ticket, state, beside
        return Headroom(self.largest, LARGEST)

    def watch(self, state: State) -> Sequence[Event]:
        equity = state.equity.now
        if self.floor is None or equity is None or state.trading.state is TradingState.HALTED:
            return ()
        if equity < self.floor:
            return (TradingHalted(actor="gate", cause="floor", text=f"equity {equity} is under {self.floor}"),)
        if equity == self.floor and state.trading.state is TradingState.ACTIVE:
            return (TradingReduced(actor="gate", cause="floor", text=f"equity {equity} is at its floor"),)
        return ()


class FixedSizer:
    """Every opening signal becomes a market order of `quantity`; a CLOSE becomes what is held, or nothing when flat."""

    def __init__(self, broker: BrokerId, account: AccountId, quantity: Decimal = Decimal(10)) -> None:
        self.broker = broker
        self.account = account
        self.quantity = quantity
        self.by_id: dict[str, Decimal] = {}  # an instrument with a size of its own; zero lots come to nothing

    def size(
        self, signal: TradingSignal, state: State, gate: RiskGate, beside: Sequence[OrderTicket] = ()
    ) -> Sized | Declined:
        del beside
        quantity = self.by_id.get(signal.instrument_id, self.quantity)
        side, purpose = Side.SELL if signal.signal_type is SignalType.SELL else Side.BUY, Purpose.OPEN
        if signal.signal_type is SignalType.CLOSE:
            held = sum(
                (
                    position.quantity
                    for key, position in state.ledger.open.items()
                    if (key.instrument_id, key.strategy_id) == (signal.instrument_id, signal.strategy_id)
                ),
                Decimal(0),
            )
            quantity, purpose = abs(held), Purpose.CLOSE
            side = Side.SELL if held > 0 else Side.BUY
        if not quantity:
            return Declined("nothing to trade")
        ticket = OrderTicket(
            broker=self.broker,
            account=self.account,
            strategy_id=signal.strategy_id,
            instrument_id=signal.instrument_id,
            side=side,
            quantity=quantity,
            order_type=OrderType.MARKET,
            purpose=purpose,
            confidence=signal.confidence,
            group_id=signal.group_id,
            protect_px=signal.stop_px if purpose is Purpose.OPEN else None,
            target_px=signal.target_px if purpose is Purpose.OPEN else None,
            reason=signal.reason,
        )
        room = gate.headroom(ticket, state).quantity
        return Sized(ticket, Sizing(sizer="fixed", wanted_qty=quantity, room_qty=room))


class Opinions:
    """Strategies as one function from a record to signals, and the faults it wants to be told about."""

    def __init__(self, think: Callable[[Record], Sequence[TradingSignal]] = lambda _record: ()) -> None:
        self.think = think
        self.faults: list[tuple[StrategyId, str]] = []
        self.seen: list[Record] = []

    def react(self, record: Record) -> Sequence[TradingSignal]:
        self.seen.append(record)
        return self.think(record)

    def drain_faults(self) -> Sequence[tuple[StrategyId, str]]:
        faults, self.faults = self.faults, []
        return faults


class Desk:
    """A venue that does nothing by itself: it notes what it was given and says what it was told to say."""

    def __init__(
        self,
        broker_id: BrokerId,
        account: AccountId,
        answer: Callable[[Order], Iterable[VenueReport]] = lambda _order: (),
    ) -> None:
        self.broker_id = broker_id
        self.account = account
        self.answer = answer
        self.submitted: list[Order] = []
        self.canceled: list[Order] = []
        self.replaced: list[tuple[Order, OrderTicket]] = []
        self.expires_at: int | None = None
        self.on_expiry: VenueReport | None = None
        self.queried: list[Order] = []
        self.shown: list[MarketData] = []
        self.on_shown: dict[int, list[VenueReport]] = {}  # by engine time of the datum
        self.outbox: list[VenueReport] = []
        self.capabilities = AT_ONCE
        self.on_its_way: list[tuple[int, VenueReport | None]] = []  # by when it arrives; None is something of ours
        self.passed: list[int] = []
        self.writing: Awaitable[object] | None = None  # done when what it has to say may be told
        self.fails = ""  # why it cannot be shown anything

    def submit(self, order: Order) -> None:
        self.submitted.append(order)
        self.outbox.extend(self.answer(order))

    def cancel(self, order: Order) -> None:
        self.canceled.append(order)

    def replace(self, order: Order, ticket: OrderTicket) -> None:
        self.replaced.append((order, ticket))

    def query(self, order: Order) -> None:
        self.queried.append(order)

    async def connect(self) -> AccountSnapshot:
        return AccountSnapshot(
            broker=self.broker_id,
            account=self.account,
            ts=0,
            cash=(Money(Decimal(100_000), "USD"),),
            net=(),
            open_orders=(),
        )

    async def close(self) -> None:
        """Have nothing to close."""

    def on_market(self, data: MarketData) -> None:
        if self.fails:
            raise ConnectionError(self.fails)
        self.shown.append(data)
        self.outbox.extend(self.on_shown.pop(data.ts, ()))

    def due(self) -> int | None:
        return min((ts for ts, _ in self.on_its_way), default=None)

    def keep(self) -> Awaitable[object] | None:
        if not self.outbox:
            return None
        writing, self.writing = self.writing, None
        return writing

    def expires(self) -> int | None:
        return self.expires_at

    def pass_to(self, ts: int) -> None:
        self.passed.append(ts)
        if self.on_expiry is not None and self.expires_at is not None and self.expires_at <= ts:
            self.outbox.append(self.on_expiry)
            self.expires_at = None
        self.outbox.extend(report for due, report in self.on_its_way if due <= ts and report is not None)
        self.on_its_way = [(due, report) for due, report in self.on_its_way if due > ts]
        if self.fails:
            raise ConnectionError(self.fails)

    def drain(self) -> Sequence[VenueReport]:
        said, self.outbox = self.outbox, []
        return said


class ListFeed:
    """A tape held in a list; every datum with a new time begins a new instant."""

    name = "list"
    hash = "0"
    interval = 1
    instants_per_bar = 1

    def __init__(self, data: Iterable[MarketData], instruments: tuple[Instrument, ...] = ()) -> None:
        self.instruments = instruments
        self.instant = 0
        self._data = iter(tuple(data))
        self._ts: int | None = None
        self.pulled = 0

    def advance(self) -> MarketData | None:
        datum = next(self._data, None)
        if datum is None:
            return None
        self.pulled += 1
        if datum.ts != self._ts:
            self._ts = datum.ts
            self.instant += 1
        return datum


class BrokenJournal:
    """A disk that fails: `append` raises from the moment `fails` is set. `meanwhile` happens during each commit."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.meanwhile: Callable[[Sequence[Record]], object] = lambda _records: None
        self.records: list[Record] = []
        self.commits = 0

    async def append(self, records: Sequence[Record]) -> None:
        if self.fails:
            raise JournalError("no space left")
        self.commits += 1
        self.records.extend(records)
        self.meanwhile(records)

    async def replay(self, after: int = 0) -> AsyncIterator[Record]:
        for record in self.records[after:]:
            yield record

    async def close(self) -> None:
        """Have nothing to close."""
