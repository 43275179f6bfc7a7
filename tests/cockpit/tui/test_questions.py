"""Questions about money: readable at every size they can be answered at, and no by default."""

import re

import pytest

from cockpit.config import from_tables
from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.keys import ACTIONS, BRIEF
from cockpit.tui.modals import confirm
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.help import WORDS
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from tests.cockpit.tui.hand import until_shown
from tests.cockpit.tui.stage import QUOTES, Stage, in_scene, on_stage, press_stop

CONSEQUENCE = [
    "Stopped by drawdown: 10.2 % below the peak of 100,150.00",
    "The gate opens again; strategies stay paused.",
]


async def ask(stage: Stage, *keys: str, word: str | None = None) -> list[bool | None]:
    answers: list[bool | None] = []
    stage.app.push_screen(Confirm("Resume?", CONSEQUENCE, word=word), answers.append)
    await stage.pilot.pause()
    await stage.readable()
    await stage.pilot.press(*keys)
    await stage.pilot.pause()
    return answers


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(40, 15), (60, 18), (80, 24), (200, 60)])
async def test_every_word_of_it_can_be_read(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        await ask(stage, word="RESUME")
        shown = " ".join(line.strip(" ║╔╗╚╝═") for line in to_text(capture(stage.app, "", "")).splitlines())

        words = " ".join(CONSEQUENCE).split()
        assert [word for word in words if word not in shown] == []
        assert "type RESUME and enter:" in shown


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(40, 15), (80, 24)])
async def test_it_can_be_answered_wherever_it_can_be_read(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        assert await ask(stage, *"RESUME", "enter", word="RESUME") == [True]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(20, 15), (80, 5)])
async def test_what_cannot_be_read_cannot_be_agreed_to(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        assert await ask(stage, "y") == []
        await stage.pilot.press("escape")


@pytest.mark.usefixtures("at_once")
async def test_a_wrong_word_is_said_and_does_nothing() -> None:
    async with in_scene((80, 24)) as stage:
        assert await ask(stage, *"resume", "enter", word="RESUME") == []
        assert "resume is not RESUME: nothing was done" in to_text(capture(stage.app, "", ""))
        await stage.pilot.press(*"RESUME", "escape")


@pytest.mark.usefixtures("at_once")
async def test_enter_alone_is_no() -> None:
    async with in_scene((80, 24)) as stage:
        assert await ask(stage, "enter", word="RESUME") == [False]
        assert await ask(stage, "enter") == [False]


async def test_a_question_that_nobody_answers_is_answered_with_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "PATIENCE_SECS", 0.02)
    async with in_scene((80, 24)) as stage:
        answers = await ask(stage)
        for _ in range(400):
            if answers:
                break
            await stage.pilot.pause(0.005)

        assert answers == [None]
        assert len(stage.app.screen_stack) == 1


@pytest.mark.usefixtures("at_once")
async def test_typing_can_be_corrected() -> None:
    async with in_scene((80, 24)) as stage:
        assert await ask(stage, *"REX", "backspace", *"SUME", "enter", word="RESUME") == [True]


async def asked(stage: Stage, key: str) -> str:
    """What stands on the screen once a key has asked something."""
    await stage.pilot.press(key)
    await stage.pilot.pause()
    return to_text(capture(stage.app, "", ""))


async def ask_in_turn(stage: Stage, *keys: str) -> None:
    """Press keys that ask something, each once what the last one asked can be read."""
    for key in keys:
        await asked(stage, key)
        await stage.readable()


@pytest.mark.usefixtures("at_once")
async def test_who_leaves_with_nothing_working_is_not_asked_about_orders() -> None:
    async with on_stage(quotes=QUOTES, size=(80, 24)) as stage:
        said = await asked(stage, "q")
        await stage.pilot.press("c", "l")
        assert stage.session.ended_by is None
        await stage.pilot.press("y")
        await stage.until(ev.RunEnded)

        assert "No order works, no position is held." in said
        assert "cancel" not in said


@pytest.mark.usefixtures("at_once")
async def test_who_leaves_with_orders_working_is_told_how_many_and_asked() -> None:
    async with in_scene((80, 24)) as stage:
        said = await asked(stage, "q")

        assert "2 orders work, 3 positions stay." in said
        assert "l    end, and leave orders at the venue" in said
        assert "c    cancel orders, then end" in said


