"""From the venue's words to ours and back. Pure, and it judges nothing: a quantity that is no number or a symbol that
we do not trade is passed on as it was said, and what that means is decided in the core.

Only what cannot be said in our words at all is refused here: a kind, a side or a number that is none of those there
are. The caller tells the core that the answer was unclear.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from oms.domain.account import AccountSnapshot
from oms.domain.fill import LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, VenueOrderId
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order import Order, Side
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import Money, Nanos
from tests.doubles.venue.wire import Account, Report, Request, WireQuote

KINDS: Final[Mapping[str, ExecType]] = {
    "new": ExecType.NEW,
    "trade": ExecType.TRADE,
    "canceled": ExecType.CANCELED,
    "expired": ExecType.EXPIRED,
}
SIDES: Final[Mapping[str, Side]] = {"buy": Side.BUY, "sell": Side.SELL}


class Untranslatable(ValueError):
    """It was said in the venue's form, and there is no word of ours for it; the text says what."""


class Translation:
    """The symbols of one venue, both ways."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._by_symbol = {instrument.symbol: instrument for instrument in instruments}
        self._symbols = {instrument.instrument_id: symbol for symbol, instrument in self._by_symbol.items()}

    def to_request(self, order: Order) -> Request:
        """Return the request that places an order."""
        ticket = order.ticket
        return Request(
            do="new",
            client=order.client_order_id,
            symbol=self._symbols.get(ticket.instrument_id, ticket.instrument_id),
            side=ticket.side.value.lower(),
            qty=f"{ticket.quantity:f}",
            limit=f"{ticket.limit_px:f}" if ticket.limit_px is not None else None,
            tif=ticket.tif.value.lower(),
        )

    def from_report(self, report: Report) -> ExecutionReport:
        """Return a report in our words. Raises Untranslatable."""
        exec_type, side = KINDS.get(report.kind), SIDES.get(report.side)
        if exec_type is None or side is None:
            raise Untranslatable(f"kind {report.kind!r}, side {report.side!r}")
        trade = exec_type is ExecType.TRADE
        return ExecutionReport(
            exec_type=exec_type,
            client_order_id=ClientOrderId(report.client),
            instrument_id=self._instrument_id(report.symbol),
            side=side,
            ts=report.ts,
            venue_order_id=VenueOrderId(report.order),
            exec_id=ExecId(report.exec) if trade and report.exec is not None else None,
            last_qty=number(report.qty) if trade else None,
            last_px=number(report.px) if trade and report.px is not None else None,
            fee=_fee(report) if trade else None,
            liquidity=_liquidity(report) if trade else None,
            text=report.text,
        )

    def from_quote(self, quote: WireQuote, ts: Nanos) -> Quote:
        """Return a quote, seen at `ts`: the venue's clock is not ours. Raises Untranslatable."""
        instrument = self._by_symbol.get(quote.symbol)
        if instrument is None:
            raise Untranslatable(f"a quote of {quote.symbol!r}, which nobody asked for")
        return Quote(
            instrument=instrument,
            ts=ts,
            bid=quote.bid,
            ask=quote.ask,
            last=quote.last,
            bid_size=quote.bid_size,
            ask_size=quote.ask_size,
        )

    def from_account(self, account: Account, broker: BrokerId, owner: AccountId) -> AccountSnapshot:
        """Return the venue's own books in our words. Raises Untranslatable."""
        return AccountSnapshot(
            broker=broker,
            account=owner,
            ts=account.ts,
            cash=tuple(Money(number(amount), currency) for currency, amount in account.cash.items()),
            net=tuple((self._instrument_id(symbol), number(net)) for symbol, net in account.net.items()),
            open_orders=tuple(ClientOrderId(client) for client in account.open),
        )

    def _instrument_id(self, symbol: str) -> InstrumentId:
        instrument = self._by_symbol.get(symbol)
        return instrument.instrument_id if instrument is not None else InstrumentId(symbol)


def echoes(report: Report, asked: Request) -> bool:
    """Tell whether an acknowledgement is about what was asked: our id, symbol, side and quantity."""
    return (report.client, report.symbol, report.side, report.qty) == (
        asked.client,
        asked.symbol,
        asked.side,
        asked.qty,
    ) and bool(report.order)


def number(text: str) -> Decimal:
    """Return a decimal, which may be none that can be traded. Raises Untranslatable."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Untranslatable(f"{text!r} is no number") from error


def _fee(report: Report) -> Money | None:
    if report.fee is None or report.currency is None:
        return None
    return Money(number(report.fee), report.currency)


def _liquidity(report: Report) -> LiquiditySide | None:
    if report.maker is None:
        return None
    return LiquiditySide.MAKER if report.maker else LiquiditySide.TAKER
