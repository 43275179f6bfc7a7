"""What tests of the screen share."""

import pytest
from textual import _wait

from cockpit.tui.modals.question import Question


@pytest.fixture(autouse=True)
def soon_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits after every key, twice, for a fiftieth of a second in which next to nothing is done; the
    beat at which we paint counts as something. A quarter of that time is quiet enough."""
    monkeypatch.setattr(_wait, "SLEEP_IDLE", _wait.SLEEP_GRANULARITY / 4)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions take answers from their first moment."""
    monkeypatch.setattr(Question, "guard_secs", 0.0)
