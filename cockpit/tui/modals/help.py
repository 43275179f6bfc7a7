"""The help: every key and what it does, in the table's order, all at once where there is room for two columns.

The line under the cursor is told to its end below, so the columns may be narrow; enter does it, but never the stop: a
hand that only reads must not halt anything. `w` tells instead what the words of the screen mean.
"""

from textwrap import wrap
from typing import Final

from textual import events

from cockpit.tui.keymap import Keymap
from cockpit.tui.keys import Action, Tier
from cockpit.tui.lines import Line
from cockpit.tui.modals.palette import TIERS
from cockpit.tui.modals.question import BESIDES_TEXT, Question
from cockpit.tui.rows import Cell
from cockpit.tui.said import parts

WIDEST: Final = 116
LEAST_COLUMN: Final = 36
KEY_CELLS: Final = 10
TIER_CELLS: Final = 5
WORD_CELLS: Final = 11
MOVES: Final = {"down": 1, "up": -1, "home": -1_000, "end": 1_000}
"""Besides the keys of the lists."""
_LISTS: Final = {"list.down": 1, "list.up": -1, "list.top": -1_000, "list.bottom": 1_000}
WORDS: Final = (
    ("NAV", "what the account is worth: cash and all positions at their last price"),
    ("Day Open", "what the worth has changed since the day began; what open positions would bring"),
    ("BP", "buying power: money that neither positions nor open orders use"),
    ("DD", "drawdown: how far the worth lies below its highest so far"),
    ("~ ×", "after a figure: its price is old, or the link to the venue is down"),
    ("uPnL", "what one position would bring now, the Open of the top row in all"),
    ("CHG TREND", "the change since yesterday's close; the newest prices as a line"),
    ("STOP", "its price, then ● at the venue, ◍ soft: held here, ○ sent, ? not answered"),
    ("", "◐30 covers only 30; none: no stop order, the strategy's own exit"),
    ("RISK", "what is lost from here to the stop"),
    ("Risk", "each gauge is the share of its limit that is used, not the loss itself"),
    ("Positions", "4+2/10: 4 held, 2 more if open orders fill, 10 allowed"),
    ("#5 #2-5", "an order: the fifth of the first run, the fifth of the second"),
    ("waits soft", "an order that goes out once its entry fills, or its price is touched"),
    ("SIG FILLS", "signals of a strategy so far; executions of its orders"),
    ("WAITS FOR", "+2 at its end: so many more things than there is room for"),
    ("gap z rsi", "between two averages; from the mean, in deviations; 0 to 100, 50 is even"),
    ("win", "the share of closing fills that made money"),
    ("ES95 1 day", "what a day among the worst twentieth of the last 64 took, on average"),
    ("gap -8%", "what an open 8% against you takes; a stop is no help there"),
    ("room today", "what the day may still lose before nothing more is opened"),
    ("HALTED by", "who closed the gate: operator by key, command line, signal, file,"),
    ("", "script; disk, journal, session, audit: what failed; else a rule"),
)
"""The words of the screen that are nobody's everyday words."""
BY_KEYS: Final = " (at once, by its keys only)"
SIGNS: Final = {**TIERS, Tier.EMERGENCY: "keys"}
"""What an action takes, in a word: a yes, a typed word, its keys."""
CLOSES: Final = frozenset({"q", "question_mark", "f1"})


