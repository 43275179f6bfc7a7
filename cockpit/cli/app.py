"""The table of verbs.

Every verb imports what it needs when it runs, never at the top of its file: `cockpit --help` has to answer at once over
a slow line, and loading the screen or a data library would make it take seconds.
"""

import re
import sys
from typing import Annotated, Final

import typer

from cockpit.cli.cancel import cancel
from cockpit.cli.closing import closing
from cockpit.cli.config import config
from cockpit.cli.headless import headless
from cockpit.cli.journal import journal
from cockpit.cli.logs import logs
from cockpit.cli.orders import orders
from cockpit.cli.positions import positions
from cockpit.cli.quality import quality
from cockpit.cli.risk import risk
from cockpit.cli.screen import run
from cockpit.cli.stop import flatten, resume, stop
from cockpit.cli.strategies import strategies
from cockpit.exits import Exit, Failure

app = typer.Typer(
    help="A terminal trading cockpit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=closing("cockpit headless --bars 20 --speed max", "cockpit orders list --status working", *Exit),
)

RUNS = (Exit.CONFIG, Exit.UNREACHABLE, Exit.WRONG_STATE, Exit.INTEGRITY, Exit.INTERRUPTED, Exit.TERMINATED)
GATE = (Exit.CONFIG, Exit.WRONG_STATE, Exit.TIMEOUT, Exit.UNCONFIRMED, Exit.INTEGRITY)

app.command(epilog=closing("cockpit run", "cockpit run --fresh --speed 1 --theme high-contrast", *RUNS))(run)
app.command(
    epilog=closing(
        "cockpit headless --bars 20 --speed max --json", "cockpit headless --from 2010-06-18 --duration 8h", *RUNS
    )
)(headless)
app.command(epilog=closing("cockpit stop", "cockpit stop --yes --reason 'bad prices'", *GATE, Exit.PARTIAL))(stop)
app.command(
    epilog=closing(
        "cockpit flatten", "cockpit flatten --confirm FLATTEN --instrument AAPL", *GATE, Exit.NOT_FOUND, Exit.PARTIAL
    )
)(flatten)
app.command(epilog=closing("cockpit resume", "cockpit resume --confirm RESUME --json", *GATE))(resume)
app.command(epilog=closing("cockpit logs --level warning", "cockpit logs --since 1h --json", Exit.CONFIG))(logs)
orders.command(
    "quality",
    epilog=closing(
        "cockpit orders quality",
        "cockpit orders quality --symbol AAPL --since 30d --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.TIMEOUT,
        Exit.INTEGRITY,
    ),
)(quality)
orders.command(
    "cancel",
    epilog=closing(
        "cockpit orders cancel 12",
        "cockpit orders cancel SIM-1-12 --yes --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.WRONG_STATE,
        Exit.TIMEOUT,
        Exit.UNCONFIRMED,
        Exit.PARTIAL,
    ),
)(cancel)
for group in (orders, positions, strategies, risk, journal, config):
    app.add_typer(group)


def show_version(wanted: bool) -> None:
    """Print the installed version and leave, if `wanted`."""
    if wanted:
        from importlib.metadata import version

        typer.echo("cockpit " + version("trading-cockpit"))
        raise typer.Exit


@app.callback()
def cockpit(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """A terminal trading cockpit: every action a key, every order through the gate."""


def run_command_line(arguments: list[str]) -> int:
    """Run a verb and return its exit code. What cannot be understood is answered with one line."""
    arguments = behind_the_verb(arguments)
    try:
        code = app(arguments, prog_name="cockpit", standalone_mode=False)
    except OSError as error:  # a verb answers for its own; this is a help page or the version
        from cockpit.cli.envelope import is_heard

        return Exit.OK if is_heard(error, sys.stdout) else Exit.UNEXPECTED
    except Exception as error:  # the library's own errors live in other modules with every version; their code does not
        if getattr(error, "exit_code", None) != Exit.USAGE:
            raise
        _say_usage(error, json="--json" in arguments)
        return Exit.USAGE
    return code if isinstance(code, int) else Exit.OK


def behind_the_verb(arguments: list[str]) -> list[str]:
    """Return the arguments with the options that every verb has put behind the verb, where they stood before it.

    What stands behind it already comes later still, so that it holds.
    """
    words: list[str] = []
    options: list[str] = []
    rest = list(arguments)
    while rest and len(words) < (2 if words and words[0] in _GROUPS else 1):
        token = rest.pop(0)
        name = token.partition("=")[0]
        if name in _EVERYWHERE:
            options.append(token)
            if _EVERYWHERE[name] and name == token and rest:
                options.append(rest.pop(0))
        elif token.startswith("-"):
            return arguments
        else:
            words.append(token)
    return words + options + rest


_NO_NUMBER: Final = re.compile(r"is not a valid int(eger)?( range)?$")  # as the library says it
_GROUPS: Final = {"orders", "positions", "strategies", "risk", "journal", "config"}
_EVERYWHERE: Final = {"--json": False, "--config": True, "-c": True, "--state": True}  # and whether a value follows


def _say_usage(error: Exception, *, json: bool) -> None:
    from cockpit.cli.envelope import print_failure

    message = str(getattr(error, "format_message", error.__str__)()).rstrip(".")
    message = _NO_NUMBER.sub("is no whole number", message)
    if "\n" in message:  # a group without a verb answers with its help
        typer.echo(message, err=True)
        return
    path = getattr(getattr(error, "ctx", None), "command_path", "cockpit")
    failure = Failure(Exit.USAGE, "USAGE", message, hint=f"see {path} --help")
    print_failure(path.removeprefix("cockpit").strip(), failure, json=json)
