"""What is refused over the socket, and who is dropped: it is in the log, as lines about security."""

import asyncio
import json
from collections.abc import Callable

import pytest

from cockpit.exits import Exit, Failure
from cockpit.server.desk import Desk
from cockpit.server.server import CLIENTS, Server
from tests.doubles.running import Engine, connected, say


def security(engine: Engine) -> list[dict[str, str]]:
    """Return the security lines of the log."""
    told = [json.loads(line) for line in (engine.paths.log / "cockpit.jsonl").read_text().splitlines()]
    return [line for line in told if line["event"] == "SECURITY"]


async def until_security(engine: Engine, true: Callable[[list[dict[str, str]]], bool]) -> list[dict[str, str]]:
    """Return the security lines once they are so: a line of the session's stands there a moment later."""
    async with asyncio.timeout(30):
        while not true(lines := security(engine)):  # noqa: ASYNC110 - a file tells nobody that it has grown
            await asyncio.sleep(0)
    return lines


async def test_what_is_refused_over_the_socket_is_logged(engine: Engine) -> None:
    await say(engine, b'{"verb":"rm -rf"}\n')
    await say(engine, b"garbage\x1b[2J\n")
    with pytest.raises(Failure):
        await engine.ask("resume")

    told = [(line["text"], line.get("verb"), line.get("code")) for line in security(engine) if "socket" in line["text"]]
    assert told == [
        ("socket: a request was refused", "rm -rf", "NO_VERB"),
        ("socket: a request could not be read", None, "BAD_REQUEST"),
        ("socket: a request was refused", "resume", "REFUSED"),
    ]
    assert await until_security(engine, lambda lines: any(line.get("command") == "ResumeTrading" for line in lines))


async def test_a_latch_that_cannot_be_written_is_logged(engine: Engine) -> None:
    engine.paths.halted.mkdir()

    answer = await engine.ask("stop")

    assert answer.exit == Exit.PARTIAL
    assert await until_security(engine, lambda lines: "the latch file was not written" in str(lines[-1:]))
    engine.paths.halted.rmdir()


async def test_a_client_that_says_nothing_is_let_go_of(engine: Engine) -> None:
    await engine.server.close()
    impatient = Server(Desk(engine.session), engine.server.path, engine.paths.log, patience_secs=0.01)
    await impatient.open()

    async with connected(engine) as (reader, _):
        assert await reader.read() == b""
    assert security(engine)[-1]["text"] == "socket: a client was dropped: nothing came or went for 0.01 s"
    await impatient.close()


async def test_one_client_too_many_is_served_and_the_one_that_was_here_longest_goes(engine: Engine) -> None:
    """The newest may be a stop: whoever holds all the places open must not be able to keep it out."""
    links = []
    for _ in range(CLIENTS):
        reader, writer = await asyncio.open_unix_connection(engine.server.path)
        writer.write(b'{"verb":"risk status"}\n')
        await reader.readline()
        links.append((reader, writer))

    answer = await say(engine, b'{"verb":"risk status"}\n')

    assert answer["ok"]
    assert await links[0][0].readline() == b""
    assert security(engine)[-1]["text"] == "socket: a client was dropped: there were too many"
    for _, writer in links:
        writer.close()
