"""Where the socket lies: short enough to bind, and in nobody else's folder."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cockpit.exits import Exit, Failure
from cockpit.paths import Paths
from cockpit.server import client
from cockpit.server.address import LONGEST, bind_private, make_socket_folder, socket_path
from cockpit.server.protocol import Request


def account(folder: Path) -> Paths:
    """Return the paths of an account under a folder."""
    return Paths(folder, folder / "paper" / "sim" / "SIM-000001")


def test_accounts_have_sockets_of_their_own_and_always_the_same(tmp_path: Path) -> None:
    one, other = account(tmp_path / "one"), account(tmp_path / "other")

    assert socket_path(one) == socket_path(one) != socket_path(other)


@pytest.mark.parametrize("length", [10, 60, 90, 200])
def test_a_socket_can_be_bound_however_long_the_folders_names_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    folder = tmp_path / ("r" * length)
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))

    assert len(os.fsencode(socket_path(account(tmp_path)))) <= LONGEST


def test_the_folder_of_the_socket_is_closed_to_others(tmp_path: Path) -> None:
    make_socket_folder(tmp_path / "run")

    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700


def test_making_the_folder_does_not_move_the_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder is believed only while it is private, and this one does not exist yet."""
    with TemporaryDirectory() as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", f"{short}/runtime")
        before = socket_path(account(tmp_path))

        make_socket_folder(before.parent)

        assert before.is_relative_to(short)
        assert socket_path(account(tmp_path)) == before


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(0o755)

    with pytest.raises(Failure, match="mode 0755") as refused:
        make_socket_folder(folder)

    assert refused.value.exit is Exit.WRONG_STATE


def test_nobody_is_asked_in_a_folder_that_others_may_enter(tmp_path: Path) -> None:
    """Whoever made it could answer in the engine's place."""
    tmp_path.chmod(0o777)

    with pytest.raises(Failure, match="mode 0777"):
        client.ask(tmp_path / "x.sock", Request(verb="orders list"), 1)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "run").symlink_to(tmp_path / "real")

    with pytest.raises(Failure, match="is not a folder"):
        make_socket_folder(tmp_path / "run")


def test_a_socket_is_for_its_owner_only_and_takes_the_place_of_a_dead_one() -> None:
    with TemporaryDirectory() as short:
        path = Path(short) / "run" / "x.sock"
        bind_private(path).close()
        with bind_private(path) as link:
            assert path.stat().st_mode & 0o777 == 0o600
            assert link.getsockname() == str(path)


def test_a_socket_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "run" / "x.sock").mkdir(parents=True)
    (tmp_path / "run").chmod(0o700)

    with pytest.raises(Failure, match=r"cannot listen at .*x\.sock"):
        bind_private(tmp_path / "run" / "x.sock")
