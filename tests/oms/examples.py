"""The words the tests of the core share: two instruments, tickets, fills, reports, and a core to put inputs to."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from oms.decide.decider import Decider
from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.deadline import DeadlineReached
from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId, VenueOrderId
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderTicket, OrderType, Side
from oms.domain.report import ExecType, ExecutionReport, Terms
from oms.domain.risk import RiskDecision, SharedFacts, TradingState, Verdict
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import SECOND, ZERO, Money, Nanos
from oms.lifecycle import advance
from oms.slice import Slice
from oms.state import State
from tests.doubles.core import AT_ONCE, FixedSizer, SmallGate
from tests.doubles.share import share

D = Decimal
SIM, ACCOUNT = BrokerId("sim"), AccountId("SIM-000001")
TREND, PAIRS = StrategyId("trend"), StrategyId("pairs")
AAPL, IBM = InstrumentId("AAPL.XNAS"), InstrumentId("IBM.XNYS")
ORDER = ClientOrderId("SIM-1-1")
START = 1_276_867_800 * SECOND  # 2010-06-18T13:30Z


def listed(instrument_id: InstrumentId, *, multiplier: str = "1", currency: str = "USD") -> Instrument:
    """Return a share that trades in the hours of its listing."""
    listing = instrument_id.rpartition(".")[2]
    return share(instrument_id, calendar=listing, currency=currency, multiplier=multiplier)


INSTRUMENTS = (listed(AAPL), listed(IBM))


def ticket(
    quantity: str = "100",
    side: Side = Side.BUY,
    instrument_id: InstrumentId = AAPL,
    *,
    limit_px: str | None = None,
    strategy_id: StrategyId = TREND,
    group_id: str | None = None,
) -> OrderTicket:
    """Return a ticket: a market order, or a limit order where a limit is given."""
    return OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=strategy_id,
        instrument_id=instrument_id,
        side=side,
        quantity=D(quantity),
        order_type=OrderType.MARKET if limit_px is None else OrderType.LIMIT,
        limit_px=None if limit_px is None else D(limit_px),
        group_id=group_id,
    )


def fill(
    quantity: str | Decimal,
    price: str | Decimal,
    side: Side = Side.BUY,
    *,
    exec_id: str = "X-1",
    order_id: ClientOrderId = ORDER,
    instrument_id: InstrumentId = AAPL,
    strategy_id: StrategyId = TREND,
    fee: Money = Money(ZERO, "USD"),  # noqa: B008 - frozen
    ts: int = START,
) -> Fill:
    """Return an execution."""
    return Fill(
        exec_id=ExecId(exec_id),
        client_order_id=order_id,
        broker=SIM,
        account=ACCOUNT,
        strategy_id=strategy_id,
        instrument_id=instrument_id,
        side=side,
        last_qty=D(quantity),
        last_px=D(price),
        fee=fee,
        liquidity=LiquiditySide.TAKER,
        ts=ts,
    )


def said(
    exec_type: ExecType,
    order_id: ClientOrderId = ORDER,
    *,
    side: Side = Side.BUY,
    instrument_id: InstrumentId = AAPL,
    venue_order_id: str | None = None,
    text: str = "",
    ts: int = START,
) -> ExecutionReport:
    """Return a report that is no trade."""
    return ExecutionReport(
        exec_type=exec_type,
        client_order_id=order_id,
        instrument_id=instrument_id,
        side=side,
        venue_order_id=VenueOrderId(venue_order_id) if venue_order_id is not None else None,
        text=text,
        ts=ts,
    )


def traded(
    quantity: str | Decimal,
    price: str | Decimal = "150",
    order_id: ClientOrderId = ORDER,
    *,
    exec_id: str = "X-1",
    side: Side = Side.BUY,
    instrument_id: InstrumentId = AAPL,
    fee: str = "0",
    ts: int = START,
) -> ExecutionReport:
    """Return a report of one execution."""
    return replace(
        said(ExecType.TRADE, order_id, side=side, instrument_id=instrument_id, ts=ts),
        exec_id=ExecId(exec_id),
        last_qty=D(quantity),
        last_px=D(price),
        fee=Money(D(fee), "USD"),
        liquidity=LiquiditySide.TAKER,
    )


def replaced(changed: Order) -> ExecutionReport:
    """Return the report that an order was changed as it was asked."""
    ticket = changed.replacing
    assert ticket is not None
    report = said(ExecType.REPLACED, changed.client_order_id, side=ticket.side, instrument_id=ticket.instrument_id)
    terms = Terms(number=changed.replaces, quantity=ticket.quantity, limit_px=ticket.limit_px, stop_px=ticket.stop_px)
    return replace(report, terms=terms)


def order(status: OrderStatus, *, quantity: str = "100", filled: str = "0") -> Order:
    """Return an order in a status, with some of it filled at 150."""
    return Order(
        client_order_id=ORDER,
        ticket=ticket(quantity),
        status=status,
        ts_init=START,
        ts_event=START,
        filled_qty=D(filled),
        filled_value=D(filled) * 150,
    )


def quote(bid: str, ask: str | None = None, *, instrument: Instrument = INSTRUMENTS[0], ts: int = START) -> Quote:
    """Return a quote whose last print is the bid; without an ask it stands one tick above."""
    ticks = instrument.ticks(D(bid))
    return Quote(
        instrument=instrument,
        ts=ts,
        bid=ticks,
        ask=instrument.ticks(D(ask)) if ask is not None else ticks + 1,
        last=ticks,
        bid_size=100,
        ask_size=100,
    )


def signal(
    signal_type: SignalType = SignalType.BUY,
    instrument_id: InstrumentId = AAPL,
    *,
    strategy_id: StrategyId = TREND,
    group_id: str | None = None,
) -> TradingSignal:
    """Return an opinion."""
    return TradingSignal(
        strategy_id=strategy_id,
        instrument_id=instrument_id,
        signal_type=signal_type,
        ts=START,
        confidence=0.75,
        strength=0.5,
        reason="crossed",
        group_id=group_id,
    )


DECISION = RiskDecision(
    verdict=Verdict.PASS,
    failed=(),
    limits_no=1,
    observed=(),
    facts=SharedFacts(equity=None, peak_equity=None, day_equity=None, mark_px=None),
)
SAMPLES: dict[type, oev.OrderEvent] = {
    type(event): event
    for event in (
        oev.OrderInitialized(client_order_id=ORDER, ticket=ticket()),
        oev.OrderValidated(client_order_id=ORDER, decision=DECISION),
        oev.OrderDenied(client_order_id=ORDER, decision=DECISION, text="no"),
        oev.OrderHeld(client_order_id=ORDER, text="waits"),
        oev.OrderReleased(client_order_id=ORDER, ticket=ticket()),
        oev.OrderSubmitted(client_order_id=ORDER, decision=DECISION, ticket_hash="0"),
        oev.OrderOutcomeUnknown(client_order_id=ORDER, text="no answer"),
        oev.OrderAccepted(client_order_id=ORDER, venue_order_id=VenueOrderId("V-1")),
        oev.OrderRejected(client_order_id=ORDER, text="no"),
        oev.OrderTriggered(client_order_id=ORDER),
        oev.OrderPendingReplace(client_order_id=ORDER, ticket=ticket(), actor="ann"),
        oev.OrderReplaced(client_order_id=ORDER, ticket=ticket()),
        oev.OrderReplaceRejected(client_order_id=ORDER, text="no"),
        oev.OrderReplaceDenied(client_order_id=ORDER, ticket=ticket(), decision=DECISION, text="no"),
        oev.OrderPendingCancel(client_order_id=ORDER, actor="ann"),
        oev.OrderCancelRejected(client_order_id=ORDER, text="no"),
        oev.OrderFilled(client_order_id=ORDER, fill=fill("10", "150")),
        oev.OrderCanceled(client_order_id=ORDER),
        oev.OrderExpired(client_order_id=ORDER),
        oev.OrderUnfound(client_order_id=ORDER, text="gone"),
        oev.OrderFlagged(client_order_id=ORDER, flag=OrderFlag.OVERDUE, text="no answer"),
        oev.OrderAdopted(client_order_id=ORDER, ticket=ticket()),
    )
}
"""One event of every kind that can meet an order."""


def advanced(start: Order, events: Iterable[oev.OrderEvent]) -> Order:
    """Return the order after several events."""
    for event in events:
        start = advance(start, event, START)
    return start


def begin(
    *,
    instruments: Sequence[Instrument] = INSTRUMENTS,
    strategies: tuple[StrategyId, ...] = (TREND, PAIRS),
    latch: str | None = None,
) -> do.BeginRun:
    """Return the command that starts a run in US dollars."""
    return do.BeginRun(
        actor="ann",
        prefix="SIM",
        mode="paper",
        seed=7,
        config_hash="c0",
        feed="tape",
        feed_hash="f0",
        currency="USD",
        instruments=tuple(instruments),
        limits=SmallGate().limits(),
        strategies=strategies,
        latch=latch,
    )


def books(cash: str = "100000", net: dict[InstrumentId, str] | None = None, *open_orders: str) -> do.BrokerUp:
    """Return the command that a link stands, with the venue's books."""
    return do.BrokerUp(
        actor="session",
        broker=SIM,
        snapshot=AccountSnapshot(
            broker=SIM,
            account=ACCOUNT,
            ts=START,
            cash=(Money(D(cash), "USD"),),
            net=tuple((instrument_id, D(quantity)) for instrument_id, quantity in (net or {}).items()),
            open_orders=tuple(map(ClientOrderId, open_orders)),
        ),
    )


