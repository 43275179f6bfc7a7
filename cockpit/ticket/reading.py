"""A draft read: the ticket that it means, or for each field that cannot be meant one line that says why.

Every field is read, also after the first that is wrong, so that a person sees all of it at once. What was turned into
something else on the way (money into units, a part of the price into a distance) is noted beside the field. A price
that is typed is never rounded: between two ticks it is an error that names both.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from cockpit import format as fmt
from cockpit.ticket.amount import Unit, to_amount, to_length, to_price
from cockpit.ticket.booth import Booth
from cockpit.ticket.draft import Draft, Field
from cockpit.ticket.entry import entry_of, opposite_px, stop_of
from cockpit.ticket.errors import TicketError
from cockpit.ticket.reckoning import Reckoning
from cockpit.ticket.tag import require_tag
from cockpit.ticket.until import to_until
from oms.decide.by_hand import timed
from oms.decide.legs import trailing
from oms.domain.ids import MANUAL, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.options import nearest
from oms.domain.order import OrderTicket, Side
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.entry import beyond_px, worst_px
from oms.exits import as_exit
from risk.funds import price as valued_at

T = TypeVar("T")

_OWN_PRICES: Final = frozenset({Field.LIMIT, Field.STOP, Field.TRAIL})
"""What a ticket trades at, if it says so; where it is left again is judged by it."""
_TAG: Final = re.compile(r"[A-Za-z0-9_.-]{1,24}", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """What a draft came to. `ticket` is None while a field is wrong; `px` is what one unit of it is valued at."""

    instrument: Instrument | None = None
    ticket: OrderTicket | None = None
    px: Price | None = None
    errors: dict[Field, str] = field(default_factory=dict)
    notes: dict[Field, str] = field(default_factory=dict)


def read_draft(draft: Draft, at: Booth, changes: OrderTicket | None = None) -> Reading:
    """Read a draft, or what it `changes` of a ticket whose tag and trail stay. Total: what is wrong is in `errors`."""
    return _Reader(draft, at, changes).read()


class _Reader:
    """One reading of one draft."""

    def __init__(self, draft: Draft, at: Booth, changes: OrderTicket | None) -> None:
        self._draft = draft
        self._at = at
        self._old = changes
        self._errors: dict[Field, str] = {}
        self._notes: dict[Field, str] = {}

    def read(self) -> Reading:
        draft, at = self._draft, self._at
        instrument = self._try(Field.SYMBOL, self._instrument)
        tag = self._old.strategy_id if self._old is not None else self._try(Field.TAG, self._strategy_id)
        if instrument is None:
            self._try(Field.QUANTITY, lambda: to_amount(draft.quantity))
            return Reading(None, None, None, self._errors, self._notes)
        trial = OrderTicket(
            broker=at.broker,
            account=at.account,
            strategy_id=tag or MANUAL,
            instrument_id=instrument.instrument_id,
            side=draft.side,
            quantity=instrument.lot,
            order_type=draft.order_type,
            limit_px=self._price(Field.LIMIT, instrument) if draft.asks(Field.LIMIT) else None,
            stop_px=self._price(Field.STOP, instrument) if draft.asks(Field.STOP) and not draft.trails else None,
            tif=draft.tif,
            expires_at=self._try(Field.UNTIL, lambda: self._until(instrument)) if draft.asks(Field.UNTIL) else None,
            signal_px=opposite_px(draft.side, instrument.instrument_id, at.state),
        )
        if draft.trails:
            trial = self._with_trail(trial, instrument)
        entry_px = entry_of(trial, at.state) if _OWN_PRICES.isdisjoint(self._errors) else None
        trial = self._with_exits(trial, entry_px, instrument)
        px = valued_at(trial, at.state.marks.quotes.get(instrument.instrument_id)) if not self._errors else None
        quantity = self._try(Field.QUANTITY, lambda: self._quantity(trial, px, entry_px, instrument))
        if self._errors or quantity is None:
            return Reading(instrument, None, px, self._errors, self._notes)
        if self._old is None:
            ticket = timed(as_exit(replace(trial, quantity=quantity), at.state), at.capabilities)
            untaken = at.capabilities.refuses(ticket)
            if untaken:
                self._errors[Field.TYPE if ticket.tif in at.capabilities.tifs else Field.TIF] = untaken
                return Reading(instrument, None, px, self._errors, self._notes)
            if lacking := at.capabilities.lacking(ticket):
                self._notes[Field.TYPE] = f"held here: {lacking}"
        else:  # what it is for, and whose leg it is, no change of its terms changes
            ticket = replace(self._old, quantity=quantity, limit_px=trial.limit_px, stop_px=trial.stop_px)
        return Reading(instrument, ticket, px, self._errors, self._notes)

    def _try(self, where: Field, what: Callable[[], T]) -> T | None:
        try:
            return what()
        except TicketError as error:
            self._errors[where] = str(error)
            return None

    def _instrument(self) -> Instrument:
        typed, listed = self._draft.symbol.strip().upper(), self._at.state.instruments
        found = listed.find(typed)
        if found is None:
            known = [instrument.symbol for instrument in listed.by_id.values()]
            msg = f"nothing is listed as {typed or 'that'}; {nearest(typed, known)}"
            raise TicketError(msg)
        return found

    def _strategy_id(self) -> StrategyId:
        typed = self._draft.tag.strip()
        if typed and not _TAG.fullmatch(typed):
            msg = "letters, digits and . _ - only"
            raise TicketError(msg)
        tag = StrategyId(typed or MANUAL)
        require_tag(tag, self._at.strategies, self._at.state)
        return tag

    def _until(self, instrument: Instrument) -> Nanos:
        until = to_until(self._draft.until, self._at.state.ts, self._at.hours.get(instrument.calendar))
        self._notes[Field.UNTIL] = until.note
        return until.ts

    def _price(self, where: Field, instrument: Instrument) -> Price | None:
        """Read a price that there must be."""
        return self._try(where, lambda: to_price(self._draft.text(where), instrument))

    def _length(self, where: Field, px: Price | None, instrument: Instrument) -> Price | None:
        """Read how far behind a price a stop trails."""
        typed = self._draft.text(where)
        length = self._try(where, lambda: to_length(typed, px, instrument))
        if length is not None and typed.strip().endswith("%"):
            self._notes[where] = f"= {fmt.price(length, instrument.tick)}"
        return length

    def _with_trail(self, trial: OrderTicket, instrument: Instrument) -> OrderTicket:
        """Read a stop that trails: how far, and where it begins unless that is its length from the market."""
        length = self._old.trail_by if self._old is not None else self._length(Field.TRAIL, trial.signal_px, instrument)
        trial = replace(trial, trail_by=length)
        if self._draft.stop.strip():
            return replace(trial, stop_px=self._price(Field.STOP, instrument))
        begun = trailing(trial, self._at.state)
        if begun.stop_px is not None:
            self._notes[Field.STOP] = f"begins at {fmt.price(begun.stop_px, instrument.tick)}"
        elif trial.trail_by is not None:
            self._errors[Field.STOP] = "there is no price yet to begin from"
        return begun

    def _with_exits(self, trial: OrderTicket, entry_px: Price | None, instrument: Instrument) -> OrderTicket:
        """Read where it would be left again: a stop where it loses, one that trails, and a target where it gains."""
        exits: dict[str, Any] = {}
        quote = self._at.state.marks.quotes.get(instrument.instrument_id)
        for where, name, gains in ((Field.PROTECT, "protect_px", False), (Field.TARGET, "target_px", True)):
            if not (self._draft.asks(where) and self._draft.text(where).strip()):
                continue
            px = exits[name] = self._price(where, instrument)
            if px is not None and entry_px is not None:  # beyond all that it may trade at, and the market
                bound_px = worst_px(trial, quote) if gains else beyond_px(trial, quote)
                self._demand(where, px, bound_px, instrument, above=(trial.side is Side.BUY) is gains)
        if not trial.trails and self._draft.asks(Field.TRAILING) and self._draft.trailing.strip():
            exits["trail_by"] = self._length(Field.TRAILING, entry_px, instrument)
        trial = replace(trial, **exits)
        if not trial.trails and trial.trail_by is not None and trial.protect_px is None and entry_px is not None:
            begins, nearest = stop_of(trial, entry_px, instrument), beyond_px(trial, quote)
            self._notes[Field.PROTECT] = f"begins at {fmt.price(begins, instrument.tick)}"
            if begins is not None and nearest is not None and (nearest - begins) * trial.side.sign <= ZERO:
                spread = fmt.price(abs(entry_px - nearest), instrument.tick)
                self._errors[Field.TRAILING] = f"must be more than the spread, {spread}: it would be touched at once"
        return trial

    def _demand(self, where: Field, px: Price, bound_px: Price | None, instrument: Instrument, *, above: bool) -> None:
        if bound_px is not None and (px == bound_px or (px > bound_px) is not above):
            self._errors[where] = f"must be {'above' if above else 'below'} {fmt.price(bound_px, instrument.tick)}"

    def _quantity(
        self, trial: OrderTicket, px: Price | None, entry_px: Price | None, instrument: Instrument
    ) -> Quantity:
        amount = to_amount(self._draft.quantity)
        if self._errors and amount.unit is not Unit.UNITS:  # of prices, and each says so itself
            return instrument.lot
        found = Reckoning(amount, trial, instrument, px, entry_px).units(self._at.state, self._at.sizer)
        if amount.unit is not Unit.UNITS:
            named = amount.unit is Unit.RISK and entry_px is not None and trial.limit_px not in (None, entry_px)
            by = f" by {fmt.price(entry_px, instrument.tick)}" if named else ""  # not by the limit that stands there
            self._notes[Field.QUANTITY] = f"= {fmt.quantity(found, instrument.lot)}{by}"
        return found
