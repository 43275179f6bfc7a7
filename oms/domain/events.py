"""What happened. Past tense, never refused: applying an event always succeeds, and applying all of them in order is
the state. An event names facts only; what can be computed from earlier events is not in it.

Every class here that is not `PASSING` is durable and can be read back from a journal by its class name (`KINDS`). A
`Record` is an event with its place: the sequence number in the journal, engine time, wall time, the correlation
(what started the chain) and the causation (the parent's sequence number).

None is of interest to the garbage collector (`gc=False`): what is frozen can only name what was there before it, so it
is never part of a circle, and a collector that walks all records of a day again and again finds nothing.
"""

from decimal import Decimal
from typing import Final, TypeAlias, get_args

from msgspec import Struct

from oms.domain.fill import Fill
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, InstrumentId, RunId, StrategyId, VenueOrderId
from oms.domain.instrument import Instrument
from oms.domain.market import MarketData
from oms.domain.order import OrderFlag, OrderTicket
from oms.domain.risk import RiskDecision, RuleLimits, Sizing
from oms.domain.signal import TradingSignal
from oms.domain.units import Money, Nanos, Price, Quantity

# -- the run ----------------------------------------------------------------------------------------------------


class RunStarted(Struct, frozen=True, kw_only=True, gc=False):
    """A run of one configuration began. `run_id` counts the runs of this journal."""

    run_id: RunId
    actor: str
    prefix: str
    mode: str
    seed: int
    config_hash: str
    feed: str
    feed_hash: str
    currency: str


class RunEnded(Struct, frozen=True, kw_only=True, gc=False):
    """The run ended in order."""

    actor: str
    reason: str


class TapePositioned(Struct, frozen=True, kw_only=True, gc=False):
    """The feed was played to the end of this session; a restart goes on after it."""

    session: str


class TerminalLost(Struct, frozen=True, kw_only=True, gc=False):
    """The screen went away while the engine ran."""

    actor: str
    cause: str
    policy: str


class SnapshotExported(Struct, frozen=True, kw_only=True, gc=False):
    """A picture of the screen was written to a file."""

    actor: str
    path: str
    sha256: str


class OperatorNoted(Struct, frozen=True, kw_only=True, gc=False):
    """What a person did to the account while no engine ran: who, when on the wall, and what in words.

    It was written down beside the journal then and is recorded by the next start; `note_id` is how a start that was
    cut short knows that it has it already.
    """

    note_id: str
    ts_noted: Nanos
    actor: str
    text: str