FAR_AWAY = Capabilities()  # of a venue that may be slow to know what it took


def tell(taker: Slice, event: ev.Event, ts: Nanos = START) -> None:
    """Give an event to one slice alone, if it changes it."""
    applier = taker.appliers.get(type(event))
    if applier is not None:
        applier(event, ts)


class Core:
    """State and decider without a loop: `put` decides one input, applies each event, and keeps the records."""

    def __init__(
        self, gate: SmallGate | None = None, *, started: bool = True, capabilities: Capabilities = AT_ONCE
    ) -> None:
        self.gate = gate or SmallGate()
        self.sizer = FixedSizer(SIM, ACCOUNT)
        self.state = State({SIM: capabilities})
        self.decider = Decider(self.gate, self.sizer)
        self.records: list[ev.Record] = []
        self.now = START
        if started:
            self.put(begin())
            self.put(books())

    def put(self, cause: Input) -> list[ev.Event]:
        """Return the events that one input caused; all of them are applied."""
        self.now = max(self.now, getattr(cause, "ts", None) or self.now)
        self.state.pass_to(self.now)
        events: list[ev.Event] = []
        for event in self.decider.decide(self.state, cause):
            self.apply(event)
            events.append(event)
        return events

    def apply(self, event: ev.Event) -> None:
        """Count one event in as the loop would."""
        seq = 0 if type(event) in ev.PASSING else self.state.seq + 1
        record = ev.Record(seq=seq, ts=self.now, wall=0, event=event)
        self.state.apply(record)
        self.records.append(record)

    def submit(self, *args: OrderTicket) -> ClientOrderId:
        """Put tickets to the gate and return the id of the last one."""
        made = [event for one in args for event in self.put(do.SubmitTicket(actor="ann", ticket=one))]
        return [event.client_order_id for event in made if isinstance(event, oev.OrderInitialized)][-1]

    def wait(self, secs: float) -> list[ev.Event]:
        """Let time pass and return the events of every deadline that was reached meanwhile."""
        until, events = self.now + int(secs * SECOND), []
        while (deadline := self.state.next_deadline()) is not None and deadline <= until:
            events += self.put(DeadlineReached(ts=deadline))
        self.now = until
        return events

    def order(self, order_id: ClientOrderId = ORDER) -> Order:
        """Return an order as it is now."""
        return self.state.blotter.orders[order_id]

    def trading(self) -> TradingState:
        """Return what may pass the gate at all."""
        return self.state.trading.state

    @property
    def durable(self) -> list[ev.Record]:
        """What a journal would hold."""
        return [record for record in self.records if record.seq]


def holding(gate: SmallGate | None = None) -> Core:
    """Return a core that holds 100 AAPL bought at 150, with the day opened and a mark of 150."""
    core = Core(gate)
    core.submit(ticket("100"))
    core.put(quote("150"))
    core.put(traded("100", "150"))
    return core


def kinds(events: Iterable[ev.Event]) -> list[str]:
    """Return the names of the events."""
    return [type(event).__name__ for event in events]


def folded(records: Iterable[ev.Record], capabilities: Capabilities = AT_ONCE) -> State:
    """Return a new state with these records counted in."""
    state = State({SIM: capabilities})
    for record in records:
        state.apply(record)
    return state
