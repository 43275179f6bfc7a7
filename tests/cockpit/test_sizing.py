"""Sizers in a session of their own: chosen by configuration, sized by what the session knows."""

from pathlib import Path

import pytest

from cockpit.market import Bounds
from oms.domain import order_events as oev
from tests.doubles.runs import play


@pytest.mark.parametrize(
    ("sizer", "options"),
    [("fixed_lot", "lots = 3"), ("kelly", "risk_frac = 0.0005"), ("volatility", "risk_frac = 0.0002")],
)
async def test_a_session_is_sized_by_the_sizer_that_its_configuration_names(
    sizer: str, options: str, tmp_path: Path
) -> None:
    """Volatility needs closes from before the first day of the run."""
    run = await play(tmp_path, Bounds(bars=30), config=f"[sizing.{sizer}]\n{options}\n")
    taken = [record.event for record in run.records if isinstance(record.event, oev.OrderInitialized)]
    opened = [event.sizing.sizer for event in taken if event.sizing is not None and event.ticket.purpose == "OPEN"]

    assert len(opened) > 5
    assert {by.split(":")[0] for by in opened} == {sizer}
