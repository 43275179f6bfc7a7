"""Opening and closing: however a script ends, the session ends in order; and nobody else has the account meanwhile."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cockpit.bootstrap import open_session
from cockpit.library.errors import (
    BrokerConnectionError,
    ConfigError,
    InsufficientFundsError,
    JournalError,
    JournalLocked,
    OrderExecutionError,
    RequestError,
    RiskLimitViolationError,
    TradingError,
)
from cockpit.library.open_session import OpenSession
from oms.domain import events as ev
from oms.domain.order import OrderStatus, Side
from oms.domain.risk import TradingState
from oms.journal.reader import read_rows
from tests.doubles.command_line import CommandLine
from tests.doubles.locked import locked
from tests.doubles.scripts import scripted

BUY = {"symbol": "AAPL", "side": "buy", "quantity": "10"}


def journal(folder: Path) -> Path:
    """Return the account's journal."""
    return folder / "paper" / "sim" / "SIM-000001" / "journal.sqlite"


def left(folder: Path) -> list[Path]:
    """Return what a folder holds."""
    return list(folder.iterdir())


def kinds(folder: Path) -> list[str]:
    """Return the kinds of the journal's records, in order."""
    return [row.kind for row in read_rows(journal(folder))]


async def test_a_session_opens_at_the_first_prices_and_stands_there(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        opened = session.state.ts
        await asyncio.sleep(0.02)

        assert len(session.state.marks.quotes) == 4
        assert session.state.ts == opened


async def test_an_account_on_the_default_configuration_trades_by_itself_while_it_runs(tmp_path: Path) -> None:
    async with open_session(state=tmp_path) as session:
        assert await session.run(bars=15) == 15
        assert {order.strategy_id for order in await session.oms.get_orders()} - {"manual"}


async def test_a_session_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(BUY)
        await session.run(bars=2)
        (before,) = await session.oms.get_positions()
        ended = session.state.ts

    async with scripted(tmp_path) as session:
        (after,) = await session.oms.get_positions()
        assert session.state.ts > ended
        assert (after.quantity, after.avg_entry_price) == (before.quantity, before.avg_entry_price)


async def test_equal_scripts_on_equal_seeds_live_equal_lives(tmp_path: Path) -> None:
    async def live(name: str, seed: int) -> Any:
        async with scripted(tmp_path / name, seed=seed) as session:
            seen: list[int] = []
            await session.market.subscribe_to_quotes("AAPL", lambda quote: seen.append(quote.last))
            await session.oms.submit_order(BUY)
            await session.run(bars=3)
            return seen, await session.oms.get_orders()

    assert await live("one", 11) == await live("two", 11) != await live("three", 12)


async def test_the_end_of_a_script_is_the_end_of_its_run(tmp_path: Path) -> None:
    async with scripted(tmp_path):
        pass

    assert kinds(tmp_path)[-1] == "RunEnded"


async def test_a_script_that_raises_is_heard_and_its_session_ends_in_order(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="a slip") as raised:
        await slipping(tmp_path)

    assert not hasattr(raised.value, "__notes__")
    rows = list(read_rows(journal(tmp_path)))
    assert rows[-1].kind == "RunEnded"
    assert "the script raised ZeroDivisionError" in rows[-1].payload
    async with scripted(tmp_path) as session:
        assert len(await session.oms.get_positions()) == 1


async def test_a_script_that_is_cancelled_ends_in_order_too(tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def script() -> None:
        async with scripted(tmp_path):
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(script())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert kinds(tmp_path)[-1] == "RunEnded"


async def test_a_second_session_on_one_account_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(JournalLocked, match="is held by process"):
            async with scripted(tmp_path):
                raise AssertionError("two engines ran one account")

        assert await session.run(bars=1) == 1


async def test_a_venue_whose_book_cannot_be_read_is_a_broker_that_cannot_be_reached(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(BUY)
    spoil(journal(tmp_path).with_name("venue.sqlite"))

    with pytest.raises(BrokerConnectionError) as raised:
        async with scripted(tmp_path):
            pass

    assert isinstance(raised.value, ConnectionError)
    assert "venue.sqlite" in str(raised.value)


def spoil(file: Path) -> None:
    """Make a file no database."""
    file.write_bytes(b"no database at all, but long enough to look like one" * 100)


async def test_sessions_of_two_accounts_run_side_by_side(tmp_path: Path) -> None:
    async with scripted(tmp_path) as one, scripted(tmp_path, session={"account": "SIM-000002"}) as two:
        await one.oms.submit_order(BUY)
        await two.run(bars=1)

        assert (await two.broker.get_account()).account_id == "SIM-000002"
        assert await two.oms.get_orders() == []


async def test_a_backtest_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    async with scripted(tmp_path, mode="backtest") as session:
        order_id = await session.oms.submit_order(BUY)
        await session.run(bars=2)
        assert (await session.oms.get_order_status(order_id)).status is OrderStatus.FILLED

    assert left(tmp_path) == []


async def test_a_run_ends_with_the_tape(tmp_path: Path) -> None:
    async with scripted(tmp_path, feed={"tape": {"from": "2013-02-26"}}) as session:
        played = await session.run()

        assert 0 < played < 10
        assert await session.run() == await session.run(bars=3) == 0


async def test_a_session_after_the_end_of_its_tape_opens_without_prices(tmp_path: Path) -> None:
    tape = {"tape": {"from": "2013-02-28"}}
    async with scripted(tmp_path, feed=tape) as session:
        await session.run()

    async with scripted(tmp_path, feed=tape) as session:
        assert dict(session.state.marks.quotes) == {}


async def test_a_made_up_market_can_be_traded_as_well(tmp_path: Path) -> None:
    async with scripted(tmp_path, session={"feed": "synthetic"}, risk={"max_order_value": {"limit": 9_000}}) as session:
        order_id = await session.oms.submit_order({"symbol": "SYN1", "side": "buy", "quantity": "1"})

        assert (await session.oms.get_order_status(order_id)).status is OrderStatus.FILLED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"mode": "papr"}, "mode: there is no 'papr'; did you mean paper?"),
        ({"config": "nowhere.toml"}, "nowhere.toml: no such file"),
        ({"config": {"risk": {"max_positon": {"limit": 1}}}}, "max_positon"),
        ({"config": {"feed": {"tape": {"from": "1970-01-01", "path": "no-such-tape"}}}}, "no-such-tape"),
    ],
)
async def test_what_cannot_be_opened_is_said_in_one_line_and_leaves_nothing(
    tmp_path: Path, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        async with open_session(state=tmp_path, **arguments):
            pass

    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "paper").exists()


