"""Folders that we keep an account in: whether they can be, and whether nobody else may change what lies in them.

Who may write to a folder may put another one in the place of what is in it, whatever the mode of that is. So a start
looks at each folder on the way, from the root to the one that was named and from there down to the account's, as sshd
does on its way to the keys it trusts. Below the one that was named nobody else may even look. A sticky folder, such as
/tmp, is the exception: there only the owner of a name may move it.
"""

import grp
import os
import pwd
import stat
from pathlib import Path

from cockpit.settings import ConfigError

OURS = 0o077  # what others may not have on a folder that we made
CHANGED = 0o022  # what they may not have on the one that was named, which may be somebody's home
UNMAPPED = 65_534  # who owns, inside a container, what belongs to the root outside


def what_is_no_folder(folder: Path) -> Path | None:
    """Return what stands in the way of making this folder: the nearest part of it that is there and is no folder."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
    return None if nearest.is_dir() else nearest


def demand_folder(folder: Path) -> None:
    """Demand that nothing stands in the way of making this folder.

    Raises:
        ConfigError: something does.
    """
    obstacle = what_is_no_folder(folder)
    if obstacle is not None:
        msg = f"{obstacle} is no folder, so nothing can lie under it; COCKPIT_STATE or --state name one"
        raise ConfigError(msg)


def demand_own(top: Path, account: Path) -> None:
    """Demand that every folder from `top` to the account's is ours and closed to others, and that nobody else can move
    `top`; missing ones pass. Where the journals were put elsewhere (`[journal] path`), that folder is a top as well.

    Raises:
        ConfigError: one of them is not.
    """
    _demand_unmoved(top)
    below = [account, *account.parents]
    if top not in below:  # the accounts lie somewhere else, each by its mode and broker
        demand_own(account.parents[2], account)
    below = below[: below.index(top)] if top in below else []
    for folder in (top, *reversed(below)):
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            msg = f"{folder} cannot be looked at: {error.strerror}"
            raise ConfigError(msg) from error
        if found.st_uid not in {os.geteuid(), 0}:
            msg = f"{folder} belongs to user {found.st_uid}, who can change what lies in it; name a folder of your own"
            raise ConfigError(msg)
        mode = stat.S_IMODE(found.st_mode)
        others = mode & (CHANGED if folder == top else OURS)
        if others and not (folder == top and mode & stat.S_ISVTX):
            msg = f"{folder} has mode {mode:04o}, so others can get at what lies in it: chmod 700 '{folder}'"
            raise ConfigError(msg)


def _demand_unmoved(top: Path) -> None:
    """Demand that nobody else can write to a folder above `top`, on the way that was named and where that leads.

    Raises:
        ConfigError: somebody can.
    """
    named = top.absolute()
    for folder in dict.fromkeys([*reversed(named.parents), *reversed(named.resolve().parents)]):
        try:
            found = folder.stat()
        except OSError:  # missing, to be made; or not to be looked at, and then nothing can be made in it either
            continue
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid not in {os.geteuid(), 0, UNMAPPED}:
            msg = f"{folder} belongs to user {found.st_uid}, who can put something else in the place of {top}"
            raise ConfigError(msg)
        others = mode & CHANGED & ~(stat.S_IWGRP if is_own_group(found.st_gid) else 0)
        if others and not mode & stat.S_ISVTX:
            msg = f"{folder} has mode {mode:04o}, so others can put something else in the place of {top}"
            raise ConfigError(f"{msg}: chmod go-w '{folder}', or name another with COCKPIT_STATE or --state")


def is_own_group(gid: int) -> bool:
    """Whether a group is the root's, or the one that many systems give each user alone."""
    try:
        user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(gid)
    except KeyError:
        return gid == 0
    return gid == 0 or (group.gr_name == user and set(group.gr_mem) <= {user})
