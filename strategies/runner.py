"""Feeds strategies and brings back what they think; the loop's side of the socket.

Strategies are strangers to each other and to the engine: one that raises must stop nobody. So everything a strategy
is called for happens behind one broad `except`; what it catches takes that strategy out of the feed and is kept until
the engine asks (`drain_faults`). A signal that is not well formed counts as raising, and takes the others of the
same call with it: half a pair is worse than none.

Who wants what is worked out when the runner is made. A datum costs one look-up, and a quote costs nothing more unless
somebody overrides `on_quote`. Whether a strategy is paused is the engine's business: it is fed all the same, so that it
is warm when it is resumed.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from traceback import walk_tb
from typing import Any

from oms.domain.events import MarketMoved, Record
from oms.domain.fill import Fill
from oms.domain.ids import ExecId, InstrumentId, StrategyId
from oms.domain.market import Bar, Quote
from oms.domain.order_events import OrderFilled
from oms.domain.signal import TradingSignal
from oms.domain.units import Nanos
from strategies.base import FLAT, BaseStrategy, Context, Holding, Signals
from strategies.config import SignalGenerationError, StrategyConfigurationError
from strategies.well_formed import flaw_of

FILLS_REMEMBERED = 4_096  # more than one batch can hold
LONGEST_TEXT = 200  # a fault is shown on one line


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
        self._seats: dict[StrategyId, _Seat] = {}
        for strategy in strategies:
            if strategy.strategy_id in self._seats:
                msg = f"two strategies are named {strategy.strategy_id}"
                raise StrategyConfigurationError(msg)
            self._seats[strategy.strategy_id] = _Seat(strategy, position_of)
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
        if seat.faulted:
            return {}
        try:
            return seat.strategy.waiting()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a strategy may raise anything, and must stop nobody
            self._fault(seat, error)
            return {}

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

    def _ask(self, seats: tuple["_Seat", ...], handler: str, datum: Bar | Quote, now: Nanos) -> Signals:
        signals: list[TradingSignal] = []
        for seat in seats:
            signals += self._call(seat, getattr(seat.strategy, handler), datum, Context(now, seat.position))
        return signals

    def _call(
        self, seat: "_Seat", handler: Callable[[Any, Context], Signals], datum: object, context: Context
    ) -> Signals:
        try:
            signals = tuple(handler(datum, context))
            if signals:
                seat.check(signals)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a strategy may raise anything, and must stop nobody
            self._fault(seat, error)
            return ()
        return signals

    def _fault(self, seat: "_Seat", error: BaseException) -> None:
        seat.faulted = True
        self._faults.append((seat.strategy.strategy_id, _in_one_line(error)))
        self._assign()

    def _assign(self) -> None:
        """Work out anew who is called for what."""
        seats = [seat for seat in self._seats.values() if not seat.faulted]
        self._on_bar = _by_instrument([seat for seat in seats if seat.overrides("on_bar")])
        self._on_quote = _by_instrument([seat for seat in seats if seat.overrides("on_quote")])

    def _is_new(self, bar: Bar) -> bool:
        key = (bar.instrument.instrument_id, bar.spec.name)
        if bar.ts_close <= self._closed.get(key, -1):
            return False
        self._closed[key] = bar.ts_close
        return True


class _Seat:
    """A strategy's place in the runner."""

    __slots__ = ("faulted", "instruments", "position", "strategy")

    def __init__(self, strategy: BaseStrategy, position_of: Callable[[StrategyId, InstrumentId], Holding]) -> None:
        name = strategy.strategy_id
        self.strategy = strategy
        self.instruments = strategy.required_symbols()
        self.position: Callable[[InstrumentId], Holding] = lambda instrument_id: position_of(name, instrument_id)
        self.faulted = False

    def overrides(self, handler: str) -> bool:
        """Tell whether the strategy has an opinion of its own in a handler."""
        return getattr(type(self.strategy), handler) is not getattr(BaseStrategy, handler)

    def check(self, signals: Signals) -> None:
        """Refuse signals that are not well formed.

        Raises:
            SignalGenerationError: what is wrong with the first of them.
        """
        for signal in signals:
            flaw = flaw_of(signal, self.strategy.strategy_id, self.instruments)
            if flaw is not None:
                raise SignalGenerationError(flaw)


def _flat(_: InstrumentId) -> Holding:
    return FLAT


def _by_instrument(seats: Sequence[_Seat]) -> dict[InstrumentId, tuple[_Seat, ...]]:
    named = dict.fromkeys(name for seat in seats for name in seat.instruments)
    return {name: tuple(seat for seat in seats if name in seat.instruments) for name in named}


def _in_one_line(error: BaseException) -> str:
    """Return what was raised and where, without control characters: the text goes to the journal and the screen."""
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        place = f" ({PurePath(frame.f_code.co_filename).name}:{line})"
    said = "".join(letter if letter.isprintable() else " " for letter in str(error))
    text = " ".join(f"{type(error).__name__}: {said}".split())
    return text[: LONGEST_TEXT - len(place)] + place
