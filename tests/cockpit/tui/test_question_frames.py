"""What every question about money shows: how long keys do not count, how long it stands, and what happens without."""

import pytest

from cockpit.settings import ConfigError
from cockpit.tui.lines import Lines
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.question import Question
from oms.domain import strategy_events as sev
from tests.cockpit.tui.hand import SIZED, press, shift, shown, words
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, settings_for
from tests.cockpit.tui.test_hands import WHOLE, focus, hold, protect


async def opened(stage: Stage, key: str, panel: str = "") -> Question[object]:
    """Open a question while keys do not count yet."""
    if panel:
        await focus(stage, panel)
    await stage.pilot.press(key)
    await stage.pilot.pause()
    await stage.readable()
    question = stage.app.screen
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize(
    ("key", "panel"),
    [("f", "positions"), ("F", ""), ("C", ""), ("c", "orders"), ("S", "strategies"), ("q", "")],
)
async def test_whatever_asks_about_money_shows_the_guard_and_the_time_that_is_left(
    monkeypatch: pytest.MonkeyPatch, key: str, panel: str
) -> None:
    monkeypatch.setattr(Question, "guard_secs", 60.0)
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        await opened(stage, key, panel)
        deaf = shown(stage)
        await stage.pilot.press("y")

        assert "keys count in a moment █" in deaf
        assert "closes in 15 s" in deaf or "closes in 14 s" in deaf
        assert len(stage.app.screen_stack) == 2


@pytest.mark.usefixtures("at_once")
async def test_resuming_shows_the_same_and_marks_the_no_that_stands() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(sev.StrategyPaused)
        said = await press(stage, "escape", "P")

        assert "y yes   ▸ No  any other key" in said
        assert "closes in 1" in said


@pytest.mark.usefixtures("at_once")
async def test_an_order_on_paper_has_the_color_of_paper_and_a_cancel_that_of_danger() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await place(stage)
        colors = []
        for keys in (("b",), ("ctrl+y",), ("n", "escape", "C")):
            await press(stage, *keys)
            body = stage.app.screen.query_one(Lines)
            colors.append((body.styles.border_title_color.hex, body.styles.border.top[1].hex))

        paper, danger = (stage.app.theme_variables[name] for name in ("paper", "danger"))
        assert colors == [(paper, paper), (paper, paper), (danger, danger)]


@pytest.mark.usefixtures("at_once")
async def test_what_a_flatten_would_bring_follows_the_market_and_says_what_it_realizes_and_costs() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        instrument = next(iter(stage.session.state.instruments.by_id.values()))
        await hold(stage)
        before = words(await press(stage, "F"))
        await press(stage, "escape")
        await focus(stage, "positions")
        one = words(await press(stage, "f"))

        assert instrument.symbol == "AAPL"
        assert "SELL 10 IBM at the market, about " in one
        assert "It realizes about -" in one
        assert "fees about 1.00" in one
        assert "It trades about 1,26" in before
        assert "realizes about -" in before


@pytest.mark.usefixtures("at_once")
async def test_while_it_is_asked_the_figures_of_a_flatten_are_those_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.tui.modals.question.BEAT_SECS", 0.01)
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", *["backspace"] * 4, *"10", "ctrl+y", "y")
        while not stage.session.state.ledger.open:
            await stage.pilot.pause(0.005)
        await focus(stage, "positions")
        await press(stage, "f")
        moved, said = shift(stage, 5), ""
        for _ in range(400):
            if f"about {moved.bid_px:.2f}" in (said := words(shown(stage))):
                break
            await stage.pilot.pause(0.005)

        assert f"SELL 10 AAPL at the market, about {moved.bid_px:.2f}: {moved.bid_px * 10:,.2f}" in said


async def test_how_long_keys_do_not_count_is_a_setting_with_a_least() -> None:
    async with on_stage(settings=settings_for(ui__guard_ms="900")) as stage:
        question = await opened(stage, "q")

        assert question.guard_secs == 0.9
    for wrong in ("249", "5001"):
        with pytest.raises(ConfigError, match="guard_ms must lie between 250 and 5000"):
            settings_for(ui__guard_ms=wrong)


async def test_the_keys_row_of_the_question_how_to_end_offers_its_answers() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await opened(stage, "q")
        alone = stage.row("keys")
        await stage.pilot.pause(0.5)
        await press(stage, "escape")
        await place(stage)
        said = await press(stage, "q")

        assert alone.startswith(" y end esc stay ")
        assert stage.row("keys").startswith(" l leave them, end c cancel them, end esc stay ")
        assert "1 order works, no position is held." in said


class Hurried(Confirm):
    """A question that something is told to before it has been given its time."""

    def on_mount(self) -> None:
        """Hear something; what comes first of all."""
        self._tell("too early")


async def test_what_is_told_to_a_question_on_its_way_to_the_screen_stands_in_its_frame() -> None:
    async with on_stage() as stage:
        await stage.app.push_screen(Hurried("Really?", ["It is only a question."]))
        await stage.pilot.pause()

        assert "too early" in shown(stage)
        assert "closes in 1" in shown(stage)
