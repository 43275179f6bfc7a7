"""What the screen remembers of a run: the state says how things are, this says how they went lately.

It is fed by the bus, so all of it is durable news, and it is bounded: a screen that is open for a month must not grow.
Log lines and prices fall off the end; the equity curve halves its resolution whenever it is full, so that it always
spans the whole run.
"""

from collections import deque
from decimal import Decimal
from typing import Final, NamedTuple

from cockpit.tui.sentence import Explain, Sentence, sentence_of
from oms.domain import events as ev
from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos
from oms.state import State

LINES_KEPT: Final = 1_000
PRICES_KEPT: Final = 128
QUOTES_PER_POINT: Final = 4
"""A trend moves by one cell every so many quotes, and only its last cell with each."""
CURVE_POINTS: Final = 1_024


class LogLine(NamedTuple):
    """One line of the log; `number` counts them."""

    number: int
    ts: Nanos
    said: Sentence


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
        self.fills = 0
        self.fees: dict[str, Decimal] = {}
        self.closings = 0
        """Fills that realized a profit or a loss."""
        self.won = 0
        self._realized: dict[PositionKey, Decimal] = {}
        self._said = 0
        self._quotes = 0
        self._turns: dict[InstrumentId, int] = {}
        self._stride = 1

    @property
    def has_quotes(self) -> bool:
        """Whether any price has come in this run."""
        return self.arrived is not None

    def watch(self, record: ev.Record, state: State, now: float) -> None:
        """Take one record in; `state` is the state after its batch, `now` monotonic seconds."""
        event = record.event
        if isinstance(event, ev.MarketMoved):
            if isinstance(event.data, Quote):
                self._quote(event.data, state, now)
            return
        if isinstance(event, ev.OrderFilled):
            self._fill(event, state)
        said = sentence_of(event, state, self._explain)
        if said is not None:
            self._said += 1
            self.lines.appendleft(LogLine(self._said, record.ts, said))

    def _quote(self, quote: Quote, state: State, now: float) -> None:
        self.arrived = now
        instrument_id = quote.instrument.instrument_id
        seen = self.prices.setdefault(instrument_id, deque(maxlen=PRICES_KEPT))
        if seen and quote.last != seen[-1]:
            self.ticks[instrument_id] = Tick(1 if quote.last > seen[-1] else -1, now)
        turn = self._turns.get(instrument_id, 0)
        self._turns[instrument_id] = (turn + 1) % QUOTES_PER_POINT
        if turn:
            seen[-1] = quote.last
        else:
            seen.append(quote.last)
        self._quotes += 1
        if self._quotes % self._stride == 0:
            self._point(state.equity.now)

    def _point(self, equity: Decimal | None) -> None:
        if equity is None:
            return
        self.curve.append(float(equity))
        if len(self.curve) >= CURVE_POINTS:
            self.curve = self.curve[::2]
            self._stride *= 2

    def _fill(self, event: ev.OrderFilled, state: State) -> None:
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
