"""A name is not yet a file of ours: what is opened for writing is no link, no pipe, and nobody else's."""

import os
import stat
from pathlib import Path

import pytest

from oms.journal.chain import GENESIS, Chain
from oms.journal.errors import JournalError
from oms.journal.head import NAME as HEAD
from oms.journal.head import Head
from oms.journal.lock import Lock
from oms.journal.private import make_file, open_file


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file that nobody asked us to write to."""
    path = tmp_path / "victim"
    path.write_text("mine\n")
    path.chmod(0o600)
    return path


def test_a_file_is_made_for_its_owner_only_and_opened_again_as_it_is(tmp_path: Path) -> None:
    os.write(descriptor := open_file(tmp_path / "file"), b"one")
    os.close(descriptor)
    os.close(open_file(tmp_path / "file"))

    assert (tmp_path / "file").read_text() == "one"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.parametrize("at", ["victim", "nowhere"])
def test_a_link_is_not_followed_not_even_to_make_what_it_points_to(tmp_path: Path, victim: Path, at: str) -> None:
    (tmp_path / "file").symlink_to(tmp_path / at)

    with pytest.raises(OSError, match="it is a link, and no link is followed"):
        open_file(tmp_path / "file")
    assert victim.read_text() == "mine\n"
    assert not (tmp_path / "nowhere").exists()


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "file", 0o600)

    with pytest.raises(OSError, match="it is no file"):
        open_file(tmp_path / "file")


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o601])
def test_a_file_that_others_can_get_at_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.touch()
    path.chmod(mode)

    with pytest.raises(OSError, match=rf"it has mode {mode:04o}, expected 0[0-7]00: chmod [0-7]00 '{path}'"):
        open_file(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
def test_a_file_of_somebody_else_is_refused(victim: Path) -> None:
    os.chown(victim, 4711, 4711)

    with pytest.raises(OSError, match="it belongs to user 4711"):
        open_file(victim)


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_lock_that_is_a_link_is_refused_and_what_it_points_to_stays(tmp_path: Path, victim: Path, mode: int) -> None:
    victim.chmod(mode)
    (tmp_path / "lock").symlink_to(victim)

    with pytest.raises(JournalError, match=r"cannot open the lock .*: it is a link"):
        Lock.take(tmp_path / "lock")
    assert victim.read_text() == "mine\n"


def test_a_lock_that_others_can_get_at_is_refused_before_a_byte_of_it_goes(victim: Path) -> None:
    victim.chmod(0o644)

    with pytest.raises(JournalError, match=rf"cannot open the lock {victim}: it has mode 0644.*chmod 600"):
        Lock.take(victim)
    assert victim.read_text() == "mine\n"


def test_a_head_that_is_a_link_is_not_written_through(tmp_path: Path, victim: Path) -> None:
    (tmp_path / HEAD).symlink_to(victim)

    with pytest.raises(OSError, match="it is a link"):
        Head(tmp_path, Chain(0, GENESIS))
    assert victim.read_text() == "mine\n"


def test_a_journal_that_is_a_link_is_not_opened_for_writing(tmp_path: Path, victim: Path) -> None:
    (tmp_path / "journal.sqlite").symlink_to(victim)

    with pytest.raises(JournalError, match="it is a link"):
        make_file(tmp_path / "journal.sqlite")
    assert victim.read_text() == "mine\n"
