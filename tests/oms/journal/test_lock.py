import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from oms.journal.errors import JournalError, JournalLocked
from oms.journal.lock import Lock

HOLDER = """
import sys
from pathlib import Path
from oms.journal.lock import Lock
lock = Lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_names_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = Lock.take(path)

    assert path.read_text() == f"{os.getpid()} {os.uname().nodename}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(JournalLocked, match=rf"{path} is held by process {os.getpid()} on ") as caught:
        Lock.take(path)
    assert (caught.value.pid, caught.value.host) == (os.getpid(), os.uname().nodename)
    lock.release()


def test_a_released_lock_can_be_taken_and_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = Lock.take(path)
    lock.release()
    lock.release()

    assert not lock.held
    assert path.read_text() == ""
    Lock.take(path).release()


def test_two_paths_are_two_locks(tmp_path: Path) -> None:
    journal, account = Lock.take(tmp_path / "lock"), Lock.take(tmp_path / "account")
    account.release()
    journal.release()


def test_a_lock_whose_holder_was_killed_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(JournalLocked) as caught:
            Lock.take(path)
        holder.kill()
        holder.wait()

        assert caught.value.pid == holder.pid
        assert path.read_text().startswith(f"{holder.pid} "), "the dead one's name is still there"
        Lock.take(path).release()


@pytest.mark.parametrize("content", ["", "nobody knows\n", "\N{SUPERSCRIPT TWO} host\n"])
def test_a_holder_that_has_not_said_its_name_still_holds(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lock"
    lock = Lock.take(path)
    path.write_text(content)

    with pytest.raises(JournalLocked, match="is held by another process") as caught:
        Lock.take(path)
    assert caught.value.pid is None
    lock.release()


def test_a_lock_in_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot open the lock"):
        Lock.take(tmp_path / "missing" / "lock")
