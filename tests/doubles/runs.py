"""Whole runs for tests: the real session over the tape that ships, as fast as it goes."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cockpit.bootstrap import Built, build
from cockpit.config import load
from cockpit.market import Bounds
from cockpit.paths import paths_for
from cockpit.settings import Settings
from oms.domain.events import Record
from oms.state import State


class Run(NamedTuple):
    """What a run left: its state, its durable records, its trace, and what was built."""

    state: State
    records: list[Record]
    trace: str
    hash: str
    built: Built


def settings_for(**changes: str) -> Settings:
    """Return the default settings with some changed: `session__mode="backtest"`."""
    return load(None, {f"COCKPIT__{name.upper()}": value for name, value in changes.items()})


async def play(folder: Path, bounds: Bounds = Bounds(), *, config: str = "", **changes: str) -> Run:  # noqa: B008
    """Run on the state in a folder until the bounds or the tape end it; `config` is the text of a file, if there is
    to be one."""
    settings = settings_for(**changes)
    if config:
        file = folder / "config.toml"
        file.write_text(config)
        settings = load(file, {})
    built = await build(settings, paths_for(settings, folder, {}), bounds=bounds, speed="max")
    session = built.session
    records: list[Record] = []
    session.bus.subscribe(lambda record: records.append(record) if record.seq else None)
    digests: list[str] = []
    await session.start(built.market.history)
    ending = asyncio.create_task(_end_with_the_tape(built, digests))
    await session.serve()
    await ending
    return Run(session.state, records, digests[0], session.journal.hash, built)


async def _end_with_the_tape(built: Built, digests: list[str]) -> None:
    session = built.session
    await session.inbox.feed_ended.wait()
    traced = session.journal.trace()
    digests.append(traced if isinstance(traced, str) else await traced)
    session.end("test", "tape ended")


def kinds(records: list[Record]) -> Mapping[str, int]:
    """Return how many records of each kind there are."""
    counts: dict[str, int] = {}
    for record in records:
        name = type(record.event).__name__
        counts[name] = counts.get(name, 0) + 1
    return counts
