"""The socket of a running engine: what it answers, and what it survives."""

import asyncio
import json
import socket
import stat
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import pytest

from brokers.sim.venue import SimBroker
from cockpit.durable_reader import DurableReader
from cockpit.exits import Exit, Failure
from cockpit.queries.plain import Arguments, Json
from cockpit.queries.rest import fold_file
from cockpit.queries.result import VerbResult
from cockpit.queries.state import QUERIES, amounts
from cockpit.queries.why import why
from cockpit.server import client
from cockpit.server.desk import Desk
from cockpit.server.protocol import LONGEST_REQUEST, Request
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain.events import Record
from oms.domain.order import Order, Purpose
from oms.domain.risk import TradingState
from oms.journal.errors import JournalError
from oms.state import State
from tests.doubles.locked import locked
from tests.doubles.running import Engine, connected, running, say


def statuses(data: Json) -> dict[str, str]:
    """Return where the orders are that a stop was to cancel."""
    return {order["id"]: order["status"] for order in data["orders"]}


@pytest.mark.parametrize("verb", sorted(QUERIES))
async def test_engine_and_journal_give_the_same_answer(engine: Engine, verb: str) -> None:
    """Prices are not in the journal, so the two are asked when the run's end has recorded the marks."""
    order_id = await engine.place("1.00")
    await engine.session.inbox.ask(do.EndRun(actor="test", reason="marks"))

    told = await engine.ask(verb, id=order_id)

    rest = fold_file(engine.paths.journal)
    assert told.data == json.loads(json.dumps(QUERIES[verb](rest.state, rest.chains, {"id": order_id})))
    assert told.seq == rest.state.seq
    assert told.data


async def test_a_stop_cancels_what_works_and_says_what_became_of_it(engine: Engine) -> None:
    order_id = await engine.place("1.00")

    answer = await engine.ask("stop", reason="enough\x1b[2J")

    assert (answer.exit, answer.data["state"], answer.data["reason"]) == (0, "HALTED", "enough")
    assert statuses(answer.data)[order_id] == "CANCELED"
    assert set(statuses(answer.data).values()) == {"CANCELED"}
    assert set(answer.data["paused"]) == set(engine.session.runner.strategies)
    assert engine.paths.halted.read_text() == "command line: enough"


