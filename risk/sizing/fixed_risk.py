"""Size by what would be lost at the stop: the same small fraction of equity whatever the instrument.

    quantity = equity x risk_frac / (|entry - stop| x multiplier), rounded down to the lot

The fixed-fractional method of Vince, "Portfolio Management Formulas" (1990). Entry is the price that a market order
meets: the opposite side of the quote.

What a signal asks for depends on what its strategy holds, counting its orders that still work as filled, so that a
signal said twice does not trade twice. What is given back is never more than what is held already:

    signal      flat     holds the same way     holds the other way
    BUY, SELL   opens    nothing (see INCREASE) closes all of it; the strategy opens with its next signal
    INCREASE    nothing  adds as much as an opening would
    CLOSE       nothing  gives back all of it
    REDUCE      nothing  gives back half, at least one lot

A strategy's share may be larger than the account's net, when another holds the other way; closing it then opens for
the account, and the gate judges it as that.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from oms.blotter import position_key
from oms.domain.ids import AccountId, BrokerId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, OrderType, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.risk import Sizing
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import ZERO, Price, Quantity
from oms.ports import RiskGate, Sized
from oms.state import State

_SIDES = {SignalType.BUY: Side.BUY, SignalType.SELL: Side.SELL}


class FixedRisk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tickets are MARKET, DAY, on the route `broker`, `account`. The two fractions are the options."""

    name: ClassVar[str] = "fixed_risk"

    broker: BrokerId
    account: AccountId
    risk_frac: Decimal = Decimal("0.02")  # of equity, lost when the stop is hit
    default_stop_frac: Decimal = Decimal("0.02")  # of the entry price, for a signal without a stop on its losing side

    def __post_init__(self) -> None:
        """Refuse fractions that are none."""
        for option in ("risk_frac", "default_stop_frac"):
            value = getattr(self, option)
            if not (type(value) is Decimal and value.is_finite() and 0 < value <= 1):
                msg = f"[sizing.{self.name}] {option} must be a number above 0 and at most 1, got {value!r}"
                raise ValueError(msg)

    def size(
        self, signal: TradingSignal, state: State, gate: RiskGate, beside: Sequence[OrderTicket] = ()
    ) -> Sized | None:
        """Return a ticket clipped to the gate's headroom, or None: the signal asks for nothing, a lot would be too
        much, or there is no instrument, quote or equity to size by. Without room for a lot the ticket keeps the
        wanted quantity, so that the gate denies it in its own words."""
        instrument = state.instruments.get(signal.instrument_id)
        if instrument is None:
            return None
        wish = self._wish(signal, instrument, state, beside)
        if wish is None:
            return None
        side, wanted, purpose = wish
        if wanted <= ZERO:
            return None
        ticket = self._ticket(signal, side, wanted, purpose, state)
        room = gate.headroom(ticket, state, beside)
        if room.quantity >= wanted:
            return Sized(ticket, Sizing(sizer=self.name, wanted_qty=wanted))
        sizing = Sizing(sizer=self.name, wanted_qty=wanted, room_qty=room.quantity, bound_by=room.rule)
        if room.quantity < instrument.lot:
            return Sized(ticket, sizing)
        return Sized(replace(ticket, quantity=room.quantity), sizing)

    def _wish(
        self, signal: TradingSignal, instrument: Instrument, state: State, beside: Sequence[OrderTicket]
    ) -> tuple[Side, Quantity, Purpose] | None:
        """Return side, quantity and purpose of what the signal asks for, given what its strategy holds."""
        kind, key = signal.signal_type, self._key(signal)
        position = state.ledger.position(key).quantity
        held = position + _working(key, state, beside)
        if kind is SignalType.HOLD or (not held and kind not in _SIDES):
            return None
        away = Side.SELL if held > ZERO else Side.BUY
        closable = min(abs(held), max(ZERO, -position * away.sign))
        if kind is SignalType.CLOSE:
            return away, closable, Purpose.CLOSE
        if kind is SignalType.REDUCE:
            half = max(instrument.floor_quantity(abs(held) / 2), instrument.lot)
            return away, min(half, closable), Purpose.CLOSE
        side = away.opposite if kind is SignalType.INCREASE else _SIDES[kind]
        if not held or kind is SignalType.INCREASE:
            return side, self._opening(signal, side, instrument, state), Purpose.OPEN
        return (side, closable, Purpose.CLOSE) if side is away else None

    def _opening(self, signal: TradingSignal, side: Side, instrument: Instrument, state: State) -> Quantity:
        """Return the quantity that loses `risk_frac` of equity at the stop; zero when it cannot be known."""
        equity, entry = state.equity.now, _entry(signal, side, state)
        if equity is None or equity <= ZERO or entry is None:
            return ZERO
        distance = ZERO if signal.stop_px is None else (entry - signal.stop_px) * side.sign
        if not distance > ZERO:
            distance = entry * self.default_stop_frac
        return instrument.floor_quantity(equity * self.risk_frac / (distance * instrument.multiplier))

    def _key(self, signal: TradingSignal) -> PositionKey:
        return PositionKey(self.broker, self.account, signal.instrument_id, signal.strategy_id)

    def _ticket(
        self, signal: TradingSignal, side: Side, quantity: Quantity, purpose: Purpose, state: State
    ) -> OrderTicket:
        return OrderTicket(
            broker=self.broker,
            account=self.account,
            strategy_id=signal.strategy_id,
            instrument_id=signal.instrument_id,
            side=side,
            quantity=quantity,
            order_type=OrderType.MARKET,
            purpose=purpose,
            confidence=signal.confidence,
            signal_px=signal.price if signal.price is not None else _entry(signal, side, state),
            group_id=signal.group_id,
            reason=signal.reason,
        )


def _working(key: PositionKey, state: State, beside: Sequence[OrderTicket]) -> Quantity:
    """Return the signed quantity that the position's open orders and the tickets beside may still trade."""
    tickets = sum((ticket.signed_qty for ticket in beside if position_key(ticket) == key), ZERO)
    orders = state.blotter.open_orders(key)
    return tickets + orders.buy_qty - orders.sell_qty


def _entry(signal: TradingSignal, side: Side, state: State) -> Price | None:
    quote = state.marks.quotes.get(signal.instrument_id)
    if quote is None:
        return None
    px = quote.ask_px if side is Side.BUY else quote.bid_px
    return px if px > ZERO else None
