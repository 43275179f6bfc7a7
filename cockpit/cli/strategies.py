"""`cockpit strategies`: who may trade, and what came of it."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cockpit.cli.closing import closing
from cockpit.cli.confirm import is_somebody_there, is_yes
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit, Failure

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.result import VerbResult
    from cockpit.queries.state import Arguments, Json

NameArgument: TypeAlias = Annotated[str | None, typer.Argument(metavar="[NAME]", help="Which; without it all.")]

strategies = typer.Typer(
    name="strategies",
    help="Strategies: who may trade, and what came of it.",
    no_args_is_help=True,
    epilog=closing("cockpit strategies list", "cockpit strategies pause pairs_trading"),
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


@strategies.command(
    "enable",
    epilog=closing(
        "cockpit strategies enable mean_reversion",
        "cockpit strategies enable --yes --json",
        Exit.CONFIG,
        Exit.WRONG_STATE,
        Exit.TIMEOUT,
        Exit.UNCONFIRMED,
    ),
)
def enable(
    name: NameArgument = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can be asked.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Let a strategy's signals become orders, on the running engine."""
    from cockpit.cli.envelope import run

    run("strategies enable", config, state, json, lambda workplace: _enable(workplace, name, yes=yes), _changed)


@strategies.command(
    "pause",
    epilog=closing(
        "cockpit strategies pause mean_reversion",
        "cockpit strategies pause --json",
        Exit.CONFIG,
        Exit.WRONG_STATE,
        Exit.TIMEOUT,
    ),
)
def pause(
    name: NameArgument = None, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Discard a strategy's signals, on the running engine. What it holds stays held; it goes on learning."""
    from cockpit.cli.envelope import run

    run(
        "strategies pause",
        config,
        state,
        json,
        lambda workplace: _command(workplace, "strategies pause", {"name": name}),
        _changed,
    )


def _enable(workplace: "Workplace", name: str | None, *, yes: bool) -> "VerbResult":
    if not yes and not is_somebody_there():
        message = "enabling a strategy lets it trade, and there is no terminal to ask on"
        raise Failure(Exit.UNCONFIRMED, "CONFIRMATION_REQUIRED", message, hint="say --yes")
    if not yes and not is_yes(f"Let {name or 'every paused strategy'} trade?"):
        raise Failure(Exit.UNCONFIRMED, "DECLINED", "nothing was enabled")
    return _command(workplace, "strategies enable", {"name": name})


def _command(workplace: "Workplace", verb: str, arguments: "Arguments") -> "VerbResult":
    from cockpit.cli.workplace import ask_engine, told

    response = ask_engine(workplace, verb, arguments)
    if response is None:
        raise Failure(Exit.WRONG_STATE, "NO_ENGINE", "no engine runs", hint="start one: cockpit headless")
    return told(response)


def _changed(data: "Json") -> str:
    ((verb, names),) = data.items()
    return f"{verb}: {', '.join(names) or 'none that was not so already'}"


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
