"""What the screen remembers of a run: the state says how things are, this says how they went lately.

It is fed by the bus, so all of it is durable news, and it is bounded: a screen that is open for a month must not grow.
Log lines and prices fall off the end; the equity curve halves its resolution whenever it is full, so that it always
spans the whole run.
"""

from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from cockpit.log.renewal import is_made_anew
from cockpit.tui.fate import Sentence, is_step
from cockpit.tui.particulars import Particulars, particulars
from cockpit.tui.sentence import Explain, Shared, made_anew, sentence_of, together
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ENGINE, GATE, ClientOrderId, InstrumentId
from oms.domain.market import Quote
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos
from oms.state import State

LINES_KEPT: Final = 1_000
PRICES_KEPT: Final = 128
SECS_PER_POINT: Final = 3.0
"""Wall seconds between two points of a trend, which stands still meanwhile. Each point moves all of it, in every row:
at the speed of quotes nobody could follow it and it would cost more than the rest of the screen."""
CURVE_POINTS: Final = 1_024
HALTS_KEPT: Final = 8
_CHANGED: Final = (oev.OrderReplaced, oev.OrderReplaceRejected, oev.OrderCanceled, oev.OrderExpired)


class LogLine(NamedTuple):
    """One line of the log; `number` counts them, `more` is for whoever opens it."""

    number: int
    ts: Nanos
    said: Sentence
    more: Particulars


class Halt(NamedTuple):
    """Why trading stands, and the line of the log that tells of it."""

    text: str
    line: LogLine


class Tick(NamedTuple):
    """The last change of a price: its direction, and when it arrived (monotonic seconds)."""

    direction: int
    at: float


class Recent:
    """A fold over records for the eye. `arrived` is when the last quote came (monotonic seconds)."""

    def __init__(self, explain: Explain | None = None) -> None:
        self._explain = explain
        self.lines: deque[LogLine] = deque(maxlen=LINES_KEPT)
        self.prices: dict[InstrumentId, deque[int]] = {}
        self.ticks: dict[InstrumentId, Tick] = {}
        self.arrived: float | None = None
        self.curve: list[float] = []
        self.times: list[Nanos] = []
        """Engine time of each point of the curve."""
        self.fills = 0
        self.fees: dict[str, Decimal] = {}
        self.closings = 0
        """Fills that realized a profit or a loss."""
        self.won = 0
        self.halts: list[Halt] = []
        """Since trading was resumed last, the first ones, oldest first: what comes later follows from them."""
        self._changing: set[ClientOrderId] = set()  # that a person has asked to change
        self._resumed: ev.Record | None = None
        self._realized: dict[PositionKey, Decimal] = {}
        self._said = 0
        self._going: tuple[type, str, Nanos] | None = None
        """What the newest line says, if it can be said of several at once."""
        self._together = 1
        self._quotes = 0
        self._last: dict[InstrumentId, int] = {}
        self._pointed: dict[InstrumentId, int] = {}
        """In which stretch of SECS_PER_POINT a trend got its newest point."""
        self._stride = 1

    def watch(self, record: ev.Record, state: State, now: float) -> None:
        """Take one record in; `state` is the state after its batch, `now` monotonic seconds."""
        event = record.event
        if isinstance(event, ev.MarketMoved):
            if isinstance(event.data, Quote):
                self._quote(event.data, state, now)
            return
        if isinstance(event, oev.OrderFilled):
            self._fill(event, state)
        self._tell(record, state)

    def recall(self, records: Iterable[ev.Record], state: State) -> None:
        """Take in what was journaled before this run, oldest first: its lines, but not its fills and fees."""
        for record in records:
            self._tell(record, state)

    def _tell(self, record: ev.Record, state: State) -> None:
        event = record.event
        said = sentence_of(event, state, self._explain)
        if isinstance(event, oev.OrderPendingReplace) and event.actor not in (GATE, ENGINE):
            self._changing.add(event.client_order_id)
        elif isinstance(event, _CHANGED):
            by_person = event.client_order_id in self._changing
            self._changing.discard(event.client_order_id)
            if is_step(event, by_person=by_person):
                return
        if isinstance(event, oev.OrderInitialized) and is_made_anew(record, self._resumed):
            said = made_anew(event, state)
        if said is None:
            return
        self._say(said, record)
        if isinstance(event, ev.TradingHalted) and len(self.halts) < HALTS_KEPT:
            self.halts.append(Halt(event.text, self.lines[0]))
        elif isinstance(event, ev.TradingResumed):
            self.halts.clear()
            self._resumed = record

    def _say(self, said: Sentence, record: ev.Record) -> None:
        """Add a line, or let the newest one say how many went the same way: more of the same would push off what
        matters."""
        event, ts, more = record.event, record.ts, particulars(record)
        going = None
        if isinstance(event, Shared) and not getattr(event, "text", ""):
            going = type(event), event.actor, ts
            if going == self._going:
                self._together += 1
                self.lines[0] = LogLine(self._said, ts, together(event, self._together), more)
                return
        self._going, self._together = going, 1
        self._said += 1
        self.lines.appendleft(LogLine(self._said, ts, said, more))

    def _quote(self, quote: Quote, state: State, now: float) -> None:
        self.arrived = now
        instrument_id = quote.instrument.instrument_id
        last = self._last.get(instrument_id, quote.last)
        if quote.last != last:
            self.ticks[instrument_id] = Tick(1 if quote.last > last else -1, now)
        self._last[instrument_id] = quote.last
        stretch = int(now // SECS_PER_POINT)
        if self._pointed.get(instrument_id) != stretch:
            self._pointed[instrument_id] = stretch
            self.prices.setdefault(instrument_id, deque(maxlen=PRICES_KEPT)).append(quote.last)
        self._quotes += 1
        if self._quotes % self._stride == 0:
            self._point(state.equity.now, state.ts)

    def _point(self, equity: Decimal | None, ts: Nanos) -> None:
        if equity is None:
            return
        self.curve.append(float(equity))
        self.times.append(ts)
        if len(self.curve) >= CURVE_POINTS:
            self.curve, self.times = self.curve[::2], self.times[::2]
            self._stride *= 2

    def _fill(self, event: oev.OrderFilled, state: State) -> None:
        fill = event.fill
        self.fills += 1
        self.fees[fill.fee.currency] = self.fees.get(fill.fee.currency, ZERO) + fill.fee.amount
        key = PositionKey(fill.broker, fill.account, fill.instrument_id, fill.strategy_id)
        realized = state.ledger.position(key).realized
        gained = realized - self._realized.get(key, ZERO)
        self._realized[key] = realized
        if gained:
            self.closings += 1
            self.won += gained > 0

    def begin(self, state: State) -> None:
        """Start from a state that was recovered: what was realized before this run is not this run's."""
        self._realized = {key: position.realized for key, position in state.ledger.positions.items()}
