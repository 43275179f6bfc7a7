"""A socket that takes one word, stop, and needs nobody's loop to hear it.

It lies beside the engine's ordinary socket and speaks the same lines. What is answered is only what is certain at
once: that the gate is closed, and how long that took. What became of orders is asked of the ordinary socket, where it
can wait for the venues. Nothing here blocks, and a client that dawdles is dropped.
"""

import contextlib
import selectors
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cockpit.exits import Exit, Failure
from cockpit.queries.plain import Json
from cockpit.server.address import bind_private
from cockpit.server.protocol import LONGEST_REQUEST, Request, Response, failed_response, to_line, to_request

VERB: Final = "stop"
CLIENTS: Final = 16
PATIENCE_SECS: Final = 5.0
CHUNK: Final = 65_536


class _Client:
    """A connection, what it has sent so far, and when it began."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.began = time.monotonic()
        self.heard = b""


class StopSocket:
    """Listens at `path` from `open` to `close`. `stop` is called with the reason and the monotonic seconds at which the
    request was there, and returns the answer."""

    def __init__(self, path: Path, selector: selectors.BaseSelector, stop: Callable[[str, float], Json]) -> None:
        self.path = path
        self._selector = selector
        self._stop = stop
        self._listening: socket.socket | None = None
        self._clients: list[_Client] = []

    def open(self) -> None:
        """Listen. A socket that a dead engine left is replaced.

        Raises:
            Failure: WRONG_STATE, the socket cannot be made safely.
        """
        link = bind_private(self.path)
        link.setblocking(False)
        self._listening = link
        self._selector.register(link, selectors.EVENT_READ, lambda: self._accept(link))

    def drop_the_slow(self, now: float) -> None:
        """Let go of clients that have not finished their line."""
        for client in [one for one in self._clients if now - one.began > PATIENCE_SECS]:
            self._drop(client)

    def close(self) -> None:
        """Stop listening, let go of every client, and take the socket away."""
        for client in list(self._clients):
            self._drop(client)
        if self._listening is not None:
            self._selector.unregister(self._listening)
            self._listening.close()
            self._listening = None
            self.path.unlink(missing_ok=True)

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            link, _ = listening.accept()
            link.setblocking(False)
            if len(self._clients) >= CLIENTS:  # the newest may mean it, so the one that has been here longest goes
                oldest = self._clients[0]
                self._hear(oldest)  # its word may have come with this one
                self._drop(oldest)
            client = _Client(link)
            self._clients.append(client)
            self._selector.register(link, selectors.EVENT_READ, lambda: self._hear(client))
            self._hear(client)  # what it has to say is usually there already

    def _hear(self, client: _Client) -> None:
        if client not in self._clients:
            return  # it was dropped by what happened just before
        try:
            heard = client.link.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            heard = b""
        now = time.monotonic()
        client.heard += heard
        line, end, _ = client.heard.partition(b"\n")
        if end:
            with contextlib.suppress(OSError):
                client.link.send(to_line(self._answer(line, now)))
        if end or not heard or len(client.heard) > LONGEST_REQUEST:
            self._drop(client)

    def _answer(self, line: bytes, now: float) -> Response:
        try:
            request = to_request(line)
            return Response(ok=True, seq=0, data=self._stop(_reason(request), now))
        except Failure as failure:
            return failed_response(failure, 0)

    def _drop(self, client: _Client) -> None:
        """Let go of a client; one that has gone already is none."""
        if client not in self._clients:
            return
        self._clients.remove(client)
        self._selector.unregister(client.link)
        client.link.close()


def _reason(request: Request) -> str:
    """Return why it is to be stopped. Raises Failure when it is not to be."""
    if request.verb != VERB:
        raise Failure(Exit.USAGE, "NO_VERB", f"this socket knows one verb: {VERB}")
    return str(request.arguments.get("reason") or "asked for")
