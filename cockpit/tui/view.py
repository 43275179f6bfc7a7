"""What a picture needs besides the state: the facts of the wall clock, and what the screen has seen go by.

Engine time stands still while a tape is paused, and a feed that died looks exactly like a quiet one in it. So how old a
price is, is measured in wall time since the last quote *arrived*; whether that is too old depends on how often one is
expected. A paused or ended tape is neither late nor stale: it is paused, or it has ended. After a restart a third kind
of price is there, one that an earlier run has recorded: it is worth showing and never without its mark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Final

from cockpit import format as fmt
from cockpit.glyphs import UNICODE, Glyphs
from cockpit.tui.keymap import KEYS, Keymap
from cockpit.tui.recent import Recent
from cockpit.tui.said import PART
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.risk import TradingState
from oms.domain.units import SECOND, Nanos
from oms.state import State

STALE_SECS: Final = 5.0
"""A feed that declares a shorter interval is given this long."""
STALE_INTERVALS: Final = 3.0
AGEING_SECS: Final = 1.0
"""Below this nothing is said: a loop that was busy for a moment is no news."""
AGEING_INTERVALS: Final = 1.5
NOT_QUOTED: Final = "~ not quoted yet"


class Freshness(Enum):
    """How far a price on the screen can be believed."""

    WAITING = "waiting"
    """No quote has come yet."""
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    PAUSED = "paused"
    ENDED = "ended"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, kw_only=True)
class Meter:
    """One gauge: `used_frac` 1 is the limit; `figures` are what is used and what may be, as a reader wants them.

    `brief` is its name where room is short; `is_priced` whether it rests on prices, and so is as old as they are.
    """

    name: str
    brief: str
    used_frac: float | None
    figures: str
    is_loss: bool = False
    is_priced: bool = False


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything a panel may look at that is not in the state. Times are monotonic wall seconds."""

    now: float
    mode_word: str
    mode_style: str
    is_demo: bool = False
    account: str = ""
    feed: str = ""
    feed_notes: tuple[str, ...] = ()
    """What there is to know about the prices, most important first."""
    broker: str = ""
    speed: str = ""
    freshness: Freshness = Freshness.WAITING
    quiet_secs: float = 0.0
    """Since the last quote arrived."""
    is_old: bool = False
    """Whether the worth of the account rests on a price that no quote of this run has confirmed."""
    quoted: Nanos = 0
    """Engine time of the last quote; 0 before the first."""
    link: str | None = None
    """Why the broker is away; None while it is there."""
    away_secs: float = 0.0
    """Since the broker went away."""
    free: Decimal | None = None
    """Money that neither positions nor open orders use; None while it is not known."""
    trading: TradingState = TradingState.ACTIVE
    cancels: str = ""
    """How far the cancels of a stop have come, `3/3 canceled`; empty where it had none."""
    recent: Recent = field(default_factory=Recent)
    meters: Sequence[Meter] = ()
    waiting: Mapping[StrategyId, str] = field(default_factory=dict)
    glyphs: Glyphs = UNICODE
    keymap: Keymap = KEYS


def freshness(
    *, quiet_secs: float | None, expected_secs: float, paused: bool, ended: bool, connected: bool
) -> Freshness:
    """Return how fresh prices are; `quiet_secs` since the last arrival is None before the first."""
    stale = max(STALE_SECS, STALE_INTERVALS * expected_secs)
    ageing = max(AGEING_SECS, AGEING_INTERVALS * expected_secs)
    answers = (
        (not connected, Freshness.DISCONNECTED),
        (ended, Freshness.ENDED),
        (paused, Freshness.PAUSED),
        (quiet_secs is None, Freshness.WAITING),
        ((quiet_secs or 0) > stale, Freshness.STALE),
        ((quiet_secs or 0) > ageing, Freshness.AGEING),
    )
    return next((answer for holds, answer in answers if holds), Freshness.FRESH)


def is_quoted(instrument_id: InstrumentId, state: State) -> bool:
    """Whether a quote of this run stands behind the price of an instrument."""
    return instrument_id in state.marks.quotes


def priced(text: str, word: str, view: View, *, is_old: bool | None = None) -> tuple[str, str]:
    """Return a text that rests on a price, with the sign and the word of how far it can be believed.

    `is_old` says whether its own price is of an earlier run; left out, the account's worth decides.
    """
    match view.freshness:
        case Freshness.DISCONNECTED:
            return f"{text}×", "stale"
        case Freshness.STALE:
            return f"{text}~", "stale"
        case _ if view.is_old if is_old is None else is_old:
            return f"{text}~", "stale"
        case Freshness.AGEING:
            return text, "muted"
        case _:
            return text, word


def quiet(view: View) -> str:
    """Return how long ago the last quote arrived: `7s`, `2m25`."""
    return fmt.age(round(view.quiet_secs * SECOND), glyphs=view.glyphs)


def caption(view: View) -> str:
    """Return what the titles of price-bearing panels say about their age; empty while there is nothing to say."""
    match view.freshness:
        case Freshness.STALE:
            return f"STALE {quiet(view)}"
        case Freshness.DISCONNECTED:
            away = fmt.elapsed(round(view.away_secs * SECOND))
            last = f" · last {fmt.clock(view.quoted)}" if view.quoted else ""
            # a link that lets trading go on comes back by itself, and the key that resumes has nothing to do
            is_open = view.trading is TradingState.ACTIVE
            retries = "retrying" if is_open else f"{view.keymap.shown('trading.resume')} retries"
            return f"DISCONNECTED {away}{last} · {retries}"
        case Freshness.PAUSED:
            said = "TAPE PAUSED"
        case Freshness.ENDED:
            said = "TAPE ENDED"
        case _:
            said = ""
    return PART.join(filter(None, (said, NOT_QUOTED if view.is_old else "")))
