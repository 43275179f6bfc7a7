"""The facts of a ticket, gathered once and read by every rule.

A rule that fetched its own facts would fetch them again, and two rules could disagree about the same price. So the
gate asks the state once, in time that depends on what is open and never on how much was ever traded, and rules only
compare. What is not known is None, and a rule that needs it denies.

*Opening* is judged on the account's net, over all strategies, as if every open order on the ticket's own side were
filled and none on the other side: what then still lies against the ticket is *closable*, and a ticket within it only
reduces. The part beyond opens, also in an order that flips through zero. Tickets `beside` the one judged (the other
legs of its group) count as open orders.

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
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.state import State
from risk.funds import free, price

# A quantity or price outside these is a slip of the hand or an overflow; inside, products stay exact in 28 digits.
SMALLEST: Final = Decimal("1E-12")
LARGEST: Final = Decimal("1E+12")


class Surroundings(Struct, frozen=True, kw_only=True):
    """What the gate is told once, at the start: trading hours by calendar, and what an execution costs."""

    hours: Mapping[str, TradingHours]
    fees: FeeSchedule


class Facts(Struct, kw_only=True):
    """What the rules may know of one ticket. `_qty` are not negative and on the ticket's own side.

    `px` values the ticket: its limit (for a sell the better of limit and bid), or the opposite side of the quote.
    `held_qty` is what is held or may yet fill on the ticket's side; `after_qty` the same with the ticket.
    """

    ticket: OrderTicket
    state: State
    sane: bool  # quantity and limit price are finite, positive and of a believable size
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
    trades: int  # engaged positions with the ticket: of its strategy, in all, in its symbol
    positions: int
    per_symbol: int
    leavable_qty: Quantity  # what the ticket's own strategy could still give back on the ticket's side
    hours: TradingHours | None
    last_alike: Nanos | None
    beside: int
    fees: FeeSchedule


def gather(ticket: OrderTicket, state: State, beside: Sequence[OrderTicket], around: Surroundings) -> Facts:
    """Return the facts of a ticket that is not yet in the state. Total: strange numbers give facts, not errors."""
    instrument = state.instruments.by_id.get(ticket.instrument_id)
    quote = state.marks.quotes.get(ticket.instrument_id)
    mark = state.marks.by_id.get(ticket.instrument_id)
    trading, equity = state.trading, state.equity.now
    sane = not strange(ticket)
    px = price(ticket, quote) if sane else None
    unit_value = None
    if instrument is not None and px is not None and instrument.currency == state.equity.currency:
        unit_value = px * instrument.multiplier
    held = _held(ticket, state, beside)
    closable = -held if held < ZERO else ZERO
    opening = after = ticket.quantity
    if sane:
        opening = ticket.quantity - closable if ticket.quantity > closable else ZERO
        after = held + ticket.quantity
    trades, positions, per_symbol = _counts(ticket, state, beside)
    peak = trading.peak_equity
    key = alike(ticket) if sane else None
    last_alike = state.blotter.last_alike.get(key) if key is not None else None
    if beside and key is not None and any(alike(other) == key for other in beside):
        last_alike = state.ts
    return Facts(
        ticket=ticket,
        state=state,
        sane=sane,
        instrument=instrument,
        quote_age=state.ts - quote.ts if quote is not None else None,
        px=px,
        mark_px=mark.px if mark is not None and mark.px > ZERO else None,
        unit_value=unit_value,
        value=unit_value * ticket.quantity if unit_value is not None else None,
        equity=equity,
        peak_equity=equity if peak is None or (equity is not None and equity > peak) else peak,
        day_equity=trading.day_equity,
        closable_qty=closable,
        held_qty=held,
        after_qty=after,
        opening_qty=opening,
        opens=not sane or opening > ZERO,
        free=free(ticket, state, beside, closable),
        trades=trades,
        positions=positions,
        per_symbol=per_symbol,
        leavable_qty=_leavable(ticket, state, beside),
        hours=around.hours.get(instrument.calendar) if instrument is not None else None,
        last_alike=last_alike,
        beside=len(beside),
        fees=around.fees,
    )


def strange(ticket: OrderTicket) -> int:
    """Return how many of a ticket's numbers make no sense; a limit order without its price counts as one."""
    limit_px = ticket.limit_px
    strange_px = ticket.order_type is OrderType.LIMIT if limit_px is None else not is_sane(limit_px)
    return strange_px + (not is_sane(ticket.quantity))


def is_sane(number: Decimal) -> bool:
    """Tell whether a quantity or price is finite, positive and neither absurdly small nor absurdly large."""
    return number.is_finite() and SMALLEST <= number <= LARGEST


def _held(ticket: OrderTicket, state: State, beside: Sequence[OrderTicket]) -> Quantity:
    """Return what is held, or may yet fill, on the ticket's side; negative while the net lies against it."""
    key = net_key(ticket)
    net = state.ledger.net.get(key, ZERO)
    reserved = state.blotter.reserved.get(key)
    buys = ticket.side is Side.BUY
    same = ZERO if reserved is None else reserved.buy_qty if buys else reserved.sell_qty
    for other in beside:
        if other.side is ticket.side and net_key(other) == key and is_sane(other.quantity):
            same += other.quantity
    return net + same if buys else same - net


def _leavable(ticket: OrderTicket, state: State, beside: Sequence[OrderTicket]) -> Quantity:
    """Return what the ticket's strategy holds against it, less what open orders may give back of it already."""
    key, side = position_key(ticket), ticket.side
    position = state.ledger.open.get(key)
    if position is None:
        return ZERO
    leavable = -position.quantity * side.sign
    if leavable <= ZERO:
        return ZERO
    for other in beside:
        if other.side is side and position_key(other) == key and is_sane(other.quantity):
            leavable -= other.quantity
    if key in state.blotter.open_by_key:
        for order in state.blotter.open.values():
            if order.ticket.side is side and position_key(order.ticket) == key:
                leavable -= order.leaves_qty
    return max(ZERO, leavable)


def _counts(ticket: OrderTicket, state: State, beside: Sequence[OrderTicket]) -> tuple[int, int, int]:
    """Return the engaged positions of the ticket's strategy, in all, and in its symbol, the ticket's included."""
    exposure = state.exposure
    engaged, positions = exposure.engaged, len(exposure.engaged)
    trades = exposure.by_strategy.get(ticket.strategy_id, 0)
    per_symbol = exposure.by_instrument.get(ticket.instrument_id, 0)
    if not beside:
        more = position_key(ticket) not in engaged
        return trades + more, positions + more, per_symbol + more
    new = dict.fromkeys(key for key in map(position_key, (ticket, *beside)) if key not in engaged)
    for key in new:
        trades += key.strategy_id == ticket.strategy_id
        per_symbol += key.instrument_id == ticket.instrument_id
    return trades, positions + len(new), per_symbol
