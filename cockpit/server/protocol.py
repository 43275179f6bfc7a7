"""What goes over the socket: one JSON object per line, a request up, a response down, in turn.

    {"verb": "orders list", "arguments": {"status": "working"}}
    {"ok": true, "seq": 81, "stale": false, "data": [...], "exit": 0, "warnings": [], "error": null}

A response to a command is sent after the commit of what the command caused, so an answer is a promise. No answer is
not a no: the command may have been taken.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct

from cockpit.exits import Exit, Failure

LONGEST_REQUEST: Final = 256 * 1024  # bytes of a line, with its end


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verb in words, and its arguments by name."""

    verb: str
    arguments: dict[str, Any] = {}


class ResponseError(Struct, frozen=True, kw_only=True):
    """What a failure says, see `cockpit.exits.Failure`."""

    code: str
    exit: int
    message: str
    hint: str = ""
    details: dict[str, Any] = {}


class Response(Struct, frozen=True, kw_only=True):
    """What the engine answers; `seq` is its last durable record, and `stale` says that it knows of more which the
    journal could not take. `exit` is 0 or that of a success in part."""

    ok: bool
    seq: int
    stale: bool = False
    data: Any = None
    exit: int = 0
    warnings: list[str] = []
    error: ResponseError | None = None


_encoder: Final = msgspec.json.Encoder()
_requests: Final = msgspec.json.Decoder(Request)
_responses: Final = msgspec.json.Decoder(Response)


def to_line(message: Request | Response) -> bytes:
    """Return the message as a line."""
    return _encoder.encode(message) + b"\n"


def to_request(line: bytes) -> Request:
    """Read a request.

    Raises:
        Failure: USAGE, it is none.
    """
    try:
        return _requests.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Failure(Exit.USAGE, "BAD_REQUEST", f"not a request: {error}") from error


def to_response(line: bytes) -> Response:
    """Read a response.

    Raises:
        Failure: TIMEOUT, it is none, so what became of the request is not known.
    """
    try:
        return _responses.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Failure(Exit.TIMEOUT, "BAD_RESPONSE", f"the engine's answer cannot be read: {error}") from error


def failed_response(failure: Failure, seq: int) -> Response:
    """Return a failure as a response."""
    error = ResponseError(
        code=failure.code,
        exit=int(failure.exit),
        message=failure.message,
        hint=failure.hint,
        details=failure.details,
    )
    return Response(ok=False, seq=seq, error=error)


def failure_in(error: ResponseError) -> Failure:
    """Return a response's error as the failure that it was."""
    known = error.exit in {int(code) for code in Exit}
    return Failure(
        Exit(error.exit) if known else Exit.UNEXPECTED,
        error.code,
        error.message,
        hint=error.hint,
        details=error.details,
    )
