"""The top row: what runs, and am I safe.

It answers one question in two seconds. The word comes first and the whole bar has its color. When room is short whole
facts go, the least important first; no number is ever cut. Which facts are shown depends on the room and never on a
digit: every figure has cells of its own, so that nothing comes, goes or moves because a sum has grown by a cent.
"""

from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from rich.cells import cell_len

from cockpit import format as fmt
from cockpit.glyphs import UNICODE, Glyphs
from cockpit.protection import is_sure
from cockpit.tui.cause import cause_of
from cockpit.tui.lines import Line
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART, parts
from cockpit.tui.spelling import spelled
from cockpit.tui.stop import WINDOW_SECS
from cockpit.tui.view import Freshness, View
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.state import State

GAP: Final = "  "
REASON_CELLS: Final = 60
_WORDS: Final = {Freshness.PAUSED: "PAUSED", Freshness.ENDED: "TAPE ENDED", Freshness.STALE: "STALE"}


class Wording(NamedTuple):
    """One way to say a fact; the smallest `rank` is chosen first, and `cells` is room that its figures may need."""

    rank: int
    text: str
    cells: int = 0

    @property
    def size(self) -> int:
        """The cells it takes."""
        return max(cell_len(self.text), self.cells)


Fact: TypeAlias = tuple[Wording, ...]


class Ribbon(NamedTuple):
    """One line and the theme's word that fills it."""

    line: Line
    word: str


def banner(state: State, view: View, width: int, *, armed: bool = False) -> Ribbon:
    """Return the top row: the mode's word first, then as many facts as fit."""
    word, look = ("E-STOP ARMED", "estop") if armed else _word(view)
    mode = f"▌{word}▐" if view.glyphs.on == "●" else f"[{word}]"
    left = width - cell_len(mode) - 1
    said = _threat(state, view, left) if armed else _fitted(_facts(state, view), left)
    return Ribbon((Cell(f"{mode} {said}", look),), look)


def tiny(state: State, view: View, width: int, *, armed: bool = False) -> Ribbon:
    """Return the only row of a terminal too small for panels: the stop key before the day, and no number without its
    name."""
    if armed:
        return Ribbon((Cell("ARMED ^X again", "estop"),), "estop")
    word, look = _word(view)
    day, stop = f"Day {fmt.signed_money(day_pnl(state), 0, glyphs=view.glyphs)}", "^X^X"
    forms = (f"{word} {day} {stop} STOP", f"{word} {day} {stop}", f"{word} {stop} STOP", f"{word} {stop}", word)
    return Ribbon((Cell(next((form for form in forms if cell_len(form) <= width), stop), look),), look)


def silence(word: str, secs: float, whose: str, width: int, *, closed: bool, glyphs: Glyphs) -> str:
    """Return the line that stands over the top row while the engine does not turn: everything below it is old."""
    mode = f"{'HALTED ' * closed}{word}"
    busy = f"ENGINE BUSY {secs:.0f} s{f' in {sanitize(whose, 40)}' if whose else ''}"
    stop = "cancels wait" if closed else "^X ^X closes the gate"
    said = parts(PART.join((busy, stop, "SIGTERM twice ends", "the screen is old")), max(0, width - len(mode) - 4))
    line = f"▌{mode}▐ {said}"
    return (spelled(line) if glyphs is not UNICODE else line)[:width].ljust(width)


def title(view: View) -> str:
    """Return the title of the terminal's window: the word, and the account without what identifies it."""
    return f"[{_word(view)[0]}] cockpit {view.account}"


def day_pnl(state: State) -> Decimal | None:
    """Return what the day has brought so far; None while it is not known."""
    equity, opened = state.equity.now, state.trading.day_equity
    return equity - opened if equity is not None and opened is not None else None


def drawdown(state: State) -> Decimal | None:
    """Return the fraction of the peak that is lost, zero or negative; None while it is not known."""
    equity, peak = state.equity.now, state.trading.peak_equity
    if equity is None or not peak:
        return None
    return min(ZERO, equity - peak) / peak


def _word(view: View) -> tuple[str, str]:
    if view.trading is TradingState.HALTED:
        return "HALTED", "halted"
    if view.freshness is Freshness.DISCONNECTED:
        return "OFFLINE", "offline"
    return view.mode_word, view.mode_style


def _threat(state: State, view: View, width: int) -> str:
    """Return what one more press of the key would do."""
    again, orders = "press ^X again", state.blotter.open.values()
    within = f"{again} within {WINDOW_SECS} s"
    stops = sum(order.ticket.protects and is_sure(order) for order in orders)
    works = sum(not order.ticket.protects and order.status is not OrderStatus.HELD for order in orders)
    stay = f", {fmt.staying(stops, 'stop')}" if stops else ""
    cancels = f"cancels {fmt.plural(works, 'order')}{stay}, blocks new ones" if works else f"blocks new orders{stay}"
    dash = "—" if view.glyphs.on == "●" else "-"
    forms = (f"{within} {dash} {cancels}", f"{again} {dash} {cancels}", within, again)
    return next((form for form in forms if cell_len(form) <= width), parts(again, width))