class CommandRefused(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody asked for what cannot be done now."""

    actor: str
    command: str
    text: str


# -- the world --------------------------------------------------------------------------------------------------


class InstrumentListed(Struct, frozen=True, kw_only=True, gc=False):
    """An instrument can be traded."""

    instrument: Instrument


class BrokerConnected(Struct, frozen=True, kw_only=True, gc=False):
    """A broker link stands and its books agree with ours."""

    broker: BrokerId


class BrokerDisconnected(Struct, frozen=True, kw_only=True, gc=False):
    """A broker link is gone: what it last said is old from now on."""

    broker: BrokerId
    text: str


class MarketMoved(Struct, frozen=True, kw_only=True, gc=False):
    """The market showed something. Not durable: the tape is where market data is kept."""

    data: MarketData


class MarkRecorded(Struct, frozen=True, kw_only=True, gc=False):
    """The mark of an instrument we hold, kept so that a restart values it as before."""

    instrument_id: InstrumentId
    px: Price
    ts_mark: Nanos


class DayOpened(Struct, frozen=True, kw_only=True, gc=False):
    """A new UTC day began with this equity; the daily loss is measured from it."""

    day: str
    equity: Decimal


class PeakEquityRaised(Struct, frozen=True, kw_only=True, gc=False):
    """Equity reached a new high; the drawdown is measured from it."""

    equity: Decimal


class BalanceReported(Struct, frozen=True, kw_only=True, gc=False):
    """The venue's cash differs from ours, or was never known: from now on it is this."""

    broker: BrokerId
    account: AccountId
    cash: Money


class PositionAdjusted(Struct, frozen=True, kw_only=True, gc=False):
    """Reconciliation found the venue's net to differ by `quantity`; it is booked on nobody's strategy at the mark.
    Without a mark `px` is None, and what the position has cost is not known."""

    broker: BrokerId
    account: AccountId
    instrument_id: InstrumentId
    quantity: Quantity
    px: Price | None


class ReportQuarantined(Struct, frozen=True, kw_only=True, gc=False):
    """A venue said something that fits no order as we know it. Nothing was changed; a person must look."""

    client_order_id: ClientOrderId
    report: str
    text: str


class ForeignOrderSeen(Struct, frozen=True, kw_only=True, gc=False):
    """The venue works an order that is not ours."""

    broker: BrokerId
    client_order_id: ClientOrderId


# -- strategies -------------------------------------------------------------------------------------------------


class SignalRaised(Struct, frozen=True, kw_only=True, gc=False):
    """A strategy said something."""

    signal: TradingSignal


class SignalDeclined(Struct, frozen=True, kw_only=True, gc=False):
    """No ticket was made of a signal. `text` says why: the sizer, a strategy that is paused, the other leg."""

    strategy_id: StrategyId
    instrument_id: InstrumentId
    text: str


class StrategyEnabled(Struct, frozen=True, kw_only=True, gc=False):
    """Its signals go through to the sizer."""

    strategy_id: StrategyId
    actor: str


class StrategyPaused(Struct, frozen=True, kw_only=True, gc=False):
    """It is fed, its signals are discarded. `text` says why, where nobody asked for it."""

    strategy_id: StrategyId
    actor: str
    text: str = ""


class StrategyStopped(Struct, frozen=True, kw_only=True, gc=False):
    """It is fed, and what it says is not taken down, until somebody enables it by name."""

    strategy_id: StrategyId
    actor: str


class StrategyFaulted(Struct, frozen=True, kw_only=True, gc=False):
    """It raised: it is no longer fed. The others go on."""

    strategy_id: StrategyId
    text: str


# -- risk -------------------------------------------------------------------------------------------------------


class LimitsSet(Struct, frozen=True, kw_only=True):
    """The limits in force from now on; decisions name them by number."""

    number: int
    limits: tuple[RuleLimits, ...]


class TradingHalted(Struct, frozen=True, kw_only=True, gc=False):
    """No new order passes until somebody resumes. `cause` is a rule's name, `stop` when somebody asked for it, or
    `journal` when it could not be written; `step` says how far down a rule that has several was, and is 0 for a cause
    that has none."""

    actor: str
    cause: str
    text: str
    step: int = 0


class TradingReduced(Struct, frozen=True, kw_only=True, gc=False):
    """Only orders that shrink the account's net pass. `cause` and `step` as in `TradingHalted`."""

    actor: str
    cause: str
    text: str
    step: int = 0


class TradingResumed(Struct, frozen=True, kw_only=True, gc=False):
    """The gate is open again."""

    actor: str


# -- orders -----------------------------------------------------------------------------------------------------


class OrderInitialized(Struct, frozen=True, kw_only=True, gc=False):
    """We took on a ticket; `sizing` says how its quantity came about when a sizer made it."""

    client_order_id: ClientOrderId
    ticket: OrderTicket
    sizing: Sizing | None = None


class OrderValidated(Struct, frozen=True, kw_only=True, gc=False):
    """Every rule passed and a person must confirm."""

    client_order_id: ClientOrderId
    decision: RiskDecision


class OrderDenied(Struct, frozen=True, kw_only=True, gc=False):
    """Our own risk said no. Nothing was sent."""

    client_order_id: ClientOrderId
    decision: RiskDecision
    text: str


class OrderHeld(Struct, frozen=True, kw_only=True, gc=False):
    """It waits here for a parent or a trigger."""

    client_order_id: ClientOrderId
    text: str


class OrderReleased(Struct, frozen=True, kw_only=True, gc=False):
    """What it waited for has come; it goes to the gate as this ticket."""

    client_order_id: ClientOrderId
    ticket: OrderTicket


class OrderSubmitted(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The approval record: the decision and the hash of exactly the ticket that may leave. Durable before it does.

    `confirmed` names who typed the word for a flatten, which leaves although trading is stopped; nothing else has it.
    """

    client_order_id: ClientOrderId
    decision: RiskDecision
    ticket_hash: str
    confirmed: str = ""


class OrderOutcomeUnknown(Struct, frozen=True, kw_only=True, gc=False):
    """A deadline passed or the answer made no sense: it may be at the venue."""

    client_order_id: ClientOrderId
    text: str


class OrderQueried(Struct, frozen=True, kw_only=True, gc=False):
    """We ask the venue what became of it. Not durable: after a restart every open order is asked for anyway."""

    client_order_id: ClientOrderId


class OrderUnseen(Struct, frozen=True, kw_only=True, gc=False):
    """The venue answered that it does not know it, which is not certain yet. Not durable: a restart counts anew."""

    client_order_id: ClientOrderId


class OrderSeen(Struct, frozen=True, kw_only=True, gc=False):
    """The venue answered, and it has it. Not durable: what it said of it is an event of its own where it is news."""

    client_order_id: ClientOrderId


class OrderAccepted(Struct, frozen=True, kw_only=True, gc=False):
    """The venue has it."""

    client_order_id: ClientOrderId
    venue_order_id: VenueOrderId | None = None


class OrderRejected(Struct, frozen=True, kw_only=True, gc=False):
    """The venue said no."""

    client_order_id: ClientOrderId
    text: str


class OrderTriggered(Struct, frozen=True, kw_only=True, gc=False):
    """Its stop price was reached at the venue."""

    client_order_id: ClientOrderId


class OrderPendingReplace(Struct, frozen=True, kw_only=True, gc=False):
    """We asked the venue to change it into this ticket. `decision` is the approval of the difference that makes; None
    where the same is asked again."""

    client_order_id: ClientOrderId
    ticket: OrderTicket
    actor: str
    decision: RiskDecision | None = None
    text: str = ""


class OrderReplaced(Struct, frozen=True, kw_only=True, gc=False):
    """The venue changed it."""

    client_order_id: ClientOrderId
    ticket: OrderTicket


class OrderReplaceDenied(Struct, frozen=True, kw_only=True, gc=False):
    """Our own risk refuses to change it into this ticket. Nothing was sent; it works on as it was."""

    client_order_id: ClientOrderId
    ticket: OrderTicket
    decision: RiskDecision
    text: str


class OrderReplaceRejected(Struct, frozen=True, kw_only=True, gc=False):
    """The venue refuses to change it; it works on as it was."""

    client_order_id: ClientOrderId
    text: str


class OrderPendingCancel(Struct, frozen=True, kw_only=True, gc=False):
    """We asked the venue to cancel it."""

    client_order_id: ClientOrderId
    actor: str
    text: str = ""


class OrderCancelRejected(Struct, frozen=True, kw_only=True, gc=False):
    """The venue refuses to cancel it; it works on."""

    client_order_id: ClientOrderId
    text: str


class OrderFilled(Struct, frozen=True, kw_only=True, gc=False):
    """One execution; the order is FILLED when nothing is left of it."""

    client_order_id: ClientOrderId
    fill: Fill


class OrderCanceled(Struct, frozen=True, kw_only=True, gc=False):
    """It no longer works at the venue."""

    client_order_id: ClientOrderId
    text: str = ""


class OrderExpired(Struct, frozen=True, kw_only=True, gc=False):
    """Its time in force is over."""

    client_order_id: ClientOrderId


class OrderUnfound(Struct, frozen=True, kw_only=True, gc=False):
    """The venue does not know it, for certain: it never arrived. Its risk is released."""

    client_order_id: ClientOrderId
    text: str


class OrderFlagged(Struct, frozen=True, kw_only=True, gc=False):
    """Something about it is odd, and a person should know: the alarm, by its name, and the numbers in words."""

    client_order_id: ClientOrderId
    flag: OrderFlag
    text: str


class OrderAdopted(Struct, frozen=True, kw_only=True, gc=False):
    """The venue traded an order in our account that is not ours. `ticket` is what can be known of it from that."""

    client_order_id: ClientOrderId
    ticket: OrderTicket


OrderEvent: TypeAlias = (
    OrderInitialized
    | OrderValidated
    | OrderDenied
    | OrderHeld
    | OrderReleased
    | OrderSubmitted
    | OrderOutcomeUnknown
    | OrderAccepted
    | OrderRejected
    | OrderTriggered
    | OrderPendingReplace
    | OrderReplaced
    | OrderReplaceRejected
    | OrderReplaceDenied
    | OrderPendingCancel
    | OrderCancelRejected
    | OrderFilled
    | OrderCanceled
    | OrderExpired
    | OrderUnfound
    | OrderFlagged
    | OrderAdopted
)

Passing: TypeAlias = MarketMoved | OrderQueried | OrderUnseen | OrderSeen

Event: TypeAlias = (
    RunStarted
    | RunEnded
    | TapePositioned
    | TerminalLost
    | SnapshotExported
    | OperatorNoted
    | CommandRefused
    | InstrumentListed
    | BrokerConnected
    | BrokerDisconnected
    | MarkRecorded
    | DayOpened
    | PeakEquityRaised
    | BalanceReported
    | PositionAdjusted
    | ReportQuarantined
    | ForeignOrderSeen
    | SignalRaised
    | SignalDeclined
    | StrategyEnabled
    | StrategyPaused
    | StrategyStopped
    | StrategyFaulted
    | LimitsSet
    | TradingHalted
    | TradingReduced
    | TradingResumed
    | OrderEvent
    | Passing
)

PASSING: Final[frozenset[type[Struct]]] = frozenset(get_args(Passing))  # what is heard and applied, and not journaled
ORDER_EVENTS: Final[tuple[type[Struct], ...]] = get_args(OrderEvent)
ORDER_KINDS: Final = frozenset(ORDER_EVENTS)  # asked for every record, so a set and not a row of isinstance
KINDS: Final[dict[str, type[Struct]]] = {kind.__name__: kind for kind in get_args(Event) if kind not in PASSING}


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """An event with its place. `seq` is 0 for what is not durable: only journaled records are numbered, by one,
    without a gap. `ts` is engine time, `wall` the wall clock when the record was made; neither decides order."""

    seq: int
    ts: Nanos
    wall: Nanos
    event: Event
    correlation_id: str | None = None
    causation_id: int | None = None
