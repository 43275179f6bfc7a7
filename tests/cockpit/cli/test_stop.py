"""Stopping and resuming an account that no engine runs, and who has to say what before it happens."""

import asyncio
import io
import os

import pytest

from cockpit.bootstrap import open_session
from cockpit.paths import Paths
from oms.domain.ids import symbol_of
from oms.journal.lock import Lock
from tests.doubles.command_line import CommandLine
from tests.doubles.running import running
from tests.doubles.scripts import scripted

RUN = ("headless", "--bars", "20", "--speed", "max", "--no-progress", "--json")


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def type_at(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Let a verb find a terminal on which this line is typed."""
    monkeypatch.setattr("sys.stdin", Terminal(line + "\n"))
    monkeypatch.setattr("sys.stderr", Terminal())


def test_a_stop_without_an_engine_holds_for_the_next_start(cockpit: CommandLine, paths: Paths) -> None:
    stopped = cockpit("stop", "--reason", "bad prices", "--json")
    run = cockpit(*RUN)

    status = cockpit("risk", "status", "--json").data
    assert (stopped.code, stopped.data["state"], stopped.data["orders"]) == (0, "HALTED", [])
    assert stopped.envelope["warnings"] == ["no engine runs: the next start is HALTED"]
    assert run.data["orders"] == 0
    assert (status["state"], "bad prices" in status["reason"]) == ("HALTED", True)
    assert paths.halted.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("orders", "stay"), [(1, "1 working order stays"), (2, "2 working orders stay")])
def test_orders_that_no_engine_can_cancel_are_listed_and_the_stop_is_done_in_part(
    cockpit: CommandLine, paths: Paths, orders: int, stay: str
) -> None:
    async def place() -> None:
        async with scripted(paths.state) as session:
            for quantity in range(1, orders + 1):
                await session.broker.place_order("AAPL", "buy", "limit", quantity, limit_price="150.00")

    asyncio.run(place())
    stopped = cockpit("stop", "--json")

    assert f"{stay} at the venue: no engine runs to cancel before the next start" in stopped.envelope["warnings"]
    assert len(stopped.data["orders"]) == orders
    assert (stopped.code, stopped.data["kept"]) == (13, [])
    assert paths.halted.exists()
    cockpit("headless", "--bars", "1", "--speed", "max", "--no-progress")
    assert {order["status"] for order in cockpit("orders", "list", "--json").data} == {"CANCELED"}


def test_a_stop_without_an_engine_is_done_when_only_what_protects_works(cockpit: CommandLine, paths: Paths) -> None:
    async def protect() -> None:
        async with scripted(paths.state) as session:
            wish = {"symbol": "AAPL", "side": "buy", "quantity": "5", "protect_price": "150.00"}
            await session.oms.submit_order(wish)

    asyncio.run(protect())
    stopped = cockpit("stop", "--json")

    assert (stopped.code, stopped.data["orders"]) == (0, [])
    assert [order["side"] for order in stopped.data["kept"]] == ["SELL"]
    assert stopped.envelope["warnings"] == ["no engine runs: the next start is HALTED"]
    assert f"stays: {stopped.data['kept'][0]['id']}" in cockpit("stop").out


def test_a_stop_that_cannot_read_which_orders_work_is_done_in_part(cockpit: CommandLine, traded: Paths) -> None:
    traded.journal.write_bytes(b"no journal")

    stopped = cockpit("stop", "--json")

    assert (stopped.code, stopped.data["orders"], stopped.data["kept"]) == (13, None, None)
    assert "which orders work at the venue is not known" in stopped.err
    assert traded.halted.exists()


@pytest.mark.usefixtures("paths")
def test_a_stop_that_no_run_has_seen_can_be_taken_back(cockpit: CommandLine) -> None:
    cockpit("stop")

    ran = cockpit("resume", "--confirm", "RESUME", "--json")

    assert ran.data["state"] == "ACTIVE"
    assert cockpit(*RUN).data["orders"] > 0


def test_a_journaled_stop_that_is_resumed_without_an_engine_ends_with_the_next_start(
    cockpit: CommandLine, paths: Paths
) -> None:
    asyncio.run(halted())
    assert cockpit("risk", "status", "--json").data["state"] == "HALTED"

    ran = cockpit("resume", "--confirm", "RESUME", "--json")
    asked = cockpit("risk", "status", "--json")
    run = cockpit(*RUN)
    after = cockpit("journal", "show", "--limit", "1000", "--json").data

    assert (ran.data["state"], len(ran.data["paused"])) == ("ACTIVE", 4)
    assert (asked.data["state"], "the next start is ACTIVE" in str(asked.envelope["warnings"])) == ("ACTIVE", True)
    assert run.data["orders"] == 0, "strategies stay paused, as after a resume of a running engine"
    told = [record for record in after if record["kind"] in {"OperatorNoted", "TradingResumed"}]
    assert [record["kind"] for record in told] == ["OperatorNoted", "TradingResumed"]
    assert told[0]["payload"]["text"] == "resumed trading, which was stopped by script: for the test"
    assert told[1]["payload"] == {"actor": "command line"}
    assert cockpit("risk", "status", "--json").data["state"] == "ACTIVE"
    assert not paths.halted.exists()
    assert cockpit("strategies", "list", "--json").data[0]["standing"] == "PAUSED"


@pytest.mark.usefixtures("paths")
def test_a_halt_is_resumed_once_and_by_no_second_start(cockpit: CommandLine) -> None:
    asyncio.run(halted())
    cockpit("resume", "--confirm", "RESUME")

    assert cockpit("resume", "--confirm", "RESUME", "--json").error["code"] == "NOT_HALTED"
    cockpit(*RUN)
    cockpit(*RUN)

    assert len(cockpit("journal", "show", "--kind", "TradingResumed", "--json").data) == 1


def test_a_stop_after_a_resume_without_an_engine_stands(cockpit: CommandLine, paths: Paths) -> None:
    asyncio.run(halted())
    cockpit("resume", "--confirm", "RESUME")
    cockpit("stop", "--reason", "not yet")

    assert cockpit("risk", "status", "--json").data["state"] == "HALTED"
    cockpit(*RUN)

    assert cockpit("risk", "status", "--json").data["state"] == "HALTED"
    assert cockpit("journal", "show", "--kind", "TradingResumed", "--json").data == []
    assert paths.halted.exists()


def test_a_start_that_died_after_it_resumed_leaves_the_gate_open_to_the_next(
    cockpit: CommandLine, paths: Paths
) -> None:
    """As if the process had died between the commit and forgetting what was noted."""
    asyncio.run(halted())
    cockpit("resume", "--confirm", "RESUME")
    noted = (paths.account / "NOTED").read_bytes()
    cockpit(*RUN)
    (paths.account / "NOTED").write_bytes(noted)

    ran = cockpit("strategies", "enable", "--yes", "--json")
    assert ran.code == 9
    asyncio.run(buying())

    assert len(cockpit("journal", "show", "--kind", "TradingResumed", "--json").data) == 1
    assert cockpit("orders", "list", "--status", "filled", "--json").data[-1]["strategy"] == "manual"


def test_nothing_is_resumed_without_an_engine_while_the_stop_file_is_there(cockpit: CommandLine, paths: Paths) -> None:
    asyncio.run(halted())
    (paths.state / "ESTOP").touch()

    ran = cockpit("resume", "--confirm", "RESUME", "--json")

    assert (ran.code, ran.error["code"]) == (9, "STOP_STANDS")
    assert paths.halted.exists()


async def halted() -> None:
    """Open a session, stop trading and end it in order."""
    async with open_session() as session:
        await session.halt("for the test")


async def buying() -> None:
    """Buy by hand, on the account as it is."""
    async with open_session() as session:
        await session.oms.submit_order({"symbol": "IBM", "side": "buy", "quantity": "1"})
        await session.run(bars=1)


@pytest.mark.usefixtures("traded")
def test_what_is_not_halted_cannot_be_resumed(cockpit: CommandLine) -> None:
    assert cockpit("resume", "--confirm", "RESUME", "--json").error["code"] == "NOT_HALTED"


def test_nothing_that_ever_ran_cannot_be_resumed_and_no_folder_is_made(cockpit: CommandLine, paths: Paths) -> None:
    assert cockpit("resume", "--confirm", "RESUME", "--json").error["code"] == "NOT_HALTED"
    assert not paths.state.exists()


def test_an_engine_that_does_not_answer_is_latched_for_its_next_start_and_named(
    cockpit: CommandLine, traded: Paths
) -> None:
    lock = Lock.take(traded.account / "lock")
    try:
        ran = cockpit("stop", "--json")
    finally:
        lock.release()

    assert (ran.code, ran.error["code"]) == (10, "NO_ANSWER")
    assert ran.error["hint"] == f"to end it now: kill {os.getpid()}"
    assert traded.halted.exists()


@pytest.mark.parametrize(("word", "said"), [("resume", "the word is RESUME"), ("", "the word is RESUME")])
def test_a_wrong_word_resumes_nothing(cockpit: CommandLine, paths: Paths, word: str, said: str) -> None:
    cockpit("stop")

    ran = cockpit("resume", "--confirm", word, "--json")

    assert ran.code == 11
    assert said in ran.error["message"]
    assert paths.halted.exists()


def test_without_a_terminal_nobody_is_asked_for_the_word(cockpit: CommandLine, paths: Paths) -> None:
    cockpit("stop")

    ran = cockpit("resume", "--json")

    assert (ran.code, ran.error["code"]) == (11, "CONFIRMATION_REQUIRED")
    assert paths.halted.exists()


def test_on_a_terminal_the_word_is_typed(cockpit: CommandLine, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    cockpit("stop")
    type_at(monkeypatch, "RESUME")

    assert cockpit("resume").code == 0
    assert not paths.halted.exists()


@pytest.mark.parametrize(("typed", "code"), [("y", 0), ("n", 11), ("", 11)])
def test_on_a_terminal_a_stop_asks_once(
    cockpit: CommandLine, paths: Paths, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    type_at(monkeypatch, typed)

    assert cockpit("stop").code == code
    assert paths.halted.exists() == (code == 0)


def test_a_stop_that_is_told_yes_asks_nobody(
    cockpit: CommandLine, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_at(monkeypatch, "n")

    assert cockpit("stop", "--yes").code == 0
    assert paths.halted.exists()


@pytest.mark.parametrize(("words", "code"), [((), "CONFIRMATION_REQUIRED"), (("--confirm", "flatten"), "DECLINED")])
def test_nothing_is_flattened_without_the_word(
    cockpit: CommandLine, traded: Paths, words: tuple[str, ...], code: str
) -> None:
    del traded
    ran = cockpit("flatten", *words, "--json")

    assert (ran.code, ran.error["code"]) == (11, code)


def test_a_flatten_needs_an_engine(cockpit: CommandLine, traded: Paths) -> None:
    del traded
    assert cockpit("flatten", "--confirm", "FLATTEN", "--json").error["code"] == "NO_ENGINE"


async def test_a_flatten_of_one_instrument_says_of_which_nothing_is_held(cockpit: CommandLine) -> None:
    async with running() as engine:
        symbols = {symbol_of(key.instrument_id): key.instrument_id for key in engine.session.state.ledger.open}
        assert len(symbols) > 1
        symbol, rest = next(iter(symbols)), list(symbols.values())[1:]
        flatten = ("flatten", "--confirm", "FLATTEN", "--instrument", symbol)
        ran = await asyncio.to_thread(cockpit, *flatten)
        told = await asyncio.to_thread(cockpit, "positions", "list", "--json")
        whole = await asyncio.to_thread(cockpit, "flatten", "--confirm", "FLATTEN", "--json")
        again = await asyncio.to_thread(cockpit, "flatten", "--confirm", "FLATTEN")

    assert ran.out.splitlines()[-1] == f"no {symbol} is held"
    assert {position["instrument"] for position in told.data} == set(rest)
    assert (whole.data["instrument"], whole.data["positions"]) == (None, [])
    assert again.code == 9


def test_an_account_that_was_stopped_at_rest_is_shown_halted(cockpit: CommandLine, paths: Paths) -> None:
    cockpit(*RUN)
    cockpit("stop", "--reason", "bad prices")
    status = cockpit("risk", "status", "--json")

    assert (status.data["state"], status.data["level"]) == ("HALTED", "CRITICAL")
    assert status.data["reason"].startswith("latched: command line")
    assert "bad prices" in status.data["reason"]
    assert "the next start is HALTED" in status.err
    assert cockpit("journal", "state", "--json").data["trading"] == "ACTIVE"  # which the journal does not know yet
    assert paths.halted.exists()