class Help(Question[str]):
    """Answers the name of an action to do."""

    DEFAULT_CSS = f"Help > Lines {{ width: {WIDEST}; }}"
    ABOVE = 0  # every key at once takes them

    def __init__(self, keymap: Keymap) -> None:
        super().__init__("Keys", guarded=False)
        self._actions = keymap.actions
        self._moves = MOVES | {key: step for name, step in _LISTS.items() for key in keymap.by_name[name].keys}
        self._does = {"enter", *keymap.by_name["row.open"].keys} - self._moves.keys()
        self._move_words = " ".join(keymap.shown(name) for name in ("list.down", "list.up"))
        opens = keymap.shown("row.open")
        self._does_word = opens if keymap.by_name["row.open"].keys[0] in self._does else "enter"
        self._cursor = next(place for place, action in enumerate(self._actions) if action.tier is Tier.LOOK)
        self._top: int | None = None
        """The first line of the words, while those are shown."""

    def lines(self) -> list[Line]:
        width = min(WIDEST, self.app.size.width) - BESIDES_TEXT
        if self._top is not None:
            return self._words(width, self._top)
        columns = 2 if width >= 2 * LEAST_COLUMN else 1
        told = _told(self._actions[self._cursor], width)
        told += [()] * (max(len(_told(action, width)) for action in self._actions) - len(told))
        whole = -(-len(self._actions) // columns)
        high = max(1, min(whole, self.text_height - len(told) - 2))
        top = max(0, min(self._cursor % whole - high // 2, whole - high))
        cells = width // columns
        rows: list[Line] = [
            tuple(
                cell
                for place in range(row, len(self._actions), whole)
                for cell in _entry(self._actions[place], place == self._cursor, cells)
            )
            for row in range(top, min(whole, top + high))
        ]
        below = whole - top - high
        does = "" if self._is_stop else f"{self._does_word} does it · "
        foot = f"{f'↓ {below} more · ' if below > 0 else ''}{self._move_words} move · {does}w words · esc closes"
        return [*rows, (), *told, (Cell(foot, "muted"),)]

    @property
    def _is_stop(self) -> bool:
        return self._actions[self._cursor].tier is Tier.EMERGENCY

    def _words(self, width: int, top: int) -> list[Line]:
        """What the words of the screen mean."""
        told: list[Line] = [
            (Cell(f"{'' if place else word:<{WORD_CELLS}}", "title"), Cell(line))
            for word, text in WORDS
            for place, line in enumerate(wrap(text, max(1, width - WORD_CELLS)))
        ]
        high = max(1, self.text_height - 2)
        self._top = top = max(0, min(top, len(told) - high))
        below = len(told) - top - high
        foot = f"{f'↓ {below} more · {self._move_words} move · ' if below > 0 else ''}w keys · esc closes"
        return [*told[top : top + high], (), (Cell(foot, "muted"),)]

    def answer(self, event: events.Key) -> None:
        if event.key == "w":
            self._top = 0 if self._top is None else None
        elif self._top is not None and event.key not in CLOSES:
            self._top = max(0, self._top + self._moves.get(event.key, 0))
        elif event.key in self._moves:
            self._cursor = max(0, min(len(self._actions) - 1, self._cursor + self._moves[event.key]))
        elif event.key in ("left", "right", "h", "l"):
            whole = -(-len(self._actions) // 2)
            aside = self._cursor + (whole if event.key in ("right", "l") else -whole)
            self._cursor = aside if 0 <= aside < len(self._actions) else self._cursor
        elif event.key in self._does:
            if self._is_stop:
                return
            self.dismiss(self._actions[self._cursor].name)
        elif event.key in CLOSES:
            self.dismiss(None)


def _told(action: Action, width: int) -> list[Line]:
    """The whole text of an action, and what it asks."""
    text = action.help + (BY_KEYS if action.tier is Tier.EMERGENCY else "")
    return [(Cell(line, "accent"),) for line in wrap(text, width)]


def _entry(action: Action, chosen: bool, cells: int) -> Line:
    word = "selected" if chosen else "text"
    keys, sign = " ".join(action.names), SIGNS[action.tier]
    room = max(1, cells - 1 - KEY_CELLS - TIER_CELLS)
    text = parts(action.told(room), room)
    return (
        Cell("▸" if chosen else " ", word),
        Cell(f"{keys:<{KEY_CELLS}}", "title" if not chosen else word),
        Cell(f"{text:<{room}}", word),
        Cell(f"{sign:>{TIER_CELLS}}", "muted" if not chosen else word),
    )
