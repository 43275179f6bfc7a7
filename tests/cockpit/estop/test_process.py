"""A headless engine as a process: SIGUSR1 stops its trading, and the signals that end it still do."""

import os
import signal

from cockpit.config import load
from cockpit.paths import paths_for
from oms.domain import events as ev
from oms.journal.codec import decode
from oms.journal.reader import read_rows
from tests.doubles.command_line import Process


def test_a_signal_stops_trading_and_another_ends_the_run_in_order() -> None:
    with Process(("headless", "--speed", "0.5", "--json")) as engine:
        engine.wait_for_line("run 1")
        engine.send(signal.SIGUSR1)
        assert "SIGUSR1" in engine.wait_for_line("HALTED by signal")
        engine.send(signal.SIGTERM)
        ran = engine.end()

    paths = paths_for(load(None, {}), None, os.environ)
    told = [decode(row).event for row in read_rows(paths.journal)]
    assert (ran.code, ran.data["ended_by"]) == (143, "SIGTERM")
    assert [halt.actor for halt in told if isinstance(halt, ev.TradingHalted)] == ["signal"]
    assert paths.halted.read_text() == "signal: SIGUSR1"
