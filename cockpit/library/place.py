"""Where a script's session runs: its settings and folders, as the command line would find them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from msgspec.structs import replace

from cockpit.config import find, from_tables, load
from cockpit.environment import environment
from cockpit.folders import demand_folder
from cockpit.library.argument import shown_with_type
from cockpit.modes import TradingMode
from cockpit.paths import Paths, paths_for, user_config_folder
from cockpit.settings import ConfigError, Settings
from oms.domain.options import nearest

Config: TypeAlias = str | Path | Mapping[str, Any] | None


def find_place(
    mode: TradingMode | str, config: Config, state: str | Path | None, seed: int | None
) -> tuple[Settings, Paths]:
    """Return the settings and the folders that the arguments and the environment name.

    `config` is a file, or tables as one would hold them; None finds the file that the command line finds. The mode is
    always the one given here, so that no file can make a script trade for real.

    Raises:
        ConfigError: the configuration cannot be read or is wrong, an argument is of another type, or the state folder
            is none.
    """
    folder = to_path("state", state)
    if state == "":
        msg = "state: it names no folder; the current one is spelled ."
        raise ConfigError(msg)
    if seed is not None and type(seed) is not int:
        msg = f"seed: expected a whole number, got {shown_with_type(seed)}"
        raise ConfigError(msg)
    environ = environment(os.environ, Path())
    if isinstance(config, Mapping):
        settings = from_tables(config, environ)
    else:
        settings = load(find(to_path("config", config), environ, user_config_folder()), environ)
    session = settings.session
    session = replace(session, mode=_mode(mode), seed=session.seed if seed is None else seed)
    settings = replace(settings, session=session)
    paths = paths_for(settings, folder, environ)
    demand_folder(paths.account)
    return settings, paths


def to_path(name: str, value: object) -> Path | None:
    """Return what names a place, None for none.

    Raises:
        ConfigError: it is no path.
    """
    if value is None or isinstance(value, str | Path):
        return Path(value) if value is not None else None
    msg = f"{name}: expected a path as str or Path, got {shown_with_type(value)}"
    raise ConfigError(msg)


def _mode(mode: TradingMode | str) -> TradingMode:
    try:
        return TradingMode(mode)
    except ValueError:
        msg = f"mode: there is no {mode!r}; {nearest(str(mode), [each.value for each in TradingMode])}"
        raise ConfigError(msg) from None
