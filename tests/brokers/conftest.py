"""Recordings for the tests of tapes."""

from pathlib import Path

import pytest

from brokers.tapes.recording import SHIPPED, Recording, read
from tests.brokers.recordings import SMALL, written


@pytest.fixture
def small(tmp_path: Path) -> Recording:
    return read(written(tmp_path, SMALL))


@pytest.fixture(scope="module")
def shipped() -> Recording:
    return read(SHIPPED)
