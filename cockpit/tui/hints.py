"""The KEYS row: which keys to think of now. What an action would only refuse is not offered, and the stop always is."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from cockpit.tui.keymap import STOP, Keymap
from cockpit.tui.keys import STOP_HINT, Action, Tier
from cockpit.tui.lines import Line
from cockpit.tui.room import Room
from cockpit.tui.rows import Cell
from cockpit.tui.view import Freshness, View
from oms.domain.risk import TradingState
from oms.state import State

FRAMES: Final = {
    "prices": ("order.buy", "order.sell", "row.open", "list.filter"),
    "positions": ("position.flatten", "order.sell", "order.buy", "row.open"),
    "orders": ("order.cancel", "order.change", "row.open"),
    "strategies": ("strategy.pause", "strategy.stop", "row.open"),
    "log": ("row.open", "row.copy", "list.filter"),
}
"""What the frame of a panel says at its bottom while keys go to it; all other panels say how to get on."""
_NO_LIST: Final = ("panel.zoom", "panel.next")
_WORDS: Final = {"strategy.pause": "pause", "strategy.stop": "stop", "panel.next": "next"}
_TAPE: Final = frozenset({"tape.pause", "tape.faster", "tape.slower"})
_OPENING: Final = frozenset({"order.buy", "order.sell", "strategies.pause"})
_WORKING: Final = frozenset({"order.cancel", "order.change", "orders.cancel_all"})
_HELD: Final = frozenset({"position.flatten", "positions.flatten"})
_NOT_ON_XS: Final = frozenset({"snapshot.export", "row.open", "row.copy"})
_NOT_ON_S: Final = frozenset({"orders.cancel_all", "positions.flatten"})
_IN_FRAMES: Final = frozenset({"order.cancel", "order.change"})
"""What the frame of the orders names, and what makes room for words where those are said."""
_LEFT_OUT: Final = {Room.XS: _NOT_ON_XS | _NOT_ON_S, Room.S: _NOT_ON_S | _IN_FRAMES}
_WAYS_ON: Final = {Room.XS: {"panel.next"}, Room.S: {"panel.next", "run.quit"}}
"""Where not everything has room, these come before what there is to do: to the other panels, and out."""
_STOP_CELLS: Final = len(STOP_HINT) + 2


class Mood(NamedTuple):
    """What decides which keys there are to think of."""

    paused: bool = False
    ended: bool = False
    halted: bool = False
    working: bool = False
    held: bool = False


def mood_of(view: View, state: State) -> Mood:
    """Return what a view and a state amount to."""
    return Mood(
        working=bool(state.blotter.open),
        held=bool(state.ledger.open),
        paused=view.freshness is Freshness.PAUSED,
        ended=view.freshness is Freshness.ENDED,
        halted=view.trading is TradingState.HALTED,
    )


def first_hint(keymap: Keymap) -> Line:
    """Return what somebody who has just arrived may want to know."""
    buy, pause = keymap.shown("order.buy"), keymap.shown("tape.pause")
    told = ((buy, "buy"), (pause, "pause tape"), ("^X ^X", "stop"))
    said = [
        (Cell(" · ") if place else Cell(" "), Cell(key, "key"), Cell(f" {word}"))
        for place, (key, word) in enumerate(told)
    ]
    return tuple(cell for cells in said for cell in cells)


def frame_keys(panel: str, keymap: Keymap, mood: Mood) -> str:
    """Return the keys that a panel's frame names: `c cancel  r change  enter open`."""
    names = [name for name in FRAMES.get(panel, _NO_LIST) if not (mood.halted and name in _OPENING)]
    return "  ".join(f"{keymap.shown(name)} {_WORDS.get(name) or keymap.by_name[name].hint}" for name in names)


def keys_row(width: int, room: Room, mood: Mood, keymap: Keymap) -> list[tuple[str, str, str]]:
    """Return (action, key, word) for the KEYS row: as many as fit, in order of importance, and the stop always.

    The smallest screens show keys without words, but for the way to the other panels and the stop.
    """
    wanted: list[tuple[str, str, str]] = []
    left = width - _STOP_CELLS
    left_out = _LEFT_OUT.get(room, frozenset())
    resumes = {"trading.resume"} if mood.halted else set()
    first = resumes | _WAYS_ON.get(room, set())
    for action in sorted(keymap.actions, key=lambda action: action.name not in first):
        hint = _hint(action, mood)
        if not hint or action.name in left_out:
            continue
        word = hint if room > Room.XS or action.name == "panel.next" else ""
        cells = 1 + len(action.shown) + (1 + len(word) if word else 0)
        if cells <= left:
            wanted.append((action.name, action.shown, word))
            left -= cells
    leads = first if room <= Room.XS else resumes
    places = {action.name: place for place, action in enumerate(keymap.actions)}
    stop = keymap.by_name[STOP]
    shown = sorted(wanted, key=lambda hint: (hint[0] not in leads, places[hint[0]]))
    return [*shown, (stop.name, stop.shown, stop.hint)]


def hints(width: int, room: Room, mood: Mood, keymap: Keymap) -> list[tuple[str, Line]]:
    """Return, for each hint of the KEYS row, the action it stands for and its cells."""
    row: list[tuple[str, Line]] = []
    for name, key, word in keys_row(width, room, mood, keymap):
        if name == "trading.stop":
            row.append((name, (Cell(f" {key} {word} ", "estop"),)))
        else:
            said = (Cell(f" {word}", "muted"),) if word else ()
            row.append((name, (Cell(" "), Cell(key, "key"), *said)))
    return row


def asked_hints(width: int, keys: Sequence[tuple[str, str]], keymap: Keymap) -> list[tuple[str, Line]]:
    """Return what the KEYS row says while something is asked: the question's own keys, as many as fit, and the stop."""
    stop, left = keymap.by_name[STOP], width - _STOP_CELLS
    offered: list[tuple[str, Line]] = []
    for key, word in keys:
        cells = 2 + len(key) + len(word)
        said = (Cell(f" {word}", "muted"),) if cells <= left else ()
        cells = cells if said else 1 + len(key)
        if cells <= left:
            offered.append(("", (Cell(" "), Cell(key, "key"), *said)))
            left -= cells
    return [*offered, (stop.name, (Cell(f" {stop.shown} {stop.hint} ", "estop"),))]


def _hint(action: Action, mood: Mood) -> str:
    """Return the word of an action in the row; empty where it has no place now."""
    if action.tier is Tier.EMERGENCY or (mood.ended and action.name in _TAPE):
        return ""
    if action.name == "trading.resume":
        return "resume" if mood.halted else ""
    if mood.halted and action.name in _OPENING:
        return ""
    if (action.name in _WORKING and not mood.working) or (action.name in _HELD and not mood.held):
        return ""
    return "go on" if mood.paused and action.name == "tape.pause" else action.hint
