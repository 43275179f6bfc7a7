"""One table of keys, and everything that is made of it."""

from dataclasses import replace

import pytest

from cockpit.tui.keys import ACTIONS, RESERVED, STOP_HINT, STOP_KEY, Tier, bindings, conflicts, keys_row
from cockpit.tui.modals.actions import matching
from cockpit.tui.room import Room, room_of
from tests.cockpit.tui.stage import on_stage

SIZES = [(40, 15), (60, 18), (80, 24), (120, 40), (200, 60)]


def test_no_key_has_two_meanings_and_none_is_reserved() -> None:
    assert conflicts(ACTIONS) == []


def test_the_search_for_conflicts_finds_both_kinds() -> None:
    help_, pause = ACTIONS[1], ACTIONS[2]
    wrong = [help_, replace(pause, keys=(*help_.keys, "ctrl+c"))]

    assert len(conflicts(wrong)) == len(help_.keys) + 1


def test_every_action_is_explained() -> None:
    assert [action.name for action in ACTIONS if not action.help or not action.shown or not action.keys] == []


def test_names_are_unique() -> None:
    assert len({action.name for action in ACTIONS}) == len(ACTIONS)


def test_the_palette_reaches_every_action() -> None:
    assert {action.name for action in matching("")} == {action.name for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_the_palette_finds_an_action_by_its_name(action: object) -> None:
    assert action in matching(getattr(action, "name", ""))


def test_hurried_fingers_do_not_land_on_the_stop() -> None:
    found = matching("stop")

    assert found[-1].tier is Tier.EMERGENCY
    assert len(found) > 1


def test_what_asks_about_money_has_one_key_and_asks() -> None:
    """A single key may act on money only through a question; the table says which questions there are."""
    asking = {action.name for action in ACTIONS if action.tier in (Tier.MONEY, Tier.IRREVERSIBLE)}

    assert asking == {"run.quit", "trading.resume"}


def test_the_stop_is_read_before_bindings_and_so_has_none() -> None:
    assert STOP_KEY in {key for action in ACTIONS for key in action.keys}
    assert all(STOP_KEY not in binding.key for binding in bindings())
    assert len(bindings()) == len(ACTIONS) - 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_stop_stands_in_the_keys_row_at_every_size(width: int, height: int) -> None:
    row = keys_row(width, room_of(width, height))
    cells = sum(1 + len(key) + bool(word) + len(word) for _, key, word in row[:-1])

    assert " ".join(row[-1][1:]) == STOP_HINT
    assert cells + len(STOP_HINT) + 2 <= width


def test_small_screens_show_keys_without_words() -> None:
    assert all(not word for _, _, word in keys_row(40, Room.XS)[:-1])
    assert all(word for _, _, word in keys_row(80, Room.S))


async def test_the_screen_binds_exactly_the_table() -> None:
    async with on_stage() as stage:
        bound = {
            key
            for key, known in stage.app._bindings.key_to_bindings.items()  # noqa: SLF001 - what is really bound
            if any(binding.action.startswith("perform(") for binding in known)
        }

    assert bound == {key for action in ACTIONS for key in action.keys if key != STOP_KEY}
    assert not bound & RESERVED


async def test_every_action_can_be_performed() -> None:
    async with on_stage() as stage:
        acts = set(stage.app.acts)

    assert acts == {action.name for action in ACTIONS}
