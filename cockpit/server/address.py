"""Where an engine answers, and why nobody else can answer in its place.

The socket lies in a folder that only its owner may enter. Who made that folder is checked by both sides: the name is
predictable, and a folder that a stranger made first would hold a stranger's socket.
"""

import os
import socket
import stat
import tempfile
import warnings
from pathlib import Path
from typing import Final

from cockpit.exits import Exit, Failure
from cockpit.paths import APP, Paths
from oms.journal.private import make_missing

LONGEST: Final = 107  # bytes of a socket's path: sockaddr_un holds 108 with the closing zero
SOCKET_MODE: Final = 0o600
SHORT_ROOT: Final = Path("/tmp")  # noqa: S108 - the folder in it is checked


def socket_path(paths: Paths) -> Path:
    """Return the socket of an account's engine: in the runtime folder, or where that is too long in a short one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unusable XDG_RUNTIME_DIR is passed over, which is all we want to know
        wanted = paths.socket
    folders = (wanted.parent, *(root / f"{APP}-{os.getuid()}" for root in (Path(tempfile.gettempdir()), SHORT_ROOT)))
    return next(path for folder in folders if len(os.fsencode(path := folder / wanted.name)) <= LONGEST)


def stop_socket_path(paths: Paths) -> Path:
    """Return the socket beside it that knows one verb, see `cockpit.estop.stop_socket`."""
    return socket_path(paths).with_suffix(".stop")


def make_socket_folder(folder: Path) -> None:
    """Make the socket's folder and its missing parents with mode 0700, or check the one that is there.

    The parents too: a runtime folder that others may enter is passed over by the next process, which then looks for
    the socket somewhere else.

    Raises:
        Failure: WRONG_STATE, it cannot be made or is not ours alone.
    """
    try:
        make_missing(folder)
    except OSError as error:
        raise _unsafe(folder, f"cannot be made: {error.strerror}") from error
    check_folder(folder)


def bind_private(path: Path) -> socket.socket:
    """Return a socket that listens at `path` for its owner only; one that a dead engine left there is replaced.

    Whoever calls holds the account's lock, so nobody lives behind a socket that is found.

    Raises:
        Failure: WRONG_STATE, it cannot be made safely.
    """
    make_socket_folder(path.parent)
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        link.bind(str(path))
        path.chmod(SOCKET_MODE)
        link.listen()
    except OSError as error:
        link.close()
        raise Failure(Exit.WRONG_STATE, "SOCKET", f"cannot listen at {path}: {error.strerror}") from error
    return link


def check_folder(folder: Path) -> None:
    """Demand that the folder is a real one, ours, and closed to others; a missing one passes.

    Raises:
        Failure: WRONG_STATE, it is not.
    """
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode):
        raise _unsafe(folder, "is not a folder")
    if found.st_uid != os.getuid():
        raise _unsafe(folder, f"belongs to user {found.st_uid}")
    if found.st_mode & 0o077:
        raise _unsafe(folder, f"has mode {stat.S_IMODE(found.st_mode):04o}, expected 0700")


def _unsafe(folder: Path, why: str) -> Failure:
    hint = "remove it, or set XDG_RUNTIME_DIR to a folder of your own"
    return Failure(Exit.WRONG_STATE, "SOCKET_FOLDER", f"the socket's folder {folder} {why}", hint=hint)
