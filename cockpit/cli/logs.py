"""`cockpit logs`: what the engine said of itself, line by line, the level of each in its color."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from cockpit.cli.options import MOST, ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit, Failure

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult

COLORS: Final = {  # of the 256 that terminals have
    "CRITICAL": 196,  # red
    "ERROR": 208,  # orange
    "WARNING": 226,  # yellow
    "INFO": 46,  # green
    "DEBUG": 33,  # blue
    "TRACE": 255,  # white
}
_OWN: Final = ("wall", "level", "event", "seq", "ts")  # columns of their own, and what the record has


def logs(
    level: Annotated[
        str, typer.Option(metavar="LEVEL", help="Only of this level or above: TRACE to CRITICAL.")
    ] = "INFO",
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only since 1d, 8h before now, or a date; by the wall clock.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many at most, the newest.")] = 50,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show the lines of the log, the newest last.

    `[log] level` or LOG_LEVEL says what is written at all. RECORD is what `cockpit journal show` knows the whole of.
    """
    from cockpit.cli.envelope import run

    run("logs", config, state, json, lambda workplace: _read(workplace, level, since, limit), _table)


def _read(workplace: "Workplace", level: str, since: str | None, limit: int) -> "VerbResult":
    from cockpit.log.access import NAME
    from cockpit.log.level import LogLevel
    from cockpit.log.reading import newest_lines
    from cockpit.queries.result import VerbResult
    from oms.domain.options import nearest

    if level.upper() not in LogLevel.__members__:
        raise Failure(Exit.USAGE, "USAGE", f"no level {level}; {nearest(level.upper(), LogLevel.__members__)}")
    path = workplace.paths.log / NAME
    if not path.exists():
        return VerbResult([], warnings=(f"there is no log at {path}: nothing has run yet",))
    found = newest_lines(path, floor=LogLevel[level.upper()], begin=_begin(since), most=limit)
    unread = f"{found.unreadable} lines of {path} could not be read"
    return VerbResult(found.lines, warnings=(unread,) if found.unreadable else ())


def _begin(since: str | None) -> str:
    """Return an instant as the log writes them; empty is before all of them."""
    import time

    from cockpit.log.line import stamp
    from cockpit.queries.span import since as instant

    if since is None:
        return ""
    try:
        return stamp(instant(since, time.time_ns()))
    except (ValueError, OverflowError) as error:
        raise Failure(Exit.USAGE, "USAGE", str(error)) from error


def _table(data: "Json") -> str:
    from os import environ

    from cockpit.cli.table import Heading, table
    from cockpit.glyphs import choose

    sign = choose("auto", environ).full
    columns = [
        Heading("WALL"),
        Heading("LEVEL"),
        Heading("EVENT"),
        Heading("RECORD", right=True),
        Heading("WHAT"),
    ]
    rows = [
        (line["wall"], f"{sign} {line['level']}", line["event"], str(line.get("seq", "")), _what(line)) for line in data
    ]
    heading, *lines = table(columns, rows, "no lines").split("\n")
    if not _has_color():
        return "\n".join([heading, *lines])
    colored = (
        line.replace(sign, typer.style(sign, fg=COLORS[each["level"]]), 1)
        for line, each in zip(lines, data, strict=True)
    )
    return "\n".join([heading, *colored])


def _what(line: "Json") -> str:
    """Return what only this line has: `client_order_id=SIM-1-4 symbol=IBM side=BUY`."""
    return " ".join(f"{name}={value}" for name, value in line.items() if name not in _OWN and value is not None)


def _has_color() -> bool:
    """Tell whether somebody looks, at a terminal that has colors and was not told to leave them."""
    import sys
    from os import environ

    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
