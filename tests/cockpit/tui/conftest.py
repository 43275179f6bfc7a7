"""What tests of questions share."""

import pytest

from cockpit.tui.modals import question


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions take answers from their first moment."""
    monkeypatch.setattr(question, "GUARD_SECS", 0.0)
