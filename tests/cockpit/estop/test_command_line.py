"""`cockpit stop` beside an engine: through the stop socket first, and bounded whatever the engine does."""

import asyncio
import threading

import pytest

from tests.cockpit.estop.watched import Watched
from tests.doubles.command_line import CommandLine, Ran


async def test_the_command_line_says_that_the_gate_is_closed_although_the_loop_is_blocked(
    watched: Watched, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.cli.stop.TELL_SECS", 0.1)
    ran: list[Ran] = []
    other = threading.Thread(target=lambda: ran.append(CommandLine(capsys)("stop", "--reason", "bad prices", "--json")))
    other.start()
    other.join(20)  # the loop waits here

    (told,) = ran
    assert (told.code, told.data["state"], told.data["orders"]) == (13, "HALTED", None)
    assert told.data["gate_ms"] < 1_000
    assert told.envelope["warnings"] == [
        "the gate is closed, and the engine says no more: its cancels go out as soon as it can"
    ]
    halt = await watched.halted()
    assert (halt.actor, halt.text) == ("command line", "bad prices")
    assert len(watched.halts) == 1


async def test_the_command_line_tells_what_came_of_it_and_the_journal_has_one_halt(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    told = await asyncio.to_thread(CommandLine(capsys), "stop", "--yes", "--reason", "bad prices")

    assert told.code == 0, told.err
    assert told.out.startswith("HALTED: bad prices\n  gate closed in ")
    assert "  sim: 0 of 0 cancels handed over, 0 confirmed\n" in told.out
    assert len(watched.halts) == 1
