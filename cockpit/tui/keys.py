"""Every action of the screen, with its keys: the one table that bindings, help, palette and the KEYS row are made of.

An action that is not here cannot be pressed, and a key that is here is explained everywhere by the same words. Keys
are Textual's names; `shown` is what a person reads. The emergency stop is the one action that no binding carries: its
presses are read before anybody else sees them, so that no focus, field or modal can swallow them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from textual.binding import Binding

from cockpit.tui.room import Room

RESERVED: Final = frozenset((
    "ctrl+c", "ctrl+z", "ctrl+s", "ctrl+q", "ctrl+b", "ctrl+a", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h",
    "ctrl+right_square_bracket", "ctrl+left_square_bracket", "ctrl+circumflex_accent", "ctrl+backslash",
    "f10", "f11", "f12",
))  # fmt: skip
"""What terminals, multiplexers and desktops keep for themselves. `ctrl+c` only shows how to leave."""
STOP_KEY: Final = "ctrl+x"
STOP_HINT: Final = "^X^X STOP"


class Tier(IntEnum):
    """How much an action can cost, and so what it asks of the hand."""

    LOOK = 0
    REVERSIBLE = 1
    MONEY = 2
    """A question that only `y` answers."""
    IRREVERSIBLE = 3
    """A question that a typed word answers."""
    EMERGENCY = 4


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that can be asked for. `hint` is its word in the KEYS row, empty where it has none there."""

    name: str
    keys: tuple[str, ...]
    shown: str
    help: str
    tier: Tier = Tier.LOOK
    hint: str = ""


ACTIONS: Final = (
    Action(name="trading.stop", keys=(STOP_KEY,), shown="^X^X", tier=Tier.EMERGENCY, hint="STOP",
           help="EMERGENCY STOP: close the gate, cancel working orders, pause strategies; positions stay"),
    Action(name="help", keys=("question_mark", "f1"), shown="?", hint="help",
           help="what every key does; enter does it"),
    Action(name="tape.pause", keys=("comma",), shown=",", hint="pause",
           help="hold the tape, or let it go on"),
    Action(name="tape.faster", keys=("plus",), shown="+", hint="faster",
           help="play the tape twice as fast"),
    Action(name="tape.slower", keys=("underscore",), shown="_", hint="slower",
           help="play the tape half as fast"),
    Action(name="strategies.pause", keys=("P",), shown="P", tier=Tier.REVERSIBLE, hint="strategies",
           help="pause every strategy; when they are paused, resume them (asks)"),
    Action(name="run.quit", keys=("q",), shown="q", tier=Tier.MONEY, hint="quit",
           help="end: leave working orders at the venue, or cancel them first (asks)"),
    Action(name="palette", keys=("ctrl+p", "f2"), shown="^P", hint="actions",
           help="find an action by a few letters"),
    Action(name="list.filter", keys=("slash", "f3"), shown="/", hint="filter",
           help="show only the rows of this list that contain what you type"),
    Action(name="snapshot.export", keys=("ctrl+e", "f9"), shown="^E", hint="snapshot",
           help="write this screen as text and SVG"),
    Action(name="panel.zoom", keys=("z",), shown="z", hint="zoom",
           help="give this panel the whole screen, or take it back"),
    Action(name="panel.next", keys=("tab",), shown="tab", hint="panel",
           help="go to the next panel"),
    Action(name="panel.previous", keys=("shift+tab",), shown="shift+tab",
           help="go to the panel before"),
    Action(name="trading.resume", keys=("ctrl+r",), shown="^R", tier=Tier.IRREVERSIBLE,
           help="open the gate again after a halt (type RESUME); strategies stay paused"),
    Action(name="list.down", keys=("j", "down"), shown="j",
           help="next row"),
    Action(name="list.up", keys=("k", "up"), shown="k",
           help="row before"),
    Action(name="list.top", keys=("g", "home"), shown="g",
           help="first row"),
    Action(name="list.bottom", keys=("G", "end"), shown="G",
           help="last row"),
    Action(name="list.half_page_down", keys=("ctrl+d", "pagedown"), shown="^D",
           help="half a page down"),
    Action(name="list.half_page_up", keys=("ctrl+u", "pageup"), shown="^U",
           help="half a page up"),
    Action(name="back", keys=("escape",), shown="esc",
           help="leave the zoom, clear the filter"),
    Action(name="screen.redraw", keys=("ctrl+l",), shown="^L",
           help="draw the whole screen again"),
)  # fmt: skip
"""Most important first: the KEYS row is filled in this order, and help shows it."""


def bindings() -> list[Binding]:
    """Return a binding per action but the stop; the action's name is the binding's id."""
    return [
        Binding(",".join(action.keys), f"perform({action.name!r})", action.help, show=False, id=action.name)
        for action in ACTIONS
        if action.tier is not Tier.EMERGENCY
    ]


def keys_row(width: int, room: Room) -> list[tuple[str, str, str]]:
    """Return (action, key, word) for the KEYS row: as many as fit, in order of importance, and the stop always.

    The smallest screens show keys without words, but for the stop.
    """
    shown: list[tuple[str, str, str]] = []
    left = width - len(STOP_HINT) - 2
    for action in ACTIONS:
        if action.tier is Tier.EMERGENCY or not action.hint:
            continue
        word = action.hint if room > Room.XS else ""
        cells = 1 + len(action.shown) + (1 + len(word) if word else 0)
        if cells > left:
            continue
        shown.append((action.name, action.shown, word))
        left -= cells
    stop = ACTIONS[0]
    return [*shown, (stop.name, stop.shown, stop.hint)]


def conflicts(actions: Sequence[Action]) -> list[str]:
    """Return what is wrong with a table: keys that two actions want, and keys that are reserved."""
    owners: dict[str, str] = {}
    found = []
    for action in actions:
        for key in action.keys:
            if key in RESERVED:
                found.append(f"{action.name}: {key} is reserved")
            if key in owners:
                found.append(f"{key}: {owners[key]} and {action.name}")
            owners[key] = action.name
    return found
