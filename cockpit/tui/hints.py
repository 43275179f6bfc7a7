"""The KEYS row: which keys to think of now. What an action would only refuse is not offered, and the stop always is."""

from typing import Final, NamedTuple

from cockpit.tui.keys import ACTIONS, STOP_HINT, Action, Tier
from cockpit.tui.lines import Line
from cockpit.tui.room import Room
from cockpit.tui.rows import Cell
from cockpit.tui.view import Freshness, View
from oms.domain.risk import TradingState

FIRST: Final[Line] = (
    Cell(" ,", "key"), Cell(" pause tape  · "), Cell(" +", "key"), Cell(" faster  · "),
    Cell(" ^X ^X", "key"), Cell(" stop"),
)  # fmt: skip
"""What somebody who has just arrived may want to know."""
_TAPE: Final = frozenset({"tape.pause", "tape.faster", "tape.slower"})
_NOT_ON_XS: Final = frozenset({"snapshot.export", "row.open", "row.copy"})
_STOP_CELLS: Final = len(STOP_HINT) + 2


class Mood(NamedTuple):
    """What decides which keys there are to think of."""

    paused: bool = False
    ended: bool = False
    halted: bool = False


def mood_of(view: View) -> Mood:
    """Return what a view amounts to."""
    return Mood(
        paused=view.freshness is Freshness.PAUSED,
        ended=view.freshness is Freshness.ENDED,
        halted=view.trading is TradingState.HALTED,
    )


def keys_row(width: int, room: Room, mood: Mood) -> list[tuple[str, str, str]]:
    """Return (action, key, word) for the KEYS row: as many as fit, in order of importance, and the stop always.

    The smallest screens show keys without words, but for the way to the other panels and the stop.
    """
    shown: list[tuple[str, str, str]] = []
    left = width - _STOP_CELLS
    for action in sorted(ACTIONS, key=lambda action: not (mood.halted and action.name == "trading.resume")):
        hint = _hint(action, mood)
        if not hint or (room <= Room.XS and action.name in _NOT_ON_XS):
            continue
        word = hint if room > Room.XS or action.name == "panel.next" else ""
        cells = 1 + len(action.shown) + (1 + len(word) if word else 0)
        if cells <= left:
            shown.append((action.name, action.shown, word))
            left -= cells
    stop = ACTIONS[0]
    return [*shown, (stop.name, stop.shown, stop.hint)]


def hints(width: int, room: Room, mood: Mood) -> list[tuple[str, Line]]:
    """Return, for each hint of the KEYS row, the action it stands for and its cells."""
    row: list[tuple[str, Line]] = []
    for name, key, word in keys_row(width, room, mood):
        if name == "trading.stop":
            row.append((name, (Cell(f" {key} {word} ", "estop"),)))
        else:
            said = (Cell(f" {word}", "muted"),) if word else ()
            row.append((name, (Cell(" "), Cell(key, "key"), *said)))
    return row


def _hint(action: Action, mood: Mood) -> str:
    """Return the word of an action in the row; empty where it has no place now."""
    if action.tier is Tier.EMERGENCY or (mood.ended and action.name in _TAPE):
        return ""
    if action.name == "trading.resume":
        return "resume" if mood.halted else ""
    if action.name == "strategies.pause" and mood.halted:
        return ""
    return "go on" if mood.paused and action.name == "tape.pause" else action.hint
