"""What a signal asks for, given what its strategy holds; how much an opening should be is another question.

Orders that still work count as filled, so that a signal said twice does not trade twice. What is given back is never
more than what is held already:

    signal      flat     holds the same way     holds the other way
    BUY, SELL   opens    nothing (see INCREASE) closes all of it; the strategy opens with its next signal
    INCREASE    nothing  adds as much as an opening would
    CLOSE       nothing  gives back all of it
    REDUCE      nothing  gives back half, at least one lot

A strategy's share may be larger than the account's net, when another holds the other way; closing it then opens for
the account, and the gate judges it as that.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from oms.blotter import position_key
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import ZERO, Quantity
from oms.ports import Declined
from oms.state import State

SIDES: Final = {SignalType.BUY: Side.BUY, SignalType.SELL: Side.SELL}


class Wish(NamedTuple):
    """A side, and how much of a position to give back; None is an opening, whose size is the sizer's to say."""

    side: Side
    closing_qty: Quantity | None = None

    @property
    def purpose(self) -> Purpose:
        """What a ticket made of it is for."""
        return Purpose.OPEN if self.closing_qty is None else Purpose.CLOSE


def wish(
    signal: TradingSignal, key: PositionKey, instrument: Instrument, state: State, beside: Sequence[OrderTicket]
) -> Wish | Declined:
    """Return what the signal asks for, as the table says, or why it asks for nothing."""
    kind = signal.signal_type
    if kind is SignalType.HOLD:
        return Declined("HOLD asks for nothing")
    position = state.ledger.position(key).quantity
    held = position + _working(key, state, beside)
    if not held:
        return Wish(SIDES[kind]) if kind in SIDES else Declined(f"{kind} with nothing held")
    away = Side.SELL if held > ZERO else Side.BUY
    if kind is SignalType.INCREASE:
        return Wish(away.opposite)
    if SIDES.get(kind, away) is not away:
        return Declined(f"{kind} with {_held(position, held)} already; INCREASE would add")
    closable = min(abs(held), max(ZERO, -position * away.sign))
    if kind is SignalType.REDUCE:
        closable = min(closable, max(instrument.floor_quantity(abs(held) / 2), instrument.lot))
    if not closable:
        return Declined(f"{kind} with {_held(position, held)}: there is nothing yet to give back")
    return Wish(away, closable)


def _working(key: PositionKey, state: State, beside: Sequence[OrderTicket]) -> Quantity:
    """Return the signed quantity that the position's open orders and the tickets beside may still trade."""
    tickets = sum((ticket.signed_qty for ticket in beside if position_key(ticket) == key), ZERO)
    orders = state.blotter.open_orders(key)
    return tickets + orders.buy_qty - orders.sell_qty


def _held(position: Quantity, held: Quantity) -> str:
    working = held - position
    return f"{position:f} held" if not working else f"{position:f} held and {working:+f} on order"
