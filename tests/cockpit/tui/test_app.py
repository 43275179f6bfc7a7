"""The screen over a real session: what it looks like when things happen, and the keys that only look."""

import stat
from hashlib import sha256

import pytest

from cockpit.tui.panels.prices import Prices
from cockpit.tui.table import Table
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import strategy_events as sev
from oms.domain.ids import BrokerId
from oms.pace import Tempo
from tests.cockpit.tui.stage import QUOTES, on_stage, place


async def test_comma_holds_the_tape_and_lets_it_go_on() -> None:
    async with on_stage() as stage:
        pace, was = stage.session.pace, [stage.session.pace.paused]
        for _ in range(2):
            await stage.pilot.press("comma")
            was.append(pace.paused)
        await stage.settle()

        assert was == [True, False, True]
        assert "PAUSED" in stage.row("banner")
        assert "tape paused" in stage.row("status")


async def test_plus_and_underscore_change_the_speed() -> None:
    async with on_stage() as stage:
        tempo = stage.session.pace.tempo
        assert tempo is not None
        await stage.pilot.press("plus", "plus", "underscore")
        await stage.settle()

        assert stage.session.pace.tempo == Tempo(per_instant=tempo.per_instant / 2)
        assert "×1" in stage.row("banner")


@pytest.mark.parametrize(("key", "last"), [("underscore", "×1/64"), ("plus", "×32,768")])
async def test_speed_has_a_floor_and_a_ceiling_that_are_said(key: str, last: str) -> None:
    async with on_stage() as stage:
        for _ in range(24):
            await stage.pilot.press(key)
        await stage.settle()

        assert f"{last} is as far as it goes" in stage.row("status")
        assert last in stage.row("banner")


async def test_the_hints_go_with_the_first_key() -> None:
    async with on_stage() as stage:
        assert "pause tape" in stage.row("status")
        await stage.pilot.press("j")
        await stage.settle()

        assert stage.row("status") == ""


async def test_a_snapshot_is_private_whole_and_journaled() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("ctrl+e")
        await stage.until(ev.SnapshotExported)
        while len(written := [r.event for r in stage.records if isinstance(r.event, ev.SnapshotExported)]) < 2:
            await stage.pilot.pause(0.005)
        await stage.settle()
        files = sorted(stage.paths.snapshots.iterdir())

        assert [file.suffix for file in files] == [".svg", ".txt"]
        assert {event.sha256 for event in written} == {sha256(file.read_bytes()).hexdigest() for file in files}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert "▌PAPER▐" in files[1].read_text()
        assert f" {files[1].name} and .svg" in stage.row("status")


async def test_a_feed_that_died_is_marked_on_the_prices_themselves() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        stage.session.pace.set(Tempo(per_instant=1e6))
        stage.session.pace.pause(paused=False)
        await stage.settle()
        assert "STALE" not in stage.row("banner")
        stage.wall.now += 6
        panel = stage.app.screen.query_one(Prices)
        while "STALE" not in str(panel.border_title):  # with the next beat of the screen
            await stage.pilot.pause(0.005)

        assert "STALE" in stage.row("banner")
        assert "STALE 6s" in str(panel.border_title)
        assert panel.table is not None
        assert all(row.cells[1].text.endswith("~") for row in panel.table.rows)


async def test_a_paused_tape_never_gets_stale() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        stage.wall.now += 3_600
        await stage.settle()

        assert "STALE" not in stage.row("banner")
        assert "PAUSED" in stage.row("banner")


async def test_a_lost_broker_keeps_the_values_and_says_so() -> None:
    async with on_stage(quotes=QUOTES, size=(200, 60)) as stage:
        before = stage.row("banner")
        await stage.session.inbox.ask(do.BrokerDown(actor="test", broker=BrokerId("sim"), text="[/] reset"))
        stage.app.screen.mark_all()  # type: ignore[attr-defined]
        await stage.settle()
        panel = stage.app.screen.query_one(Prices)

        assert "NAV" in before
        assert stage.row("banner").startswith("▌HALTED▐ PAPER OFFLINE by session ")
        assert "sim is lost: [/] reset" in stage.row("banner")
        assert "NAV" in stage.row("banner")
        assert "DISCONNECTED" in str(panel.border_title)
        assert panel.table is not None
        assert all(row.cells[1].text.endswith("×") for row in panel.table.rows)
        assert "away: [/] reset" in stage.row("links")


