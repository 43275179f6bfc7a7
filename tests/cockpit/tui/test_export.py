"""The screen written to a file, where that or the record of it comes to nothing: it is said, and the screen goes on."""

import errno
from collections.abc import Sequence
from typing import Any

import pytest

from cockpit.snapshot import store
from oms.domain import commands as do
from oms.domain import events as ev
from oms.journal.errors import JournalError
from oms.lanes import EngineEnded
from tests.cockpit.tui.hand import until_shown
from tests.cockpit.tui.stage import Stage, on_stage


def refusing(stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: type[do.Command], error: Exception) -> None:
    """Let a kind of command fail."""
    ask = stage.session.inbox.ask

    async def asked(command: do.Command) -> Sequence[ev.Record]:
        if isinstance(command, kind):
            raise error
        return await ask(command)

    monkeypatch.setattr(stage.session.inbox, "ask", asked)


@pytest.mark.parametrize("error", [JournalError("records 9 to 9 were not written"), EngineEnded("the run has ended")])
async def test_an_export_that_cannot_be_journaled_is_said_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async with on_stage() as stage:
        refusing(stage, monkeypatch, do.NoteExport, error)
        await stage.pilot.press("ctrl+e")
        await until_shown(stage, "not journaled")

        (written,) = stage.paths.snapshots.iterdir()
        assert stage.row("status") == f" {written.name} is written and not journaled · {error}"
        assert stage.app.is_running


async def test_an_export_that_the_disk_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with on_stage() as stage:
        monkeypatch.setattr(store, "open_file", full)
        await stage.pilot.press("ctrl+e")
        await until_shown(stage, "could not be written")

        assert stage.row("status") == " the snapshot could not be written: No space left on device"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("kind", "keys"),
    [(do.PauseStrategy, ("P",)), (do.EnableStrategy, ("P", "escape", "P", "y"))],
)
async def test_strategies_that_cannot_be_paused_or_resumed_are_said_so_and_end_nothing(
    monkeypatch: pytest.MonkeyPatch, kind: type[do.Command], keys: tuple[str, ...]
) -> None:
    async with on_stage() as stage:
        refusing(stage, monkeypatch, kind, JournalError("records 9 to 9 were not written"))
        for key in keys:
            await stage.pilot.press(key)
            await stage.settle()
            await stage.readable()
        await until_shown(stage, "nothing was done")

        assert stage.row("status").startswith(" nothing was done: records 9 to 9 were not written")
        assert stage.app.is_running
