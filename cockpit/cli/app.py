"""The table of verbs.

Every verb imports what it needs when it runs, never at the top of its file: `cockpit --help` has to answer at once over
a slow line, and loading the screen or a data library would make it take seconds.
"""

from typing import Annotated

import typer

app = typer.Typer(
    help="A terminal trading cockpit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
