"""The desk where tickets are written by hand: it begins drafts, reads them, and says what the gate would.

It asks and never sends: a ticket goes through the inbox like everybody's, and the gate judges it once more there.
"""

import dataclasses
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from cockpit import format as fmt
from cockpit.ticket.booth import Booth
from cockpit.ticket.draft import Draft, Field
from cockpit.ticket.entry import begins_by_itself, follows_market, opposite_px
from cockpit.ticket.kind import Kind
from cockpit.ticket.preview import Charges, Preview, preview_of
from cockpit.ticket.reading import Reading, read_draft
from cockpit.ticket.sealed import Sealed, seal, shown_px
from cockpit.ticket.size import usual_quantity
from cockpit.ticket.tag import tags
from cockpit.ticket.until import from_until
from oms.decide.changes import follows_the_position, past_its_legs
from oms.decide.legs import trailing
from oms.domain.ids import MANUAL, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import TOUCHED, Order, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.units import Price
from oms.state import State
from risk.engine import RiskManager

_TYPES: Final = tuple(OrderType)
_TIFS: Final = tuple(TimeInForce)


class TicketDesk:
    """Over the state of one session, which it only reads."""

    def __init__(self, booth: Booth, gate: RiskManager, charges: Charges) -> None:
        self.booth = booth
        self._gate = gate
        self._charges = charges

    @property
    def state(self) -> State:
        """What is known."""
        return self.booth.state

    @property
    def account(self) -> str:
        """Where orders go, and for whom, without what identifies the account: `sim ••••0001`."""
        return f"{self.booth.broker} {fmt.masked(self.booth.account)}"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The types of order that the venue takes, and the stops that are held here for it (`oms.decide.by_hand`)."""
        able = self.booth.capabilities.order_types
        plain = tuple(Kind(kind) for kind in _TYPES if kind in able or TOUCHED.get(kind) in able)
        trails = Kind(OrderType.STOP_MARKET) in plain
        return (*plain, Kind(OrderType.STOP_MARKET, trails=True)) if trails else plain

    def offers(self, field: Field) -> bool:
        """Tell whether a field can be meant at the venue: a protective stop trails as any other does."""
        return field is not Field.TRAILING or any(kind.trails for kind in self.kinds)

    @property
    def tifs(self) -> tuple[TimeInForce, ...]:
        """The times in force that the venue takes; where orders are good until canceled, they can be until an
        instant."""
        known = self.booth.capabilities.tifs
        by_us = {TimeInForce.GTD} if TimeInForce.GTC in known else set()
        return tuple(tif for tif in _TIFS if tif in known or tif in by_us)

    @property
    def symbols(self) -> list[str]:
        """What is listed, as it may be typed."""
        return [_name(instrument, self.state) for instrument in self.state.instruments.by_id.values()]

    @property
    def tags(self) -> list[str]:
        """What a ticket may count for, `manual` first."""
        return [str(tag) for tag in tags(self.booth.strategies, self.state)]

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
        tag = StrategyId(draft.tag.strip() or MANUAL)
        quantity = usual_quantity(draft.side, instrument, tag, self.booth, self._gate)
        return draft.typed(Field.QUANTITY, _text(quantity))

    def change(self, order: Order) -> Draft:
        """Return a draft of what can be changed of an open order, as it is."""
        ticket = order.ticket
        return Draft(
            side=ticket.side,
            symbol=_name(self.state.instruments.by_id[ticket.instrument_id], self.state),
            quantity=_text(ticket.quantity),
            order_type=ticket.order_type,
            trails=ticket.trails,
            limit=_text(ticket.limit_px),
            stop=_text(ticket.stop_px),
            trail=_text(ticket.trail_by) if ticket.trails else "",
            tag="" if ticket.strategy_id == MANUAL else ticket.strategy_id,
        )

    def again(self, order: Order) -> Draft:
        """Return a draft of what is left of an order, to be written once more."""
        ticket = order.ticket
        until, hours = ticket.expires_at, self.booth.hours.get(self._instrument(ticket).calendar)
        return dataclasses.replace(
            self.change(order),
            quantity=_text(order.leaves_qty),
            tif=ticket.tif if until is None else TimeInForce.GTD,
            until=from_until(until, hours) if until is not None else "",
            stop="" if ticket.trails else _text(ticket.stop_px),
            protect=_text(ticket.protect_px),
            trailing="" if ticket.trails else _text(ticket.trail_by),
            target=_text(ticket.target_px),
        )

    def read(self, draft: Draft, changes: Order | None = None) -> Reading:
        """Read a draft; as a change of an order it keeps what no change may touch."""
        reading = read_draft(draft, self.booth, None if changes is None else changes.ticket)
        if changes is None or reading.ticket is None:
            return reading
        wanted = reading.ticket
        changed = replace(changes.ticket, quantity=wanted.quantity, limit_px=wanted.limit_px, stop_px=wanted.stop_px)
        entry = Field.STOP if changed.limit_px is None else Field.LIMIT
        for where, obstacle in (
            (Field.QUANTITY, follows_the_position(changes, changed)),
            (entry, past_its_legs(self.state, changes, changed)),
        ):
            if obstacle:
                errors = {**reading.errors, where: obstacle}
                return Reading(reading.instrument, None, reading.px, errors, reading.notes)
        return Reading(reading.instrument, changed, reading.px, reading.errors, reading.notes)

    def preview(self, ticket: OrderTicket, changes: Order | None = None) -> Preview:
        """Return what the gate would say now."""
        return preview_of(ticket, self.state, self._gate, self._charges, changes)

    def seal(self, ticket: OrderTicket) -> Sealed:
        """Return what a person is asked to agree to, as of now."""
        return seal(ticket, self.state)

    def px_of(self, sealed: Sealed) -> Price | None:
        """Return the price at which what was shown would trade now."""
        return shown_px(sealed.ticket, self.state)

    def resealed(self, sealed: Sealed) -> Sealed:
        """Return the same wish at the price of now: not another quantity, whatever it was typed as, and not another
        stop, unless it begins at its length from the market. A wish that names its price stays what it was."""
        old = sealed.ticket
        if not follows_market(old):
            return sealed
        ticket = replace(old, signal_px=opposite_px(old.side, old.instrument_id, self.state))
        if sealed.px is not None and begins_by_itself(old, sealed.px, self._instrument(old)):
            ticket = trailing(ticket, self.state)
        return self.seal(ticket)

    def _instrument(self, ticket: OrderTicket) -> Instrument:
        return self.state.instruments.by_id[ticket.instrument_id]


def _name(instrument: Instrument, state: State) -> str:
    """Return the symbol where it is enough to find the instrument again."""
    found = state.instruments.find(instrument.symbol)
    return instrument.symbol if found is instrument else instrument.instrument_id


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
