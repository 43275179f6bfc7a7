"""The ways into a running session from outside its process: a socket for every verb, and the stop's own."""

import asyncio

from cockpit.estop.watcher import StopWatcher
from cockpit.paths import Paths
from cockpit.server.address import socket_path, stop_socket_path
from cockpit.server.desk import Desk
from cockpit.server.server import Server
from cockpit.session import Session
from cockpit.settings import Settings


class Doors:
    """Open between `open` and `close`; whoever opens them holds the account's lock."""

    def __init__(self, session: Session, paths: Paths, settings: Settings) -> None:
        wanted = settings.estop
        self._server = Server(Desk(session), socket_path(paths), paths.log)
        file = paths.state / wanted.file if wanted.file else None
        self.watcher = StopWatcher(session, stop_socket_path(paths), file, signal=wanted.signal)

    async def open(self) -> None:
        """Listen, the stop's own ways first.

        Raises:
            Failure: WRONG_STATE, a socket cannot be made safely.
        """
        try:
            self.watcher.open()
            await self._server.open()
        except BaseException:  # also a cancellation leaves no socket behind
            await self.close()
            raise

    async def close(self) -> None:
        """Stop listening; a second call does nothing."""
        try:
            await self._server.close()
        finally:
            await asyncio.sleep(0)  # a stop that was heard last is still followed
            self.watcher.close()
