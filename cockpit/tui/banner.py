"""The rows around the panels: what runs and how it stands, who is connected, what just happened, which keys there are.

The banner answers one question in two seconds: is this real, and am I safe. The word comes first and the whole bar has
its color. When room is short whole facts go, the least important first; no number is ever cut.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from rich.cells import cell_len

from cockpit import format as fmt
from cockpit.tui.keys import keys_row
from cockpit.tui.lines import Line
from cockpit.tui.room import Room
from cockpit.tui.rows import Cell
from cockpit.tui.view import Freshness, View
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.state import State

GAP: Final = "  "
ARMED: Final = "E-STOP ARMED — ^X again"


class Fact(NamedTuple):
    """A piece of the banner: smaller ranks stay longer; `brief` replaces `text` before anything is dropped."""

    rank: int
    text: str
    brief: str


class Ribbon(NamedTuple):
    """One line and the theme's word that fills it."""

    line: Line
    word: str


def banner(state: State, view: View, width: int, *, armed: bool = False) -> Ribbon:
    """Return the top row: the mode's word first, then as many facts as fit."""
    if armed:
        return Ribbon((Cell(f" {ARMED}", "estop"),), "estop")
    word, look = _word(view)
    mode = f"▌{word}▐" if view.glyphs.on == "●" else f"[{word}]"
    text = f"{mode} {_fitted(_facts(state, view), width - len(mode) - 1)}"
    return Ribbon((Cell(text, look),), look)


def tiny(state: State, view: View, *, armed: bool = False) -> Ribbon:
    """Return the only row of a terminal too small for panels."""
    if armed:
        return Ribbon((Cell("ARMED ^X again", "estop"),), "estop")
    word, look = _word(view)
    return Ribbon((Cell(f"{word} {fmt.signed_money(day_pnl(state), 0)} ^X^X STOP", look),), look)


def links(state: State, view: View, width: int) -> Line:
    """Return the second row: the screens that are there, and whether each link stands."""
    on, off = view.glyphs.on, view.glyphs.off
    feed = {
        Freshness.STALE: (off, f"STALE {view.quiet_secs:.0f}s", "warn"),
        Freshness.DISCONNECTED: (on, "", "ok"),
        Freshness.WAITING: (off, "waiting", "muted"),
        Freshness.PAUSED: (on, "paused", "warn"),
        Freshness.ENDED: (off, "ended", "muted"),
    }.get(view.freshness, (on, "", "ok"))
    venue = (on, "", "ok") if view.link is None else (off, f"away: {sanitize(view.link, 40)}", "danger")
    engine = (on, f"record {fmt.count(state.seq)}", "ok") if state.seq else (off, "starting", "muted")
    line = [Cell(" Dashboard ", "title")]
    for name, (sign, said, word) in (("feed", feed), (view.broker, venue), ("engine", engine)):
        line += [Cell(f"  {name} ", "muted"), Cell(sign, word)]
        if said:
            line.append(Cell(f" {said}", "muted" if word == "ok" else word))
    for note in filter(None, view.feed_notes):
        if sum(cell_len(cell.text) for cell in line) + len(note) + 2 <= width:
            line.append(Cell(f"  {note}", "muted"))
    return tuple(line)


def keys(width: int, room: Room) -> list[tuple[str, Line]]:
    """Return, for each hint of the KEYS row, the action it stands for and its cells."""
    hints: list[tuple[str, Line]] = []
    for name, key, word in keys_row(width, room):
        if name == "trading.stop":
            hints.append((name, (Cell(f" {key} {word} ", "estop"),)))
        else:
            said = (Cell(f" {word}", "muted"),) if word else ()
            hints.append((name, (Cell(" "), Cell(key, "key"), *said)))
    return hints


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


def _facts(state: State, view: View) -> list[Fact]:
    day, open_, equity = day_pnl(state), state.equity.unrealized, state.equity.now
    frac = day / state.trading.day_equity if day is not None and state.trading.day_equity else None
    old = "~" if view.freshness in (Freshness.STALE, Freshness.DISCONNECTED) else ""
    where = fmt.minute(state.ts or None)
    said = _said(state, view)
    arrow = fmt.direction(day, glyphs=view.glyphs).strip()
    day_text = f"{arrow} {fmt.signed_money(day)}{old}".strip()
    free = max(ZERO, equity - state.equity.gross) if equity is not None else None
    return [
        *([Fact(0, said, said.partition(":")[0])] if said else []),
        *([Fact(5, "DEMO", "DEMO")] if view.is_demo else []),
        Fact(3, f"{view.feed} {where} {view.speed}", where),
        Fact(7, view.account, view.account),
        Fact(2, f"NAV {fmt.money(equity)}{old}", f"NAV {fmt.money(equity, 0)}{old}"),
        Fact(1, f"Day {day_text} ({fmt.percent(frac)})", f"Day {day_text}"),
        Fact(6, f"Open {fmt.signed_money(open_)}{old}", f"Open {fmt.signed_money(open_, 0)}{old}"),
        Fact(8, f"BP {fmt.money(free, 0)}", f"BP {fmt.money(free, 0)}"),
        Fact(4, f"DD {fmt.percent(drawdown(state))}", f"DD {fmt.percent(drawdown(state), 1)}"),
    ]


def _said(state: State, view: View) -> str:
    """Return the state that is not normal, with its reason after a colon."""
    trading = state.trading
    if view.trading is TradingState.HALTED:
        away = " OFFLINE" if view.freshness is Freshness.DISCONNECTED else ""
        return f"{view.mode_word}{away} by {sanitize(trading.cause) or 'latch'}: {sanitize(trading.text, 60)}"
    if view.freshness is Freshness.DISCONNECTED:
        return view.mode_word
    words = {Freshness.PAUSED: "PAUSED", Freshness.ENDED: "TAPE ENDED", Freshness.STALE: "STALE"}
    said = words.get(view.freshness, "")
    return f"REDUCING {said}".strip() if trading.state is TradingState.REDUCING else said


def _fitted(facts: list[Fact], width: int) -> str:
    """Return the facts in their order: briefly, the most important first, while there is room; then in full."""
    ranked = sorted((fact for fact in facts if fact.brief.strip()), key=lambda fact: fact.rank)
    texts: dict[Fact, str] = {}
    for fact in ranked:
        if _cells([*texts.values(), fact.brief]) <= width:
            texts[fact] = fact.brief
    for fact in ranked:
        others = [text for other, text in texts.items() if other != fact]
        if fact in texts and _cells([*others, fact.text]) <= width:
            texts[fact] = fact.text
    return GAP.join(texts[fact] for fact in facts if fact in texts)


def _cells(texts: list[str]) -> int:
    return cell_len(GAP.join(texts))
