"""The facts of a ticket, gathered once and read by every rule.

A rule that fetched its own facts would fetch them again, and two rules could disagree about the same price. So the
gate asks the state once, in time that depends on what is open and never on how much was ever traded, and rules only
compare. What a single rule reads is worked out when that rule asks. What is not known is None, and a rule that needs
it denies.

*Opening* is judged on the account's net, over all strategies, as if every open order on the ticket's own side were
filled and none on the other side: what then still lies against the ticket is *closable*, and a ticket within it only
reduces. The part beyond opens, also in an order that flips through zero. The legs of brackets are no open orders in
this: they give back only what is held, and an exit would find its position taken by the stop that it is to replace.
What is to rest without being an exit is another matter: it may come to trade after they have, so to it they count.
Three kinds of ticket are judged by what their own strategy holds: its stop, a flatten that was confirmed, and, while
nothing has tripped, its exit at the market where the net lies the other way or nowhere. Such an exit leaves the account
with more than it had, namely with what another strategy holds and came by as it came by it. But nobody takes on
anything by it, what is held in all only falls, and a strategy that the others keep in its position could not act on its
own stop. One that would turn the net round is judged by the net like anything else, and so is each once only reducing
is allowed. An exit by hand has besides no more room than `oms.exits` finds for it: by its own strategy's share, so that
one which is a limit may be an opening for the account all the same, as the target of a bracket may, and is judged so.
Tickets `beside` the one judged (the other legs of its group) count as open orders.

Money is in the account's base currency; an instrument in another one has no value here, because a value needs a rate.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from oms.blotter import net_key, position_key
from oms.domain.calendar import TradingHours
from oms.domain.fees import FeeSchedule
from oms.domain.ids import ClientOrderId
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order import LIMITS, STOPS, OrderTicket, OrderType, Purpose, TimeInForce
from oms.domain.position import PositionKey
from oms.domain.risk import ExitRoom, TradingState
from oms.domain.units import ZERO, Nanos, Price, Quantity, is_tradable
from oms.exits import behind, held_against, is_stop, net_with, total
from oms.ledger import NetKey, keys_of
from oms.state import State
from risk.funds import free, price, unused

# An enum's member costs two lookups through its class, a name of the module none.
_MARKET: Final = OrderType.MARKET
_GTD: Final = TimeInForce.GTD
_UNTIL: Final = frozenset({TimeInForce.GTD, TimeInForce.GTC})  # which may end at an instant
_ACTIVE: Final = TradingState.ACTIVE
_PROTECT: Final = Purpose.PROTECT


class Surroundings(Struct, frozen=True, kw_only=True):
    """What the gate is told once, at the start: trading hours by calendar, and what an execution costs."""

    hours: Mapping[str, TradingHours]
    fees: FeeSchedule


class Facts(Struct, gc=False):
    """What the rules may know of one ticket. `_qty` are not negative and on the ticket's own side.

    `px` values the ticket: its limit or stop price (for a sell the better of that and the bid), or the opposite side of
    the quote. A ticket that is not sane has none, and so no value. `held_qty` is what is held or may yet fill on the
    ticket's side.
    """

    ticket: OrderTicket
    state: State
    beside: Sequence[OrderTicket]
    around: Surroundings
    key: PositionKey  # of the ticket's own strategy
    sane: bool  # quantity and prices are numbers that can be traded
    instrument: Instrument | None
    quote: Quote | None
    px: Price | None
    mark_px: Price | None
    unit_value: Decimal | None  # one unit at `px`, in the base currency
    unit_at_stake: Decimal | None  # one unit at `px` or at the mark, whichever is higher
    equity: Decimal | None
    peak_equity: Decimal | None  # the recorded one, or now when that is higher
    closable_qty: Quantity
    held_qty: Quantity  # negative while the net lies against the ticket
    opening_qty: Quantity
    opens: bool
    free: Decimal | None  # money that an opening may still take, its fee included
    engaged: int  # positions held or being opened, the ticket's included: in all, of its strategy, in its instrument
    engaged_by_strategy: int
    engaged_by_instrument: int
    confirmed: bool  # somebody typed the word for this flatten
    is_change: bool = False  # of an order that is open, which repeats no wish
    stop_stands: bool = False  # a change that leaves the stop price where it was
    limit_stands: bool = False  # and one that leaves the limit price there
    only_smaller: bool = False  # a change that leaves all but the quantity where it was
    filled_qty: Quantity = ZERO  # of the order that a change is of: what it has paid fees for already

    @property
    def value(self) -> Decimal | None:
        """The whole ticket at `px`, in the base currency."""
        return self.unit_value * self.ticket.quantity if self.unit_value is not None else None

    @property
    def quote_age(self) -> Nanos | None:
        """How long ago the instrument was quoted."""
        return self.state.ts - self.quote.ts if self.quote is not None else None

    @property
    def leavable_qty(self) -> Quantity:
        """What the ticket's own strategy could still give back on the ticket's side."""
        ticket, state = self.ticket, self.state
        taken = ZERO if ticket.is_exit else _taken(ticket, self.key, state)
        return max(ZERO, _leavable(ticket, self.key, state, self.beside) - taken)

    @property
    def exempt_qty(self) -> Quantity:
        """How much of a ticket like this would open nothing."""
        by_own = self.ticket.purpose is _PROTECT or _leaves_freely(self.ticket, self.held_qty, self.state)
        return max(self.closable_qty, self.leavable_qty if by_own else ZERO)

    @property
    def exit_room(self) -> ExitRoom | None:
        """What there is to give back for an exit by hand; None for any other ticket."""
        ticket, state = self.ticket, self.state
        if not ticket.is_exit:
            return None
        held = _leavable(ticket, self.key, state, self.beside)
        stops = is_stop(ticket)
        taken = behind(state, self.key, ticket.side, stops=stops)
        return ExitRoom(
            held_qty=min(held, self.closable_qty) if ticket.reduce_only else held,
            taken_qty=total(taken),
            taken_by=taken[0].order.client_order_id if taken else None,
            orders=len(taken),
            is_stop=stops,
        )

    @property
    def twin(self) -> ClientOrderId | None:
        """The same order as the ticket, of which nobody knows whether the venue has it; a change repeats none."""
        return None if self.is_change else self.state.inflight.doubts.twin_of(self.ticket)

    @property
    def goes_beyond(self) -> bool:
        """Whether a ticket that may only reduce is larger than what there is for it to reduce."""
        if self.ticket.reduce_only and self.opens:
            return True
        room = self.exit_room if self.sane and not self.only_smaller else None
        return room is not None and self.ticket.quantity > room.left_qty


def gather(
    ticket: OrderTicket, state: State, beside: Sequence[OrderTicket], around: Surroundings, *, confirmed: bool = False
) -> Facts:
    """Return the facts of a ticket that is not yet in the state. Total: strange numbers give facts, not errors."""
    instrument_id, quantity = ticket.instrument_id, ticket.quantity
    keys = keys_of(ticket.broker, ticket.account, instrument_id, ticket.strategy_id)
    key = keys.position
    instrument = state.instruments.by_id.get(instrument_id)
    quote, mark = state.marks.quotes.get(instrument_id), state.marks.by_id.get(instrument_id)
    mark_px = mark.px if mark is not None and mark.px > ZERO else None
    equity, peak = state.equity.now, state.trading.peak_equity
    sane = not strange(ticket)
    px = price(ticket, quote) if sane else None
    unit_value = at_stake = None
    if px is not None and instrument is not None and instrument.currency == state.equity.currency:
        unit_value = px * instrument.multiplier
        if mark_px is not None:
            at_stake = unit_value if px >= mark_px else mark_px * instrument.multiplier
    held = _held(ticket, keys.net, state, beside)
    if ticket.parent_id is None and (state.blotter.exits or state.brackets.left.by_key):
        held += _taken(ticket, key, state)
    closable = -held if held < ZERO else ZERO
    engagements = state.engagements
    new: int = key not in engagements.engaged
    new_of_strategy = new_of_instrument = new
    if beside:
        new, new_of_strategy, new_of_instrument = _newly_engaged(key, state, beside)
    opening = quantity
    if sane:
        opening = quantity - closable if quantity > closable else ZERO
        if opening and (confirmed or ticket.purpose is _PROTECT or _leaves_freely(ticket, held, state)):
            opening = _beyond_own(ticket, key, state, beside, opening)
    return Facts(  # in the order of its fields: a call with more names than fifteen is made by way of a dict
        ticket,
        state,
        beside,
        around,
        key,
        sane,
        instrument,
        quote,
        px,
        mark_px,
        unit_value,
        at_stake,
        equity,
        equity if peak is None or (equity is not None and equity > peak) else peak,
        closable,
        held,
        opening,
        not sane or opening > ZERO,
        free(ticket, state, beside, closable) if closable else unused(state, beside),
        len(engagements.engaged) + new,
        engagements.by_strategy.get(ticket.strategy_id, 0) + new_of_strategy,
        engagements.by_instrument.get(instrument_id, 0) + new_of_instrument,
        confirmed,
    )


def _leaves_freely(ticket: OrderTicket, held: Quantity, state: State) -> bool:
    """Tell whether a ticket is a strategy's exit at the market, no leg that waits for a gain, and is judged by what the
    strategy has: `held` is the net on its side."""
    at_once = ticket.closes_at_once and ticket.parent_id is None
    return at_once and held >= ZERO and state.trading.state is _ACTIVE


def strange(ticket: OrderTicket) -> int:
    """Return how many of a ticket's numbers make no sense; one that its type lacks, or has no use for, is one."""
    kind, limit_px, stop_px = ticket.order_type, ticket.limit_px, ticket.stop_px
    wrong = 0 if is_tradable(ticket.quantity) else 1
    wrong += kind in LIMITS if limit_px is None else not is_tradable(limit_px)
    if stop_px is not None or kind is not _MARKET:
        wrong += (kind in STOPS) is (stop_px is None) or (stop_px is not None and not _is_clear(ticket, stop_px))
    if ticket.expires_at is not None or ticket.tif is _GTD:
        wrong += ticket.tif is _GTD if ticket.expires_at is None else ticket.tif not in _UNTIL
    return wrong


