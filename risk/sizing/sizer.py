"""From an opinion to a ticket: what every sizer does alike, so that a sizer is the one formula that makes it differ.

A sizer says how much an opening should be. What the signal asks for at all is the table of `risk.sizing.wish`; what
binds the answer is, in this order, the sizer's own `max_qty` and `leverage`, and then the gate's headroom. Each cut is
on record with what bound it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from oms.domain.ids import AccountId, BrokerId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.position import PositionKey
from oms.domain.risk import Sizing
from oms.domain.signal import TradingSignal
from oms.domain.units import ZERO, Price, Quantity, is_tradable
from oms.ports import Declined, RiskGate, Sized
from oms.state import State
from risk.sizing.guarding import guarding
from risk.sizing.wish import Wish, wish


class Opening(NamedTuple):
    """What an opening is sized by. `entry_px` is what a market order meets: the opposite side of the quote."""

    signal: TradingSignal
    side: Side
    instrument: Instrument
    entry_px: Price
    equity: Decimal


class BaseSizer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tickets are MARKET, DAY, on the route `broker`, `account`. What is not among these fields is the options."""

    name: ClassVar[str]

    broker: BrokerId
    account: AccountId
    leverage: Decimal = Decimal(1)  # most that one opening may be worth, times equity
    min_qty: Quantity = ZERO  # an opening that comes to less is not worth its fee
    max_qty: Quantity | None = None

    def __post_init__(self) -> None:
        """Refuse options that bound nothing."""
        self.require("leverage", above=ZERO, most=Decimal(1_000))
        self.require("min_qty", least=ZERO)
        if self.max_qty is not None:
            self.require("max_qty", above=ZERO, least=self.min_qty)

    def require(
        self, option: str, *, above: Decimal | None = None, least: Decimal | None = None, most: Decimal | None = None
    ) -> None:
        """Check that an option is a number within bounds.

        Raises:
            ValueError: it is not; one line that names it.
        """
        value = getattr(self, option)
        sane = type(value) is Decimal and value.is_finite() and (not value or is_tradable(abs(value)))
        if sane and not (
            (above is not None and value <= above)
            or (least is not None and value < least)
            or (most is not None and value > most)
        ):
            return
        bounds = [f"above {above}"] if above is not None else []
        bounds += [f"at least {least}"] if least is not None else []
        bounds += [f"at most {most}"] if most is not None else []
        msg = f"[sizing.{self.name}] {option} must be a number {' and '.join(bounds)}, got {value}"
        raise ValueError(msg)

    def opening(self, asked: Opening, state: State) -> tuple[Quantity, str] | Declined:
        """Return how much an opening should be, not yet in whole lots, and by what; or why it cannot be said."""
        raise NotImplementedError

    def size(
        self, signal: TradingSignal, state: State, gate: RiskGate, beside: Sequence[OrderTicket] = ()
    ) -> Sized | Declined:
        """Return a ticket clipped to the gate's headroom, or why there is none. Without room for a lot at the gate the
        ticket keeps the wanted quantity, so that the gate denies it in its own words."""
        instrument = state.instruments.get(signal.instrument_id)
        if instrument is None:
            return Declined(f"{signal.instrument_id} is not listed")
        wished = wish(signal, self._key(signal), instrument, state, beside)
        if isinstance(wished, Declined):
            return wished
        if wished.closing_qty is not None:
            return _clipped(self._ticket(signal, wished, wished.closing_qty, state), self.name, state, gate, beside)
        asked = _asked(signal, wished.side, instrument, state)
        if isinstance(asked, Declined):
            return asked
        sized = self.opened(asked, state)
        if isinstance(sized, Declined):
            return sized
        quantity, by = sized
        legs = guarding(signal, asked.side, asked.entry_px, instrument)
        ticket = replace(
            self._ticket(signal, wished, quantity, state), protect_px=legs.protect_px, target_px=legs.target_px
        )
        return _clipped(ticket, by, state, gate, beside)

    def opened(self, asked: Opening, state: State) -> tuple[Quantity, str] | Declined:
        """Return an opening in whole lots, within the sizer's own bounds, and by what it was sized."""
        wanted = self.opening(asked, state)
        if isinstance(wanted, Declined):
            return wanted
        quantity, by = wanted
        instrument = asked.instrument
        whole = instrument.floor_quantity(min(quantity, self._most(asked)))
        if whole < max(instrument.lot, self.min_qty):
            least = f"a lot of {instrument.lot:f}" if self.min_qty <= instrument.lot else f"min_qty {self.min_qty:f}"
            return Declined(f"{by} comes to less than {least}")
        return whole, by

    def _most(self, asked: Opening) -> Quantity:
        """Return the sizer's own bound on an opening."""
        by_leverage = asked.equity * self.leverage / (asked.entry_px * asked.instrument.multiplier)
        return by_leverage if self.max_qty is None else min(by_leverage, self.max_qty)

    def _key(self, signal: TradingSignal) -> PositionKey:
        return PositionKey(self.broker, self.account, signal.instrument_id, signal.strategy_id)

    def _ticket(self, signal: TradingSignal, wished: Wish, quantity: Quantity, state: State) -> OrderTicket:
        return OrderTicket(
            broker=self.broker,
            account=self.account,
            strategy_id=signal.strategy_id,
            instrument_id=signal.instrument_id,
            side=wished.side,
            quantity=quantity,
            order_type=OrderType.MARKET,
            purpose=wished.purpose,
            confidence=signal.confidence,
            signal_px=signal.price if signal.price is not None else entry(signal, wished.side, state),
            group_id=signal.group_id,
            reason=signal.reason,
        )


def _asked(signal: TradingSignal, side: Side, instrument: Instrument, state: State) -> Opening | Declined:
    equity, entry_px = state.equity.now, entry(signal, side, state)
    if instrument.currency != state.equity.currency:
        return Declined(f"{instrument.instrument_id} is priced in {instrument.currency}, without a rate of it")
    if equity is None or equity <= ZERO:
        return Declined("equity is not known" if equity is None else f"equity is {equity:f}")
    if entry_px is None:
        return Declined(f"no price of {instrument.instrument_id} to enter at")
    return Opening(signal, side, instrument, entry_px, equity)


def _clipped(ticket: OrderTicket, by: str, state: State, gate: RiskGate, beside: Sequence[OrderTicket]) -> Sized:
    room = gate.headroom(ticket, state, beside)
    if room.quantity >= ticket.quantity:
        return Sized(ticket, Sizing(sizer=by, wanted_qty=ticket.quantity))
    sizing = Sizing(sizer=by, wanted_qty=ticket.quantity, room_qty=room.quantity, bound_by=room.rule)
    instrument = state.instruments.by_id[ticket.instrument_id]
    if room.quantity < instrument.lot:
        return Sized(ticket, sizing)
    return Sized(replace(ticket, quantity=room.quantity), sizing)


def entry(signal: TradingSignal, side: Side, state: State) -> Price | None:
    """Return the price that a market order would meet, or None when there is none."""
    quote = state.marks.quotes.get(signal.instrument_id)
    if quote is None:
        return None
    px = quote.ask_px if side is Side.BUY else quote.bid_px
    return px if px > ZERO else None
