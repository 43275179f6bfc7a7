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
ANSWERS: Final = frozenset({YES_KEY, "enter", "escape"})
"""What questions are answered with: what may ask has none of these, or a key that is held would answer what it asks."""
ASKED: Final = ANSWERS | {
    "tab", "shift+tab", "backspace", "delete", "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
    "alt+up", "alt+down", "ctrl+f", "ctrl+n", "ctrl+p", "ctrl+t", "ctrl+u", "ctrl+y", "f1",
}  # fmt: skip
"""The keys besides letters and signs that some question listens to: what is heard over questions has none of these."""
BRIEF: Final = 20
_NAMES: Final = {
    "down": "↓", "up": "↑", "home": "Home", "end": "End", "pagedown": "PgDn", "pageup": "PgUp",
}  # fmt: skip
_TICKET: Final = frozenset({"ctrl+y"})
"""What a ticket is put to its question with."""


class Tier(IntEnum):
    """How much an action can cost, and so what it asks of the hand."""

    LOOK = 0
    REVERSIBLE = 1
    """Done at once, or asked where it cannot be taken back; the key counts once however long it is held."""
    MONEY = 2
    """A question that only `y` answers."""
    IRREVERSIBLE = 3
    """A question that a typed word answers."""
    EMERGENCY = 4


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that can be asked for. `hint` is its word in the KEYS row, empty where it has none there; `brief` is
    the help in at most `BRIEF` cells, where the help is longer; `answers` are keys that only its own questions have."""

    name: str
    keys: tuple[str, ...]
    shown: str
    help: str
    tier: Tier = Tier.LOOK
    hint: str = ""
    brief: str = ""
    answers: frozenset[str] = frozenset()

    @property
    def barred(self) -> frozenset[str]:
        """Keys that it cannot have, because they answer what it asks."""
        return ANSWERS | self.answers if self.tier > Tier.LOOK else frozenset()

    def told(self, cells: int) -> str:
        """Return what it does in so many cells: the help where that fits whole, else in a few words."""
        return self.help if len(self.help) <= cells else self.brief or self.help

    @property
    def names(self) -> tuple[str, ...]:
        """All its keys as a person reads them, the usual one first."""
        return (self.shown, *(name_of(key, None) for key in self.keys[1:]))


ACTIONS: Final = (
    Action(name="trading.stop", keys=(STOP_KEY,), shown="^X^X", tier=Tier.EMERGENCY, hint="STOP",
           help="EMERGENCY STOP: close the gate, cancel working orders, pause strategies; positions stay",
           brief="EMERGENCY STOP"),
    Action(name="help", keys=("question_mark", "f1"), shown="?", hint="help",
           help="what every key does; enter does it", brief="what keys do"),
    Action(name="order.buy", keys=("b",), shown="b", tier=Tier.MONEY, hint="buy",
           help="write a ticket to buy what the cursor is on; it shows what the gate would say (asks before it sends)",
           brief="buy: write a ticket", answers=_TICKET),
    Action(name="order.sell", keys=("s",), shown="s", tier=Tier.MONEY, hint="sell",
           help="write a ticket to sell what the cursor is on (asks before it sends)", brief="sell: write a ticket",
           answers=_TICKET),
    Action(name="order.cancel", keys=("c",), shown="c", tier=Tier.REVERSIBLE, hint="cancel",
           help="cancel the working order under the cursor; a stop or target of a position asks first",
           brief="cancel this order"),
    Action(name="order.change", keys=("e",), shown="e", tier=Tier.MONEY, hint="change",
           help="change quantity and prices of the working order under the cursor (asks before it sends)",
           brief="change this order", answers=_TICKET),
    Action(name="position.flatten", keys=("f",), shown="f", tier=Tier.MONEY, hint="flat",
           help="close the position under the cursor at the market; elsewhere every strategy's in that symbol (asks)",
           brief="flatten this symbol"),
    Action(name="orders.cancel_all", keys=("C",), shown="C", tier=Tier.MONEY, hint="cancel all",
           help="cancel every working order but protective stops (asks); when only those are left, them (type CANCEL)",
           brief="cancel all but stops"),
    Action(name="positions.flatten", keys=("F",), shown="F", tier=Tier.IRREVERSIBLE, hint="flat all",
           help="close every position at the market, also after a stop (type FLATTEN)", brief="close all positions"),
    Action(name="tape.pause", keys=("comma",), shown=",", hint="pause",
           help="hold the tape, or let it go on", brief="hold the tape"),
    Action(name="strategies.pause", keys=("P",), shown="P", tier=Tier.REVERSIBLE, hint="strategies",
           help="pause every strategy; when they are paused, resume them (asks)", brief="pause all strategies"),
    Action(name="run.quit", keys=("q",), shown="q", tier=Tier.MONEY, hint="quit",
           help="end: leave working orders at the venue, or cancel them first (asks)", brief="end the session",
           answers=frozenset({"l", "c"})),
    Action(name="tape.faster", keys=("plus",), shown="+", hint="faster",
           help="play the tape twice as fast", brief="tape twice as fast"),
    Action(name="tape.slower", keys=("underscore",), shown="_", hint="slower",
           help="play the tape half as fast", brief="tape half as fast"),
    Action(name="palette", keys=("ctrl+p", "f2"), shown="^P", hint="actions",
           help="find an action by a few letters", brief="find an action"),
    Action(name="strategy.pause", keys=("p",), shown="p", tier=Tier.REVERSIBLE,
           help="pause the strategy under the cursor; when it is paused or stopped, let it trade again (asks)",
           brief="pause this strategy"),
    Action(name="strategy.stop", keys=("S",), shown="S", tier=Tier.MONEY,
           help="stop the strategy under the cursor and cancel its orders; its positions stay (asks)",
           brief="stop this strategy"),
    Action(name="undo", keys=("u",), shown="u", tier=Tier.REVERSIBLE,
           help="take back what was just done, as the status row offers: a cancel, a pause, a change of speed",
           brief="take back the last"),
    Action(name="list.filter", keys=("slash", "f3"), shown="/", hint="filter",
           help="show only the rows of this list that contain what you type", brief="filter this list"),
    Action(name="snapshot.export", keys=("ctrl+e", "f9"), shown="^E", hint="snapshot",
           help="write this screen to two files, as text and as SVG", brief="write a snapshot"),
    Action(name="panel.next", keys=("tab",), shown="tab", hint="panel",
           help="go to the next panel; one without room takes the lists' place", brief="next panel"),
    Action(name="panel.zoom", keys=("z",), shown="z", hint="zoom",
           help="give this panel the whole screen, or take it back", brief="give it all the room"),
    Action(name="row.open", keys=("enter",), shown="enter", hint="open",
           help="show this row whole: every column, and texts to their end", brief="show this row whole"),
    Action(name="row.copy", keys=("y",), shown="y", hint="copy",
           help="copy this row to the clipboard of your terminal, columns apart by tabs", brief="copy this row"),
    Action(name="panel.previous", keys=("shift+tab",), shown="shift+tab",
           help="go to the panel before", brief="panel before"),
    Action(name="trading.resume", keys=("ctrl+r",), shown="^R", tier=Tier.IRREVERSIBLE,
           help="open the gate again after a halt (type RESUME); strategies stay paused", brief="open the gate again"),
    Action(name="list.down", keys=("j", "down"), shown="j",
           help="next row"),
    Action(name="list.up", keys=("k", "up"), shown="k",
           help="row before"),
    Action(name="list.top", keys=("g", "home"), shown="g",
           help="first row"),
    Action(name="list.bottom", keys=("G", "end"), shown="G",
           help="last row"),
    Action(name="list.half_page_down", keys=("ctrl+d", "pagedown"), shown="^D",
           help="half a page down", brief="half a page down"),
    Action(name="list.half_page_up", keys=("ctrl+u", "pageup"), shown="^U",
           help="half a page up", brief="half a page up"),
    Action(name="back", keys=("escape",), shown="esc",
           help="leave the zoom, clear the filter", brief="leave zoom, filter"),
    Action(name="screen.redraw", keys=("ctrl+l",), shown="^L",
           help="draw the whole screen again", brief="draw all again"),
)  # fmt: skip
"""Most important first: the KEYS row is filled in this order, and help shows it."""


def name_of(key: str, character: str | None) -> str:
    """Return what a person calls a key of Textual's: `b`, `^W`, `F7`, `shift+left`."""
    if character is not None and character.isprintable() and character.strip():
        return character
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+').upper()}"
    return key.upper() if key.startswith("f") and key[1:].isdigit() else _NAMES.get(key, key)
