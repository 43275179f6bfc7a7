"""Killed at random under load, the engine loses nothing it acknowledged and doubles nothing: a short campaign."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_ten_kills_leave_books_that_agree() -> None:
    """J-01: the campaign of two hundred is `python bench/kill.py --rounds 200`."""
    campaign = [sys.executable, str(ROOT / "bench" / "kill.py"), "--rounds", "10", "--seed", "3"]
    done = subprocess.run(campaign, capture_output=True, text=True, check=False, timeout=55, cwd=ROOT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 faults" in done.stdout
