"""A running engine for each test that asks one."""

from collections.abc import AsyncIterator

import pytest

from tests.doubles.running import Engine, running


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """An engine that stands still in the middle of a session, with its socket."""
    async with running() as started:
        yield started
