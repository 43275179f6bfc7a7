"""A draft read: the ticket that it means, or for each field that cannot be meant one line that says why.

Every field is read, also after the first that is wrong, so that a person sees all of it at once. What was turned into
something else on the way (money into units, a price onto its tick) is noted beside the field: nothing is rounded in
silence.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from cockpit import format as fmt
from cockpit.ticket.amount import Amount, Unit, floor_lots, to_amount, to_price, units_worth, whole_lots
from cockpit.ticket.draft import Draft, Field
from cockpit.ticket.errors import TicketError
from oms.domain.capabilities import Capabilities
from oms.domain.ids import MANUAL, AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.options import nearest
from oms.domain.order import OrderTicket, Side
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import DAY, MINUTE, ZERO, Nanos, Price, Quantity
from oms.ports import Declined
from oms.state import State
from risk.funds import price as valued_at
from risk.sizing.sizer import BaseSizer, Opening

T = TypeVar("T")

_TAG: Final = re.compile(r"[A-Za-z0-9_.-]{1,24}", re.ASCII)
_SPAN: Final = re.compile(r"(\d{1,4})([mhd])", re.ASCII)
_SPANS: Final = {"m": MINUTE, "h": 60 * MINUTE, "d": DAY}


class Counter(NamedTuple):
    """Where tickets are read: what is known, who sizes, where orders go, and what is taken there."""

    state: State
    sizer: BaseSizer
    broker: BrokerId
    account: AccountId
    capabilities: Capabilities


@dataclass(frozen=True)
class Reading:
    """What a draft came to. `ticket` is None while a field is wrong; `px` is what one unit of it is valued at."""

    instrument: Instrument | None = None
    ticket: OrderTicket | None = None
    px: Price | None = None
    errors: dict[Field, str] = field(default_factory=dict)
    notes: dict[Field, str] = field(default_factory=dict)


def read_draft(draft: Draft, at: Counter) -> Reading:
    """Read a draft. Total: what is wrong is in `errors`."""
    return _Reader(draft, at).read()


def entry_of(ticket: OrderTicket, state: State) -> Price | None:
    """Return the price at which a ticket would trade: its own, or for a market order the other side of the quote.

    By it a stop and a target are judged. It is not what the ticket is valued at: the gate takes the last price where
    that is more, and a person whose sale meets the bid would be told of a price that is not on the screen.
    """
    own = ticket.limit_px if ticket.limit_px is not None else ticket.stop_px
    return own if own is not None else opposite_px(ticket.side, ticket.instrument_id, state)


class _Reader:
    """One reading of one draft."""

    def __init__(self, draft: Draft, at: Counter) -> None:
        self._draft = draft
        self._at = at
        self._errors: dict[Field, str] = {}
        self._notes: dict[Field, str] = {}

    def read(self) -> Reading:
        draft, at = self._draft, self._at
        instrument = self._try(Field.SYMBOL, self._instrument)
        tag = self._try(Field.TAG, self._strategy_id)
        expires_at = self._try(Field.UNTIL, self._until) if draft.asks(Field.UNTIL) else None
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
            stop_px=self._price(Field.STOP, instrument) if draft.asks(Field.STOP) else None,
            tif=draft.tif,
            expires_at=expires_at,
            signal_px=opposite_px(draft.side, instrument.instrument_id, at.state),
        )
        entry_px = entry_of(trial, at.state) if not self._errors else None
        trial = self._with_exits(trial, entry_px, instrument)
        px = valued_at(trial, at.state.marks.quotes.get(instrument.instrument_id)) if not self._errors else None
        quantity = self._try(Field.QUANTITY, lambda: self._quantity(trial, px, entry_px, instrument))
        if self._errors or quantity is None:
            return Reading(instrument, None, px, self._errors, self._notes)
        return Reading(instrument, replace(trial, quantity=quantity), px, self._errors, self._notes)

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
        return StrategyId(typed) if typed else MANUAL

    def _until(self) -> Nanos:
        found = _SPAN.fullmatch(self._draft.until.strip())
        if found is None or not int(found[1]):
            msg = "how long? 30m, 4h or 2d"
            raise TicketError(msg)
        until = self._at.state.ts + int(found[1]) * _SPANS[found[2]]
        self._notes[Field.UNTIL] = fmt.minute(until)
        return until

    def _price(self, where: Field, instrument: Instrument) -> Price | None:
        """Read a price that there must be."""
        px = self._try(where, lambda: to_price(self._draft.text(where), instrument))
        if px is not None:
            self._note_rounding(where, px, instrument)
        return px

    def _note_rounding(self, where: Field, px: Price, instrument: Instrument) -> None:
        typed = self._draft.text(where).replace(",", "").replace(" ", "")
        if Decimal(typed) != px:
            self._notes[where] = f"{fmt.price(px, instrument.tick)}, on the tick of {instrument.tick:f}"

    def _with_exits(self, trial: OrderTicket, entry_px: Price | None, instrument: Instrument) -> OrderTicket:
        """Read where it would be left again: a stop where it loses, a target where it gains."""
        exits: dict[Field, Price] = {}
        for where, gains in ((Field.PROTECT, False), (Field.TARGET, True)):
            if not self._draft.text(where).strip():
                continue
            px = self._price(where, instrument)
            if px is None:
                continue
            exits[where] = px
            if entry_px is None:
                continue
            ahead = (px - entry_px) * trial.side.sign
            if (ahead > 0) is not gains or not ahead:
                is_above = (trial.side is Side.BUY) is gains
                shown = fmt.price(entry_px, instrument.tick)
                self._errors[where] = f"must be {'above' if is_above else 'below'} {shown}"
        return replace(trial, protect_px=exits.get(Field.PROTECT), target_px=exits.get(Field.TARGET))

    def _quantity(
        self, trial: OrderTicket, px: Price | None, entry_px: Price | None, instrument: Instrument
    ) -> Quantity:
        number, unit = amount = to_amount(self._draft.quantity)
        if unit is Unit.UNITS:
            return whole_lots(number, instrument)
        if self._errors:  # of prices, and each says so itself
            return instrument.lot
        found = self._wished(amount, trial, px, entry_px, instrument)
        self._notes[Field.QUANTITY] = f"= {fmt.quantity(found, instrument.lot)}"
        return found

    def _wished(
        self, amount: Amount, trial: OrderTicket, px: Price | None, entry_px: Price | None, instrument: Instrument
    ) -> Quantity:
        number, unit = amount
        if unit is Unit.MONEY:
            return units_worth(number, px, instrument)
        equity = self._at.state.equity.now
        if equity is None or equity <= 0:
            msg = "equity is not known"
            raise TicketError(msg)
        if unit is Unit.NAV:
            return units_worth(number * equity, px, instrument)
        if trial.protect_px is None:
            msg = "R is counted by a stop: fill in protect"
            raise TicketError(msg)
        if entry_px is None:
            msg = "there is no price to count it by"
            raise TicketError(msg)
        asked = Opening(opinion_of(trial, self._at.state.ts), trial.side, instrument, entry_px, equity)
        opening = self._at.sizer.opening(asked, self._at.state)
        if isinstance(opening, Declined):
            raise TicketError(opening.text)
        return floor_lots(number * opening[0], instrument)


def opposite_px(side: Side, instrument_id: InstrumentId, state: State) -> Price | None:
    """Return the side of the quote that a market order meets: what the journal measures slippage from."""
    quote = state.marks.quotes.get(instrument_id)
    if quote is None:
        return None
    px = quote.ask_px if side is Side.BUY else quote.bid_px
    return px if px > ZERO else None


def opinion_of(ticket: OrderTicket, ts: Nanos, kind: SignalType | None = None) -> TradingSignal:
    """Return what a sizer is told of a ticket by hand."""
    return TradingSignal(
        strategy_id=ticket.strategy_id,
        instrument_id=ticket.instrument_id,
        signal_type=kind or (SignalType.BUY if ticket.side is Side.BUY else SignalType.SELL),
        ts=ts,
        confidence=1.0,
        strength=1.0,
        reason="by hand",
        stop_px=ticket.protect_px,
    )
