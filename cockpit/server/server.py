"""The socket of a running engine. Whoever may open it is the owner; what they send is still bounded in every way.

A client that hangs is dropped after a while, one that sends garbage is told so and dropped, one that does not read its
answer is dropped, and only so many are served at once. None of it touches the engine: a connection is a task of its
own, and what it asks for goes through the inbox.
"""

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Final

from cockpit.exits import Exit, Failure
from cockpit.fault import fault_of
from cockpit.log.access import NAME, note
from cockpit.server.address import bind_private
from cockpit.server.desk import Desk
from cockpit.server.protocol import LONGEST_REQUEST, Response, failed_response, to_line, to_request

CLIENTS: Final = 16
PATIENCE_SECS: Final = 30.0  # for a request to come, and for an answer to be taken


class Server:
    """Listens from `open` to `close`. Who opens it holds the account's lock, so a socket found is dead."""

    def __init__(self, desk: Desk, path: Path, log: Path, patience_secs: float = PATIENCE_SECS) -> None:
        """`path` is the socket's; `log` the folder of the log, where refusals are told, and of tracebacks."""
        self.path = path
        self._log = log
        self._patience_secs = patience_secs
        self._desk = desk
        self._clients: dict[asyncio.Task[None], None] = {}  # in the order in which they came
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. A socket that a dead engine left is replaced.

        Raises:
            Failure: WRONG_STATE, the socket cannot be made safely.
        """
        link = bind_private(self.path)
        self._server = await asyncio.start_unix_server(self._connected, sock=link, limit=LONGEST_REQUEST)

    async def close(self) -> None:
        """Stop listening and let go of every client; a second call does nothing."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self.path.unlink(missing_ok=True)
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._clients) >= CLIENTS:  # the newest may be a stop, so the one that has been here longest goes
            self._note("a client was dropped: there were too many")
            next(iter(self._clients)).cancel()
        client = asyncio.create_task(self._serve(reader, writer))
        self._clients[client] = None
        client.add_done_callback(lambda gone: self._clients.pop(gone, None))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it leaves, tires us or sends what is no request."""
        try:
            while line := await asyncio.wait_for(_read_line(reader), self._patience_secs):
                await self._send(writer, await self._respond(line))
        except Failure as failure:
            self._note("a request could not be read", code=failure.code, reason=failure.message)
            with contextlib.suppress(TimeoutError, ConnectionError):
                await self._send(writer, failed_response(failure, self._desk.seq))
        except TimeoutError:
            self._note(f"a client was dropped: nothing came or went for {self._patience_secs:g} s")
        except ConnectionError as error:
            self._note("a client was lost", reason=str(error))
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, response: Response) -> None:
        """Send a response. Raises TimeoutError when it is not taken, ConnectionError when nobody is there."""
        writer.write(to_line(response))
        await asyncio.wait_for(writer.drain(), self._patience_secs)

    async def _respond(self, line: bytes) -> Response:
        """Return what a line is answered with. Raises Failure when it is no request."""
        request = to_request(line)
        try:
            result = await self._desk.answer(request.verb, request.arguments)
        except Failure as failure:
            self._note("a request was refused", verb=request.verb, code=failure.code, reason=failure.message)
            return failed_response(failure, self._desk.seq)
        except Exception as error:  # noqa: BLE001 - a question must not be able to end the engine
            return failed_response(fault_of(error, self._log), self._desk.seq)
        return Response(
            ok=True,
            seq=self._desk.seq,
            stale=result.stale,
            data=result.data,
            exit=int(result.exit),
            warnings=list(result.warnings),
        )

    def _note(self, text: str, **more: str) -> None:
        """Tell the log; a run without one has no folder, and nobody is told."""
        note(self._log / NAME, f"socket: {text}", time.time_ns(), **more)


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line, empty when the client has left. Raises Failure when the line is too long."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError:
        return b""
    except asyncio.LimitOverrunError as error:
        raise Failure(Exit.USAGE, "BAD_REQUEST", f"a request has at most {LONGEST_REQUEST} bytes") from error
