"""Painting in turns of the loop: one panel in each, one frame in the end, and whoever waits goes in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

import pytest
from textual import events
from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region

from cockpit.tui.kept import Kept
from cockpit.tui.lines import Lines
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.help import Help
from cockpit.tui.panels.panel import Panel
from cockpit.tui.repaint import Repaint
from cockpit.tui.rows import Cell, TableRow
from cockpit.tui.screens.dashboard import Dashboard
from cockpit.tui.screens.turns import seen
from cockpit.tui.table import Table
from cockpit.tui.view import View
from oms.domain import order_events as oev
from oms.state import State
from tests.cockpit.tui.stage import Stage, in_scene
from tests.doubles.terminal import shown


class Did(NamedTuple):
    """Something that was done, and in which turn of the loop."""

    turn: int
    what: str
    name: str


class Diary:
    """What was drawn, shown, held and moved, in its order; `turn` counts those of the loop while it is kept."""

    def __init__(self) -> None:
        self.did: list[Did] = []
        self.turn = 0
        self.whole = asyncio.Event()
        """Set when a frame has been let go that had something to show."""
        self.on_drawn: Callable[[], object] = lambda: None
        """Called once, after the first panel."""

    def note(self, what: str, name: str = "") -> None:
        """Write something down."""
        self.did.append(Did(self.turn, what, name))
        if what == "let go" and self.of("shown"):
            self.whole.set()

    def begin(self) -> None:
        """Forget what was until now."""
        self.did.clear()
        self.whole.clear()

    def of(self, *kinds: str) -> list[Did]:
        """What was done of some kinds."""
        return [done for done in self.did if done.what in kinds]

    def drawn(self) -> None:
        """A panel was drawn."""
        act, self.on_drawn = self.on_drawn, lambda: None
        act()

    async def count(self) -> None:
        """Count turns until canceled."""
        while True:
            self.turn += 1
            await asyncio.sleep(0)


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Diary:
    kept = Diary()
    paint, render, move = Panel.paint, Compositor.render_partial_update, Table.move_cursor

    def painting(panel: Panel, state: State, view: View) -> None:
        kept.note("drawn", panel.NAME)
        paint(panel, state, view)
        kept.drawn()

    def rendering(compositor: Compositor) -> object:
        area = Region.from_union(list(compositor._dirty_regions)) if compositor._dirty_regions else Region()  # noqa: SLF001
        kept.note("shown", ",".join(map(str, area)))
        return render(compositor)

    def moving(table: Table, *args: object) -> None:
        kept.note("moved")
        move(table, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Panel, "paint", painting)
    monkeypatch.setattr(Compositor, "render_partial_update", rendering)
    monkeypatch.setattr(Table, "move_cursor", moving)
    monkeypatch.setattr(Repaint, "is_due", lambda _: False)  # pictures are painted when a test says so
    return kept


@asynccontextmanager
async def painted_anew(diary: Diary) -> AsyncIterator[Stage]:
    """A screen that stands and is asked to paint everything again, and whose prices are other than before."""
    async with in_scene((120, 40)) as stage:
        dashboard = dashboard_of(stage)
        dashboard._hold = lambda held: diary.note("held" if held else "let go")  # noqa: SLF001
        await stage.pilot.pause()
        counting = asyncio.create_task(diary.count())
        for panel in dashboard.panels:
            panel.refresh(Region(0, 0, 1, 1))
        dashboard.mark_all()
        diary.begin()
        stage.app.paint()
        yield stage
        counting.cancel()


def dashboard_of(stage: Stage) -> Dashboard:
    return cast("Dashboard", stage.app.screen_stack[0])


async def shown_whole(diary: Diary) -> None:
    """Wait until a frame has been let go that had something to show."""
    async with asyncio.timeout(5):
        await diary.whole.wait()


async def test_one_turn_of_the_loop_draws_no_more_than_one_panel(diary: Diary) -> None:
    async with painted_anew(diary) as stage:
        at_once = diary.of("drawn")
        await shown_whole(diary)
        drawn = diary.of("drawn")

        assert at_once == [], "the call itself paints only the rows around"
        assert [done.name for done in drawn] == [panel.NAME for panel in dashboard_of(stage).panels]
        assert len({done.turn for done in drawn}) == len(drawn) > 3


async def test_one_turn_of_the_loop_shows_no_more_than_one_panel(diary: Diary) -> None:
    async with painted_anew(diary) as stage:
        await shown_whole(diary)
        boxes = list(dashboard_of(stage).parts())
        _around, *areas = [Region(*map(int, done.name.split(","))) for done in diary.of("shown")]

        assert len({done.turn for done in diary.of("shown", "drawn")}) == len(diary.of("shown", "drawn"))
        assert all(any(box.contains_region(area) for box in boxes) for area in areas)
        assert len(areas) > 3


async def test_a_frame_is_let_go_once_and_only_when_it_is_whole(diary: Diary) -> None:
    async with painted_anew(diary) as stage:
        await shown_whole(diary)
        order = [done.what for done in diary.of("held", "shown", "let go")]
        last = max(place for place, what in enumerate(order) if what == "shown")

        assert dashboard_of(stage)._compositor._dirty_regions == set()  # noqa: SLF001
        assert "let go" not in order[order.index("held") : last]
        assert order[last + 1 :] == ["let go"]


async def test_a_key_is_heard_between_two_panels_and_its_answer_is_in_the_same_frame(diary: Diary) -> None:
    async with painted_anew(diary) as stage:
        key = events.Key("j", "j")
        key.set_sender(stage.app)
        driver = stage.app._driver  # noqa: SLF001
        assert driver is not None
        diary.on_drawn = lambda: driver.send_message(key)
        await shown_whole(diary)
        order = [done.what for done in diary.of("drawn", "moved", "shown", "let go")]

        assert order.index("drawn") < order.index("moved") < order.index("shown")
        assert order[order.index("moved") :].count("let go") == 1


async def test_what_happens_between_two_turns_is_in_the_next_picture_again(diary: Diary) -> None:
    async with painted_anew(diary) as stage:
        repaint = stage.app._repaint  # noqa: SLF001
        diary.on_drawn = lambda: repaint.note(oev.OrderFilled)
        await shown_whole(diary)
        diary.begin()
        stage.app.paint()
        dashboard_of(stage).finish()

        assert {"positions", "orders", "log"} <= {done.name for done in diary.of("drawn")}


async def test_whoever_needs_the_picture_whole_has_the_rest_drawn_at_once(diary: Diary) -> None:
    async with painted_anew(diary) as stage:
        dashboard_of(stage).finish()

        assert [done.name for done in diary.of("drawn")] == [panel.NAME for panel in dashboard_of(stage).panels]
        assert len({done.turn for done in diary.did}) == 1


async def test_a_turn_that_is_left_when_the_screen_closes_is_not_taken(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with painted_anew(diary) as stage:
        with monkeypatch.context() as closing:
            closing.setattr(type(stage.app), "is_running", property(lambda _: False))
            dashboard_of(stage)._take_turn()  # noqa: SLF001

        assert diary.of("drawn") == []


async def test_behind_a_question_panels_go_on_in_turns_and_nothing_of_the_question_is_painted_again(
    diary: Diary,
) -> None:
    async with painted_anew(diary) as stage:
        question = Help(stage.app._map)  # noqa: SLF001
        await stage.app.push_screen(question)
        await stage.pilot.pause()
        dashboard = dashboard_of(stage)
        diary.begin()
        for panel in dashboard.panels:
            panel.refresh()
        stage.app.paint()
        await shown_whole(diary)
        box = question.query_one(Lines).region
        areas = [Region(*map(int, done.name.split(","))) for done in diary.of("shown")]

        assert len({done.turn for done in diary.of("shown")}) == len(areas) > 3
        assert not any(box.contains_region(area) for area in areas)
        assert dashboard._compositor._dirty_regions == set()  # noqa: SLF001


async def test_nothing_that_is_behind_a_question_is_written_over_it(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr("cockpit.tui.modals.question.BEAT_SECS", 60.0)  # its clock stands still
    async with painted_anew(diary) as stage:
        question = Confirm("Really?", ["It is only a question."], word="YES")
        await stage.app.push_screen(question)
        await stage.pilot.pause()
        picture = whole(stage)
        diary.begin()
        monkeypatch.setattr(stage.app, "_display", lambda _, update: written.append(sequence(update, stage)))
        for panel in dashboard_of(stage).panels:
            # columns that begin left of the question, in the middle of it and right of it
            panel.query_children(Kept).first().refresh(*(Region(x, 0, 9, panel.size.height) for x in (1, 30, 60)))
        stage.app.paint()
        await shown_whole(diary)

        assert len(written) > 3
        assert shown(120, 40, [picture, *written]).text() == shown(120, 40, [picture]).text()


def whole(stage: Stage) -> str:
    """What Textual writes for all of the screen, questions included."""
    app = stage.app
    return sequence(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens), stage)  # noqa: SLF001


def sequence(update: object, stage: Stage) -> str:
    """What Textual writes for an update."""
    return update.render_segments(stage.app.console) if isinstance(update, CompositorUpdate) else ""


async def test_a_question_that_is_painted_again_has_the_newest_behind_it() -> None:
    async with in_scene((120, 40)) as stage:
        await stage.app.push_screen(Help(stage.app._map))  # noqa: SLF001
        await stage.pilot.pause()
        table = dashboard_of(stage).panel("positions").table
        assert table is not None
        table.set_rows([TableRow("X", (Cell("new0"),) * len(table.rows[0].cells))])
        await stage.pilot.pause()

        assert "new0" in whole(stage)


@pytest.mark.parametrize(
    ("cover", "left"),
    [
        (Region(50, 50, 3, 3), [Region(0, 0, 10, 4)]),
        (Region(0, 0, 10, 4), []),
        (Region(2, 1, 3, 2), [Region(0, 0, 10, 1), Region(0, 3, 10, 1), Region(0, 1, 2, 2), Region(5, 1, 5, 2)]),
        (Region(8, 0, 9, 9), [Region(0, 0, 8, 4)]),
    ],
)
def test_of_what_a_question_covers_only_the_pieces_around_it_are_shown(cover: Region, left: list[Region]) -> None:
    assert seen({Region(0, 0, 10, 4)}, [cover]) == set(left)
