"""One table of keys, and everything that is made of it."""

from dataclasses import replace

import pytest

from cockpit.tui.hints import Mood, frame_keys, keys_row
from cockpit.tui.keymap import KEYS, conflicts
from cockpit.tui.keys import ACTIONS, BRIEF, RESERVED, STOP_HINT, STOP_KEY, Tier, name_of
from cockpit.tui.modals.palette import matching
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
    for typed in ("", "s", "st", "sto", "cancel", "pause"):
        assert all(action.tier is not Tier.EMERGENCY for action in matching(typed)[:1])


def test_who_types_stop_means_the_stop() -> None:
    assert [action.name for action in matching("stop")][:1] == ["trading.stop"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("filter", "list.filter"),
        ("fast", "tape.faster"),
        ("tape s", "tape.slower"),
        ("tapslo", "tape.slower"),
        ("resume", "trading.resume"),
        ("quit", "run.quit"),
        ("top", "list.top"),
        ("^E", "snapshot.export"),
    ],
)
def test_letters_count_from_the_beginnings_of_words_and_the_best_comes_first(typed: str, name: str) -> None:
    assert matching(typed)[0].name == name


@pytest.mark.parametrize("typed", ["ilter", "xyz"])
def test_letters_in_the_middle_of_words_find_nothing_that_does_not_begin_so(typed: str) -> None:
    assert not {"trading.stop", "list.filter"} & {action.name for action in matching(typed)}


def test_every_action_is_told_whole_in_a_few_cells() -> None:
    assert [action.name for action in ACTIONS if len(action.told(BRIEF)) > BRIEF] == []
    assert all(action.told(1_000) == action.help for action in ACTIONS)


def test_what_asks_about_money_has_one_key_and_asks() -> None:
    """A single key may act on money only through a question; the table says which questions there are."""
    asking = {action.name for action in ACTIONS if action.tier in (Tier.MONEY, Tier.IRREVERSIBLE)}

    assert asking == {
        *("order.buy", "order.sell", "order.change", "orders.cancel_all", "position.flatten", "positions.flatten"),
        *("strategy.stop", "run.quit", "trading.resume"),
    }


def test_the_stop_is_read_before_bindings_and_so_has_none() -> None:
    assert STOP_KEY in {key for action in ACTIONS for key in action.keys}
    assert all(STOP_KEY not in binding.key for binding in KEYS.bindings())
    assert len(KEYS.bindings()) == len(ACTIONS) - 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_stop_stands_in_the_keys_row_at_every_size(width: int, height: int) -> None:
    row = keys_row(width, room_of(width, height), Mood(), KEYS)
    cells = sum(1 + len(key) + bool(word) + len(word) for _, key, word in row[:-1])

    assert " ".join(row[-1][1:]) == STOP_HINT
    assert cells + len(STOP_HINT) + 2 <= width


def test_small_screens_show_keys_without_words() -> None:
    words = [(key, word) for _, key, word in keys_row(40, Room.XS, Mood(), KEYS)]

    assert [key for key, word in words if word] == ["tab", "^X^X"]
    assert all(word for _, _, word in keys_row(80, Room.S, Mood(), KEYS))


def said(width: int, room: Room, mood: Mood) -> str:
    return " ".join(f"{key} {word}" for _, key, word in keys_row(width, room, mood, KEYS))


@pytest.mark.parametrize(("width", "room"), [(80, Room.S), (120, Room.M)])
def test_the_row_offers_what_there_is_to_do_now(width: int, room: Room) -> None:
    paused, halted, ended = (
        said(width, room, mood) for mood in (Mood(paused=True), Mood(halted=True), Mood(ended=True))
    )

    assert ", go on" in paused
    assert ", pause" not in paused
    assert halted.startswith("^R resume")
    assert "^R" not in paused
    assert "P strategies" not in halted
    assert not any(f"{key} " in ended for key in (",", "+", "_"))


@pytest.mark.parametrize("halted", [True, False])
@pytest.mark.parametrize("paused", [True, False])
def test_where_panels_are_out_of_sight_the_way_to_them_and_the_way_out_are_told(halted: bool, paused: bool) -> None:
    row = said(80, Room.S, Mood(halted=halted, paused=paused, working=True, held=True))

    assert "tab panel" in row
    assert "q quit" in row
    assert ("f flat" in row, "P strategies" in row) == (True, not halted)


def test_while_trading_is_stopped_no_frame_offers_what_would_only_be_refused() -> None:
    assert frame_keys("prices", KEYS, Mood()) == "b buy  s sell  enter open  / filter"
    assert frame_keys("prices", KEYS, Mood(halted=True)) == "enter open  / filter"
    assert frame_keys("positions", KEYS, Mood(halted=True)) == "f flat  enter open"


@pytest.mark.parametrize(
    ("key", "character", "name"),
    [
        ("b", "b", "b"),
        ("left_curly_bracket", "{", "{"),
        ("ctrl+w", "\x17", "^W"),
        ("f7", None, "F7"),
        ("insert", None, "insert"),
    ],
)
def test_a_key_is_called_what_stands_on_it(key: str, character: str | None, name: str) -> None:
    assert name_of(key, character) == name


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
        acts = set(stage.app.acts.table)

    assert acts == {action.name for action in ACTIONS}
