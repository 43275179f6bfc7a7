"""The options that every verb has."""

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

MOST: Final = 1_000_000_000  # records that can be asked for at once: more than any journal has


def state_folder(text: str) -> Path:
    """Return the folder that was named.

    Raises:
        BadParameter: nothing was, as when a script's variable is empty (the current folder is spelled `.`), or what was
            is no folder and cannot be made one.
    """
    from cockpit.folders import what_is_no_folder

    if not text.strip():
        msg = "it names no folder"
        raise typer.BadParameter(msg)
    folder = Path(text)
    obstacle = what_is_no_folder(folder)
    if obstacle is not None:
        msg = f"{obstacle} is no folder"
        raise typer.BadParameter(msg)
    return folder


ConfigOption: TypeAlias = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration file; else COCKPIT_CONFIG, ./config.toml, …")
]
StateOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--state",
        parser=state_folder,
        metavar="PATH",
        help="The folder of everything that runs write; else COCKPIT_STATE.",
    ),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
