"""Random key storms on the real screen over a real session, and a witness that no question shares its judgment with.

A storm is a handful of keys: some one by one as a person types, some all at once as they come in one read, some as a
paste. The witness writes down what every question answered and to which key, and reads from the journal's records what
was ordered. Each order has to be the one that a question showed, and each question may have made one at most.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from unittest.mock import patch

from textual import events

from cockpit.config import load
from cockpit.settings import Settings
from cockpit.ticket.sealed import Sealed
from cockpit.tui import turn
from cockpit.tui.modals import question
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.question import Question
from cockpit.tui.modals.send import Send
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import Purpose
from tests.cockpit.tui.stage import Stage

GUARD_SECS: Final = 0.01
HELD_SECS: Final = 0.02
"""Instead of the real ones, so that some storms get through."""
PAINTED_SECS: Final = 0.2
"""Long enough for a question to be painted and to have listened for a moment."""
LONGEST: Final = 14
KEYS: Final = (
    *("b", "s", "c", "e", "f", "C", "F", "P", "p", "S", "u", "y", "Y", "n", "j", "k", "z", "G"),
    *("enter", "escape", "tab", "up", "down", "left", "right", "space", "backspace", "ctrl+y", "ctrl+t", "ctrl+f"),
    *("0", "1", "2", "5", "plus", "minus", "slash", "question_mark", "ctrl+p", "ctrl+r", "ctrl+c", "w"),
)
HABITS: Final = (
    ("b", "ctrl+y", "y"),
    ("s", "ctrl+y", "y"),
    ("b", "enter", "y", "y"),
    ("b", "ctrl+t", "up", "1", "0", "0", "ctrl+y", "y"),
    ("b", "ctrl+y", "enter", "escape"),
    ("f", "y"),
    ("C", "y"),
)
"""What hands do by heart."""
_CHARACTERS: Final = {"space": " ", "plus": "+", "minus": "-", "slash": "/", "question_mark": "?"}
_LOOSE: Final = {
    "SESSION__CASH": "1000000000000",
    "SIZING__FIXED_RISK__MAX_QTY": "1",
    "RISK__MAX_ORDER_VALUE__LIMIT": "1000000000",
    "RISK__MAX_POSITION__LIMIT": "1",
    "RISK__ORDER_RATE__LIMIT": "10000000",
    "RISK__ORDER_RATE__BURST": "999",
    "RISK__DUPLICATE__LIMIT": "0",
}


def loose() -> Settings:
    """Settings under which what is agreed to is not denied: a denial would hide an order."""
    return load(None, {f"COCKPIT__{name}": value for name, value in _LOOSE.items()})


@dataclass
class Witness:
    """What was agreed to, and what was ordered."""

    agreed: list[Sealed] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    """The keys that agreed."""
    flattened: int = 0
    """Flattens that were agreed to."""

    def faults(self, records: list[ev.Record]) -> list[str]:
        """Return what should not have happened, in words."""
        sent = [record.event for record in records if isinstance(record.event, oev.OrderSubmitted)]
        made = {record.event.client_order_id: record.event.ticket for record in records
                if isinstance(record.event, oev.OrderInitialized)}  # fmt: skip
        closing = [order for order in sent if made[order.client_order_id].purpose is Purpose.CLOSE]
        opening = [order.ticket_hash for order in sent if order not in closing]
        shown = [sealed.hash for sealed in self.agreed]
        found = [f"agreed to by {key}" for key in self.by if key != "y"]
        found += [f"{hash_[:8]} was ordered and not agreed to" for hash_ in set(opening) - set(shown)]
        found += [
            f"{hash_[:8]} was agreed to {shown.count(hash_)} times and ordered {opening.count(hash_)} times"
            for hash_ in set(opening)
            if opening.count(hash_) > shown.count(hash_)
        ]
        found += ["closed, and nobody asked for it"] if closing and not self.flattened else []
        return found


@contextmanager
def witnessed() -> Iterator[Witness]:
    """Watch every question that is asked."""
    witness, heard, dismiss = Witness(), Question.on_key, Question.dismiss
    last = ""

    def hear(asked: Question[Any], event: events.Key) -> None:
        nonlocal last
        last = event.key
        heard(asked, event)

    def end(asked: Question[Any], result: Any = None) -> Any:
        if not asked._is_answered and result:  # noqa: SLF001 - the first answer is the one that counts
            if isinstance(asked, Send):
                witness.agreed.append(result)
                witness.by.append(last)
            elif isinstance(asked, Confirm):
                witness.flattened += "Flatten" in asked._heading  # noqa: SLF001 - what it asks
        return dismiss(asked, result)

    with (
        patch.object(Question, "guard_secs", GUARD_SECS),
        patch.object(question, "HELD_SECS", HELD_SECS),
        patch.object(turn, "HELD_SECS", HELD_SECS),
        patch.object(Question, "on_key", hear),
        patch.object(Question, "dismiss", end),
    ):
        yield witness


async def storm(stage: Stage, chance: Random) -> int:
    """Let one storm pass over the screen, and return how many keys it had."""
    habit = chance.choice(HABITS) if chance.random() < 0.5 else ()
    keys = [*habit, *chance.choices(KEYS, k=chance.randint(1, LONGEST - len(habit)))]
    place = 0
    if chance.random() < 0.3:  # a hand that waits for what it sees
        for key in habit:
            stage.app.post_message(events.Key(key, _character(key)))
            await asyncio.sleep(PAINTED_SECS / 4)
        place = len(habit)
    while place < len(keys):
        together = 1 if chance.random() < 0.7 else chance.randint(2, 5)
        if chance.random() < 0.03:
            stage.app.post_message(events.Paste("".join(chance.choices("by\ryb$1R%\x19\x18", k=6))))
        for key in keys[place : place + together]:
            stage.app.post_message(events.Key(key, _character(key)))
        place += together
        await asyncio.sleep(chance.random() * chance.choice((0.0, GUARD_SECS, PAINTED_SECS)))
    return len(keys)


async def calm(stage: Stage) -> None:
    """Close what is open, and let everything that was asked for happen."""
    for _ in range(6):
        if len(stage.app.screen_stack) == 1:
            break
        await asyncio.sleep(GUARD_SECS * 1.5)
        stage.app.post_message(events.Key("escape", None))
        await stage.pilot.pause()


def _character(key: str) -> str | None:
    return key if len(key) == 1 else _CHARACTERS.get(key)
