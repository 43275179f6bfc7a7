"""A venue on a loopback socket: it serves its book over the wire, with faults, and gives its verdict at the end.

It runs on the event loop that it is opened in and knows no other time than the loop's, so in a loop of virtual time
its delays pass as fast as everything else.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

from tests.doubles.venue.book import Refusal, VenueBook
from tests.doubles.venue.faults import AnswerFault, Faults, StreamFault, mutated
from tests.doubles.venue.wire import LONGEST_LINE, PUSH, Account, Answer, Push, Report, Request, WireQuote, line

FOREIGN = "another's"  # the beginning of client ids that are not ours
ANSWER_DELAY_SECS = 30.0  # of a delayed answer: after every deadline, and still an answer


class Verdict(NamedTuple):
    """What the venue knows of a run."""

    orders: Mapping[str, str]  # client id -> state
    filled: Mapping[str, Decimal]  # client id -> quantity
    executions: int
    account: Account
    twin_attempts: int  # a second `new` under a known client id
    resubmits: int  # `new` requests under a client id that had come before, whatever became of either
    requests: Mapping[str, int]  # kind -> count
    faults: Mapping[AnswerFault | StreamFault, int]


class Venue:
    """Clients connect to `address` between `open` and `close`."""

    def __init__(self, book: VenueBook, faults: Faults | None = None, beat_secs: float | None = None) -> None:
        self.book = book
        self.beat_secs = beat_secs  # how often it gives a sign of life
        self.mute = False  # whether nothing is pushed, though requests are still answered
        self.faults = faults or Faults()
        self.address = ("127.0.0.1", 0)
        self.connects = 0
        self.refuses = False  # whether connections are closed as soon as they come
        self._asked: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._links: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._held: list[Report] = []
        self._pocket: Report | None = None
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, *self.address, limit=LONGEST_LINE)
        self.address = self._server.sockets[0].getsockname()[:2]
        self._beat()

    async def close(self) -> None:
        """Cut every connection and listen no more."""
        if self._server is None:
            return
        self._server.close()
        self.beat_secs = None
        self.cut()
        await asyncio.gather(*self._links.values())
        await self._server.wait_closed()

    # -- what a test makes happen ---------------------------------------------------------------------------------

    def show(self, symbol: str, bid: int, ask: int) -> None:
        """Let the market move: what that does to resting orders is told before the quote."""
        quote = WireQuote(symbol=symbol, ts=self.book.now(), bid=bid, ask=ask, last=bid, bid_size=1, ask_size=1)
        self.tell(self.book.show(quote))
        self._send(line(PUSH, Push(push="quote", quote=quote)))

    def end_session(self) -> None:
        """End the trading day."""
        self.tell(self.book.end_session())

    def trade_elsewhere(self, symbol: str, side: str, qty: str) -> None:
        """Trade in the same account through another program."""
        client = f"{FOREIGN}-{len(self.book.orders)}"
        _, then = self.book.new(Request(do="new", client=client, symbol=symbol, side=side, qty=qty, tif="ioc"))
        self.tell(then)

    def cut(self) -> None:
        """Cut every connection."""
        for link in tuple(self._links):
            link.transport.abort()

    def restart(self) -> None:
        """Cut every connection and lose the working orders."""
        self.book.drop_open()
        self.cut()

    def release(self) -> None:
        """Tell what was held back, oldest first."""
        held, self._held = self._held, []
        for report in held:
            self._push(report)

    def say(self, raw: bytes) -> None:
        """Send bytes as they are."""
        self._send(raw)

    def verdict(self) -> Verdict:
        """Return what the venue knows."""
        orders = self.book.orders
        return Verdict(
            orders={client: placed.state for client, placed in orders.items()},
            filled={client: placed.quantity - placed.leaves for client, placed in orders.items()},
            executions=len(self.book.executions),
            account=self.book.account(),
            twin_attempts=self.book.twin_attempts,
            resubmits=sum(times - 1 for times in self._asked.values()),
            requests=dict(self._requests),
            faults=dict(self.faults.counts),
        )

    # -- the stream -----------------------------------------------------------------------------------------------

    def tell(self, reports: list[Report]) -> None:
        """Push reports, each with what goes wrong with it."""
        for report in reports:
            fault = self.faults.of_report(report)
            if fault is StreamFault.HOLD:
                self._held.append(report)
            elif fault is StreamFault.REORDER and self._pocket is None:
                self._pocket = report
                asyncio.get_running_loop().call_later(1.0, self._empty_pocket)
            elif fault is StreamFault.LATE:
                self._push_later(self.faults.delay(f"{report.exec}"), report)
            elif fault is StreamFault.DUPLICATE:
                self._push(report)
                for copy in range(1, self.faults.copies(report)):
                    self._push_later(self.faults.delay(f"{report.exec} {copy}"), report)
            else:
                self._push(mutated(report, fault) if fault is not None else report)

    def _push(self, report: Report) -> None:
        self._send(line(PUSH, Push(push="report", report=report)))
        self._empty_pocket()

    def _push_later(self, secs: float, report: Report) -> None:
        asyncio.get_running_loop().call_later(secs, self._push, report)

    def _empty_pocket(self) -> None:
        report, self._pocket = self._pocket, None
        if report is not None:
            self._push(report)

    def _beat(self) -> None:
        if self.beat_secs is not None:
            self._send(line(PUSH, Push(push="beat")))
            asyncio.get_running_loop().call_later(self.beat_secs, self._beat)

    def _send(self, raw: bytes) -> None:
        for link in () if self.mute else tuple(self._links):
            _write(link, raw)

    # -- requests and answers -------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        if self.refuses:
            writer.transport.abort()
            return
        serving = asyncio.current_task()
        assert serving is not None
        self._links[writer] = serving
        try:
            while raw := await reader.readline():
                tag, _, body = raw.partition(b" ")
                self._take(int(tag), msgspec.json.decode(body, type=Request), writer)
        except ConnectionError:
            pass  # cut: by a fault, a test or the client
        finally:
            del self._links[writer]
            writer.close()

    def _take(self, tag: int, request: Request, writer: asyncio.StreamWriter) -> None:
        self._requests[request.do] += 1
        if request.do == "new":
            self._asked[request.client] += 1
        fault = self.faults.of_answer(request.do, request.client)
        if fault is AnswerFault.DROP_BEFORE:
            return
        answer, then = self._done(request)
        self._answer(line(tag, answer), fault, writer, tag)
        self.tell(then)

    def _done(self, request: Request) -> tuple[Answer, list[Report]]:
        """Do what is asked; return the answer, and what happened besides."""
        try:
            match request.do:
                case "new":
                    first, then = self.book.new(request)
                    return Answer(ok=True, reports=[first]), then
                case "cancel":
                    return Answer(ok=True, reports=[self.book.cancel(request.client)]), []
                case "query":
                    return Answer(ok=True, reports=list(self.book.known(request.client).reports)), []
                case "snapshot":
                    return Answer(ok=True, account=self.book.account()), []
        except Refusal as refusal:
            return Answer(ok=False, code=refusal.code, text=refusal.text), []

    @staticmethod
    def _answer(raw: bytes, fault: AnswerFault | None, writer: asyncio.StreamWriter, tag: int) -> None:
        match fault:
            case None:
                _write(writer, raw)
            case AnswerFault.DELAY:
                asyncio.get_running_loop().call_later(ANSWER_DELAY_SECS, _write, writer, raw)
            case AnswerFault.GARBAGE:
                _write(writer, b"%d <html><body>Bad gateway</body></html>\n" % tag)
            case AnswerFault.TRUNCATED:
                _write(writer, raw[: len(raw) // 2] + b"\n")
            case AnswerFault.STATUS_AFTER:
                _write(writer, line(tag, Answer(ok=False, code="unavailable", text="try again later")))
            case AnswerFault.CUT:
                writer.transport.abort()
            case _:
                pass  # dropped


def _write(writer: asyncio.StreamWriter, raw: bytes) -> None:
    if not writer.is_closing():
        writer.write(raw)
