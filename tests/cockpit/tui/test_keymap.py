"""A person's own keys: laid over the table, or refused in one line before anything starts."""

import pytest

from cockpit.config import from_tables
from cockpit.settings import ConfigError
from cockpit.tui.keymap import EXPORT, KEYS, STOP, conflicts, keymap_of, remapped, to_key
from cockpit.tui.keys import ASKED, STOP_KEY, Tier
from cockpit.tui.modals import help as help_module
from cockpit.tui.modals import palette, ticket
from oms.domain import order_events as oev
from oms.domain.options import OptionError
from tests.cockpit.tui.stage import on_stage


def test_an_action_has_the_keys_it_is_given_and_no_others() -> None:
    keymap = remapped({"order.buy": ("B",), "list.down": ("n", "^N")})

    assert keymap.by_name["order.buy"].keys == ("B",)
    assert keymap.shown("order.buy") == "B"
    assert keymap.by_name["list.down"].names == ("n", "^N")
    assert "j" not in keymap.bound
    assert keymap.by_name["order.sell"] == KEYS.by_name["order.sell"]


def test_two_actions_may_change_places() -> None:
    keymap = remapped({"order.buy": ("s",), "order.sell": ("b",)})

    assert (keymap.shown("order.buy"), keymap.shown("order.sell")) == ("s", "b")


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"order.by": "B"}, "[keys] has no action order.by; did you mean order.buy?"),
        ({"order.buy": "s"}, "[keys] order.buy cannot be s: that is order.sell"),
        ({"order.sell": "b"}, "[keys] order.sell cannot be b: that is order.buy"),
        ({"buy": "B"}, "[keys] has no action buy; did you mean order.buy?"),
        (
            {"stop": "B"},
            (
                "[keys] has no action stop; did you mean strategy.stop? "
                "trading.stop cannot be changed: ^X ^X stops everywhere"
            ),
        ),
        ({"order.buy": "^C"}, "[keys] order.buy cannot be ^C: terminals keep that key for themselves"),
        ({"order.buy": "f10"}, "[keys] order.buy cannot be F10: terminals keep that key for themselves"),
        ({"order.buy": "ctrl+x"}, "[keys] order.buy cannot be ^X: that is trading.stop"),
        ({"trading.stop": "k"}, "[keys] trading.stop cannot be changed: ^X ^X stops everywhere"),
        ({"order.buy": "y"}, "[keys] order.buy cannot be y: that answers what it asks"),
        ({"order.cancel": "y", "row.copy": "Y"}, "[keys] order.cancel cannot be y: that answers what it asks"),
        ({"strategy.pause": "y", "row.copy": "Y"}, "[keys] strategy.pause cannot be y: that answers what it asks"),
        ({"undo": "y", "row.copy": "Y"}, "[keys] undo cannot be y: that answers what it asks"),
        ({"order.cancel": "enter", "row.open": "o"}, "[keys] order.cancel cannot be enter: that answers what it asks"),
        (
            {"position.flatten": "escape", "back": "B"},
            "[keys] position.flatten cannot be escape: that answers what it asks",
        ),
        ({"order.sell": "^Y"}, "[keys] order.sell cannot be ^Y: that answers what it asks"),
        ({"run.quit": "l"}, "[keys] run.quit cannot be l: that answers what it asks"),
        ({"run.quit": "c", "order.cancel": "q"}, "[keys] run.quit cannot be c: that answers what it asks"),
        ({"snapshot.export": "^Y"}, "[keys] snapshot.export cannot be ^Y: questions need that key"),
        (
            {"snapshot.export": "escape", "back": "B"},
            "[keys] snapshot.export cannot be escape: questions need that key",
        ),
        (
            {"snapshot.export": "enter", "row.open": "o"},
            "[keys] snapshot.export cannot be enter: questions need that key",
        ),
        (
            {"snapshot.export": "tab", "panel.next": "N"},
            "[keys] snapshot.export cannot be tab: questions need that key",
        ),
        ({"order.buy": "bb"}, '[keys] order.buy must be a key such as B, ^E, F7 or pageup, got "bb"'),
    ],
)
def test_what_would_mean_two_things_is_refused_in_one_line(own: dict[str, str], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        remapped({action: (key,) for action, key in own.items()})

    assert str(caught.value) == said


def test_a_key_that_an_action_is_given_twice_is_said_to_be_that() -> None:
    with pytest.raises(OptionError, match=r"^\[keys\] order\.buy has B twice$"):
        remapped({"order.buy": ("B", "B")})


def test_an_action_cannot_be_left_without_a_key() -> None:
    with pytest.raises(OptionError, match="needs a key"):
        remapped({"order.buy": ()})


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("B", "B"), ("7", "7"), (",", "comma"), ("_", "underscore"), ("/", "slash"), ("{", "left_curly_bracket"),
        ("^E", "ctrl+e"), ("ctrl+e", "ctrl+e"), ("F7", "f7"), ("PageUp", "pageup"),
    ],
)  # fmt: skip
def test_a_key_is_written_as_what_stands_on_it(typed: str, key: str) -> None:
    assert to_key(typed, "order.buy") == key


