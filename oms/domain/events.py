"""What happened. Past tense, never refused: applying an event always succeeds, and applying all of them in order is
the state. An event names facts only; what can be computed from earlier events is not in it.

Here are those of the run, the venues and the gate; those of an order, an account and a strategy stand in files of
their own, and `Event` is all of them. Every class of it that is not `PASSING` is durable and can be read back from a
journal by its class name (`KINDS`). A `Record` is an event with its place: the sequence number in the journal, engine
time, wall time, the correlation (what started the chain) and the causation (the parent's sequence number).

None is of interest to the garbage collector (`gc=False`): what is frozen can only name what was there before it, so it
is never part of a circle, and a collector that walks all records of a day again and again finds nothing.
"""

from typing import Final, TypeAlias, get_args

from msgspec import Struct

from oms.domain.account_events import AccountEvent
from oms.domain.ids import BrokerId, ClientOrderId, RunId
from oms.domain.instrument import Instrument
from oms.domain.market import MarketData
from oms.domain.order_events import OrderEvent, OrderQueried, OrderSeen, OrderUnseen
from oms.domain.risk import RuleLimits
from oms.domain.strategy_events import StrategyEvent
from oms.domain.units import Nanos

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


class ReportQuarantined(Struct, frozen=True, kw_only=True, gc=False):
    """A venue said something that fits no order as we know it. Nothing was changed; a person must look."""

    client_order_id: ClientOrderId
    report: str
    text: str


class ForeignOrderSeen(Struct, frozen=True, kw_only=True, gc=False):
    """The venue works an order that is not ours."""

    broker: BrokerId
    client_order_id: ClientOrderId


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
    | ReportQuarantined
    | ForeignOrderSeen
    | LimitsSet
    | TradingHalted
    | TradingReduced
    | TradingResumed
    | OrderEvent
    | AccountEvent
    | StrategyEvent
    | Passing
)

PASSING: Final[frozenset[type[Struct]]] = frozenset(get_args(Passing))  # what is heard and applied, and not journaled
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
