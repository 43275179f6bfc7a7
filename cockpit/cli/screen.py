"""`cockpit run`: the engine with its screen."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cockpit.cli.headless import day, speed_text
from cockpit.cli.options import ConfigOption, StateOption
from cockpit.exits import Exit

if TYPE_CHECKING:
    from cockpit.bootstrap import Built
    from cockpit.cli.workplace import Workplace
    from cockpit.market import Bounds
    from cockpit.queries.result import VerbResult


def run(
    speed: Annotated[
        str | None, typer.Option(parser=speed_text, metavar="S", help="Bars a second (0.5), 60x, or max.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", parser=day, metavar="DATE", help="First session.")] = None,
    end: Annotated[str | None, typer.Option("--to", parser=day, metavar="DATE", help="Last session.")] = None,
    theme: Annotated[str | None, typer.Option(help="matrix, high-contrast or blue-orange.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin a new journal; the old one is kept by date.")] = False,
    strategy_path: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="A folder with strategies of your own.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Start the cockpit: the engine and its screen in this terminal.

    It goes on where the journal ends. While it runs, the other verbs ask it over its socket. `q` leaves.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        typer.echo("cockpit run: needs a terminal; without one, use `cockpit headless`", err=True)
        raise typer.Exit(int(Exit.USAGE))
    from cockpit.settle import rise

    rise()
    from cockpit.cli.envelope import run as do_verb
    from cockpit.market import Bounds

    bounds = Bounds(start=start, end=end)
    do_verb(
        "run",
        config,
        state,
        False,
        lambda workplace: _run(workplace, bounds, speed, strategy_path, theme=theme, fresh=fresh),
        lambda data: str(data or ""),
    )


def _run(
    workplace: "Workplace",
    bounds: "Bounds",
    speed: str | None,
    strategy_path: Path | None,
    *,
    theme: str | None,
    fresh: bool,
) -> "VerbResult":
    import asyncio

    from cockpit.bootstrap import build
    from cockpit.config import with_theme
    from cockpit.folders import demand_own
    from cockpit.fresh import begin_afresh
    from cockpit.queries.result import VerbResult
    from cockpit.tui.keymap import keymap_of

    workplace = workplace._replace(settings=with_theme(workplace.settings, theme))
    keymap_of(workplace.settings)  # a key that cannot be is refused before anything is opened
    demand_own(workplace.paths.state, workplace.paths.account)
    if fresh:
        begin_afresh(workplace.paths)

    async def whole() -> int:
        built = await build(
            workplace.settings, workplace.paths, bounds=bounds, speed=speed, strategy_path=strategy_path
        )
        return await _show(built, workplace)

    return VerbResult(None, exit=Exit(asyncio.run(whole())))


async def _show(built: "Built", workplace: "Workplace") -> int:
    from cockpit.estop.doors import Doors
    from cockpit.tui.app import run as show

    doors = Doors(built.session, workplace.paths, workplace.settings)
    try:
        await doors.open()
    except BaseException:  # a built session holds the journal, whatever ended us
        await built.session.close()
        raise
    try:
        return await show(built, workplace.paths, workplace.settings, doors.watcher)
    finally:
        await doors.close()
