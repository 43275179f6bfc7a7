"""What a verb comes to, whoever answered it."""

from typing import NamedTuple

from cockpit.exits import Exit
from cockpit.queries.plain import Json


class VerbResult(NamedTuple):
    """Plain JSON, and what is to be known beside it.

    `seq` is the last record that whoever answered knows of; `stale` says that they may not know the newest. `exit` is
    OK, or what else a success can end with.
    """

    data: Json
    seq: int | None = None
    stale: bool = False
    warnings: tuple[str, ...] = ()
    exit: Exit = Exit.OK
