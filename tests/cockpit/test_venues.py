"""Which venue a session simulates is one line of the catalog."""

from pathlib import Path

import pytest

from brokers.catalog import BROKERS, broker_class
from brokers.sim.venue import SimBroker
from cockpit.config import load
from cockpit.market import Bounds
from cockpit.settings import ConfigError
from oms.domain import order_events as oev
from tests.doubles.runs import kinds, play


async def test_another_simulated_venue_is_one_line_of_the_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BROKERS, "deaf", "tests.doubles.deaf_venue:DeafVenue")

    run = await play(tmp_path, Bounds(bars=20), session__broker="deaf")

    counts = kinds(run.records)
    assert counts["OrderRejected"] == counts["OrderSubmitted"] > 0
    (text,) = {record.event.text for record in run.records if isinstance(record.event, oev.OrderRejected)}
    assert text == "what did you say?"


async def test_what_is_no_simulated_venue_is_not_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BROKERS, "bare", "brokers.base:BaseBroker")

    with pytest.raises(ConfigError, match=r"COCKPIT__SESSION__BROKER: \[session\] broker bare is no simulated venue"):
        await play(tmp_path, Bounds(bars=1), session__broker="bare")


def test_paper_is_another_word_for_the_simulated_venue() -> None:
    assert broker_class("paper") is broker_class("sim") is SimBroker
    assert load(None, {"COCKPIT__SESSION__BROKER": "paper"}).session.broker == "sim"
