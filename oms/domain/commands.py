"""What somebody asked for. Imperative, may be refused, and says who asked: `actor` is a person, a strategy or a
program, in words."""

from decimal import Decimal
from typing import Final, TypeAlias

from msgspec import Struct

from oms.domain.account import AccountSnapshot
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, InstrumentId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket
from oms.domain.risk import RuleLimits
from oms.domain.units import Nanos, Price, Quantity

STOP: Final = "stop"  # the cause of a halt that somebody asked for
NOT_SENT: Final = "not sent: "  # how the text of an order begins that was withheld; `withheld` says that it was


class BeginRun(Struct, frozen=True, kw_only=True):
    """Start a run: what it trades, under which limits, and everything that makes it repeatable."""

    actor: str
    prefix: str
    mode: str
    seed: int
    config_hash: str
    feed: str
    feed_hash: str
    currency: str
    instruments: tuple[Instrument, ...]
    limits: tuple[RuleLimits, ...]
    strategies: tuple[StrategyId, ...]  # enabled by being configured, which is their standing approval
    paused: tuple[StrategyId, ...] = ()  # those of them that begin paused, whatever they were before
    latch: str | None = None  # the halt found latched on disk: the run begins HALTED


class EndRun(Struct, frozen=True, kw_only=True):
    """Stop: record the marks of what is held and close the run."""

    actor: str
    reason: str


class SubmitTicket(Struct, frozen=True, kw_only=True, gc=False):
    """Put one ticket to the gate. `ts_agreed` is when a person agreed to it, where one was asked: from then on it may
    wait for the loop, and what has waited too long does not leave."""

    actor: str
    ticket: OrderTicket
    ts_agreed: Nanos | None = None


class CancelOrder(Struct, frozen=True, kw_only=True):
    """Ask the venue to cancel one order."""

    actor: str
    client_order_id: ClientOrderId
    reason: str = ""


class ReplaceOrder(Struct, frozen=True, kw_only=True):
    """Ask the venue to change an order that works; what is None stays as it is. `quantity` counts what was filled."""

    actor: str
    client_order_id: ClientOrderId
    quantity: Quantity | None = None
    limit_px: Price | None = None
    stop_px: Price | None = None


class HaltTrading(Struct, frozen=True, kw_only=True):
    """The emergency stop: close the gate, cancel working orders, pause strategies.

    `cause` is the word that the halt is journaled under: `stop` where somebody asked, or what failed by itself.
    """

    actor: str
    reason: str
    cause: str = STOP


class FlattenPosition(Struct, frozen=True, kw_only=True):
    """Give back what every strategy holds of an instrument, or of all, at the market; with `strategy_id` only what that
    one holds. Whoever asks has typed the word.

    Orders that work for it are canceled first, protective ones too; while one of them could still close what is held,
    only that is done, and the command is to be asked once more.
    """

    actor: str
    instrument_id: InstrumentId | None = None
    strategy_id: StrategyId | None = None


class ResumeTrading(Struct, frozen=True, kw_only=True):
    """Open the gate again after a halt or a reduction. Strategies stay paused.

    `halts` is how many halts whoever asks has seen; one more meanwhile, and the resume is refused. None asks anyway.
    """

    actor: str
    halts: int | None = None


class EnableStrategy(Struct, frozen=True, kw_only=True):
    """Let a strategy's signals through; None means every strategy that is paused."""

    actor: str
    strategy_id: StrategyId | None = None


class PauseStrategy(Struct, frozen=True, kw_only=True):
    """Keep a strategy fed but discard its signals; None means all of them."""

    actor: str
    strategy_id: StrategyId | None = None


class StopStrategy(Struct, frozen=True, kw_only=True):
    """Take a strategy's leave to trade until somebody enables it by name: its signals are not even taken down, its
    working orders are canceled. What protects a position stays, and so do its positions."""

    actor: str
    strategy_id: StrategyId


class NoteExport(Struct, frozen=True, kw_only=True):
    """A snapshot was written."""

    actor: str
    path: str
    sha256: str


class NoteOperator(Struct, frozen=True, kw_only=True):
    """Record what a person did while no engine ran, see `OperatorNoted`; once, however often it is asked.

    One that is a resume says in `resumes` how many halts the journal had when it was given: those are what it undoes.
    """

    note_id: str
    ts_noted: Nanos
    actor: str
    text: str
    resumes: int | None = None


class NoteTerminalLost(Struct, frozen=True, kw_only=True):
    """The screen went away: why, and what was done about it."""

    actor: str
    cause: str
    policy: str


class BrokerUp(Struct, frozen=True, kw_only=True):
    """A broker link stands; its books are in `snapshot` and are to be reconciled.

    `seq` is the last record that whoever asks compared them with; one more meanwhile, and nothing happens: the
    snapshot is older than our books. None reconciles anyway.
    """

    actor: str
    broker: BrokerId
    snapshot: AccountSnapshot
    seq: int | None = None


class ReconcileBooks(Struct, frozen=True, kw_only=True):
    """A venue's books surely differ from ours although its link stands. `gaps` names where, each with what the venue
    has more: what differs otherwise by now is left, because it moves."""

    actor: str
    snapshot: AccountSnapshot
    gaps: frozenset[tuple[tuple[BrokerId, AccountId, str], Decimal]]


class RenewProtection(Struct, frozen=True, kw_only=True):
    """A link stands, and orders leave again: what is held here only because it could not be sent goes to the venue."""

    actor: str


class WithholdOrder(Struct, frozen=True, kw_only=True):
    """An approved order was not handed over, and why."""

    actor: str
    client_order_id: ClientOrderId
    reason: str


class FaultStrategy(Struct, frozen=True, kw_only=True):
    """A strategy raised and is no longer fed."""

    actor: str
    strategy_id: StrategyId
    text: str


class BrokerDown(Struct, frozen=True, kw_only=True):
    """A broker link is gone."""

    actor: str
    broker: BrokerId
    text: str


Command: TypeAlias = (
    BeginRun
    | EndRun
    | SubmitTicket
    | CancelOrder
    | ReplaceOrder
    | HaltTrading
    | FlattenPosition
    | ResumeTrading
    | EnableStrategy
    | PauseStrategy
    | StopStrategy
    | NoteExport
    | NoteOperator
    | NoteTerminalLost
    | BrokerUp
    | ReconcileBooks
    | RenewProtection
    | WithholdOrder
    | FaultStrategy
    | BrokerDown
)
