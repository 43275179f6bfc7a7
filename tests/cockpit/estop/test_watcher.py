"""The stop watcher: each way to stop closes the gate without the loop, and the journal learns who it was."""

import asyncio
import contextlib
import os
import signal
import socket
import threading
import time

import pytest

from cockpit.estop.signal_line import SignalLine
from cockpit.estop.stop_socket import PATIENCE_SECS
from cockpit.exits import Failure
from cockpit.server import client
from cockpit.server.address import stop_socket_path
from cockpit.server.protocol import Request
from cockpit.switch import StopStands
from cockpit.tui.stop import QUIET_SECS, StopKey
from oms.domain.risk import TradingState
from tests.cockpit.estop.watched import Watched


def by_signal(_watched: Watched) -> None:
    os.kill(os.getpid(), signal.SIGUSR1)


def by_file(watched: Watched) -> None:
    watched.file.touch()


def by_socket(watched: Watched) -> None:
    ask(watched, Request(verb="stop", arguments={"reason": "bad prices"}))


def ask(watched: Watched, request: Request) -> object:
    answer = client.ask(stop_socket_path(watched.paths), request, 5)
    assert answer is not None
    return answer.data


WAYS = [
    (by_signal, "signal", "SIGUSR1"),
    (by_file, "file", "ESTOP is there"),
    (by_socket, "command line", "bad prices"),
]


@pytest.mark.parametrize(("way", "actor", "text"), WAYS, ids=["signal", "file", "socket"])
async def test_the_gate_is_closed_while_the_loop_is_blocked_and_the_journal_says_who(
    watched: Watched, way: object, actor: str, text: str
) -> None:
    assert callable(way)
    other = threading.Timer(0.02, way, [watched])
    other.start()

    watched.block_until_stopped()  # the loop does not turn here

    assert watched.session.state.trading.state is TradingState.ACTIVE
    halt = await watched.halted()
    other.join()
    assert (halt.actor, halt.cause, text in halt.text) == (actor, "stop", True)
    await watched.until(watched.paths.halted.exists)
    assert watched.paths.halted.read_text().startswith(f"{actor}: ")
    assert not any(map(watched.session.state.roster.is_enabled, watched.session.state.roster.by_id))


async def test_the_stop_socket_answers_that_the_gate_is_closed_although_the_loop_is_blocked(watched: Watched) -> None:
    answers: list[object] = []
    other = threading.Thread(target=lambda: answers.append(ask(watched, Request(verb="stop"))))
    other.start()
    other.join(5)  # the loop waits here and serves nobody

    (answer,) = answers
    assert isinstance(answer, dict)
    assert (answer["reason"], answer["latch_error"]) == ("asked for", None)
    assert answer["gate_ms"] < 1_000


async def test_the_stop_socket_knows_no_other_verb(watched: Watched) -> None:
    with pytest.raises(Failure, match="knows one verb"):
        await asyncio.to_thread(ask, watched, Request(verb="resume"))

    assert not watched.session.latch.flag.is_set()


@pytest.mark.parametrize("line", [b"\x00\xff\n", b"[" * 10_000 + b"\n", b'{"verb":"stop', b""])
async def test_garbage_and_half_a_word_stop_nothing_and_harm_nobody(watched: Watched, line: bytes) -> None:
    path = str(stop_socket_path(watched.paths))
    with socket.socket(socket.AF_UNIX) as link, socket.socket(socket.AF_UNIX) as silent:
        silent.connect(path)
        link.connect(path)
        link.sendall(line)
        link.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            await asyncio.to_thread(link.recv, 4_096)
        assert not watched.session.latch.flag.is_set()

        await asyncio.to_thread(by_socket, watched)
    assert watched.session.latch.flag.is_set()


def test_a_slow_client_is_not_waited_for_longer_than_a_stop_may_take() -> None:
    assert PATIENCE_SECS <= 5


async def test_while_the_file_is_there_nothing_is_resumed(watched: Watched) -> None:
    watched.file.touch()
    await watched.halted()

    with pytest.raises(StopStands, match=r"ESTOP is there and says stop"):
        await watched.session.switch.resume("ann")
    watched.file.unlink()
    await watched.session.switch.resume("ann")

    assert watched.session.state.trading.state is TradingState.ACTIVE
    assert not watched.session.latch.flag.is_set()


async def test_a_file_that_comes_back_stops_again(watched: Watched) -> None:
    watched.file.touch()
    await watched.halted()
    watched.file.unlink()
    await watched.session.switch.resume("ann")
    watched.file.touch()

    await watched.until(lambda: len(watched.halts) == 2)
    assert watched.session.latch.flag.is_set()


async def test_the_keys_stop_while_the_loop_is_blocked(watched: Watched) -> None:
    """The thread that reads keys hears two presses; the loop, which would have to settle them, does not turn."""
    key = StopKey()
    watched.doors.watcher.hear_keys(key.ask, "operator")

    def press() -> None:
        now = time.monotonic()
        key.hear(now - 0.2, is_stop=True, early=True)
        key.hear(now, is_stop=True, early=True)

    other = threading.Timer(0.02, press)
    other.start()
    took = watched.block_until_stopped()

    halt = await watched.halted()
    other.join()
    assert (halt.actor, halt.text) == ("operator", "emergency stop")
    assert took >= QUIET_SECS


async def test_what_fails_once_does_not_end_the_watch(watched: Watched) -> None:
    said: list[str] = []
    watched.session.latch.complain = said.append
    asked: list[float] = []

    def fail_once(now: float) -> tuple[bool, float | None]:
        asked.append(now)
        if len(asked) == 1:
            raise ZeroDivisionError
        return False, None

    watched.doors.watcher.hear_keys(fail_once, "operator")
    await watched.until(lambda: len(asked) > 1)
    by_file(watched)

    assert (await watched.halted()).actor == "file"
    assert said == ["the stop watcher failed and goes on: ZeroDivisionError()"]


async def test_other_signals_reach_the_loop_although_it_shares_its_one_descriptor_with_us() -> None:
    heard, loop, line = asyncio.Event(), asyncio.get_running_loop(), SignalLine()
    loop.add_signal_handler(signal.SIGUSR2, heard.set)
    try:
        assert line.open()
        os.kill(os.getpid(), signal.SIGUSR2)
        arrived = line.take()
        assert arrived == bytes([signal.SIGUSR2])
        line.pass_on(arrived)
        await asyncio.wait_for(heard.wait(), 5)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert line.take() == bytes([signal.SIGUSR1])
    finally:
        line.close()
        loop.remove_signal_handler(signal.SIGUSR2)


async def test_a_signal_that_somebody_uses_is_left_to_them() -> None:
    before, line = signal.signal(signal.SIGUSR1, lambda *_: None), SignalLine()
    try:
        assert not line.open()
    finally:
        line.close()
        signal.signal(signal.SIGUSR1, before)


async def test_after_the_end_the_signal_is_what_it_was_and_the_socket_is_gone(watched: Watched) -> None:
    await watched.doors.close()

    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    assert not stop_socket_path(watched.paths).exists()
