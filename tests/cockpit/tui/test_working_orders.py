"""Working orders: which kind each is and at what prices, wherever there is room for little."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.panels import orders
from oms.domain import events as ev
from oms.domain.ids import MANUAL
from oms.domain.order import OrderType, Side
from oms.state import State
from tests.cockpit.tui import scene
from tests.cockpit.tui.stage import in_scene
from tests.cockpit.tui.test_panels import GATE


def working(state: State, number: int, **terms: Any) -> None:
    """An order of other terms works."""
    wish = structs.replace(scene.ticket(MANUAL, "IBM", Side.SELL, 10), **terms)
    for event in scene.sent(f"SIM-3-{number}", wish, state.trading.limits):
        state.apply(ev.Record(seq=50, ts=state.ts, wall=0, event=event))


@pytest.mark.parametrize(
    ("terms", "shown", "whole"),
    [
        ({"order_type": OrderType.STOP_MARKET, "stop_px": Decimal(128)}, ["STOP", "128.00", ""],
         "STOP MARKET stop 128.00"),
        ({"order_type": OrderType.STOP_MARKET, "stop_px": Decimal(128), "trail_by": Decimal("2.5")},
         ["TRAIL", "128.00", "by 2.50"], "TRAILING STOP stop 128.00 by 2.50"),
        ({"order_type": OrderType.STOP_LIMIT, "stop_px": Decimal(128), "limit_px": Decimal(127)},
         ["STPLM", "128.00", "limit 127.00"], "STOP LIMIT stop 128.00 limit 127.00"),
        ({"order_type": OrderType.LIMIT, "limit_px": Decimal(140)}, ["LIMIT", "140.00", ""], "LIMIT limit 140.00"),
    ],
)  # fmt: skip
def test_working_orders_show_which_kind_they_are_with_every_price(
    terms: dict[str, Any], shown: list[str], whole: str
) -> None:
    state, recent = scene.afternoon(GATE)
    working(state, 9, **terms)
    row = orders.rows(state, scene.view(recent))[-1]

    assert [cell.text for cell in row.cells[5:8]] == shown
    assert dict(row.more)["WHOLE"] == whole


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (120, 40)])
async def test_a_stop_can_be_told_from_a_target_at_every_size(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        state = stage.session.state
        working(state, 8, order_type=OrderType.STOP_MARKET, stop_px=Decimal("128.00"), trail_by=Decimal("2.50"))
        working(state, 9, order_type=OrderType.LIMIT, limit_px=Decimal("140.00"))
        for _ in range(9):
            await stage.settle()
            if stage.app.screen.focused_panel.NAME == "orders":  # type: ignore[attr-defined]
                break
            await stage.pilot.press("tab")
        await stage.pilot.press("z")
        await stage.settle()
        zoomed = to_text(capture(stage.app, "", "")).splitlines()
        await stage.pilot.press("z")
        await stage.settle()
        lines = to_text(capture(stage.app, "", "")).splitlines()

        assert any("IBM" in line and "TRAIL" in line for line in zoomed)
        assert any("IBM" in line and "LIMIT" in line for line in zoomed)
        assert size[0] < 80 or any("IBM" in line and "TRAIL" in line for line in lines)
        assert size[0] < 80 or any("GOOG" in line and "LIMIT" in line for line in lines)
        assert size[0] < 120 or any("by 2.50" in line for line in lines)
