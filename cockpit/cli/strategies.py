"""`cockpit strategies`: who may trade, and what came of it."""

from typing import TYPE_CHECKING

import typer

from cockpit.cli.closing import closing
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit

if TYPE_CHECKING:
    from cockpit.server.queries import Json

strategies = typer.Typer(
    name="strategies",
    help="Strategies: who may trade, and what came of it.",
    no_args_is_help=True,
    epilog=closing("cockpit strategies list", "cockpit strategies list --json"),
)


@strategies.command(
    "list",
    epilog=closing(
        "cockpit strategies list", "cockpit strategies list --json", Exit.CONFIG, Exit.TIMEOUT, Exit.INTEGRITY
    ),
)
def list_(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """List the strategies with their standing, signals and fills."""
    from cockpit.cli.envelope import run
    from cockpit.cli.workplace import ask

    run("strategies list", config, state, json, lambda workplace: ask(workplace, "strategies list"), _table)


def _table(data: "Json") -> str:
    from cockpit.cli.table import Heading, table
    from cockpit.format import count

    columns = [
        Heading("STRATEGY"),
        Heading("STANDING"),
        Heading("SIGNALS", right=True),
        Heading("FILLS", right=True),
        Heading("LAST SIGNAL"),
    ]
    rows = [
        (entry["id"], entry["standing"], count(entry["signals"]), count(entry["fills"]), entry["text"] or _last(entry))
        for entry in data
    ]
    return table(columns, rows, "no strategies")


def _last(entry: "Json") -> str:
    signal = entry["last_signal"]
    return f"{signal['ts']} {signal['type']} {signal['instrument']}: {signal['reason']}" if signal is not None else ""
