"""What was done while no engine ran: written down, journaled once by the next start, lost by no crash in between."""

import asyncio
import time
from pathlib import Path

import pytest

from cockpit.latch import Latch
from cockpit.market import Bounds
from cockpit.notes import NAME, UNREADABLE, Notes
from cockpit.paths import Paths
from oms.journal.errors import JournalError
from tests.doubles.command_line import CommandLine
from tests.doubles.runs import play

RUN = ("headless", "--bars", "1", "--speed", "max", "--no-progress", "--json")


def noted(cockpit: CommandLine) -> list[dict[str, object]]:
    """Return what the journal says was done between runs."""
    return [record["payload"] for record in cockpit("journal", "show", "--kind", "OperatorNoted", "--json").data]


def test_a_stop_and_a_resume_between_runs_are_journaled_by_the_next_start(cockpit: CommandLine, paths: Paths) -> None:
    before = time.time_ns()
    cockpit("stop", "--reason", "bad prices")
    cockpit("resume", "--confirm", "RESUME")
    after = time.time_ns()
    cockpit(*RUN)

    stopped, resumed = noted(cockpit)
    assert (stopped["actor"], stopped["text"]) == ("command line", "stopped trading: bad prices")
    assert (resumed["actor"], "bad prices" in str(resumed["text"])) == ("command line", True)
    assert str(resumed["text"]).startswith("resumed trading, ")
    assert before <= int(str(stopped["ts_noted"])) < int(str(resumed["ts_noted"])) <= after
    assert (paths.account / NAME).stat().st_mode & 0o777 == 0o600


def test_what_was_journaled_is_not_journaled_again(cockpit: CommandLine, paths: Paths) -> None:
    cockpit("stop", "--reason", "bad prices")
    kept = (paths.account / NAME).read_bytes()
    cockpit(*RUN)
    assert (paths.account / NAME).read_bytes() == b""
    cockpit(*RUN)
    (paths.account / NAME).write_bytes(kept)  # as if the process had died between the commit and forgetting it
    cockpit(*RUN)

    assert len(noted(cockpit)) == 1


def test_a_halt_that_a_start_found_says_who_stopped_when_and_why(cockpit: CommandLine) -> None:
    cockpit("stop", "--reason", "bad prices")
    cockpit(*RUN)

    (halt,) = cockpit("journal", "show", "--kind", "TradingHalted", "--json").data
    who, _, rest = halt["payload"]["text"].partition(", ")
    assert (who, rest.partition(": ")[2]) == ("command line", "bad prices")
    assert rest.startswith("20")
    assert rest.partition(": ")[0].endswith("Z")


def test_a_fresh_journal_takes_over_what_no_start_has_journaled(cockpit: CommandLine, traded: Paths) -> None:
    cockpit("stop", "--reason", "bad prices")
    cockpit("resume", "--confirm", "RESUME")
    cockpit(*RUN, "--fresh")

    assert len(noted(cockpit)) == 2
    assert (traded.account / NAME).read_bytes() == b""


def test_a_stop_whose_note_cannot_be_written_stops_all_the_same(cockpit: CommandLine, paths: Paths) -> None:
    paths.account.mkdir(parents=True, mode=0o700)
    (paths.account / NAME).mkdir()

    ran = cockpit("stop", "--json")

    assert Latch(paths.halted).found() is not None
    assert ran.code == 13
    assert any(NAME in warning for warning in ran.envelope["warnings"])


def test_what_is_added_between_reading_and_forgetting_stays(tmp_path: Path) -> None:
    notes = Notes(tmp_path / NAME)
    notes.add("ann", "first", 1)
    found = notes.found()
    notes.add("ann", "second", 2)
    notes.forget(found)

    assert [note.text for note in notes.found().notes] == ["second"]


def test_a_torn_line_is_told_and_takes_no_other_with_it(tmp_path: Path) -> None:
    notes = Notes(tmp_path / NAME)
    notes.add("ann", "first", 1)
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"note_id":"12')
    notes.add("ann", "second", 2)

    assert [note.text for note in notes.found().notes] == ["first", UNREADABLE, "second"]


def test_notes_are_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(JournalError, match="cannot be written"):
        Notes(tmp_path / NAME).add("ann", "first", 1)
    assert not (tmp_path / "elsewhere").exists()


def test_a_run_in_memory_has_no_notes() -> None:
    notes = Notes(None)
    notes.add("ann", "first", 1)

    assert notes.found().notes == ()


def test_a_run_without_notes_makes_no_file(tmp_path: Path) -> None:
    asyncio.run(play(tmp_path, Bounds(bars=1)))

    assert not list(tmp_path.rglob(NAME))
