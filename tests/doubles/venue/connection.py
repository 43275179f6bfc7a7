"""One connection to the venue, from its opening to its loss."""

import asyncio
from typing import Final, NamedTuple, TypeAlias

from oms.domain.heartbeat import Heartbeat
from oms.domain.market import MarketData
from oms.domain.order import Order
from oms.domain.report import VenueReport
from tests.doubles.venue.wire import Answer, Request

UNREAD_AT_MOST: Final = 1 << 20  # bytes that the venue has not taken; more, and it is as good as gone

Said: TypeAlias = MarketData | VenueReport | Heartbeat


class Asked(NamedTuple):
    """A request that has no answer yet, and the order it is about."""

    request: Request
    order: Order


class Connection:
    """What was asked over one connection, and what came. It is used once: after it is lost there is another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.asked: dict[int, Asked] = {}
        self.snapshots: dict[int, asyncio.Future[Answer]] = {}
        self.heard: asyncio.Queue[Said | None] = asyncio.Queue()  # None: nothing more will come
        self.lost = ""  # why nothing can be asked any more
        self.closed = False  # whether it was lost on purpose

    def write(self, raw: bytes) -> None:
        """Hand bytes to the transport. Raises ConnectionError: the link is gone, or the venue does not read."""
        if self.lost or self.writer.is_closing():
            raise ConnectionError(self.lost or "the connection was lost")
        if self.writer.transport.get_write_buffer_size() > UNREAD_AT_MOST:
            self.lose("the venue does not read what it is sent")
            raise ConnectionError(self.lost)
        self.writer.write(raw)

    def lose(self, why: str) -> None:
        """Give the link up. What was asked and not answered stays unanswered."""
        if self.lost:
            return
        self.lost = why
        self.writer.transport.abort()
        self.heard.put_nowait(None)
        for waiting in self.snapshots.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError(why))
