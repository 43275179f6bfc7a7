"""The size of a ticket that says nothing of it."""

from cockpit.ticket.booth import Booth
from cockpit.ticket.reckoning import opinion_of
from oms.blotter import position_key
from oms.domain.ids import StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.signal import SignalType
from oms.domain.units import ZERO, Quantity
from oms.ports import Sized
from risk.engine import RiskManager


def usual_quantity(
    side: Side, instrument: Instrument, tag: StrategyId, at: Booth, gate: RiskManager
) -> Quantity | None:
    """Return what the sizer would open, or what is held where the side lies against it, cut to the gate's room; None
    where the sizer has none."""
    ticket = OrderTicket(
        broker=at.broker,
        account=at.account,
        strategy_id=tag,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=instrument.lot,
        order_type=OrderType.MARKET,
    )
    key = position_key(ticket)
    working = at.state.blotter.open_orders(key)
    held = (at.state.ledger.position(key).quantity + working.buy_qty - working.sell_qty) * side.sign
    kind = SignalType.INCREASE if held > ZERO else None
    sized = at.sizer.size(opinion_of(ticket, at.state.ts, kind), at.state, gate)
    return sized.ticket.quantity if isinstance(sized, Sized) else None
