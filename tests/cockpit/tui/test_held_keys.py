"""A key that is held acts once, however often the keyboard repeats it, and what it did can be taken back in turn."""

import asyncio

import pytest
from textual import events

from cockpit.tui import turn
from cockpit.tui.keymap import KEYS
from cockpit.tui.modals.ticket import Ticket
from cockpit.tui.undo import UNDO_SECS, Undo
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import StrategyId
from oms.domain.order import OrderStatus
from tests.cockpit.tui.hand import press
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, settings_for
from tests.cockpit.tui.test_hands import focus

SETTINGS = settings_for(sim__partial="0", risk__duplicate__limit="0")


async def hold(stage: Stage, key: str, times: int = 12) -> None:
    """Let a key come again and again, as a keyboard repeats it."""
    for _ in range(times):
        stage.app.post_message(events.Key(key, key))
        await stage.pilot.pause()
    await stage.settle()


def canceled(stage: Stage) -> int:
    orders = stage.session.state.blotter.orders.values()
    return sum(order.status is OrderStatus.CANCELED for order in orders)


async def until_canceled(stage: Stage, number: int) -> None:
    async with asyncio.timeout(10):
        while canceled(stage) < number:
            await stage.pilot.pause(0.005)
    await stage.settle()


async def test_a_held_key_cancels_one_order_and_says_why_no_more() -> None:
    async with on_stage(quotes=QUOTES, settings=SETTINGS) as stage:
        for _ in range(4):
            await place(stage)
        await focus(stage, "orders")
        await hold(stage, "c")
        await until_canceled(stage, 1)
        await hold(stage, "c", 2)

        assert canceled(stage) == 1
        assert " · c is held: it acts once · u writes " in stage.row("status")


async def test_a_key_that_only_looks_goes_on_while_it_is_held() -> None:
    async with on_stage() as stage:
        for _ in range(2):
            stage.app.post_message(events.Key("plus", "+"))
            await stage.pilot.pause()

        assert str(stage.app._operator.speed) == "×2"  # noqa: SLF001 - what plays


async def test_a_fresh_press_counts_and_every_cancel_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "HELD_SECS", 0.0)
    async with on_stage(quotes=QUOTES, settings=SETTINGS) as stage:
        for _ in range(3):
            await place(stage)
        await focus(stage, "orders")
        for number in (1, 2, 3):
            await stage.pilot.press("c")
            await until_canceled(stage, number)
        said, limits = [], []
        for _ in range(3):
            said.append(stage.row("status").rpartition(" · ")[2])
            await press(stage, "u")
            assert isinstance(stage.app.screen, Ticket)
            limits.append(stage.app.screen.form.draft.limit)
            await press(stage, "escape")
            await stage.settle()
        await press(stage, "u")
        await stage.settle()

        assert len(set(said)) == 3
        assert all(words.startswith("u writes ") and words.endswith(" again 10s") for words in said)
        assert all(limits)
        assert stage.row("status") == " nothing to take back"


async def test_a_pause_of_all_is_taken_back_for_those_it_paused_and_nobody_else() -> None:
    async with on_stage() as stage:
        roster = stage.session.state.roster
        first, *others = roster.by_id
        for name in others:
            await stage.app._operator.pause_strategies(StrategyId(name))  # noqa: SLF001 - paused before
        await stage.pilot.press("P")
        while roster.is_enabled(first):
            await stage.pilot.pause(0.005)
        await stage.settle()
        said = stage.row("status")
        asked = await press(stage, "u")

        assert said == " 1 strategy paused · u resumes it 10s"
        assert f"Let {first} trade?" in asked
        assert not any(name in asked.partition("Let ")[2].partition("closes in")[0] for name in others)


async def test_of_those_that_were_paused_one_that_was_stopped_since_stays_so() -> None:
    async with on_stage() as stage:
        first, *others = stage.session.state.roster.by_id
        await stage.pilot.press("P")
        await stage.until(sev.StrategyPaused)
        await stage.settle()
        await stage.app._operator.stop_strategy(first)  # noqa: SLF001 - by whomever
        asked = (await press(stage, "u")).partition("Resume strategies?")[2]

        assert ", ".join(others) in asked
        assert f"{first}, " not in asked


async def test_what_came_of_it_stands_as_long_as_it_can_be_taken_back_and_the_row_counts_down() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("plus")
        await stage.settle()
        first = stage.row("status")
        stage.wall.now += UNDO_SECS - 1
        await stage.settle()
        late = stage.row("status")
        stage.wall.now += 1
        await stage.settle()

        assert first == " speed ×1, the tape is paused · u puts the tape back 10s"
        assert late == " speed ×1, the tape is paused · u puts the tape back 1s"
        assert stage.row("status") == ""


async def test_another_result_leaves_the_way_back_in_sight() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.pilot.press("plus", "w")
        await stage.settle()

        assert stage.row("status") == " w: no such key · ? lists them · u puts the tape back 10s"


def test_offers_are_taken_newest_first_each_once_and_only_in_time() -> None:
    now, done = [100.0], []
    undo = Undo(lambda: now[0])
    undo.offer("one", lambda: done.append(1))
    now[0] += 6
    undo.offer("two", lambda: done.append(2))
    for _ in range(2):
        offer = undo.take()
        assert offer is not None
        offer.act()

    assert done == [2, 1]
    assert undo.take() is None
    undo.offer("three", lambda: None)
    undo.offer("four", lambda: None)
    now[0] += UNDO_SECS
    assert undo.newest is None
    assert undo.told(KEYS) == ""
    undo.offer("five", lambda: None)
    assert undo.take() is not None
    assert undo.take() is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("RESUME", "RESUME: nothing asks for a word now"),
        ("FLATTEN", "FLATTEN: nothing asks for a word now"),
        ("N", "N: no such key"),
    ],
)
async def test_a_word_that_nothing_asked_for_is_called_by_its_name(typed: str, said: str) -> None:
    async with on_stage(size=(80, 24)) as stage:
        for letter in typed:
            await stage.pilot.press(letter)
        await stage.settle()

        assert stage.row("status") == f" {said} · ? lists them"
        assert not [record for record in stage.records if isinstance(record.event, oev.OrderInitialized)]
