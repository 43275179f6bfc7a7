"""A session whose market stands still, watched."""

import os
from collections.abc import AsyncIterator

import pytest

from cockpit.bootstrap import build
from cockpit.config import load
from cockpit.estop.doors import Doors
from cockpit.paths import paths_for
from tests.cockpit.estop.watched import Watched


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    """A running session with its doors open."""
    settings = load(None, {})
    paths = paths_for(settings, None, os.environ)
    built = await build(settings, paths, speed="max")
    doors = Doors(built.session, paths, settings)
    await doors.open()
    doors.watcher.hear_signal()
    watched = Watched(built, paths, doors)
    await watched.start()
    yield watched
    await watched.end()
