"""Where the tests keep their journals."""

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal that does not exist yet, in a folder that does not exist yet."""
    return tmp_path / "paper" / "SIM-000001" / "journal.sqlite"
