"""An adapter to a venue that lives outside the process, as any adapter to a real one should look.

`submit`, `cancel` and `query` give their bytes to the transport and return. There is no queue of our own between the
router's last look at the stop flag and the transport, so no order waits where a stop cannot see it. Nothing is ever
sent twice: a request whose answer is lost is the core's to ask about.

What comes in is read by one task and leaves by `stream`. An answer is matched to its request by the tag. One that is
no answer, or not about what was asked, becomes `Unclear`: it may have been done. Only a refusal whose code is sure
becomes a rejection. A line that belongs to nobody says that the two sides no longer understand each other; then the
link is dropped, because what follows might be taken for something else.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from brokers.base import BaseBroker
from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.heartbeat import Heartbeat
from oms.domain.ids import AccountId, BrokerId, ClientOrderId
from oms.domain.instrument import Instrument
from oms.domain.order import Order, OrderTicket, OrderType, TimeInForce
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, ReplaceReject, Unclear, VenueReport
from oms.domain.units import Nanos
from tests.doubles.venue.connection import Asked, Connection, Said
from tests.doubles.venue.translate import Translation, Untranslatable, echoes
from tests.doubles.venue.wire import LONGEST_LINE, PUSH, UNSURE, Answer, Push, Request, line

ANSWER_SECS: Final = 10.0

_answer: Final = msgspec.json.Decoder(Answer)
_push: Final = msgspec.json.Decoder(Push)


class WireBroker(BaseBroker):
    """One account at the venue that `address` names when a link is opened. `wall` stamps what the venue does not;
    `heartbeat_secs` is what the venue promises."""

    capabilities = Capabilities(
        order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}),
        tifs=frozenset({TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC}),
        replaces=False,
        reduce_only=False,
        answer_secs=ANSWER_SECS,
    )

    def __init__(
        self,
        *,
        broker_id: BrokerId,
        account: AccountId,
        address: Callable[[], tuple[str, int]],
        instruments: Sequence[Instrument],
        wall: Callable[[], Nanos],
        heartbeat_secs: float | None = None,
    ) -> None:
        self.capabilities = replace(type(self).capabilities, heartbeat_secs=heartbeat_secs)
        self.broker_id = broker_id
        self.account = account
        self._address = address
        self._translation = Translation(instruments)
        self._wall = wall
        self._connection: Connection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._tag = 0

    async def connect(self) -> AccountSnapshot:
        """Open the link, unless it stands, and return the venue's own books.

        Raises:
            ConnectionError: the venue cannot be reached, or does not answer in time.
        """
        connection = self._connection
        try:
            async with asyncio.timeout(ANSWER_SECS):
                if connection is None or connection.lost:
                    connection = await self._open()
                answer = await self._snapshot(connection)
        except TimeoutError as error:
            if connection is not None:
                connection.lose("the venue did not answer in time")
            raise ConnectionError("the venue did not answer in time") from error
        except OSError as error:
            raise ConnectionError(str(error) or type(error).__name__) from error
        if answer.account is None:
            raise ConnectionError(f"the venue does not show the account: {answer.text or answer.code}")
        try:
            return self._translation.from_account(answer.account, self.broker_id, self.account)
        except Untranslatable as error:
            raise ConnectionError(f"the venue shows an account that makes no sense: {error}") from error

    async def close(self) -> None:
        """End the link; working orders stay at the venue. Closing what is closed does nothing."""
        if self._connection is not None:
            self._connection.closed = True
            self._connection.lose("the link was closed")
        if self._reading is not None:
            await self._reading
        self._connection = self._reading = None

    def submit(self, order: Order) -> None:
        """Hand an order over. Raises ConnectionError: the link is gone, and the venue may have it or not."""
        self._ask(self._translation.to_request(order), order)

    def cancel(self, order: Order) -> None:
        """Ask to cancel. Raises ConnectionError: the link is gone."""
        self._ask(Request(do="cancel", client=order.client_order_id), order)

    def replace(self, order: Order, ticket: OrderTicket) -> None:  # noqa: ARG002 - refused, whatever is asked for
        """Refuse, as the venue would: the protocol has no word for it, which the capabilities say."""
        if self._connection is None:
            raise ConnectionError("the link is not open")
        self._connection.heard.put_nowait(
            ReplaceReject(
                client_order_id=order.client_order_id,
                number=order.replaces,
                ts=self._wall(),
                text="the venue does not change orders",
            )
        )

    def query(self, order: Order) -> None:
        """Ask what became of an order. Raises ConnectionError: the link is gone."""
        self._ask(Request(do="query", client=order.client_order_id), order)

    async def stream(self) -> AsyncIterator[Said]:
        """Yield what the venue says, in the order in which it came, until the link is closed or lost.

        Raises:
            ConnectionError: the link was lost; the text says why. `connect` opens another.
        """
        connection = self._connection
        if connection is None:
            raise ConnectionError("the link is not open")
        while (said := await connection.heard.get()) is not None:
            yield said
        if not connection.closed:
            raise ConnectionError(connection.lost)

    async def _open(self) -> Connection:
        if self._reading is not None:
            await self._reading
        reader, writer = await asyncio.open_connection(*self._address(), limit=LONGEST_LINE)
        self._connection = connection = Connection(reader, writer)
        self._reading = asyncio.create_task(self._read(connection), name=f"read {self.broker_id}")
        return connection

    def _ask(self, request: Request, order: Order) -> None:
        if self._connection is None:
            raise ConnectionError("the link is not open")
        self._tag += 1
        self._connection.write(line(self._tag, request))
        self._connection.asked[self._tag] = Asked(request, order)

    async def _snapshot(self, connection: Connection) -> Answer:
        self._tag += 1
        tag = self._tag
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        connection.write(line(tag, Request(do="snapshot")))
        connection.snapshots[tag] = waiting
        try:
            return await waiting
        finally:
            del connection.snapshots[tag]

    async def _read(self, connection: Connection) -> None:
        """Read until the link ends, by whoever's doing; whatever goes wrong here ends the link and nothing else."""
        why = "the venue closed the connection"
        try:
            while raw := await connection.reader.readline():
                self._hear(connection, raw)
        except (OSError, ValueError) as error:  # ValueError: a line without an end, or one that belongs to nobody
            why = str(error) or type(error).__name__
        finally:  # whoever listens must hear of it, whatever it was
            connection.lose(why)

    # -- what came ------------------------------------------------------------------------------------------------

    def _hear(self, connection: Connection, raw: bytes) -> None:
        """Take one line. Raises ValueError when it belongs to nobody."""
        tag, _, body = raw.partition(b" ")
        if tag == PUSH.encode():
            said: Sequence[Said] = self._from_push(body)
        elif not tag.isdigit():
            raise ValueError(f"the venue said {raw[:40]!r}, which belongs to nothing")
        elif int(tag) in connection.snapshots:
            said = ()
            self._from_snapshot(connection.snapshots[int(tag)], body)
        else:
            asked = connection.asked.pop(int(tag), None)
            said = self._from_answer(asked, body) if asked is not None else ()
        for one in said:
            connection.heard.put_nowait(one)

    def _from_push(self, body: bytes) -> Sequence[Said]:
        client = ""
        try:
            push = _push.decode(body)
            if push.quote is not None:
                return (self._translation.from_quote(push.quote, self._wall()),)
            if push.push == "beat":
                return (Heartbeat(),)
            if push.report is not None:
                client = push.report.client
                return (self._translation.from_report(push.report),)
        except (msgspec.MsgspecError, Untranslatable, RecursionError) as error:
            return (self._unclear(client, f"a push that makes no sense: {error}"),)
        return (self._unclear(client, "a push of nothing"),)

    @staticmethod
    def _from_snapshot(waiting: asyncio.Future[Answer], body: bytes) -> None:
        if waiting.done():
            return
        try:
            waiting.set_result(_answer.decode(body))
        except (msgspec.MsgspecError, RecursionError) as error:
            waiting.set_exception(ConnectionError(f"the venue shows an account that makes no sense: {error}"))

    def _from_answer(self, asked: Asked, body: bytes) -> Sequence[VenueReport]:
        client = asked.order.client_order_id
        try:
            answer = _answer.decode(body)
            if not answer.ok:
                return self._refused(asked, answer)
            reports = [self._translation.from_report(report) for report in answer.reports]
        except (msgspec.MsgspecError, Untranslatable, RecursionError) as error:
            return (self._unclear(client, f"an answer that makes no sense: {error}"),)
        if not reports or any(report.client_order_id != client for report in reports):
            return (self._unclear(client, "an answer about something else"),)
        if asked.request.do == "new" and not echoes(answer.reports[0], asked.request):
            return (self._unclear(client, "an answer about another order than was sent"),)
        return reports

    def _refused(self, asked: Asked, answer: Answer) -> Sequence[VenueReport]:
        """Return what a refusal means: only what is sure may close anything."""
        order = asked.order
        if answer.code in UNSURE:
            return (self._unclear(order.client_order_id, f"{answer.code}: {answer.text}"),)
        if asked.request.do == "cancel":
            return (CancelReject(client_order_id=order.client_order_id, ts=self._wall(), text=answer.text),)
        if asked.request.do == "query" and answer.code == "unknown_order":
            return (NotFound(client_order_id=order.client_order_id, ts=self._wall()),)
        if asked.request.do == "new" and answer.code != "duplicate":
            return (self._rejected(order, answer.text),)
        if asked.request.do == "new":
            self.query(order)  # the venue has an order of this id: whatever it says of that is the truth
            return ()
        return (self._unclear(order.client_order_id, f"{answer.code}: {answer.text}"),)

    def _rejected(self, order: Order, text: str) -> ExecutionReport:
        return ExecutionReport(
            exec_type=ExecType.REJECTED,
            client_order_id=order.client_order_id,
            instrument_id=order.ticket.instrument_id,
            side=order.ticket.side,
            ts=self._wall(),
            text=text,
        )

    def _unclear(self, client: str, text: str) -> Unclear:
        return Unclear(client_order_id=ClientOrderId(client), text=text, ts=self._wall())
