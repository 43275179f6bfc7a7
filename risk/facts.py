"""The facts of a ticket, gathered once and read by every rule.

A rule that fetched its own facts would fetch them again, and two rules could disagree about the same price. So the
gate asks the state once, in time that depends on what is open and never on how much was ever traded, and rules only
compare. What is not known is None, and a rule that needs it denies.

*Opening* is judged on the account's net, over all strategies, as if every open order on the ticket's own side were
filled and none on the other side: what then still lies against the ticket is *closable*, and a ticket within it only
reduces. The part beyond opens, also in an order that flips through zero. The legs of brackets are no open orders in
this: they give back only what is held, and an exit would find its position taken by the stop that it is to replace.
Two kinds of ticket are judged by what their own strategy holds: its stop, and a flatten that was confirmed.
Tickets `beside` the one judged (the other legs of its group) count as open orders.

Money is in the account's base currency; an instrument in another one has no value here, because a value needs a rate.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from oms.blotter import alike, net_key, position_key
from oms.domain.calendar import TradingHours
from oms.domain.fees import FeeSchedule
from oms.domain.instrument import Instrument
from oms.domain.order import LIMITS, STOPS, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Price, Quantity, is_tradable
from oms.state import State
from risk.funds import free, price, unused

# An enum's member costs two lookups through its class, a name of the module none.
_BUY: Final = Side.BUY
_MARKET: Final = OrderType.MARKET
_GTD: Final = TimeInForce.GTD
_PROTECT: Final = Purpose.PROTECT


class Surroundings(Struct, frozen=True, kw_only=True):
    """What the gate is told once, at the start: trading hours by calendar, and what an execution costs."""

    hours: Mapping[str, TradingHours]
    fees: FeeSchedule


class Facts(Struct, kw_only=True, gc=False):
    """What the rules may know of one ticket. `_qty` are not negative and on the ticket's own side.

    `px` values the ticket: its limit or stop price (for a sell the better of that and the bid), or the opposite side of
    the quote.
    `held_qty` is what is held or may yet fill on the ticket's side; `after_qty` the same with the ticket.
    """

    ticket: OrderTicket
    state: State
    sane: bool  # quantity and prices are numbers that can be traded
    instrument: Instrument | None
    quote_age: Nanos | None
    px: Price | None
    mark_px: Price | None
    unit_value: Decimal | None  # one unit at `px`, in the base currency
    value: Decimal | None  # the whole ticket at `px`
    equity: Decimal | None
    peak_equity: Decimal | None  # the recorded one, or now when that is higher
    day_equity: Decimal | None
    closable_qty: Quantity
    held_qty: Quantity  # negative while the net lies against the ticket
    after_qty: Quantity
    opening_qty: Quantity
    opens: bool
    free: Decimal | None  # money that an opening may still take, its fee included
    engaged: int  # positions held or being opened, the ticket's included: in all, of its strategy, in its instrument
    engaged_by_strategy: int
    engaged_by_instrument: int
    leavable_qty: Quantity  # what the ticket's own strategy could still give back on the ticket's side
    hours: TradingHours | None
    last_alike: Nanos | None
    beside: Sequence[OrderTicket]
    fees: FeeSchedule
    confirmed: bool = False  # somebody typed the word for this flatten
    stop_stands: bool = False  # a change that leaves the stop price where it was
    filled_qty: Quantity = ZERO  # of the order that a change is of: what it has paid fees for already

    @property
    def unit_at_stake(self) -> Decimal | None:
        """One unit at `px` or at the mark, whichever is higher, in the base currency; None where one is not known."""
        unit, mark_px, px, instrument = self.unit_value, self.mark_px, self.px, self.instrument
        if unit is None or mark_px is None or px is None or instrument is None:
            return None
        return unit if px >= mark_px else mark_px * instrument.multiplier


def gather(
    ticket: OrderTicket,
    state: State,
    beside: Sequence[OrderTicket],
    around: Surroundings,
    *,
    confirmed: bool = False,
) -> Facts:
    """Return the facts of a ticket that is not yet in the state. Total: strange numbers give facts, not errors."""
    instrument_id, quantity = ticket.instrument_id, ticket.quantity
    instrument = state.instruments.by_id.get(instrument_id)
    quote, mark = state.marks.quotes.get(instrument_id), state.marks.by_id.get(instrument_id)
    equity, peak = state.equity.now, state.trading.peak_equity
    sane = not strange(ticket)
    px = price(ticket, quote) if sane else None
    unit_value = None
    if instrument is not None and px is not None and instrument.currency == state.equity.currency:
        unit_value = px * instrument.multiplier
    held = _held(ticket, state, beside)
    closable = -held if held < ZERO else ZERO
    key = position_key(ticket)
    leavable = _leavable(ticket, key, state, beside)
    opening = after = quantity
    last_alike = None
    if sane:
        opening = quantity - closable if quantity > closable else ZERO
        if opening and ticket.purpose is _PROTECT:
            opening = _beyond_own(ticket, state)
        elif opening and confirmed:
            opening = min(opening, max(ZERO, quantity - leavable))
        after = held + quantity
        last_alike = _last_alike(ticket, state, beside)
    engaged, by_strategy, by_instrument = _engaged(ticket, key, state, beside)
    return Facts(
        ticket=ticket,
        state=state,
        sane=sane,
        instrument=instrument,
        quote_age=state.ts - quote.ts if quote is not None else None,
        px=px,
        mark_px=mark.px if mark is not None and mark.px > ZERO else None,
        unit_value=unit_value,
        value=unit_value * quantity if unit_value is not None else None,
        equity=equity,
        peak_equity=equity if peak is None or (equity is not None and equity > peak) else peak,
        day_equity=state.trading.day_equity,
        closable_qty=closable,
        held_qty=held,
        after_qty=after,
        opening_qty=opening,
        opens=not sane or opening > ZERO,
        free=free(ticket, state, beside, closable) if closable else unused(state, beside),
        engaged=engaged,
        engaged_by_strategy=by_strategy,
        engaged_by_instrument=by_instrument,
        leavable_qty=leavable,
        hours=around.hours.get(instrument.calendar) if instrument is not None else None,
        last_alike=last_alike,
        beside=beside,
        fees=around.fees,
        confirmed=confirmed,
    )


def _beyond_own(ticket: OrderTicket, state: State) -> Quantity:
    """Return by how much a stop is larger than what its own strategy holds against it. It may lie against no net, where
    another strategy holds the other way; what is left then is that other's position, which has passed the gate."""
    position = state.ledger.open.get(position_key(ticket))
    held = ZERO if position is None else -position.quantity * ticket.side.sign
    return max(ZERO, ticket.quantity - max(ZERO, held))


