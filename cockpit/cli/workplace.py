"""Where a verb acts: the settings and folders of one account, and whoever answers for it.

A running engine is asked over its socket, because it knows what is not in the journal: the newest prices. Without one
the journal is folded and asked the same question.
"""

import os
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from cockpit.config import find, load
from cockpit.environment import EVERYBODYS_LEVEL, OUR_LEVEL, environment, lenient_environment
from cockpit.exits import Exit
from cockpit.folders import demand_folder
from cockpit.latch import Latch
from cockpit.log.level import LogLevel
from cockpit.modes import TradingMode
from cockpit.paths import Paths, paths_for, user_config_folder
from cockpit.queries.plain import Arguments, Json
from cockpit.queries.rest import Rest, fold_file, is_resumed
from cockpit.queries.result import VerbResult
from cockpit.queries.state import QUERIES
from cockpit.server import client
from cockpit.server.address import socket_path
from cockpit.server.protocol import Request, Response
from cockpit.settings import Settings
from cockpit.variables import SHARED
from oms.domain.risk import TradingState

NEXT_ACTIVE: Final = "trading was resumed while no engine ran: the next start is ACTIVE and journals it"
TIMEOUT_SECS: Final = 10.0


class Workplace(NamedTuple):
    """One account's settings and paths, and what was wrong with settings that could be done without."""

    settings: Settings
    paths: Paths
    doubts: tuple[str, ...] = ()


def find_workplace(
    config: Path | None, state: Path | None, *, mode: TradingMode | None = None, seed: int | None = None
) -> Workplace:
    """Return the workplace that options and environment name; a mode and a seed replace those of the file.

    Raises:
        ConfigError: the configuration cannot be read or is wrong, or the state folder is none.
    """
    environ = environment(os.environ, Path())
    settings = load(find(config, environ, user_config_folder()), environ)
    session = settings.session
    session = replace(session, mode=mode or session.mode, seed=session.seed if seed is None else seed)
    settings = replace(settings, session=session)
    paths = paths_for(settings, state, environ)
    demand_folder(paths.account)
    return Workplace(settings, paths)


def ask_engine(
    workplace: Workplace, verb: str, arguments: Arguments, timeout_secs: float = TIMEOUT_SECS
) -> Response | None:
    """Put a verb to the running engine; None when there is none.

    Raises:
        Failure: it refuses, or does not answer.
    """
    return client.ask(socket_path(workplace.paths), Request(verb=verb, arguments=dict(arguments)), timeout_secs)


def ask(workplace: Workplace, verb: str, arguments: Arguments = {}) -> VerbResult:  # noqa: B006 - only read
    """Return the answer to a query: the running engine's, or else what the journal says.

    Raises:
        Failure: there is no such thing, or the engine does not answer.
        JournalError: the journal cannot be read.
    """
    response = ask_engine(workplace, verb, arguments)
    if response is not None:
        return told(response)
    rest = fold_file(workplace.paths.journal)
    answer = at_rest(workplace, rest, None)
    latched, trading = Latch(workplace.paths.halted).found(), rest.state.trading
    # the state is ours alone: what the next start makes of the latch or a resume, before it has journaled that
    if latched is not None and trading.state is not TradingState.HALTED:
        trading.state, trading.cause, trading.text = TradingState.HALTED, "latched", latched
    elif latched is None and is_resumed(workplace.paths, rest.state):
        trading.state, trading.cause, trading.text = TradingState.ACTIVE, "", ""
    return answer._replace(data=QUERIES[verb](rest.state, rest.chains, arguments))


def unheeded(workplace: Workplace, state: Path | None) -> tuple[str, ...]:
    """Return what was set and has no effect, in words: a journal folder beside `--state`, a level that is none, the
    risk of a sizer that does not run."""
    found = []
    moved, level = workplace.settings.journal.path, os.environ.get(EVERYBODYS_LEVEL, "")
    if moved and state is not None:
        found.append(f"[journal] path {moved} has no effect: --state {state} was named for this once")
    if level and level.upper() not in LogLevel.__members__ and OUR_LEVEL not in os.environ:
        found.append(f"{EVERYBODYS_LEVEL}={level} has no effect: it is none of {', '.join(LogLevel.__members__)}")
    environ, sizer = lenient_environment(os.environ, Path()), ", ".join(workplace.settings.sizing)
    for name, setting in SHARED.items():
        if environ.get(name) and setting not in workplace.settings.variables:
            found.append(f"{name}={environ[name]} has no effect: it is for {setting}, and the sizer is {sizer}")
    return tuple(found)


def told(response: Response) -> VerbResult:
    """Return what the engine said."""
    warnings = tuple(response.warnings)
    return VerbResult(response.data, response.seq, response.stale, warnings, Exit(response.exit))


def at_rest(workplace: Workplace, rest: Rest, data: Json) -> VerbResult:
    """Return what the journal said, with a warning where that may not be the last word."""
    warnings: tuple[str, ...] = ()
    if not rest.exists:
        warnings = (f"there is no journal at {workplace.paths.journal}: nothing has run yet",)
    elif rest.stale:
        warnings = ("the newest run has not ended in order and no engine answers: this is what its journal says",)
    latched = Latch(workplace.paths.halted).found()
    if latched is not None and rest.state.trading.state is not TradingState.HALTED:
        warnings += (f"trading was stopped ({latched}): the next start is HALTED",)
    elif latched is None and is_resumed(workplace.paths, rest.state):
        warnings += (NEXT_ACTIVE,)
    return VerbResult(data, seq=rest.state.seq, stale=rest.stale, warnings=warnings)
