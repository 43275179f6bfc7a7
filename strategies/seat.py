"""A strategy's place in the runner: what it is fed with, what it says, and whether that can be taken for anything.

What comes out of a strategy is a stranger's until it was looked at: here it is.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from traceback import walk_tb
from typing import Final

from oms.domain.ids import InstrumentId, StrategyId
from strategies.base import BaseStrategy, Signals
from strategies.config import SignalGenerationError
from strategies.context import Holding
from strategies.well_formed import flaw_of

LONGEST_TEXT: Final = 200  # a fault is shown on one line
_OURS: Final = frozenset({__file__, str(PurePath(__file__).with_name("runner.py"))})  # where no strategy is at fault


class Seat:
    """One strategy. `position` tells what it holds; once it has `faulted` it is fed no more."""

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

    def taken(self, handler: Callable[..., Signals], answer: object) -> Signals:
        """Return what a handler answered, as a tuple.

        Raises:
            SignalGenerationError: it is no list of anything, such as the None of a handler that forgot to return.
        """
        if isinstance(answer, tuple):
            return answer
        if isinstance(answer, Iterable):
            return tuple(answer)
        written = handler.__code__ if hasattr(handler, "__code__") else None
        place = f" ({PurePath(written.co_filename).name}:{written.co_firstlineno})" if written is not None else ""
        msg = f"{handler.__name__}() returns a list or a tuple of signals, got {answer!r}{place}"
        raise SignalGenerationError(msg)

    def check(self, signals: Signals) -> None:
        """Refuse signals that are not well formed.

        Raises:
            SignalGenerationError: what is wrong with the first of them.
        """
        for signal in signals:
            flaw = flaw_of(signal, self.strategy.strategy_id, self.instruments)
            if flaw is not None:
                raise SignalGenerationError(flaw)

    def waits(self) -> dict[InstrumentId, str]:
        """Return what the strategy waits for.

        Raises:
            SignalGenerationError: it says that in no texts. And whatever the strategy raises.
        """
        told: object = self.strategy.waiting()
        if not isinstance(told, dict) or not all(isinstance(word, str) for item in told.items() for word in item):
            msg = "waiting() returns texts by instrument"
            raise SignalGenerationError(msg)
        return told

    def leaves(self) -> str:
        """Return where its own rule leaves. Raises as `waits` does."""
        told: object = self.strategy.leaving()
        if not isinstance(told, str):
            msg = "leaving() returns a text"
            raise SignalGenerationError(msg)
        return told


def by_instrument(seats: Sequence[Seat]) -> dict[InstrumentId, tuple[Seat, ...]]:
    """Return who wants each instrument, in their order."""
    named = dict.fromkeys(name for seat in seats for name in seat.instruments)
    return {name: tuple(seat for seat in seats if name in seat.instruments) for name in named}


def in_one_line(error: BaseException) -> str:
    """Return what was raised and where: the text goes to the journal and the screen."""
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        if frame.f_code.co_filename in _OURS:
            continue
        place = f" ({_plain(PurePath(frame.f_code.co_filename).name)}:{line})"
    kind, said = _plain(type(error).__name__), words_of(error)
    text = f"{kind}: {said}" if said != kind else kind
    return (text[: max(0, LONGEST_TEXT - len(place))] + place)[:LONGEST_TEXT]


def words_of(error: BaseException) -> str:
    """Return what an error says, on one line and without control characters; the name of its kind when it says nothing
    or raises when it is asked."""
    try:
        said = _plain(str(error))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - it is of a stranger's class, and may raise anything
        said = ""
    return said or _plain(type(error).__name__)


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
