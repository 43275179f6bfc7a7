"""A command and what came of it: a script hears of a refusal as an error, and of nothing before it is durable."""

from collections.abc import Sequence
from typing import Final

from cockpit.library.errors import TradingError
from cockpit.library.open_reader import OVER
from cockpit.session import Session
from oms.domain.commands import Command
from oms.domain.events import CommandRefused, Record
from oms.domain.text import sanitize
from oms.journal.errors import JournalError
from oms.lanes import EngineEnded

ACTOR: Final = "script"  # as the journal names whoever asked


async def carry_out(
    session: Session,
    command: Command,
    error: type[TradingError] = TradingError,
    refused: type[TradingError] | None = None,
) -> Sequence[Record]:
    """Return the durable records that a command caused.

    Raises:
        TradingError: it was refused, could not be journaled, or the session is over; nothing was done. A plain one
            where it is over; else of the kind `error`, and of the kind `refused` for a refusal where that is another.
    """
    try:
        records = await session.inbox.ask(command)
    except EngineEnded as failure:
        raise TradingError(f"nothing was done: {OVER}") from failure
    except JournalError as failure:
        raise error(f"nothing was done: {failure}") from failure
    require_done(records, refused or error)
    return records


def require_done(records: Sequence[Record], error: type[TradingError] = TradingError) -> None:
    """Demand that a command was not refused.

    Raises:
        TradingError: it was; the message says why. Of that kind.
    """
    for record in records:
        if isinstance(record.event, CommandRefused):
            raise error(sanitize(record.event.text))
