"""From plain words to what the program takes and back: a venue's to reports, as an adapter would, a wish to a ticket,
and what the program has recorded of its orders to deeds."""

from typing import Final

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import LiquiditySide
from oms.domain.ids import GATE, ClientOrderId, ExecId, InstrumentId, StrategyId, VenueOrderId
from oms.domain.order import OrderTicket, OrderType, Purpose, Side, TimeInForce
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
from oms.domain.units import SECOND, Money
from tests.model.ports import ACCOUNT, SIM, START
from tests.model.words import Deed, Wish, Word

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


def at_venue(at: int) -> int:
    """Return an instant of the venue's clock, which is behind ours."""
    return START - SECOND + at


def _execution(order_id: ClientOrderId, word: Word, now: int) -> ExecutionReport:
    trade = word.what == "trade"
    return ExecutionReport(
        exec_type=EXEC_TYPES[word.what],
        client_order_id=order_id,
        instrument_id=InstrumentId(word.symbol),
        side=Side(word.side),
        ts=at_venue(word.at) if trade else now,
        venue_order_id=VenueOrderId(f"V-{order_id}"),
        exec_id=ExecId(word.exec_id) if trade and word.exec_id else None,
        last_qty=word.qty if trade else None,
        last_px=word.px if trade else None,
        fee=Money(word.fee, word.currency) if trade else None,
        liquidity=LiquiditySide.TAKER if trade else None,
        terms=_terms(word) if word.what == "replaced" else None,
    )


def _terms(word: Word) -> Terms:
    return Terms(number=word.number, quantity=word.qty, limit_px=word.limit, stop_px=word.stop)


TYPES: Final = {  # by whether it has a limit and a stop
    (False, False): OrderType.MARKET,
    (True, False): OrderType.LIMIT,
    (False, True): OrderType.STOP_MARKET,
    (True, True): OrderType.STOP_LIMIT,
}


def ticket(wish: Wish) -> OrderTicket:
    """Return what somebody wants as a ticket."""
    is_stop = wish.exit and wish.stop is not None
    gives_back = Purpose.PROTECT if is_stop else Purpose.CLOSE
    return OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=StrategyId(wish.strategy),
        instrument_id=InstrumentId(wish.symbol),
        side=Side(wish.side),
        quantity=wish.qty,
        order_type=TYPES[wish.limit is not None, wish.stop is not None],
        limit_px=wish.limit,
        stop_px=wish.stop,
        protect_px=wish.protect,
        target_px=wish.target,
        trail_by=wish.trail,
        tif=TimeInForce.GTC,
        purpose=gives_back if wish.exit or wish.role == "close" else Purpose.OPEN,
        reduce_only=wish.told,
    )


def to_wish(wanted: OrderTicket) -> Wish:
    """Return a ticket in plain words."""
    closes = "close" if wanted.parent_id is None else "target"
    roles = {Purpose.OPEN: "", Purpose.CLOSE: closes, Purpose.PROTECT: "stop"}
    return Wish(
        symbol=wanted.instrument_id,
        side=wanted.side.value,
        qty=wanted.quantity,
        limit=wanted.limit_px,
        strategy=wanted.strategy_id,
        stop=wanted.stop_px,
        trail=wanted.trail_by,
        protect=wanted.protect_px,
        target=wanted.target_px,
        role="" if wanted.is_exit else roles[wanted.purpose],
        parent=wanted.parent_id,
        exit=wanted.is_exit,
        told=wanted.reduce_only,
    )


def to_deed(event: ev.Event) -> Deed | None:
    """Return what the program did with an order by itself, or might have; None for everything else."""
    what = DEEDS.get(type(event))
    if what is None or getattr(event, "actor", GATE) != GATE:
        return None
    wanted: OrderTicket | None = getattr(event, "ticket", None)
    order_id: str = event.client_order_id  # type: ignore[union-attr]
    moot: bool = getattr(event, "moot", False)
    return Deed(what, order_id, to_wish(wanted) if wanted is not None else None, moot)


DEEDS: Final[dict[type, str]] = {
    oev.OrderInitialized: "made",
    oev.OrderHeld: "held",
    oev.OrderReplaced: "moved",
    oev.OrderReleased: "released",
    oev.OrderSubmitted: "sent",
    oev.OrderDenied: "denied",
    oev.OrderPendingCancel: "recalled",
    oev.OrderCanceled: "canceled",
    oev.OrderPendingReplace: "changing",
}