async def test_a_configuration_file_is_read_and_its_seed_holds_unless_another_is_given(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[session]\nseed = 11\n[strategies]\n")
    seeds = []
    for seed in (None, 12):
        async with open_session(config=file, state=tmp_path / str(seed), seed=seed) as session:
            assert session.state.runs.started is not None
            seeds.append(session.state.runs.started.seed)

    assert seeds == [11, 12]


async def test_a_file_cannot_make_a_script_run_in_another_mode(tmp_path: Path) -> None:
    async with open_session(config={"session": {"mode": "backtest"}, "strategies": {}}, state=tmp_path) as session:
        assert session.state.runs.started is not None
        assert session.state.runs.started.mode == "paper"


async def test_a_number_in_a_table_may_be_a_float_as_it_may_be_in_a_file(tmp_path: Path) -> None:
    async with scripted(tmp_path, risk={"max_position": {"limit": 0.1}}) as session:
        room = await session.risk.get_headroom(symbol="AAPL", side="buy")

        assert room.quantity == 49


async def test_two_runs_at_once_are_one_too_many(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        first = asyncio.create_task(session.run(bars=3))
        await asyncio.sleep(0)
        with pytest.raises(RequestError, match="the market moves already"):
            await session.run(bars=1)

        assert await first == 3


async def test_a_run_that_is_given_up_stops_the_market(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        run = asyncio.create_task(session.run())
        await asyncio.sleep(0.05)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        await asyncio.sleep(0.02)
        stood = session.state.ts
        await asyncio.sleep(0.02)

        assert session.state.ts == stood
        assert await session.run(bars=1) == 1


async def test_a_journal_that_fails_is_an_error_and_a_resume_makes_up_for_it(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with locked(journal(tmp_path)):
            with pytest.raises(OrderExecutionError, match="nothing was done: "):
                await session.oms.submit_order(BUY)
            with pytest.raises(TradingError, match="the journal failed"):
                await session.run(bars=1)
            with pytest.raises(TradingError, match="not resumed"):
                await session.resume()

        assert await session.oms.get_orders() == []
        await session.resume()
        with pytest.raises(RiskLimitViolationError, match="cannot be judged without the price") as raised:
            await session.oms.submit_order(BUY)
        assert not isinstance(raised.value, InsufficientFundsError), "prices went down with the batch, money did not"
        await session.run(bars=1)
        order_id = await session.oms.submit_order(BUY)
        assert (await session.oms.get_order_status(order_id)).status is OrderStatus.FILLED


async def test_a_session_that_cannot_end_in_order_says_so(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="3 records could not be written"):
        async with scripted(tmp_path) as session:
            lose_records(session)


async def test_the_error_of_a_script_is_not_hidden_by_that_of_its_session(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="a slip") as raised:
        await slipping(tmp_path, lose_records)

    assert any("the session did not end in order" in note for note in raised.value.__notes__)


async def slipping(folder: Path, first: Callable[[OpenSession], None] = lambda _session: None) -> None:
    """Run a script that buys and then raises."""
    async with scripted(folder) as session:
        await session.oms.submit_order(BUY)
        first(session)
        raise ZeroDivisionError("a slip")


def lose_records(session: OpenSession) -> None:
    """Let the session find at its end that records cannot be written any more."""
    inner = session._session  # noqa: SLF001 - a disk that fails at the very end, without waiting for its patience
    close = inner.journal.close

    async def close_and_tell() -> None:
        await close()
        raise JournalError("3 records could not be written")

    inner.journal.close = close_and_tell  # type: ignore[method-assign]


async def test_the_command_line_stops_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(BUY | {"order_type": "limit", "limit_price": "100", "quantity": "1"})
        state = ["--state", str(tmp_path), "--json"]
        ran = await asyncio.to_thread(CommandLine(capsys), "stop", "--yes", "--reason", "bad prices", *state)

        assert (ran.code, ran.data["state"], len(ran.data["orders"])) == (0, "HALTED", 1)
        assert (await session.risk.get_risk_status()).state is TradingState.HALTED
        assert await session.oms.get_active_orders() == []


async def test_a_script_flattens_after_a_stop_with_the_word_and_trading_stays_halted(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(BUY)
        await session.halt("enough")
        with pytest.raises(RequestError, match="the word is FLATTEN"):
            await session.flatten(confirm="yes")
        with pytest.raises(TradingError, match="nothing is held in MSFT"):
            await session.flatten("MSFT", confirm="FLATTEN")

        (closed,) = await session.flatten("AAPL", confirm="FLATTEN")

        assert (closed.status, closed.side) == (OrderStatus.FILLED, Side.SELL)
        assert await session.oms.get_positions() == []
        assert (await session.risk.get_risk_status()).state is TradingState.HALTED
        with pytest.raises(TradingError, match="nothing is held"):
            await session.flatten(confirm="FLATTEN")


async def test_a_resume_from_outside_after_a_fault_does_not_let_the_market_move(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        inner = session._session  # noqa: SLF001 - the command line reaches it over the socket
        stood = session.state.ts
        inner.pace.pause(paused=False)
        await asyncio.sleep(0.02)

        assert inner.pace.paused
        quotes = sum(quote.ts > stood for quote in session.state.marks.quotes.values())
        assert quotes <= 1, "one may slip through before it is held"


def test_a_script_of_ten_lines_runs_as_a_program(tmp_path: Path) -> None:
    script = f"""
import asyncio
from cockpit.bootstrap import open_session

async def main():
    async with open_session(state={str(tmp_path)!r}) as session:
        order_id = await session.oms.submit_order({BUY!r})
        print((await session.oms.get_order_status(order_id)).status)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "FILLED\n", "")


async def test_the_state_is_there_to_be_read(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        assert isinstance(session.state.runs.started, ev.RunStarted)
        with pytest.raises(AttributeError):
            session.state = session.state  # type: ignore[misc]
