"""The stop's own socket, without the thread that serves it."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cockpit.estop.stop_socket import CLIENTS, StopSocket
from cockpit.queries.plain import Json
from cockpit.server.protocol import Request, to_line


class Crowd:
    """A socket with as many silent clients as it keeps, and the reasons of the stops that it heard."""

    def __init__(self, folder: Path, closing: ExitStack) -> None:
        self.stops: list[str] = []
        self.selector = closing.enter_context(selectors.DefaultSelector())
        self.socket = StopSocket(folder / "stop", self.selector, self._stop)
        self.socket.open()
        closing.callback(self.socket.close)
        self._closing = closing
        self.clients = [self.comes() for _ in range(CLIENTS)]

    def comes(self) -> socket.socket:
        """Return a client that has been let in."""
        client = self.knocks()
        self.serve()
        return client

    def knocks(self) -> socket.socket:
        """Return a client that has not been let in yet."""
        client = self._closing.enter_context(socket.socket(socket.AF_UNIX))
        client.connect(str(self.socket.path))
        return client

    def serve(self) -> None:
        """Do what there is to do, as one batch; whoever knocks is let in first."""
        listening = min(key.fd for key in self.selector.get_map().values())
        for key, _ in sorted(self.selector.select(1), key=lambda event: event[0].fd != listening):
            key.data()

    def _stop(self, reason: str, _asked_at: float) -> Json:
        self.stops.append(reason)
        return {}


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    with TemporaryDirectory() as short, ExitStack() as closing:
        yield Crowd(Path(short) / "run", closing)


def test_who_has_been_here_longest_goes_when_one_too_many_comes(crowd: Crowd) -> None:
    crowd.comes()

    crowd.clients[0].settimeout(1)
    assert crowd.clients[0].recv(1) == b""


def test_a_stop_that_arrives_with_one_client_too_many_is_heard_before_its_client_goes(crowd: Crowd) -> None:
    crowd.clients[0].sendall(to_line(Request(verb="stop", arguments={"reason": "enough"})))
    crowd.clients[1].sendall(to_line(Request(verb="stop", arguments={"reason": "me too"})))
    crowd.knocks()
    crowd.serve()

    assert sorted(crowd.stops) == ["enough", "me too"]
