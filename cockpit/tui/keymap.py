"""The keys in force: the table of actions with a person's own keys laid over it.

    [keys]
    "order.buy" = "B"
    "list.down" = ["n", "ctrl+n"]

An action named there has these keys and no others. What would make a key mean two things, or take one that terminals
keep for themselves, is refused at the start in one line, because a key that does something else than was meant is
found out when it is pressed. The stop cannot be moved, so that it is the same on every machine; a key that answers
questions cannot open one, so that a key held down never agrees to anything; and the one action that is heard over
questions cannot have a key that they need.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cockpit.settings import Settings
from cockpit.tui.keys import ACTIONS, ASKED, RESERVED, STOP_KEY, Action, Tier, name_of
from oms.domain.options import OptionError, nearest, shown

if TYPE_CHECKING:
    from textual.binding import Binding

STOP: Final = "trading.stop"
UNMOVED: Final = f"{STOP} cannot be changed: ^X ^X stops everywhere"
EXPORT: Final = "snapshot.export"
"""Heard over questions too: what is asked is on the screen that it writes."""
_NAMED: Final = frozenset({
    "enter", "escape", "tab", "shift+tab", "space", "backspace", "delete", "insert",
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
})  # fmt: skip
_FUNCTION: Final = re.compile(r"f([1-9]|1[0-2])")
_CONTROL: Final = re.compile(r"ctrl\+[a-z]")
_RENAMED: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""What the screen's library calls some characters; all others it calls what Unicode does."""


@dataclass(frozen=True)
class Keymap:
    """Every action with the keys in force."""

    actions: Sequence[Action] = ACTIONS

    @cached_property
    def bound(self) -> frozenset[str]:
        """Keys that mean something."""
        return frozenset(key for action in self.actions for key in action.keys)

    @cached_property
    def by_name(self) -> Mapping[str, Action]:
        """Every action by its name."""
        return {action.name: action for action in self.actions}

    @cached_property
    def _tiers(self) -> Mapping[str, Tier]:
        return {key: action.tier for action in self.actions for key in action.keys}

    def tier_of(self, key: str) -> Tier:
        """Return how much a key can cost; one that means nothing costs nothing."""
        return self._tiers.get(key, Tier.LOOK)

    def shown(self, name: str) -> str:
        """Return the usual key of an action, as a person reads it."""
        return self.by_name[name].shown

    def bindings(self) -> "list[Binding]":
        """Return a binding per action but the stop; the action's name is the binding's id."""
        from textual.binding import Binding  # what checks settings has no need of a screen

        return [
            Binding(",".join(action.keys), f"perform({action.name!r})", action.help, show=False, id=action.name)
            for action in self.actions
            if action.tier is not Tier.EMERGENCY
        ]


KEYS: Final = Keymap()
"""The keys of who has none of his own."""


def keymap_of(settings: Settings) -> Keymap:
    """Return the keymap that the settings ask for.

    Raises:
        ConfigError: an action or a key that does not exist or cannot be had; one line.
    """
    try:
        return remapped(settings.keys)
    except OptionError as error:
        raise settings.refused(str(error)) from error


def remapped(own: Mapping[str, Sequence[str]]) -> Keymap:
    """Return the keymap with these keys for the actions that are named.

    Raises:
        OptionError: an action or a key that does not exist or cannot be had; one line that begins with `[keys]`.
    """
    names = [action.name for action in ACTIONS]
    for name in own:
        if name not in names:
            alike = [known for known in names if name in known.split(".") and known != STOP]
            hint = f"did you mean {' or '.join(alike)}?" if alike else nearest(name, names)
            hint += f" {UNMOVED}" if name in STOP.split(".") else ""
            msg = f"[keys] has no action {name}; {hint}"
            raise OptionError(msg)
    keymap = Keymap(tuple(_with_keys(action, own[action.name]) if action.name in own else action for action in ACTIONS))
    wrong = conflicts(sorted(keymap.actions, key=lambda action: action.name in own))  # who was there is not to blame
    if wrong:
        msg = f"[keys] {wrong[0]}"
        raise OptionError(msg)
    return keymap


def conflicts(actions: Sequence[Action]) -> list[str]:
    """Return what is wrong with a table: keys that two actions want, keys that are reserved or answer questions, and a
    stop that is not where everybody looks for it."""
    owners: dict[str, str] = {}
    found = []
    for action in actions:
        if action.name == STOP and action.keys != (STOP_KEY,):
            found.append(UNMOVED)
        for key in action.keys:
            name = name_of(key, None)
            if key in RESERVED:
                found.append(f"{action.name} cannot be {name}: terminals keep that key for themselves")
            if key in action.barred:
                found.append(f"{action.name} cannot be {name}: that answers what it asks")
            if key in ASKED and action.name == EXPORT:
                found.append(f"{action.name} cannot be {name}: questions need that key")
            if key in owners:
                what = "has {} twice" if owners[key] == action.name else f"cannot be {{}}: that is {owners[key]}"
                found.append(f"{action.name} {what.format(name)}")
            owners[key] = action.name
    return found


def _with_keys(action: Action, keys: Sequence[str]) -> Action:
    if not keys:
        msg = f"[keys] {action.name} needs a key"
        raise OptionError(msg)
    names = tuple(to_key(key, action.name) for key in keys)
    first = keys[0] if len(keys[0]) == 1 else name_of(names[0], None)
    return replace(action, keys=names, shown="^X^X" if names == (STOP_KEY,) and action.name == STOP else first)


def to_key(typed: str, action: str) -> str:
    """Return the name of a key that a person writes as `B`, `^E`, `ctrl+e`, `F7`, `pageup`, or as its character.

    Raises:
        OptionError: there is none; one line.
    """
    if len(typed) == 1 and typed.isprintable() and typed != " ":
        return typed if typed.isalnum() else _named(typed)
    lower = typed.lower()
    if re.fullmatch(r"\^[a-z]", lower):
        lower = f"ctrl+{lower[1]}"
    if lower in _NAMED or _FUNCTION.fullmatch(lower) or _CONTROL.fullmatch(lower):
        return lower
    msg = f"[keys] {action} must be a key such as B, ^E, F7 or pageup, got {shown(typed)}"
    raise OptionError(msg)


def _named(character: str) -> str:
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)
