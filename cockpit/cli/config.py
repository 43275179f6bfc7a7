"""`cockpit config`: what would run, and whether it could."""

from typing import TYPE_CHECKING

import typer

from cockpit.cli.closing import closing
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult

config = typer.Typer(
    name="config",
    help="Configuration: what would run, and whether it could.",
    no_args_is_help=True,
    epilog=closing("cockpit config check", "cockpit config show --json", Exit.CONFIG),
)


@config.command(
    "check", epilog=closing("cockpit config check", "cockpit config check --config mine.toml --json", Exit.CONFIG)
)
def check(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Check every setting by building everything that it names, without starting it or leaving a file behind."""
    from cockpit.cli.envelope import run

    run("config check", config, state, json, _check, _checked)


@config.command("show", epilog=closing("cockpit config show", "cockpit config show --json", Exit.CONFIG))
def show(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Show the settings in force, the environment's among them, and where they come from."""
    from cockpit.cli.envelope import run

    run("config show", config, state, json, _show, _shown)


def _check(workplace: "Workplace") -> "VerbResult":
    """Build a session in memory, and see whether its folders could be made: what that accepts, a start accepts."""
    import asyncio

    from msgspec.structs import replace

    from cockpit.bootstrap import build
    from cockpit.folders import demand_own
    from cockpit.modes import MODES
    from cockpit.queries.result import VerbResult
    from cockpit.tui.keymap import keymap_of

    settings = workplace.settings
    keymap_of(settings)
    in_memory = next(mode for mode, row in MODES.items() if not row.durable)
    session = replace(settings.session, mode=in_memory)
    if MODES[settings.session.mode].durable:
        demand_own(workplace.paths.state, workplace.paths.account)
        _demand_room(workplace.paths.account)
    built = asyncio.run(build(replace(settings, session=session), workplace.paths))
    return VerbResult(
        {
            "origin": settings.origin,
            "hash": settings.text_hash,
            "feed": built.market.feed.name,
            "instruments": [instrument.instrument_id for instrument in built.market.feed.instruments],
            "strategies": list(built.session.runner.strategies),
            "rules": [row.rule for row in built.risk.limits()],
        }
    )


def _demand_room(folder: "Path") -> None:
    """Demand that a folder can be written to, or be made, by writing a nameless file where its making would begin."""
    import errno
    from tempfile import TemporaryFile

    from cockpit.settings import ConfigError

    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        with TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        missing = error.errno == errno.ENOENT and nearest.is_dir()  # as the kernel's own folders say it
        why = "nothing can be made in it" if missing else error.strerror
        msg = f"{folder} cannot be written to: {nearest}: {why}; [journal] path, COCKPIT_STATE or --state"
        raise ConfigError(f"{msg} name another") from error


def _show(workplace: "Workplace") -> "VerbResult":
    import msgspec

    from cockpit.queries.result import VerbResult

    tree = msgspec.to_builtins(workplace.settings)
    return VerbResult(tree | {"state": str(workplace.paths.state)})


def _checked(data: "Json") -> str:
    strategies, rules = ", ".join(data["strategies"]) or "no strategies", len(data["rules"])
    return (
        f"{data['origin']} is good: {data['feed']} with {', '.join(data['instruments'])}; {strategies}; {rules} rules"
    )


def _shown(data: "Json") -> str:
    from cockpit.cli.table import pairs
    from cockpit.format import masked

    session = data["session"]
    return pairs(_flat(data | {"session": session | {"account": masked(session["account"])}}, ""))


def _flat(tree: "Json", prefix: str) -> list[tuple[str, str]]:
    """Return the leaves of nested tables as dotted names with their values."""
    leaves: list[tuple[str, str]] = []
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            leaves += _flat(value, f"{prefix}{name}.")
        else:
            leaves.append((f"{prefix}{name}", str(value)))
    return leaves
