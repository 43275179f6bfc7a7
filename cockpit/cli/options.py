"""The options that every verb has."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

ConfigOption: TypeAlias = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration file; else COCKPIT_CONFIG, ./config.toml, …")
]
StateOption: TypeAlias = Annotated[
    Path | None, typer.Option("--state", help="The folder of everything that runs write; else COCKPIT_STATE.")
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
