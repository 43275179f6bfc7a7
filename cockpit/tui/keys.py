"""Every action of the screen, with its keys: the one table that bindings, help, palette and the KEYS row are made of.

An action that is not here cannot be pressed, and a key that is here is explained everywhere by the same words. Keys
are Textual's names; `shown` is what a person reads. The emergency stop is the one action that no binding carries: its
presses are read before anybody else sees them, so that no focus, field or modal can swallow them.

The table is the default; `cockpit.tui.keymap` lays a person's own keys over it.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

RESERVED: Final = frozenset((
    "ctrl+c", "ctrl+z", "ctrl+s", "ctrl+q", "ctrl+b", "ctrl+a", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h",
    "ctrl+right_square_bracket", "ctrl+left_square_bracket", "ctrl+circumflex_accent", "ctrl+backslash",
    "f10", "f11", "f12",
))  # fmt: skip
"""What terminals, multiplexers and desktops keep for themselves. `ctrl+c` only shows how to leave."""
STOP_KEY: Final = "ctrl+x"
STOP_HINT: Final = "^X^X STOP"
YES_KEY: Final = "y"
"""What answers a question about money."""
_NAMES: Final = {
    "down": "↓", "up": "↑", "home": "Home", "end": "End", "pagedown": "PgDn", "pageup": "PgUp",
}  # fmt: skip


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

    @property
    def names(self) -> tuple[str, ...]:
        """All its keys as a person reads them, the usual one first."""
        return (self.shown, *(name_of(key, None) for key in self.keys[1:]))


ACTIONS: Final = (
    Action(name="trading.stop", keys=(STOP_KEY,), shown="^X^X", tier=Tier.EMERGENCY, hint="STOP",
           help="EMERGENCY STOP: close the gate, cancel working orders, pause strategies; positions stay"),
    Action(name="help", keys=("question_mark", "f1"), shown="?", hint="help",
           help="what every key does; enter does it"),
    Action(name="order.buy", keys=("b",), shown="b", tier=Tier.MONEY, hint="buy",
           help="write a ticket to buy what the cursor is on; it shows what the gate would say (asks before it sends)"),
    Action(name="order.sell", keys=("s",), shown="s", tier=Tier.MONEY, hint="sell",
           help="write a ticket to sell what the cursor is on (asks before it sends)"),
    Action(name="order.cancel", keys=("c",), shown="c", tier=Tier.REVERSIBLE, hint="cancel",
           help="cancel the working order under the cursor; one that protects a position asks first"),
    Action(name="order.change", keys=("r",), shown="r", tier=Tier.MONEY, hint="change",
           help="change quantity and prices of the working order under the cursor (asks before it sends)"),
    Action(name="position.flatten", keys=("f",), shown="f", tier=Tier.MONEY, hint="flat",
           help="give back at the market what the account has of the instrument under the cursor (asks)"),
    Action(name="orders.cancel_all", keys=("C",), shown="C", tier=Tier.MONEY, hint="cancel all",
           help="cancel every working order but protective stops (asks); when only those are left, them (type CANCEL)"),
    Action(name="positions.flatten", keys=("F",), shown="F", tier=Tier.IRREVERSIBLE, hint="flat all",
           help="close every position at the market, also after a stop (type FLATTEN)"),
    Action(name="tape.pause", keys=("comma",), shown=",", hint="pause",
           help="hold the tape, or let it go on"),
    Action(name="strategies.pause", keys=("P",), shown="P", tier=Tier.REVERSIBLE, hint="strategies",
           help="pause every strategy; when they are paused, resume them (asks)"),
    Action(name="run.quit", keys=("q",), shown="q", tier=Tier.MONEY, hint="quit",
           help="end: leave working orders at the venue, or cancel them first (asks)"),
    Action(name="tape.faster", keys=("plus",), shown="+", hint="faster",
           help="play the tape twice as fast"),
    Action(name="tape.slower", keys=("underscore",), shown="_", hint="slower",
           help="play the tape half as fast"),
    Action(name="palette", keys=("ctrl+p", "f2"), shown="^P", hint="actions",
           help="find an action by a few letters"),
    Action(name="strategy.pause", keys=("p",), shown="p", tier=Tier.REVERSIBLE,
           help="pause the strategy under the cursor; when it is paused or stopped, let it trade again (asks)"),
    Action(name="strategy.stop", keys=("x",), shown="x", tier=Tier.MONEY,
           help="stop the strategy under the cursor and cancel its orders; its positions stay (asks)"),
    Action(name="undo", keys=("u",), shown="u", tier=Tier.REVERSIBLE,
           help="take back what was just done, as the status row offers: a cancel, a pause, a change of speed"),
    Action(name="list.filter", keys=("slash", "f3"), shown="/", hint="filter",
           help="show only the rows of this list that contain what you type"),
    Action(name="snapshot.export", keys=("ctrl+e", "f9"), shown="^E", hint="snapshot",
           help="write this screen to two files, as text and as SVG"),
    Action(name="panel.next", keys=("tab",), shown="tab", hint="panel",
           help="go to the next panel; one without room takes the lists' place"),
    Action(name="panel.zoom", keys=("z",), shown="z", hint="zoom",
           help="give this panel the whole screen, or take it back"),
    Action(name="row.open", keys=("enter",), shown="enter", hint="open",
           help="show this row whole: every column, and texts to their end"),
    Action(name="row.copy", keys=("y",), shown="y", hint="copy",
           help="copy this row to the clipboard of your terminal, columns apart by tabs"),
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


def name_of(key: str, character: str | None) -> str:
    """Return what a person calls a key of Textual's: `b`, `^W`, `F7`, `shift+left`."""
    if character is not None and character.isprintable() and character.strip():
        return character
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+').upper()}"
    return key.upper() if key.startswith("f") and key[1:].isdigit() else _NAMES.get(key, key)
