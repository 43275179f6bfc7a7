"""What a line tells beside its sentence once it is opened."""

import pytest
from msgspec.structs import replace

from cockpit.tui.modals.detail import Detail
from cockpit.tui.particulars import particulars
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.signal import observed
from oms.domain.units import DAY
from tests.cockpit.tui.stage import on_stage
from tests.cockpit.tui.test_focus import dashboard, focus
from tests.oms.journal.examples import FILL, ORDER, SIGNAL


def record(event: ev.Event, correlation_id: str | None) -> ev.Record:
    return ev.Record(seq=42, ts=0, wall=0, event=event, correlation_id=correlation_id)


def test_a_signal_tells_its_name_for_how_long_and_what_its_strategy_saw() -> None:
    raised = sev.SignalRaised(signal=replace(SIGNAL, time_horizon=DAY // 2, metadata=observed(z=-2.5, rsi=28.25)))

    assert particulars(record(raised, "S42")) == (
        ("RECORD", "42"),
        ("SIGNAL", "S42"),
        ("HOLDS", "0.5 days at most"),
        ("SAW", "z -2.5, rsi 28.25"),
    )


def test_a_fill_tells_the_signal_it_came_of_unless_it_was_ordered_by_hand() -> None:
    fill = oev.OrderFilled(client_order_id=ORDER, fill=FILL)

    assert particulars(record(fill, "S7")) == (("RECORD", "42"), ("SIGNAL", "S7"))
    assert particulars(record(fill, ORDER)) == (("RECORD", "42"),)


@pytest.mark.parametrize(("panel", "tells"), [("log", " SIGNAL S- SAW "), ("strategies", " BUY IBM.XNYS: ")])
async def test_a_row_that_is_opened_tells_what_the_strategy_saw(panel: str, tells: str) -> None:
    async with on_stage(size=(120, 40), quotes=80) as stage:
        raised = await stage.until(sev.SignalRaised)
        assert isinstance(raised.event, sev.SignalRaised)
        await focus(stage, panel)
        table = getattr(dashboard(stage).focused_panel, "table", None)
        assert table is not None
        (row,) = [row for row in table.rows if row.more and row.more[-1] == ("SAW", saw(raised.event))]
        table.select(row.key)
        await stage.pilot.press("enter")
        await stage.settle()
        modal = stage.app.screen
        assert isinstance(modal, Detail)
        opened = " ".join(" ".join(cell.text for line in modal.lines() for cell in line).split())

        assert f"SAW {saw(raised.event)}" in opened
        assert tells in opened.replace(str(raised.correlation_id), "S-")


def saw(event: sev.SignalRaised) -> str:
    return ", ".join(f"{seen.name} {seen.value}" for seen in event.signal.metadata)