async def test_a_stop_waits_for_a_venue_that_takes_its_time(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, loop = SimBroker.cancel, asyncio.get_running_loop()

    def cancel_late(broker: SimBroker, order: Order) -> None:
        loop.call_later(0.05, cancel_now, broker, order)

    def cancel_now(broker: SimBroker, order: Order) -> None:
        cancel(broker, order)
        engine.session.pace.changed.set()

    order_id = await engine.place("1.00")
    monkeypatch.setattr(SimBroker, "cancel", cancel_late)

    answer = await engine.ask("stop")

    assert statuses(answer.data)[order_id] == "CANCELED"


async def test_a_stop_that_a_venue_does_not_confirm_is_done_in_part(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await engine.place("1.00")
    monkeypatch.setattr(SimBroker, "cancel", lambda _broker, _order: None)

    result = await Desk(engine.session, cancel_secs=0.01).answer("stop", {})

    assert result.exit is Exit.PARTIAL
    asked = len(result.data["orders"])
    assert result.warnings == (f"{asked} of {asked} cancels are not confirmed yet",)
    assert statuses(result.data)[order_id] == "PENDING_CANCEL"


async def test_what_a_stop_was_answered_with_is_durable(engine: Engine) -> None:
    await engine.place("1.00")

    answer = await engine.ask("stop")

    state = fold_file(engine.paths.journal).state
    assert state.seq >= answer.seq
    assert state.trading.state == "HALTED"
    assert {order.ticket.purpose for order in state.blotter.open.values()} <= {Purpose.PROTECT}


async def test_the_chain_of_a_canceled_order_names_the_stop(engine: Engine) -> None:
    order_id = await engine.place("1.00")
    await engine.ask("stop", reason="enough")

    chain = why(engine.paths.journal, order_id)

    kinds = [record["kind"] for record in chain]
    assert kinds == [
        *("OrderInitialized", "OrderSubmitted", "OrderAccepted"),
        *("TradingHalted", "OrderPendingCancel", "OrderCanceled"),
    ]
    assert chain[3]["text"] == "by command line, stop: enough"


async def test_a_resume_opens_the_gate_and_leaves_strategies_paused(engine: Engine) -> None:
    await engine.ask("stop")

    answer = await engine.ask("resume")

    assert answer.data["state"] == "ACTIVE"
    assert set(answer.data["paused"]) == set(engine.session.runner.strategies)
    assert not engine.session.latch.flag.is_set()
    assert not engine.paths.halted.exists()


async def test_what_is_not_halted_cannot_be_resumed(engine: Engine) -> None:
    with pytest.raises(Failure, match="not halted") as refused:
        await engine.ask("resume")

    assert refused.value.exit is Exit.WRONG_STATE


async def test_strategies_are_paused_and_enabled_by_name_or_all_at_once(engine: Engine) -> None:
    names = list(engine.session.runner.strategies)

    assert (await engine.ask("strategies pause", name=names[0])).data == {"paused": [names[0]]}
    assert (await engine.ask("strategies pause")).data == {"paused": names[1:]}
    assert (await engine.ask("strategies enable")).data == {"enabled": names}


async def test_a_strategy_is_stopped_by_name_and_enabled_by_name_only(engine: Engine) -> None:
    names = list(engine.session.runner.strategies)

    assert (await engine.ask("strategies stop", name=names[0])).data == {"stopped": [names[0]]}
    assert (await engine.ask("strategies enable")).data == {"enabled": []}
    assert (await engine.ask("strategies enable", name=names[0])).data == {"enabled": [names[0]]}
    with pytest.raises(Failure, match="a stop names one"):
        await engine.ask("strategies stop")


@pytest.mark.parametrize("verb", ["strategies enable", "strategies pause", "strategies stop"])
async def test_a_strategy_that_does_not_exist_is_not_found_and_nothing_is_journaled(engine: Engine, verb: str) -> None:
    before = engine.session.journal.seq

    with pytest.raises(Failure, match="no strategy mean_revision") as refused:
        await engine.ask(verb, name="mean_revision")

    assert (refused.value.exit, refused.value.hint) == (Exit.NOT_FOUND, "did you mean mean_reversion?")
    assert engine.session.journal.seq == before


async def test_the_running_engine_says_what_its_journal_amounts_to(engine: Engine) -> None:
    order_id = await engine.place("1.00")
    await engine.session.inbox.ask(do.EndRun(actor="test", reason="marks"))

    told = await engine.ask("journal state")

    rest = fold_file(engine.paths.journal)
    assert told.data == json.loads(json.dumps(amounts(rest.state, rest.hash)))
    assert order_id in rest.state.blotter.orders


async def test_while_the_journal_has_failed_answers_say_what_is_durable(engine: Engine) -> None:
    durable = engine.session.journal.seq
    with locked(engine.paths.journal):
        with pytest.raises(JournalError):
            await engine.session.inbox.ask(do.PauseStrategy(actor="test"))
        while engine.session.state.trading.state is not TradingState.HALTED:  # noqa: ASYNC110 - no event announces it
            await asyncio.sleep(0)
        held = await engine.ask("risk status")

    assert (held.seq, held.stale) == (durable, True)
    assert held.data["reason"].startswith("journal: the journal failed: ")
    assert "not durable" in held.warnings[0]
    await engine.ask("resume")
    after = await engine.ask("risk status")
    assert (after.seq > durable, after.stale, after.warnings) == (True, False, [])


async def test_a_question_between_decision_and_commit_waits_for_the_commit(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, desk = engine.session.journal, Desk(engine.session)
    append, asked, early = journal.append, list[asyncio.Task[VerbResult]](), list[bool]()

    async def append_slowly(records: Sequence[Record]) -> None:
        asked.append(asyncio.create_task(desk.answer("orders list", {"limit": 1})))
        await asyncio.sleep(0)
        early.append(asked[-1].done())
        await append(records)

    monkeypatch.setattr(journal, "append", append_slowly)
    order_id = await engine.place("1.00")

    (order,) = (await asked[0]).data
    assert (order["id"], order["status"]) == (order_id, "SUBMITTED")
    assert not any(early)


async def test_who_asks_while_the_venue_writes_its_book_is_told_what_came_of_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writes, comes = asyncio.Event(), asyncio.Event()
    keep, read = SimBroker.keep, DurableReader.read

    def keep_and_tell(venue: SimBroker) -> Awaitable[object] | None:
        writing = keep(venue)
        if writing is not None:
            writes.set()
        return writing

    async def come_and_read(reader: DurableReader, question: Callable[[], Any]) -> Any:
        comes.set()
        return await read(reader, question)

    monkeypatch.setattr("brokers.sim.disk_book.BUSY_SECS", 60)
    async with running() as engine:
        monkeypatch.setattr(SimBroker, "keep", keep_and_tell)
        monkeypatch.setattr(DurableReader, "read", come_and_read)
        with locked(engine.paths.venue):
            placing = asyncio.create_task(engine.place("1.00"))
            await writes.wait()
            asking = asyncio.create_task(engine.ask("orders list", limit=1))
            await comes.wait()
        (order,) = (await asking).data

        assert (order["id"], order["status"]) == (await placing, "ACCEPTED")


async def test_the_socket_is_its_owners_alone(engine: Engine) -> None:
    path = engine.server.path

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_several_questions_go_over_one_connection(engine: Engine) -> None:
    async with connected(engine) as (reader, writer):
        writer.write(b'{"verb":"orders list"}\n{"verb":"risk status"}\n')
        answers = [json.loads(await reader.readline()) for _ in range(2)]

    assert [answer["ok"] for answer in answers] == [True, True]
    assert answers[1]["data"]["state"] == "ACTIVE"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"\x00\xff garbage\n", "BAD_REQUEST"),
        (b"[" * 10_000 + b"\n", "BAD_REQUEST"),
        (b'{"verb":"orders list","arguments":[]}\n', "BAD_REQUEST"),
        (b'{"verb":"orders list","surprise":1}\n', "BAD_REQUEST"),
        (b'{"verb":"rm -rf"}\n', "NO_VERB"),
        (b'{"verb":"orders show","arguments":{"id":["a"]}}\n', "NOT_FOUND"),
        (b'{"verb":"orders list","arguments":{"status":{},"limit":"x"}}\n', "USAGE"),
        (b'{"verb":"stop' + b"x" * (LONGEST_REQUEST + 10) + b"\n", "BAD_REQUEST"),
    ],
)
async def test_garbage_is_answered_and_harms_nobody(engine: Engine, line: bytes, code: str) -> None:
    answer = await say(engine, line)

    assert (answer["ok"], answer["error"]["code"]) == (False, code)
    assert (await engine.ask("risk status")).data["state"] == "ACTIVE"


