"""The desk where tickets are written by hand: it begins drafts, reads them, and says what the gate would.

It asks and never sends: a ticket goes through the inbox like everybody's, and the gate judges it once more there.
"""

import dataclasses
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from cockpit import format as fmt
from cockpit.ticket.draft import Draft, Field
from cockpit.ticket.preview import Preview, Sealed, drift_of, preview_of, seal
from cockpit.ticket.reading import Counter, Reading, opinion_of, opposite_px, read_draft
from oms.blotter import position_key
from oms.domain.fees import FeeSchedule
from oms.domain.ids import MANUAL, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import Order, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.signal import SignalType
from oms.domain.units import MINUTE, ZERO, Price, Quantity
from oms.ports import Sized
from oms.state import State
from risk.engine import RiskManager

_TYPES: Final = tuple(OrderType)
_TIFS: Final = tuple(TimeInForce)


class TicketDesk:
    """Over the state of one session, which it only reads."""

    def __init__(self, counter: Counter, gate: RiskManager, fees: FeeSchedule) -> None:
        self.counter = counter
        self._gate = gate
        self._fees = fees

    @property
    def state(self) -> State:
        """What is known."""
        return self.counter.state

    @property
    def order_types(self) -> tuple[OrderType, ...]:
        """The types that the venue takes."""
        known = self.counter.capabilities.order_types
        return tuple(kind for kind in _TYPES if kind in known)

    @property
    def tifs(self) -> tuple[TimeInForce, ...]:
        """The times in force that the venue takes."""
        known = self.counter.capabilities.tifs
        return tuple(tif for tif in _TIFS if tif in known)

    @property
    def symbols(self) -> list[str]:
        """What is listed, as it may be typed."""
        return [_name(instrument, self.state) for instrument in self.state.instruments.by_id.values()]

    def market_px(self, reading: Reading, side: Side) -> Price | None:
        """Return what a market order would meet: where a price begins that is not typed yet."""
        instrument = reading.instrument
        return None if instrument is None else opposite_px(side, instrument.instrument_id, self.state)

    def begin(self, side: Side, instrument: Instrument, tag: StrategyId = MANUAL) -> Draft:
        """Return a draft with the size that the sizer would take, cut to what the gate would pass."""
        return self.sized(Draft(side=side, symbol=_name(instrument, self.state), tag="" if tag == MANUAL else tag))

    def sized(self, draft: Draft) -> Draft:
        """Return a draft with the size that a new ticket of its side, symbol and tag would have."""
        instrument = self.state.instruments.find(draft.symbol.strip().upper())
        if instrument is None:
            return draft
        quantity = self.default_quantity(draft.side, instrument, StrategyId(draft.tag.strip() or MANUAL))
        return draft.typed(Field.QUANTITY, _text(quantity))

    def default_quantity(self, side: Side, instrument: Instrument, tag: StrategyId = MANUAL) -> Quantity | None:
        """Return the size of a ticket that says nothing of it: the sizer's for an opening and what is held for what
        lies against it, cut to the gate's room; None where the sizer has none."""
        at, state = self.counter, self.state
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
        working = state.blotter.open_orders(key)
        held = (state.ledger.position(key).quantity + working.buy_qty - working.sell_qty) * side.sign
        kind = SignalType.INCREASE if held > ZERO else None
        sized = at.sizer.size(opinion_of(ticket, state.ts, kind), state, self._gate)
        return sized.ticket.quantity if isinstance(sized, Sized) else None

    def change(self, order: Order) -> Draft:
        """Return a draft of what can be changed of an open order, as it is."""
        ticket = order.ticket
        return Draft(
            side=ticket.side,
            symbol=_name(self.state.instruments.by_id[ticket.instrument_id], self.state),
            quantity=_text(ticket.quantity),
            order_type=ticket.order_type,
            limit=_text(ticket.limit_px),
            stop=_text(ticket.stop_px),
            tag="" if ticket.strategy_id == MANUAL else ticket.strategy_id,
        )

    def again(self, order: Order) -> Draft:
        """Return a draft of what is left of an order, to be written once more."""
        ticket = order.ticket
        minutes = max(1, (ticket.expires_at - self.state.ts) // MINUTE) if ticket.expires_at is not None else 0
        return dataclasses.replace(
            self.change(order),
            quantity=_text(order.leaves_qty),
            tif=ticket.tif,
            until=f"{minutes}m" if minutes else "",
            protect=_text(ticket.protect_px),
            target=_text(ticket.target_px),
        )

    def read(self, draft: Draft, changes: Order | None = None) -> Reading:
        """Read a draft; as a change of an order it keeps what no change may touch."""
        reading = read_draft(draft, self.counter)
        if changes is None or reading.ticket is None:
            return reading
        wanted = reading.ticket
        changed = replace(changes.ticket, quantity=wanted.quantity, limit_px=wanted.limit_px, stop_px=wanted.stop_px)
        return Reading(reading.instrument, changed, reading.px, reading.errors, reading.notes)

    def preview(self, ticket: OrderTicket, changes: Order | None = None) -> Preview:
        """Return what the gate would say now."""
        return preview_of(ticket, self.state, self._gate, self._fees, changes)

    def seal(self, ticket: OrderTicket) -> Sealed:
        """Return what a person is asked to agree to, as of now."""
        return seal(ticket, self.state)

    def resealed(self, sealed: Sealed) -> Sealed:
        """Return the same wish at the price of now: not another quantity, whatever it was typed as."""
        ticket = sealed.ticket
        return self.seal(replace(ticket, signal_px=opposite_px(ticket.side, ticket.instrument_id, self.state)))

    def drift_in_words(self, sealed: Sealed) -> str:
        """Return how the price has moved since it was shown."""
        tick = self.state.instruments.by_id[sealed.ticket.instrument_id].tick
        now = self.seal(sealed.ticket).px
        frac = drift_of(sealed, self.state)
        by = f" ({fmt.percent(frac)})" if frac is not None and now is not None and sealed.px is not None else ""
        return f"the price went from {fmt.price(sealed.px, tick)} to {fmt.price(now, tick)}{by}"

    def has_drifted(self, sealed: Sealed) -> bool:
        """Tell whether the price has gone too far since it was shown."""
        return drift_of(sealed, self.state) is not None


def _name(instrument: Instrument, state: State) -> str:
    """Return the symbol where it is enough to find the instrument again."""
    found = state.instruments.find(instrument.symbol)
    return instrument.symbol if found is instrument else instrument.instrument_id


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