def strange(ticket: OrderTicket) -> int:
    """Return how many of a ticket's numbers make no sense; one that its type lacks, or has no use for, is one."""
    kind, limit_px, stop_px = ticket.order_type, ticket.limit_px, ticket.stop_px
    wrong = int(not is_tradable(ticket.quantity))
    wrong += kind in LIMITS if limit_px is None else not is_tradable(limit_px)
    if stop_px is not None or kind is not _MARKET:
        wrong += (kind in STOPS) is (stop_px is None) or (stop_px is not None and not is_tradable(stop_px))
    if ticket.expires_at is not None or ticket.tif is _GTD:
        wrong += (ticket.tif is _GTD) is (ticket.expires_at is None)
    return wrong


def _held(ticket: OrderTicket, state: State, beside: Sequence[OrderTicket]) -> Quantity:
    """Return what is held, or may yet fill, on the ticket's side; negative while the net lies against it."""
    key = net_key(ticket)
    net = state.ledger.net.get(key, ZERO)
    reserved = state.blotter.reserved.get(key)
    buys = ticket.side is _BUY
    same = ZERO if reserved is None else reserved.buy_qty if buys else reserved.sell_qty
    for other in beside:
        if other.side is ticket.side and net_key(other) == key and is_tradable(other.quantity):
            same += other.quantity
    return net + same if buys else same - net


def _last_alike(ticket: OrderTicket, state: State, beside: Sequence[OrderTicket]) -> Nanos | None:
    """Return when the same wish was last submitted, which is now where it stands beside itself."""
    key = alike(ticket)
    if beside and any(alike(other) == key for other in beside):
        return state.ts
    return state.blotter.last_alike.get(key)


def _leavable(ticket: OrderTicket, key: PositionKey, state: State, beside: Sequence[OrderTicket]) -> Quantity:
    """Return what the ticket's strategy holds against it, less what open orders may give back of it already."""
    side = ticket.side
    position = state.ledger.open.get(key)
    if position is None:
        return ZERO
    leavable = -position.quantity * side.sign
    if leavable <= ZERO:
        return ZERO
    for other in beside:
        if other.side is side and position_key(other) == key and is_tradable(other.quantity):
            leavable -= other.quantity
    return max(ZERO, leavable - state.blotter.open_orders(key).on(side))


def _engaged(
    ticket: OrderTicket, key: PositionKey, state: State, beside: Sequence[OrderTicket]
) -> tuple[int, int, int]:
    """Return the engaged positions in all, of the ticket's strategy and in its instrument, the ticket's included."""
    engagements = state.engagements
    engaged = engagements.engaged
    by_strategy = engagements.by_strategy.get(ticket.strategy_id, 0)
    by_instrument = engagements.by_instrument.get(ticket.instrument_id, 0)
    if not beside:
        more = key not in engaged
        return len(engaged) + more, by_strategy + more, by_instrument + more
    new = dict.fromkeys(other for other in (key, *map(position_key, beside)) if other not in engaged)
    for other in new:
        by_strategy += other.strategy_id == ticket.strategy_id
        by_instrument += other.instrument_id == ticket.instrument_id
    return len(engaged) + len(new), by_strategy, by_instrument
