"""How to end: what is said of the orders that stay, before anyone chooses."""

import pytest
from msgspec.structs import replace

from cockpit.tui.aftermath import results
from oms.domain.order import OrderStatus
from tests.cockpit.tui.stage import QUOTES, on_stage, place, press_stop
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


@pytest.mark.usefixtures("at_once")
async def test_of_a_stop_whose_venue_does_not_answer_nobody_is_told_that_it_stays() -> None:
    async with on_stage(quotes=QUOTES, size=(80, 24), settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        orders = stage.session.state.blotter.open
        ((stop, order),) = orders.items()
        orders[stop] = replace(order, status=OrderStatus.UNKNOWN)
        leaving = await press(stage, "q")
        orders[stop] = order
        await stage.pilot.press("escape")

        assert "Whether 1 protective order stands is not known." in leaving
        assert "either way" not in leaving
        assert "cancel" not in leaving, "what may stand is not given up"


@pytest.mark.usefixtures("at_once")
async def test_what_a_stop_of_trading_leaves_is_counted_without_what_may_not_stand() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        await press_stop(stage)
        session, orders = stage.session, stage.session.state.blotter.open
        ((stop, order),) = orders.items()
        before = results(session)
        orders[stop] = replace(order, status=OrderStatus.UNKNOWN)
        after = results(session)
        orders[stop] = order

        assert before[-1] == "1 stop, 1 position stay"
        assert after[-1] == "1 position stays"
