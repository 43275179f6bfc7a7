"""How to end: what is said of the orders that stay, before anyone chooses."""

import pytest

from tests.cockpit.tui.stage import QUOTES, on_stage, place
from tests.cockpit.tui.test_hands import WHOLE, hold, press, protect


@pytest.mark.usefixtures("at_once")
async def test_who_leaves_is_told_which_orders_stay_whatever_is_chosen() -> None:
    async with on_stage(quotes=QUOTES, size=(80, 24), settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        alone = await press(stage, "q")
        await stage.pilot.press("c", "escape")
        await place(stage)
        beside = await press(stage, "q")
        ended = stage.session.ended_by

        assert ended is None
        assert "1 protective order stays either way." in alone
        assert "cancel" not in alone
        assert "1 protective order stays either way." in beside
        assert "c cancel the others, then end" in beside
