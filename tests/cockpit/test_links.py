"""Links that somebody laid where a run writes: none is followed, and the file it points to stays as it was."""

import os
from pathlib import Path

import pytest

from cockpit.config import load
from cockpit.latch import NEW, Latch
from cockpit.log.access import NAME as LOG
from cockpit.log.access import note
from cockpit.notes import NAME as NOTES
from cockpit.notes import Notes
from cockpit.paths import Paths, paths_for
from cockpit.server.address import bind_private, stop_socket_path
from cockpit.snapshot.store import write
from tests.doubles.command_line import CommandLine

RUN = ("headless", "--bars", "1", "--speed", "max", "--no-progress", "--json")
CONTENT = "not ours\n"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file outside of the state folder."""
    path = tmp_path / "victim"
    path.write_text(CONTENT)
    path.chmod(0o600)
    return path


@pytest.fixture
def paths() -> Paths:
    """The account of the test, whose folders are there and empty."""
    found = paths_for(load(None, {}), None, os.environ)
    for folder in (found.account, found.log):
        for place in reversed([folder, *folder.parents]):
            place.mkdir(mode=0o700, exist_ok=True)
    return found


@pytest.fixture
def cockpit(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line, in this process."""
    return CommandLine(capsys)


@pytest.mark.parametrize(
    ("name", "code"), [("lock", 12), ("head", 12), ("journal.sqlite", 12), ("venue.sqlite", 12), (LOG, 3)]
)
def test_a_start_that_would_write_through_a_link_is_refused(
    cockpit: CommandLine, paths: Paths, victim: Path, name: str, code: int
) -> None:
    folder = paths.log if name == LOG else paths.account
    (folder / name).symlink_to(victim)

    ran = cockpit(*RUN)

    assert ran.code == code, ran.err
    assert name in ran.error["message"]
    assert victim.read_text() == CONTENT


def test_a_lock_that_others_can_read_is_left_as_it_is_by_a_start_that_refuses_it(
    cockpit: CommandLine, paths: Paths
) -> None:
    (paths.account / "lock").write_text(CONTENT)
    (paths.account / "lock").chmod(0o644)

    assert cockpit(*RUN).code == 12
    assert (paths.account / "lock").read_text() == CONTENT


def test_a_line_of_whoever_has_no_log_open_follows_no_link(paths: Paths, victim: Path) -> None:
    (paths.log / LOG).symlink_to(victim)

    note(paths.log / LOG, "refused", 0)

    assert victim.read_text() == CONTENT


def test_a_log_may_be_read_by_others_and_not_written(cockpit: CommandLine, paths: Paths) -> None:
    (paths.log / LOG).touch()
    (paths.log / LOG).chmod(0o644)
    assert cockpit(*RUN).code == 0
    (paths.log / LOG).chmod(0o664)

    ran = cockpit(*RUN)

    assert (ran.code, "mode 0664" in ran.error["message"]) == (3, True)


def test_a_latch_takes_the_place_of_a_link_also_where_it_is_written_first(paths: Paths, victim: Path) -> None:
    paths.halted.symlink_to(victim)
    (paths.account / NEW).symlink_to(victim)

    latch = Latch(paths.halted)
    latch.close("a stop")

    assert (latch.file_error, Latch(paths.halted).found()) == (None, "a stop")
    assert not paths.halted.is_symlink()
    assert victim.read_text() == CONTENT


def test_the_stop_socket_takes_the_place_of_a_link(paths: Paths, victim: Path) -> None:
    path = stop_socket_path(paths)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.symlink_to(victim)

    with bind_private(path):
        assert path.is_socket()
        assert not path.is_symlink()
    path.unlink()

    assert (victim.read_text(), victim.stat().st_mode & 0o777) == (CONTENT, 0o600)


def test_a_snapshot_is_not_written_through_a_link_and_the_next_one_succeeds(paths: Paths, victim: Path) -> None:
    paths.snapshots.mkdir(mode=0o700)
    (paths.snapshots / ".a.txt.partial").symlink_to(victim)
    (paths.snapshots / "b.txt").symlink_to(victim)

    with pytest.raises(OSError, match="it is a link"):
        write(paths.snapshots, "a.txt", "a screen")
    assert write(paths.snapshots, "a.txt", "a screen").path.read_text() == "a screen"
    assert write(paths.snapshots, "b.txt", "a screen").path.read_text() == "a screen"

    assert victim.read_text() == CONTENT


def test_notes_that_are_forgotten_follow_no_link_and_empty_no_other_file(paths: Paths, victim: Path) -> None:
    notes = Notes(paths.account / NOTES)
    notes.add("ann", "first", 1)
    (paths.account / f"{NOTES}.new").hardlink_to(victim)

    notes.forget(notes.found())

    assert victim.read_text() == CONTENT
    assert notes.found().notes == []