@pytest.mark.usefixtures("at_once")
async def test_the_question_how_to_end_follows_what_happens_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.tui.modals.question.BEAT_SECS", 0.01)
    async with in_scene((80, 24)) as stage:
        await stage.pilot.press("q")
        await stage.pilot.pause()
        state = stage.session.state
        for order_id in tuple(state.blotter.open):
            state.apply(ev.Record(seq=0, ts=state.ts, wall=0, event=oev.OrderCanceled(client_order_id=order_id)))
        said = ""
        for _ in range(400):
            if "No order works, 3 positions stay." in (said := to_text(capture(stage.app, "", ""))):
                break
            await stage.pilot.pause(0.005)

        assert "No order works, 3 positions stay." in said
        assert "cancel orders" not in said


async def test_the_words_of_the_screen_are_told_in_the_help() -> None:
    async with in_scene((120, 40)) as stage:
        await asked(stage, "question_mark")
        said = await asked(stage, "w")

        assert [word for word, _ in WORDS if word not in said] == []
        assert "buying power" in said


async def test_words_that_have_no_room_can_be_scrolled_to() -> None:
    async with in_scene((40, 15)) as stage:
        await asked(stage, "question_mark")
        first = await asked(stage, "w")
        last = await asked(stage, "end")

        assert ("NAV" in first, " more · " in first, "HALTED by" in first) == (True, True, False)
        assert ("HALTED by" in last, " more · " in last) == (True, False)


async def test_while_something_is_asked_the_keys_row_offers_no_keys_of_the_dashboard() -> None:
    async with on_stage(quotes=QUOTES, size=(80, 24)) as stage:
        assert "q quit" in stage.row("keys") or "? help" in stage.row("keys")
        await stage.pilot.press("b")
        await stage.settle()

        assert stage.row("keys").split() == ["^Y", "review", "esc", "close", "tab", "field", "^X^X", "STOP"]


async def test_strategies_are_not_asked_about_while_trading_is_stopped() -> None:
    async with on_stage() as stage:
        await press_stop(stage)
        await stage.until(sev.StrategyPaused)
        await stage.pilot.press("P")
        await stage.settle()

        assert len(stage.app.screen_stack) == 1
        assert "trading is stopped · ^R resumes it" in stage.row("status")


async def test_the_words_of_a_small_screen_can_all_be_reached() -> None:
    async with in_scene((80, 24)) as stage:
        await asked(stage, "question_mark")
        said = [await asked(stage, key) for key in ("w", *["j"] * len(WORDS))]

        assert [word for word, _ in WORDS if not any(word in page for page in said)] == []


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (120, 40)])
async def test_the_help_cuts_no_words(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        said = await asked(stage, "question_mark")
        box = said[said.index("═ Keys ═") :]

        assert "…" not in "".join(line[line.find("║") : line.rfind("║")] for line in box.splitlines())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_help_shows_every_key_at_once_and_the_stop_first(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        said = await asked(stage, "question_mark")

        assert [name for action in ACTIONS for name in action.names if f" {name} " not in said.replace("▸", " ")] == []
        assert said.index(" ^X^X") < said.index("▸? F1")
        assert " more · " not in said


async def test_a_help_that_is_cut_off_says_how_much_is_missing() -> None:
    async with in_scene((40, 15)) as stage:
        first = await asked(stage, "question_mark")
        for _ in ACTIONS:
            await stage.pilot.press("j")
        last = to_text(capture(stage.app, "", ""))

        assert "↓ " in first
        assert " more · " in first
        assert "^L" in last
        assert " more · " not in last


async def test_what_enter_does_is_told_to_its_end() -> None:
    async with in_scene((80, 24)) as stage:
        said = await asked(stage, "question_mark")
        words = " ".join(line.strip(" ║") for line in said.splitlines())

        assert ACTIONS[1].help in words


@pytest.mark.parametrize("keys", [("question_mark",), ("question_mark", "home"), ("ctrl+p", *["down"] * len(ACTIONS))])
async def test_enter_in_a_list_never_stops_trading(keys: tuple[str, ...]) -> None:
    async with on_stage() as stage:
        await stage.pilot.press(*keys)
        await stage.pilot.press("enter")
        await stage.settle()

        assert not stage.session.latch.flag.is_set()


async def test_the_help_says_that_the_stop_is_done_by_its_keys_only() -> None:
    async with in_scene((80, 24)) as stage:
        await asked(stage, "question_mark")
        said = await asked(stage, "home")

        assert "▸^X^X" in said
        assert "by its keys only" in said
        assert "enter does it" not in said


async def test_typing_stop_and_enter_stops() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("ctrl+p", *"stop")
        assert not stage.session.latch.flag.is_set()
        await stage.pilot.press("enter")
        await stage.until(ev.TradingHalted)

        assert stage.session.latch.flag.is_set()


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(40, 15), (80, 24), (120, 40)])
@pytest.mark.parametrize("keys", [("b",), ("b", "ctrl+t", "ctrl+y"), ("q",), ("question_mark",), ("ctrl+p",)])
async def test_whatever_is_asked_the_key_that_stops_stays_in_sight(
    size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with in_scene(size) as stage:
        await ask_in_turn(stage, *keys)
        await stage.settle()
        said = to_text(capture(stage.app, "", ""))

        assert len(stage.app.screen_stack) == 2
        assert said.rstrip().endswith("^X^X STOP")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(40, 15), (80, 24)])