@pytest.mark.parametrize(("written", "keys"), [("B", ("B",)), (["n", "^N"], ("n", "^N"))])
def test_the_table_of_the_settings_is_the_same_in_quotes_and_without(written: object, keys: tuple[str, ...]) -> None:
    quoted, nested = (
        from_tables({"keys": {"order.buy": written}}, {}),
        from_tables({"keys": {"order": {"buy": written}}}, {}),
    )

    assert quoted.keys == nested.keys == {"order.buy": keys}
    assert keymap_of(quoted).by_name["order.buy"].names == keys


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"\[keys\] order.buy must be a key in quotes or a list of them, got 7"):
        from_tables({"keys": {"order.buy": 7}}, {})


def test_a_refusal_names_the_file() -> None:
    with pytest.raises(ConfigError, match=r"^the tables given: \[keys\] has no action help.me"):
        keymap_of(from_tables({"keys": {"help.me": "7"}}, {}))


def test_the_stop_is_where_it_was_and_nothing_that_asks_is_its_own_answer() -> None:
    asking = [action for action in KEYS.actions if action.tier > Tier.LOOK]

    assert KEYS.by_name[STOP].keys == (STOP_KEY,)
    assert not any("y" in action.keys for action in asking)
    assert conflicts(KEYS.actions) == []


def test_what_is_heard_over_questions_has_none_of_the_keys_that_any_of_them_listens_to() -> None:
    moves = (*help_module.MOVES, *palette._MOVES, *ticket._MOVES, *ticket._STEPS, *ticket._CYCLES, *ticket._SIDEWAYS)  # noqa: SLF001
    listened = {key for key in (*moves, *ticket._REVIEWS, *help_module.CLOSES) if len(key) > 1}  # noqa: SLF001

    assert listened - ASKED == {"question_mark"}
    assert not ASKED & set(KEYS.by_name[EXPORT].keys)


async def test_the_screen_obeys_and_says_the_keys_it_was_given() -> None:
    settings = from_tables({"keys": {"tape.pause": "w", "order.buy": "s", "order.sell": "b"}}, {})
    async with on_stage(settings=settings) as stage:
        first = stage.row("status")
        await stage.pilot.press("comma")
        await stage.settle()
        unknown = stage.row("status")
        await stage.pilot.press("w")
        await stage.settle()
        going = stage.session.pace.paused
        await stage.pilot.press("w")
        await stage.settle()
        said, offered = stage.row("status"), stage.row("keys")
        await stage.pilot.press("s")
        await stage.pilot.pause()

        assert " s buy · w pause tape · ^X ^X stop" in first
        assert ",: no such key" in unknown
        assert not going
        assert said == " tape paused; w goes on · u puts the tape back 10s"
        assert " w go on " in offered
        assert " s buy b sell " in offered
        assert type(stage.app.screen).__name__ == "Ticket"
        assert not [record for record in stage.records if isinstance(record.event, oev.OrderInitialized)]
