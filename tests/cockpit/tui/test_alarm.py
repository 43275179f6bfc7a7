"""What has to be seen of a stop whatever is open: in the frame of every question, at every size."""

import pytest

from cockpit.tui.alarm import alarm_of
from cockpit.tui.said import Said
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.risk import TradingState
from tests.cockpit.tui import scene
from tests.cockpit.tui.hand import SIZED, shown, until_shown, words
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, press_stop

GATE = scene.gate()
OPENERS = ["question_mark", "ctrl+p", "slash", "b", "q", "enter"]


def framed(stage: Stage) -> str:
    """What stands between the top row and the KEYS row."""
    return words("\n".join(shown(stage).splitlines()[1:-1]))


def test_without_a_stop_there_is_none() -> None:
    state, recent = scene.afternoon(GATE)

    assert alarm_of(state, scene.view(recent), (), armed=False) is None


def test_one_that_is_armed_comes_before_one_that_was_given() -> None:
    state, recent = scene.afternoon(GATE)
    view = scene.view(recent, trading=TradingState.HALTED)

    assert alarm_of(state, view, ["sim 1/1 canceled"], armed=True) == Said(
        "E-STOP ARMED · press ^X again", "estop", "ARMED: ^X again"
    )
    assert alarm_of(state, view, ["sim 1/1 canceled", "no positions"], armed=False) == Said(
        "HALTED · sim 1/1 canceled · no positions", "warn"
    )


def test_a_halt_that_nobody_gave_says_what_gave_it() -> None:
    state, recent = scene.afternoon(GATE)
    halted = ev.TradingHalted(actor="gate", cause="drawdown", text="10.2 % below the peak")
    state.apply(ev.Record(seq=99, ts=state.ts, wall=0, event=halted))
    view = scene.view(recent, trading=TradingState.HALTED)

    assert alarm_of(state, view, (), armed=False) == Said("HALTED · by drawdown", "warn")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("opener", OPENERS)
async def test_over_whatever_is_open_an_armed_stop_is_seen_then_the_halt_and_its_result(
    size: tuple[int, int], opener: str
) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=SIZED) as stage:
        await place(stage)
        await stage.pilot.press(opener)
        await stage.pilot.pause()
        await stage.pilot.press("ctrl+x")
        armed = framed(stage)
        await stage.pilot.press("ctrl+x")
        await stage.until(ev.TradingHalted)
        await stage.until(oev.OrderCanceled)
        await stage.settle()

        assert "E-STOP ARMED · press ^X again" in armed
        assert len(stage.app.screen_stack) == 2
        assert "HALTED · sim 1/1 canceled" in framed(stage)


async def test_what_came_of_a_key_gives_way_to_the_alarm() -> None:
    async with on_stage(quotes=QUOTES, size=(80, 24)) as stage:
        await stage.pilot.press("question_mark")
        await stage.pilot.press("ctrl+e")
        await until_shown(stage, ".txt and .svg")
        await press_stop(stage)
        await stage.settle()

        assert "HALTED · sim had none" in framed(stage)
