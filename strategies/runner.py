"""Feeds strategies and brings back what they think; the loop's side of the socket.

Strategies are strangers to each other and to the engine: one that raises must stop nobody. So everything a strategy
is called for happens behind a broad `except`, which leaves only ctrl-C alone; what it catches takes that strategy out
of the feed and is kept until the engine asks (`drain_faults`). A signal that is not well formed counts as raising, and
takes the others of the same call with it: half a pair is worse than none.

Who wants what is worked out when the runner is made. A datum costs one look-up, and a quote costs nothing more unless
somebody overrides `on_quote`. Whether a strategy is paused is the engine's business: it is fed all the same, so that it
is warm when it is resumed.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from oms.domain.events import MarketMoved, Record
from oms.domain.fill import Fill
from oms.domain.ids import ExecId, InstrumentId, StrategyId
from oms.domain.market import Bar, Quote
from oms.domain.order_events import OrderFilled
from oms.domain.signal import TradingSignal
from oms.domain.units import Nanos
from strategies.base import BaseStrategy, Signals
from strategies.config import StrategyConfigurationError
from strategies.context import FLAT, Context, Holding
from strategies.seat import Seat, by_instrument, in_one_line

FILLS_REMEMBERED = 4_096  # more than one batch can hold

Words = TypeVar("Words")


class StrategyRunner:
    """Reacts to market data and fills.

    `position_of` returns what a strategy holds of an instrument, after every fill the engine has counted.

    Raises:
        StrategyConfigurationError: two strategies have one name.
    """

    def __init__(
        self,
        strategies: Iterable[BaseStrategy],
        position_of: Callable[[StrategyId, InstrumentId], Holding],
    ) -> None:
        self._seats: dict[StrategyId, Seat] = {}
        for strategy in strategies:
            if strategy.strategy_id in self._seats:
                msg = f"two strategies are named {strategy.strategy_id}"
                raise StrategyConfigurationError(msg)
            self._seats[strategy.strategy_id] = Seat(strategy, position_of)
        self._closed: dict[tuple[InstrumentId, str], Nanos] = {}
        self._faults: list[tuple[StrategyId, str]] = []
        # a fill whose commit failed is reported again; it is one fill all the same
        self._filled_lately: dict[ExecId, None] = {}
        self._assign()

    @property
    def strategies(self) -> dict[StrategyId, BaseStrategy]:
        """All strategies by name, also those that have faulted."""
        return {name: seat.strategy for name, seat in self._seats.items()}

    @property
    def warmup_bars(self) -> int:
        """The longest warm-up of all."""
        return max((seat.strategy.warmup_bars for seat in self._seats.values()), default=0)

    def required_symbols(self) -> tuple[InstrumentId, ...]:
        """Return every instrument somebody wants, once each."""
        return tuple(dict.fromkeys(name for seat in self._seats.values() for name in seat.instruments))

    def warm_up(self, bars: Iterable[Bar]) -> None:
        """Feed earlier bars, oldest first; what is said to them is discarded, and nobody holds anything meanwhile."""
        for bar in bars:
            if self._is_new(bar):
                for seat in self._on_bar.get(bar.instrument.instrument_id, ()):
                    self._call(seat, seat.strategy.on_bar, bar, Context(bar.ts, _flat))

    def recall(self, fills: Iterable[Fill]) -> None:
        """Count fills of earlier runs into the metrics, oldest first; nobody reacts to them."""
        for fill in fills:
            seat = self._seats.get(fill.strategy_id)
            if seat is not None:
                seat.strategy.tally.count(fill)

    def react(self, record: Record) -> Sequence[TradingSignal]:
        """Return what strategies think of a record, in the order in which they were given.

        Everything but market data and fills leaves them cold; so does a bar that was seen before, or that ends before
        one that was.
        """
        event = record.event
        if isinstance(event, MarketMoved):
            data = event.data
            if isinstance(data, Quote):
                seats = self._on_quote.get(data.instrument.instrument_id)
                return self._ask(seats, "on_quote", data, record.ts) if seats else ()
            if isinstance(data, Bar) and self._is_new(data):
                seats = self._on_bar.get(data.instrument.instrument_id)
                return self._ask(seats, "on_bar", data, record.ts) if seats else ()
        elif isinstance(event, OrderFilled):
            return self._filled(event.fill, record.ts)
        return ()

    def drain_faults(self) -> list[tuple[StrategyId, str]]:
        """Take what went wrong since the last time: names, and one line each. No name comes twice in a run."""
        faults, self._faults = self._faults, []
        return faults

    def waiting(self, strategy_id: StrategyId) -> dict[InstrumentId, str]:
        """Return what a strategy waits for; nothing once it has faulted."""
        seat = self._seats[strategy_id]
        return self._hear(seat, seat.waits) or {}

    def leaving(self, strategy_id: StrategyId) -> str:
        """Return where a strategy's own rule closes what it holds; nothing once it has faulted."""
        seat = self._seats[strategy_id]
        return self._hear(seat, seat.leaves) or ""

    def _hear(self, seat: Seat, ask: Callable[[], Words]) -> Words | None:
        """Return what a strategy says of itself; one that cannot say it has faulted."""
        if seat.faulted:
            return None
        try:
            return ask()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a strategy may raise anything, and must stop nobody
            self._fault(seat, error)
            return None

    def _filled(self, fill: Fill, now: Nanos) -> Signals:
        seat = self._seats.get(fill.strategy_id)
        if seat is None or fill.exec_id in self._filled_lately:
            return ()
        self._filled_lately[fill.exec_id] = None
        if len(self._filled_lately) > FILLS_REMEMBERED:
            del self._filled_lately[next(iter(self._filled_lately))]
        seat.strategy.tally.count(fill)
        if seat.faulted or not seat.overrides("on_fill"):
            return ()
        return self._call(seat, seat.strategy.on_fill, fill, Context(now, seat.position))

    def _ask(self, seats: tuple[Seat, ...], handler: str, datum: Bar | Quote, now: Nanos) -> Signals:
        signals: list[TradingSignal] = []
        for seat in seats:
            signals += self._call(seat, getattr(seat.strategy, handler), datum, Context(now, seat.position))
        return signals

    def _call(self, seat: Seat, handler: Callable[[Any, Context], Signals], datum: object, context: Context) -> Signals:
        try:
            signals = seat.taken(handler, handler(datum, context))
            if signals:
                seat.check(signals)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a strategy may raise anything, and must stop nobody
            self._fault(seat, error)
            return ()
        return signals

    def _fault(self, seat: Seat, error: BaseException) -> None:
        seat.faulted = True
        self._faults.append((seat.strategy.strategy_id, in_one_line(error)))
        self._assign()

    def _assign(self) -> None:
        """Work out anew who is called for what."""
        seats = [seat for seat in self._seats.values() if not seat.faulted]
        self._on_bar = by_instrument([seat for seat in seats if seat.overrides("on_bar")])
        self._on_quote = by_instrument([seat for seat in seats if seat.overrides("on_quote")])

    def _is_new(self, bar: Bar) -> bool:
        key = (bar.instrument.instrument_id, bar.spec.name)
        if bar.ts_close <= self._closed.get(key, -1):
            return False
        self._closed[key] = bar.ts_close
        return True


def _flat(_: InstrumentId) -> Holding:
    return FLAT
