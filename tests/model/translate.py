"""From the venue's plain words to reports, as an adapter would, and from a wish to a ticket."""

from decimal import Decimal
from typing import Final

from oms.domain.fill import LiquiditySide
from oms.domain.ids import ClientOrderId, ExecId, InstrumentId, StrategyId, VenueOrderId
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from oms.domain.report import (
    CancelReject,
    ExecType,
    ExecutionReport,
    NotFound,
    ReplaceReject,
    Terms,
    Unclear,
    VenueReport,
)
from oms.domain.units import Money
from tests.model.ports import ACCOUNT, SIM
from tests.model.words import Word

EXEC_TYPES: Final = {"trade": ExecType.TRADE, **{kind.lower(): kind for kind in ExecType}}


def to_report(word: Word, now: int) -> VenueReport:
    """Return a word as the adapter would."""
    order_id = ClientOrderId(word.order)
    match word.what:
        case "refused":
            return CancelReject(client_order_id=order_id, ts=now)
        case "unchanged":
            return ReplaceReject(client_order_id=order_id, number=word.number, ts=now)
        case "unknown":
            return NotFound(client_order_id=order_id, ts=now)
        case "garbled":
            return Unclear(client_order_id=order_id, ts=now, text="?")
        case _:
            return _execution(order_id, word, now)


def _execution(order_id: ClientOrderId, word: Word, now: int) -> ExecutionReport:
    trade = word.what == "trade"
    return ExecutionReport(
        exec_type=EXEC_TYPES[word.what],
        client_order_id=order_id,
        instrument_id=InstrumentId(word.symbol),
        side=Side(word.side),
        ts=now,
        venue_order_id=VenueOrderId(f"V-{order_id}"),
        exec_id=ExecId(word.exec_id) if trade and word.exec_id else None,
        last_qty=word.qty if trade else None,
        last_px=word.px if trade else None,
        fee=Money(word.fee, word.currency) if trade else None,
        liquidity=LiquiditySide.TAKER if trade else None,
        terms=Terms(number=word.number, quantity=word.qty, limit_px=word.limit) if word.what == "replaced" else None,
    )


def ticket(symbol: str, side: str, qty: Decimal, limit: Decimal | None, strategy: str) -> OrderTicket:
    """Return a wish."""
    return OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=StrategyId(strategy),
        instrument_id=InstrumentId(symbol),
        side=Side(side),
        quantity=qty,
        order_type=OrderType.MARKET if limit is None else OrderType.LIMIT,
        limit_px=limit,
        tif=TimeInForce.GTC,
    )
