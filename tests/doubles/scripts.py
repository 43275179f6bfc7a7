"""Sessions for a script, small: no strategies, fills that are whole, and no fees, unless a test asks for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cockpit.bootstrap import open_session
from cockpit.library.open_session import OpenSession
from cockpit.modes import TradingMode

QUIET: dict[str, Any] = {
    "strategies": {},
    "sim": {"partial": 0},
    "commission": {"sim": {"type": "percent", "frac": 0}},
}


@asynccontextmanager
async def scripted(
    folder: Path, mode: TradingMode | str = "paper", seed: int | None = None, **tables: Any
) -> AsyncIterator[OpenSession]:
    """Open a session on a folder; `tables` stand in the place of the quiet ones."""
    async with open_session(mode, {**QUIET, **tables}, folder, seed) as session:
        yield session
