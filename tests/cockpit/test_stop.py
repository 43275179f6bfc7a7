"""A real engine with working orders, and each fault in turn: the gate closes, and nothing leaves afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("fault", ["none", "loop", "disk", "venue", "terminal"])
def test_a_stop_closes_the_gate_within_a_tenth_of_a_second_under_every_fault(fault: str) -> None:
    """The campaign of a hundred with 1,000 orders and 20,000 tickets is `python bench/stop.py --times 100`."""
    campaign = [sys.executable, str(ROOT / "bench" / "stop.py"), "--times", "1", "--fault", fault]
    few = ["--orders", "50", "--tickets", "500"]
    done = subprocess.run([*campaign, *few], capture_output=True, text=True, check=False, timeout=55, cwd=ROOT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "  0 faults" in done.stdout
