"""Questions about money: readable at every size they can be answered at, and no by default."""

import pytest

from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.modals.confirm import Confirm
from tests.cockpit.tui.stage import Stage, in_scene

CONSEQUENCE = [
    "Stopped by drawdown: 10.2 % below the peak of 100,150.00",
    "The gate opens again; strategies stay paused.",
]


async def ask(stage: Stage, *keys: str, word: str | None = None) -> list[bool | None]:
    answers: list[bool | None] = []
    stage.app.push_screen(Confirm("Resume?", CONSEQUENCE, word=word), answers.append)
    await stage.pilot.pause()
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
async def test_a_wrong_word_is_no() -> None:
    async with in_scene((80, 24)) as stage:
        assert await ask(stage, *"resume", "enter", word="RESUME") == [False]


@pytest.mark.usefixtures("at_once")
async def test_enter_alone_is_no() -> None:
    async with in_scene((80, 24)) as stage:
        assert await ask(stage, "enter", word="RESUME") == [False]
        assert await ask(stage, "enter") == [False]


@pytest.mark.usefixtures("at_once")
async def test_typing_can_be_corrected() -> None:
    async with in_scene((80, 24)) as stage:
        assert await ask(stage, *"REX", "backspace", *"SUME", "enter", word="RESUME") == [True]