@pytest.mark.parametrize("keys", [("b",), ("b", "ctrl+y"), ("q",)])
async def test_while_something_is_written_or_asked_the_top_row_shows_that_a_stop_is_armed(
    size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with in_scene(size) as stage:
        await ask_in_turn(stage, *keys)
        said = await asked(stage, "ctrl+x")

        assert len(stage.app.screen_stack) == 2
        assert "E-STOP ARMED" in said.splitlines()[0]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(24, 8), (30, 8), (23, 7)])
async def test_a_question_without_room_says_so_and_the_key_that_stops_stays_in_sight(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        assert await ask(stage, "y") == []
        shown = to_text(capture(stage.app, "", ""))
        said = " ".join(line.strip(" ║╔╗╚╝═") for line in shown.splitlines())

        assert "This question does not fit here: make the window larger." in said
        assert "esc no" in said
        assert "^X^X" in said


@pytest.mark.usefixtures("at_once")
async def test_what_does_not_fit_offers_no_key_that_would_agree_to_it() -> None:
    async with in_scene((24, 8)) as stage:
        await ask_in_turn(stage, "b", "ctrl+y")
        await stage.settle()

        assert stage.row("keys").split() == ["esc", "no", "^X^X", "STOP"]


async def test_the_keys_row_says_at_once_whose_keys_they_are() -> None:
    async with in_scene((80, 24)) as stage:
        opened = await asked(stage, "question_mark")
        closed = await asked(stage, "escape")

        assert "esc closes" in opened.splitlines()[-1]
        assert "esc closes" not in closed
        assert "? help" in closed.splitlines()[-1]


def exported(stage: Stage) -> str:
    """What the newest snapshot says."""
    return max(stage.paths.snapshots.glob("*.txt"), key=lambda path: path.stat().st_mtime_ns).read_text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("keys", [("b",), ("b", "ctrl+y"), ("question_mark",)])
async def test_what_is_asked_can_be_exported_and_stays_open(size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async with on_stage(quotes=QUOTES, size=size) as stage:
        await ask_in_turn(stage, *keys)
        question = stage.app.screen
        await stage.pilot.press("ctrl+e")
        await stage.until(ev.SnapshotExported)
        await stage.settle()
        await until_shown(stage, ".txt and .svg")

        assert stage.app.screen is question
        assert f"╔═ {question._heading} ═" in exported(stage)  # type: ignore[attr-defined]  # noqa: SLF001


async def test_an_export_right_after_a_question_was_closed_has_the_keys_of_the_dashboard() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        await asked(stage, "question_mark")
        await stage.pilot.press("escape", "ctrl+e")
        await stage.until(ev.SnapshotExported)

        assert "esc closes" not in exported(stage)
        assert "? help" in exported(stage).splitlines()[-1]


async def test_the_help_says_what_each_action_takes_and_obeys_and_names_the_keys_of_the_lists() -> None:
    settings = from_tables({"keys": {"list.down": "n", "row.open": "o"}}, {})
    async with on_stage(size=(80, 24), settings=settings) as stage:
        said = await asked(stage, "question_mark")
        await stage.pilot.press("n", "n")
        await stage.pilot.pause()
        moved = to_text(capture(stage.app, "", ""))
        await stage.pilot.press("k", "o")
        await stage.pilot.pause()

        assert "n k move · o does it · w words · esc closes" in said
        assert re.search(r"b +buy: write a ticket +asks", said)
        assert re.search(r"F +close all positions +typed", said)
        assert re.search(r"\^X\^X +EMERGENCY STOP +keys", said)
        assert re.search(r"▸s +sell: write a ticket", moved)
        assert type(stage.app.screen).__name__ == "Ticket"


async def test_the_palette_tells_every_action_as_briefly_and_the_chosen_one_to_its_end() -> None:
    async with on_stage(size=(120, 40)) as stage:
        said = await asked(stage, "ctrl+p")
        await stage.pilot.press("down", "down", "down")
        await stage.pilot.pause()
        moved = to_text(capture(stage.app, "", ""))

        for action in ACTIONS[1:20]:
            assert f" {action.told(BRIEF)}  " in said
        assert "what every key does; enter does it" in said
        assert "cancel the working order under the cursor; a stop or target" in moved
