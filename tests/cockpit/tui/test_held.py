"""What the screen says of an order that the engine holds because its venue does not take it."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.sim.venue import SimBroker
from cockpit.ticket.sealed import seal
from cockpit.tui.dealer import Dealer
from cockpit.tui.modals.ticket import Ticket
from oms.domain.order import OrderType
from tests.cockpit.tui.stage import QUOTES, on_stage, place
from tests.cockpit.tui.test_hands import WHOLE, focus, press

PLAIN = frozenset({OrderType.MARKET, OrderType.LIMIT})


async def test_a_stop_that_is_held_here_is_said_and_changed_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SimBroker, "capabilities", replace(SimBroker.capabilities, order_types=PLAIN))
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        state = stage.session.state
        placed = state.blotter.orders[await place(stage)]
        limit = placed.ticket
        assert limit.limit_px is not None
        stop_px = limit.limit_px + 10
        wish = replace(limit, order_type=OrderType.STOP_MARKET, limit_px=None, stop_px=stop_px)
        dealer = Dealer(stage.session)
        done = await dealer.send(seal(wish, state))
        assert done.said.text == f"held here: BUY 1 IBM STOP MARKET {stop_px:.2f} · sim takes no STOP_MARKET"
        assert done.is_done

        held = list(state.blotter.orders.values())[-1]
        done = await dealer.change(held, replace(held.ticket, quantity=Decimal(2)))
        assert done.said.text == f"order 2 changed: BUY 2 IBM STOP MARKET {stop_px:.2f}"

        await dealer.cancel(placed)
        await focus(stage, "orders")
        await press(stage, "e")
        assert isinstance(stage.app.screen, Ticket)