def _is_clear(ticket: OrderTicket, stop_px: Price) -> bool:
    """Tell whether a stop price can be traded and, where it trails, no legs are asked for that it could not have."""
    return is_tradable(stop_px) and not (ticket.trails and (ticket.protect_px or ticket.target_px))


def _held(ticket: OrderTicket, key: NetKey, state: State, beside: Sequence[OrderTicket]) -> Quantity:
    """Return what is held, or may yet fill, on the ticket's side; negative while the net lies against it."""
    held = net_with(state, key, ticket.side)
    for other in beside:
        if other.side is ticket.side and net_key(other) == key and is_tradable(other.quantity):
            held += other.quantity
    return held


def _beyond_own(
    ticket: OrderTicket, key: PositionKey, state: State, beside: Sequence[OrderTicket], opening: Quantity
) -> Quantity:
    """Return how much opens of a stop, of a confirmed flatten or of a strategy's exit: by how much it is larger than
    what its own strategy holds against it. It may lie against no net, where another strategy holds the other way; what
    is left then is that other's position, which has passed the gate."""
    if ticket.purpose is not _PROTECT:
        return min(opening, max(ZERO, ticket.quantity - _leavable(ticket, key, state, beside)))
    position = state.ledger.open.get(key)
    held = ZERO if position is None else -position.quantity * ticket.side.sign
    return max(ZERO, ticket.quantity - max(ZERO, held))


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


def _taken(ticket: OrderTicket, key: PositionKey, state: State) -> Quantity:
    """Return how much of its strategy's position a ticket by itself that rests may find gone when it trades: what
    exits stand for, of the kind that stands for more. To what trades at once, and to an exit, none of it is gone."""
    if ticket.is_exit or not ticket.rests or not held_against(state, key, ticket.side):
        return ZERO
    return max(total(behind(state, key, ticket.side, stops=stops)) for stops in (True, False))


def _newly_engaged(key: PositionKey, state: State, beside: Sequence[OrderTicket]) -> tuple[int, int, int]:
    """Return how many positions the ticket of this key and those beside it would be the first to enter: in all, of the
    ticket's strategy and in its instrument."""
    engaged = state.engagements.engaged
    new = dict.fromkeys(other for other in (key, *map(position_key, beside)) if other not in engaged)
    of_strategy = sum(other.strategy_id == key.strategy_id for other in new)
    return len(new), of_strategy, sum(other.instrument_id == key.instrument_id for other in new)
