"""Folders that an account is kept in: nobody else may change what lies in them."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from cockpit.folders import demand_own, is_own_group, what_is_no_folder
from cockpit.paths import Paths
from cockpit.settings import ConfigError
from tests.doubles.command_line import CommandLine

RUN = ("headless", "--bars", "1", "--speed", "max", "--no-progress", "--json")


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """An account's folder in a state folder, all of them closed."""
    folder = tmp_path / "state" / "paper" / "sim" / "A-1"
    for place in (tmp_path / "state", *reversed([folder, folder.parent, folder.parent.parent])):
        place.mkdir(mode=0o700)
    return folder


def test_folders_that_are_ours_alone_pass_and_missing_ones_too(account: Path, tmp_path: Path) -> None:
    demand_own(tmp_path / "state", account)
    demand_own(tmp_path / "none", tmp_path / "none" / "paper" / "sim" / "A-1")


@pytest.mark.parametrize(("depth", "mode"), [(0, 0o777), (0, 0o775), (1, 0o755), (2, 0o770), (3, 0o701)])
def test_a_folder_on_the_way_that_others_can_get_at_is_refused(
    account: Path, tmp_path: Path, depth: int, mode: int
) -> None:
    place = [tmp_path / "state", *reversed([account, *list(account.parents)[:2]])][depth]
    place.chmod(mode)

    with pytest.raises(ConfigError, match=rf"mode {mode:04o}.*chmod 700 '{place}'$"):
        demand_own(tmp_path / "state", account)


@pytest.mark.parametrize("mode", [0o1777, 0o755, 0o750])
def test_the_folder_that_was_named_may_be_read_and_may_be_sticky(account: Path, tmp_path: Path, mode: int) -> None:
    (tmp_path / "state").chmod(mode)

    demand_own(tmp_path / "state", account)


@pytest.mark.parametrize("mode", [0o777, 0o757, 0o703])
def test_a_folder_further_up_that_others_can_write_to_is_refused_and_nothing_is_made(
    cockpit: CommandLine, tmp_path: Path, mode: int
) -> None:
    gateway = tmp_path / "gateway"
    (gateway / "between").mkdir(parents=True)
    gateway.chmod(mode)

    ran = cockpit(*RUN, "--state", str(gateway / "between" / "state"))

    assert ran.code == 3
    assert ran.error["message"].startswith(f"{gateway} has mode {mode:04o}, so others can put something else")
    assert not (gateway / "between" / "state").exists()


@pytest.mark.parametrize("mode", [0o1777, 0o755, 0o711])
def test_a_folder_further_up_may_be_sticky_or_read(account: Path, tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)

    demand_own(tmp_path / "state", account)


def test_the_way_that_a_link_leads_is_looked_at_too(account: Path, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "state").rename(tmp_path / "open" / "state")
    (tmp_path / "state").symlink_to(tmp_path / "open" / "state")
    demand_own(tmp_path / "state", account)
    (tmp_path / "open").chmod(0o777)

    with pytest.raises(ConfigError, match=rf"{tmp_path / 'open'} has mode 0777"):
        demand_own(tmp_path / "state", account)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_a_folder_of_somebody_else_further_up_is_refused(account: Path, tmp_path: Path) -> None:
    os.chown(tmp_path, 4711, 4711)

    with pytest.raises(ConfigError, match=rf"{tmp_path} belongs to user 4711, who can put something else"):
        demand_own(tmp_path / "state", account)


@pytest.mark.parametrize(
    ("gid", "name", "members", "own"),
    [
        (4711, "ann", [], True),
        (4711, "ann", ["ann"], True),
        (4711, "ann", ["ann", "bob"], False),
        (4711, "staff", [], False),
        (0, "root", ["bob"], True),
    ],
)
def test_a_group_is_nobody_else_where_it_is_the_roots_or_the_users_alone(
    monkeypatch: pytest.MonkeyPatch, gid: int, name: str, members: list[str], own: bool
) -> None:
    """Many systems give each user a group of that name, which may write to all that they make."""
    ann = pwd.struct_passwd(("ann", "x", 1_000, 4711, "", "/home/ann", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: ann)
    monkeypatch.setattr(grp, "getgrgid", lambda _gid: grp.struct_group((name, "x", gid, members)))

    assert is_own_group(gid) is own


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_a_folder_of_somebody_else_is_refused(account: Path, tmp_path: Path) -> None:
    os.chown(account.parent, 4711, 4711)

    with pytest.raises(ConfigError, match="belongs to user 4711"):
        demand_own(tmp_path / "state", account)


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
def test_a_start_in_an_open_folder_is_refused_in_one_line_and_leaves_nothing(
    cockpit: CommandLine, tmp_path: Path, fresh: tuple[str, ...]
) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)

    ran = cockpit(*RUN, *fresh, "--state", str(folder))

    assert (ran.code, "mode 0777" in ran.error["message"]) == (3, True)
    assert list(folder.iterdir()) == []


def test_a_state_folder_that_is_a_file_is_a_usage_error_wherever_it_is_named(
    cockpit: CommandLine, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    for named in (tmp_path / "file", tmp_path / "file" / "below"):
        ran = cockpit("orders", "list", "--state", str(named), "--json")
        assert (ran.code, f"{tmp_path / 'file'} is no folder" in ran.error["message"]) == (2, True)
        monkeypatch.setenv("COCKPIT_STATE", str(named))
        ran = cockpit("orders", "list", "--json")
        assert (ran.code, f"{tmp_path / 'file'} is no folder" in ran.error["message"]) == (3, True)
    paths.state.mkdir()
    (paths.state / "paper").write_text("no folder")
    ran = cockpit("orders", "list", "--state", str(paths.state), "--json")
    assert (ran.code, "paper is no folder" in ran.error["message"]) == (3, True)


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    assert what_is_no_folder(tmp_path / "a" / "b") is None
    assert what_is_no_folder(tmp_path / "link" / "b") == tmp_path / "link"