async def test_the_cursor_is_always_on_an_instrument_and_keys_move_it() -> None:
    async with on_stage() as stage:
        table = stage.app.screen.query_one(Prices).table
        assert table is not None
        first = table.cursor_key
        await stage.pilot.press("j", "j")
        third = table.cursor_key
        await stage.pilot.press("g")

        assert first == table.cursor_key == "AAPL.XNAS"
        assert third == "IBM.XNYS"


async def test_typing_narrows_the_list_and_escape_brings_it_back() -> None:
    async with on_stage() as stage:
        table = stage.app.screen.query_one(Prices).table
        assert table is not None
        await stage.pilot.press("slash", *"ib")
        await stage.pilot.pause()
        narrowed = [row.key for row in table.rows]
        await stage.pilot.press("enter")
        await stage.settle()
        kept = [row.key for row in table.rows]
        await stage.pilot.press("escape")
        await stage.settle()

        assert narrowed == kept == ["IBM.XNYS"]
        assert len(table.rows) == 4


async def test_zoom_gives_a_panel_the_room_and_takes_it_back() -> None:
    async with on_stage() as stage:
        panel = stage.app.screen.query_one(Prices)
        await stage.pilot.press("z")
        await stage.settle()
        zoomed = panel.size
        await stage.pilot.press("z")
        await stage.settle()

        assert (zoomed.width, zoomed.height) == (118, 34)
        assert panel.size.width < 100


async def test_the_palette_finds_and_does() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("ctrl+p", *"hold", "enter")
        await stage.settle()

        assert not stage.session.pace.paused


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (40, 15), (23, 7), (10, 3), (1, 1)])
async def test_any_size_works_and_comes_back(size: tuple[int, int]) -> None:
    async with on_stage(quotes=QUOTES) as stage:
        await stage.pilot.resize_terminal(*size)
        await stage.pilot.pause(0.1)
        await stage.settle()
        await stage.pilot.resize_terminal(120, 40)
        await stage.pilot.pause(0.1)
        await stage.settle()

        assert stage.row("banner").startswith("▌PAPER▐")
        assert stage.app.failure is None


async def test_hidden_panels_are_not_painted() -> None:
    async with on_stage(size=(80, 24)) as stage:
        equity = stage.app.screen_stack[0].query_one("#equity")
        stage.app.screen.mark_all()  # type: ignore[attr-defined]
        await stage.settle()

        assert not equity.display
        assert getattr(equity, "is_dirty", False)


async def test_hostile_words_are_words() -> None:
    async with on_stage() as stage:
        for text in ("AAPL[/]", "[type=x, v={'a[0]'}]", "[@click=app.quit]X[/]", "\x1b]52;c;aGk=\x07", "\u202eYUB"):
            await stage.session.inbox.ask(do.HaltTrading(actor="test", reason=text))
            await stage.settle()
            assert all(character.isprintable() for character in stage.row("banner"))

        assert stage.app.failure is None


async def test_an_order_is_painted_long_before_the_next_tick_of_the_timer() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        await stage.settle()
        stage.wall.now += 1
        await place(stage)
        await stage.pilot.pause(0.1)

        assert "Working orders (1)" in str(stage.app.screen.query_one("#orders").border_title)


async def test_after_a_restart_the_log_goes_on_where_it_ended() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        await stage.pilot.press("P")
        await stage.until(sev.StrategyPaused)
    async with on_stage() as stage:
        await stage.settle()
        log = stage.app.screen_stack[0].query_one("#log Table", Table)
        told = [row.cells[2].text for row in log.rows]

        assert told.count("4 strategies paused by operator") == 1
        assert told.index("4 strategies paused by operator") > told.index(
            "run 2 of this journal began: us_daily_2000_2013, seed 7"
        )
