"""Asks a running engine. Blocking, with one deadline for the whole exchange."""

import socket
import time
from pathlib import Path
from typing import Final

from cockpit.exits import Exit, Failure
from cockpit.server.address import check_folder
from cockpit.server.protocol import Request, Response, failure_in, to_line, to_response

LONGEST_RESPONSE: Final = 256 * 1024 * 1024
CHUNK: Final = 65_536
# The verbs that change something, each with what tells whether it was done; all others only ask.
CHANGES: Final = {
    "stop": "cockpit risk status tells whether trading is HALTED; kill -USR1 with the process id stops it too",
    "flatten": "cockpit positions list tells what is held still",
    "resume": "cockpit risk status tells whether trading is ACTIVE",
    "orders cancel": "cockpit orders show ID tells where the order stands",
    "strategies enable": "cockpit strategies list tells who may trade",
    "strategies pause": "cockpit strategies list tells who may trade",
    "strategies stop": "cockpit strategies list tells who may trade",
}


def ask(path: Path, request: Request, timeout_secs: float) -> Response | None:
    """Send a request to the engine at a socket and return its response; None when no engine listens there.

    Raises:
        Failure: the engine refused, its answer did not come in time (the outcome is unknown), or the socket's folder
            is not ours alone.
    """
    check_folder(path.parent)
    deadline = time.monotonic() + timeout_secs
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(timeout_secs)
        try:
            link.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except TimeoutError as error:
            raise _silent(request, timeout_secs) from error
        try:
            link.sendall(to_line(request))
            line = _read_line(link, deadline, request)
        except TimeoutError as error:
            raise _silent(request, timeout_secs) from error
        except ConnectionError as error:
            raise _gone(request) from error
    response = to_response(line)
    if response.error is not None:
        raise failure_in(response.error)
    return response


def _read_line(link: socket.socket, deadline: float, request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while size < LONGEST_RESPONSE:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        link.settimeout(left)
        chunk = link.recv(CHUNK)
        if not chunk:
            raise _gone(request)
        chunks.append(chunk)
        size += len(chunk)
        if chunk.endswith(b"\n"):
            return b"".join(chunks)
    raise Failure(Exit.TIMEOUT, "BAD_RESPONSE", "the engine's answer does not end")


def _silent(request: Request, timeout_secs: float) -> Failure:
    message = f"the engine did not answer within {timeout_secs:g} s"
    if request.verb not in CHANGES:
        return Failure(Exit.TIMEOUT, "NO_ANSWER", message, hint="ask again; cockpit stop works all the same")
    message += "; what became of the request is not known"
    return Failure(Exit.TIMEOUT, "NO_ANSWER", message, hint=CHANGES[request.verb])


def _gone(request: Request) -> Failure:
    message = "the engine ended before it answered"
    if request.verb not in CHANGES:
        return Failure(Exit.TIMEOUT, "NO_ANSWER", message, hint="ask again: its journal answers now")
    message += "; what became of the request is not known"
    return Failure(Exit.TIMEOUT, "NO_ANSWER", message, hint="the journal knows: cockpit journal show")