async def test_clients_that_say_nothing_or_leave_half_way_harm_nobody(engine: Engine) -> None:
    async with connected(engine), connected(engine) as (_, writer):
        writer.write(b'{"verb":"stop"')
        await writer.drain()

        assert (await engine.ask("risk status")).data["state"] == "ACTIVE"
    assert (await engine.ask("risk status")).data["state"] == "ACTIVE"


async def test_a_fault_of_ours_is_written_down_and_the_engine_goes_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_state: State, _chains: Chains, _arguments: Arguments) -> None:
        raise ZeroDivisionError("by zero")

    with monkeypatch.context() as broken:
        broken.setitem(QUERIES, "risk status", fail)
        with pytest.raises(Failure, match="unexpected ZeroDivisionError") as told:
            await engine.ask("risk status")

    (written,) = engine.paths.log.glob("*.txt")
    assert told.value.exit is Exit.UNEXPECTED
    assert str(written) in told.value.hint
    assert "Traceback (most recent call last)" in written.read_text()
    assert (await engine.ask("risk status")).ok


async def test_an_engine_that_is_ending_takes_no_command(engine: Engine) -> None:
    engine.session.ended_by = "SIGTERM"

    with pytest.raises(Failure, match="ending: SIGTERM"):
        await engine.ask("stop")

    engine.session.ended_by = None


async def test_a_socket_that_a_dead_engine_left_is_replaced(engine: Engine) -> None:
    await engine.server.close()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(engine.server.path))

    assert client.ask(engine.server.path, Request(verb="risk status"), 1) is None
    await engine.server.open()
    assert (await engine.ask("risk status")).ok


async def test_a_server_that_was_closed_leaves_no_socket(engine: Engine) -> None:
    await engine.server.close()
    await engine.server.close()

    assert not engine.server.path.exists()
    assert client.ask(engine.server.path, Request(verb="risk status"), 1) is None


async def test_a_client_whose_engine_ends_learns_that_the_outcome_is_open(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = asyncio.Event()

    async def never(_command: do.Command) -> None:
        taken.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(engine.session.inbox, "ask", never)
    waiting = asyncio.create_task(engine.ask("resume"))
    await taken.wait()
    await engine.server.close()

    with pytest.raises(Failure, match="not known") as gone:
        await waiting
    assert gone.value.exit is Exit.TIMEOUT


def test_an_engine_that_does_not_answer_in_time_leaves_the_outcome_open() -> None:
    folder = Path(mkdtemp(dir="/tmp"))
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(folder / "deaf.sock"))
        deaf.listen()

        with pytest.raises(Failure, match="did not answer within") as silent:
            client.ask(folder / "deaf.sock", Request(verb="stop"), 0.05)
        with pytest.raises(Failure, match=r"did not answer within 0.05 s$") as looked:
            client.ask(folder / "deaf.sock", Request(verb="positions list"), 0.05)

    assert silent.value.exit is looked.value.exit is Exit.TIMEOUT
    assert "became of the request" in silent.value.message
    assert "orders list" not in looked.value.hint
    rmtree(folder)


@pytest.mark.parametrize(("verb", "tells"), [*client.CHANGES.items()])
def test_where_the_outcome_is_open_the_hint_names_what_tells_of_this_verb(verb: str, tells: str) -> None:
    folder = Path(mkdtemp(dir="/tmp"))
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(folder / "deaf.sock"))
        deaf.listen()
        with pytest.raises(Failure) as silent:
            client.ask(folder / "deaf.sock", Request(verb=verb), 0.01)

    assert silent.value.hint == tells
    assert ("strategies list" in tells) is verb.startswith("strategies ")
    rmtree(folder)


async def test_the_verbs_whose_outcome_may_be_open_are_those_that_change_something(engine: Engine) -> None:
    with pytest.raises(Failure, match="no verb 'none'") as refused:
        await engine.ask("none")

    named = set(refused.value.message.partition("there are ")[2].split(", "))
    assert named - set(QUERIES) - {"journal state", "stopped"} == client.CHANGES.keys()