def _facts(state: State, view: View) -> list[Fact]:
    """Return all there is to say, in the order in which it stands."""
    day, open_, equity, glyphs = day_pnl(state), state.equity.unrealized, state.equity.now, view.glyphs
    frac = day / state.trading.day_equity if day is not None and state.trading.day_equity else None
    old = "~" if view.is_old or view.freshness in (Freshness.STALE, Freshness.DISCONNECTED) else ""
    free = max(ZERO, view.free) if view.free is not None else None
    nav, cents = (fmt.money(equity, places, glyphs=glyphs) + old for places in (0, 2))
    day_whole, day_cents = (_signed(day, places, view) + old for places in (0, 2))
    open_whole, open_cents = (_signed(open_, places, view) + old for places in (0, 2))
    percent = _small(frac, fmt.percent(frac, glyphs=glyphs))
    lost_brief, lost = (fmt.percent(drawdown(state), places, glyphs=glyphs) for places in (1, 2))
    return [
        _said(state, view),
        _place(state, view),
        (Wording(17, view.account),),
        (Wording(3, f"NAV {nav}", 11), Wording(12, f"NAV {cents}", 14)),
        (
            Wording(1, day_whole, 8),
            Wording(5, f"Day {day_whole}", 12),
            Wording(6, f"Day {day_cents}", 15),
            Wording(13, f"Day {day_cents} ({percent})", 24),
        ),
        (Wording(10, f"Open {open_whole}", 13), Wording(14, f"Open {open_cents}", 16)),
        (Wording(11, f"BP {fmt.money(free, 0, glyphs=glyphs)}", 10),),
        (Wording(7, f"DD {lost_brief}", 8), Wording(16, f"DD {lost}", 10)),
    ]


def _signed(amount: Decimal | None, places: int, view: View) -> str:
    """Return an amount with its arrow and its sign; zero leaves their cells empty."""
    text = fmt.signed_money(amount, places, glyphs=view.glyphs)
    if amount is None:
        return text
    if text[0] not in "+-":
        return f"   {text}"
    return f"{fmt.direction(amount, glyphs=view.glyphs)} {text}"


def _small(frac: Decimal | None, text: str) -> str:
    """Return a percentage, of which no loss and no gain is nothing: `<0.01%`."""
    return "<0.01%" if frac and text == "0.00%" else text


def _place(state: State, view: View) -> Fact:
    """Return where the prices come from, when that is, and how fast it passes."""
    when = f"{fmt.minute(state.ts)} {view.speed}" if state.ts else view.speed
    feed = f"{view.feed} {when}"
    demo = (Wording(8, f"DEMO {when}"), Wording(9, f"DEMO {feed}")) if view.is_demo else (Wording(9, feed),)
    return (Wording(2, view.speed), Wording(4, when), *demo)


def _said(state: State, view: View) -> Fact:
    """Return the state that is not normal: briefly, with who and when, and with the reason."""
    trading, is_away = state.trading, view.freshness is Freshness.DISCONNECTED
    if view.trading is TradingState.HALTED:
        mode = f"{view.mode_word} OFFLINE" if is_away else view.mode_word
        since = f" {fmt.clock(trading.since)}" if trading.cause and trading.since else ""
        by, text = cause_of(state, view.recent)
        who = f"{mode} by {by or 'latch'}{since}"
        why = f": {sanitize(text, REASON_CELLS)}" if text else ""
        key = view.keymap.shown("trading.resume")
        if is_away:
            then = f" · {key} resume"
            return Wording(0, f"{mode} · {key}"), Wording(5, who + then), Wording(15, who + why + then)
        then = f" · {view.cancels or 'cancels ok'} · {key} resume"
        counted = (Wording(5, mode + then),) if view.cancels else ()  # what is not confirmed yet says more than who
        least, named = Wording(0, f"{mode} · {key} resume"), Wording(6 if counted else 5, who + then)
        return least, *counted, named, Wording(15, who + why + then)
    said = view.mode_word if is_away else _WORDS.get(view.freshness, "")
    if trading.state is TradingState.REDUCING:
        said = f"REDUCING {said}".strip()
    return (Wording(0, said),) if said else ()


def _fitted(facts: list[Fact], width: int) -> str:
    """Return the facts in their order, as many and as much of each as ranks and room allow."""
    chosen: dict[int, Wording] = {}
    ranked = sorted((wording.rank, place, wording) for place, fact in enumerate(facts) for wording in fact)
    for _, place, wording in ranked:
        others = [kept.size for other, kept in chosen.items() if other != place]
        if wording.text and sum(others) + len(GAP) * len(others) + wording.size <= width:
            chosen[place] = wording
    return GAP.join(chosen[place].text.ljust(chosen[place].size) for place in sorted(chosen)).rstrip()
