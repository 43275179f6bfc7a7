"""Reading a session of a script as long as it is open.

What is in memory outlives the session that kept it, and answers as if nothing had happened: an account is ACTIVE, a
link stands. So whoever is asked after the block has been left says that it was.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from cockpit.durable_reader import DurableReader
from cockpit.library.errors import TradingError
from cockpit.session import Session

T = TypeVar("T")
OVER: Final = "the session is over; open_session() opens another"


class OpenReader(DurableReader):
    """Answers questions about a session that is open, see `DurableReader`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, TradingError)

    def demand_open(self) -> None:
        """Demand that the session is not over yet.

        Raises:
            TradingError: it is.
        """
        if self.is_over:
            raise TradingError(OVER)

    async def read(self, question: Callable[[], T]) -> T:
        """Return the answer to a question once it is durable.

        Raises:
            TradingError: the session is over, or its last records could not be written.
            Exception: what the question raises.
        """
        if self.is_durable:  # what was lost is said first
            self.demand_open()
        return await super().read(question)
