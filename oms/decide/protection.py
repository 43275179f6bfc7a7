"""Keeps every bracket's legs equal to what they protect: made with the first fill, resized with the next, gone with
the position.

Whatever happened, one question is asked after it: does the leg in force cover exactly what is `left`? From the answer
follows one step, and the venue's answer to that step asks the question again, so the two meet and then nothing more is
done. A leg in flight is waited for. The stop comes before everything else, and before the other legs are let go.

A leg is made as its parent asked, and made again where it was last agreed to stand: somebody has moved a stop up
behind the market, or its trail has, and with the price of the day before it would lose what that had saved.

A leg that cannot stand at the venue is held here: because the venue does not know its type, or because it refused,
dropped or never had it, `lost`. It is then as soft as this process and the screen says so. What is held goes to the
venue when the link is made anew, and never before: a venue that refuses is not asked again and again.

Two legs may trade at once, and a strategy may close at the moment in which its stop does. The second fill then turns
the position round. That is flagged on the order, the rest of it is canceled, and what it turned is given back at once.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from oms.blotter import position_key
from oms.decide.cancels import cancel, wanted_back
from oms.decide.changes import Changes
from oms.decide.exits import OVER, Exits
from oms.decide.legs import giving_back, stop_leg, target_leg
from oms.decide.lost import Lost, doubted, given_up, guarded, proven
from oms.decide.soft import Soft
from oms.decide.tickets import Tickets
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import Fill
from oms.domain.ids import GATE, ClientOrderId, short_id
from oms.domain.order import WORKING, Order, OrderFlag, OrderStatus, OrderTicket, OrderType
from oms.domain.position import PositionKey
from oms.domain.risk import TradingState
from oms.domain.units import ZERO, Price, Quantity
from oms.left import Bracket
from oms.state import State

_OTHER_SIZE: Final = (oev.OrderFilled, oev.OrderReplaced)  # after which less may be left of an entry, or more


class Protection:
    """Answers what has happened to a parent, to a leg, or to the position that they are about."""

    def __init__(self, tickets: Tickets, changes: Changes) -> None:
        self._tickets = tickets
        self._changes = changes
        self._soft = Soft(tickets)
        self._exits = Exits(changes, tickets, self._soft)
        self._lost = Lost(tickets)

    def follow(self, state: State, order: Order, event: ev.Event) -> Iterator[ev.Event]:
        """Do what follows for the exits of an order's position after an event of the order."""
        if isinstance(event, oev.OrderFilled):
            yield from self._turn_back(state, order, event.fill)
            yield from self._end_entry(state, order)
        if isinstance(event, oev.OrderFilled) or order.status is OrderStatus.NOT_FOUND:  # which may be back too late
            yield from self._exits.end_spent(state, position_key(order.ticket))
        if isinstance(event, _OTHER_SIZE):
            yield from _as_entry(state, order.client_order_id)
        yield from self.tend(state, position_key(order.ticket))

    def tend(self, state: State, key: PositionKey, *, anew: bool = False) -> Iterator[ev.Event]:
        """Take the next step for each exit of a position. `anew`: the link was just made, what is held may go there."""
        brackets = [bracket for bracket in state.brackets.of(key) if bracket.left]
        for bracket in brackets:
            yield from self._stop(state, bracket, anew=anew)
        for leg in state.brackets.loose_of(key):
            if leg.client_order_id not in state.brackets.legs.recalled or anew:
                yield from cancel(leg, GATE, OVER, moot=True)
        yield from self._exits.fit(state, key, anew=anew)
        yield from self._exits.bring_back(state, key, anew=anew)
        for bracket in brackets:
            if state.trading.state is not TradingState.HALTED:  # it could only be denied
                yield from self._target(state, bracket, anew=anew)

    def renew(self, state: State, _command: do.RenewProtection) -> Iterator[ev.Event]:
        """Do so for every position, with a link that was just made."""
        brackets, loose = state.brackets.left.by_key, state.brackets.legs.loose.values()
        for key in dict.fromkeys((*brackets, *loose, *state.blotter.exits, *state.brackets.aside.keys)):
            yield from self.tend(state, key, anew=True)

    def resume(self, state: State) -> Iterator[ev.Event]:
        """Make anew what a stop of trading took back or kept back: targets, and stops by hand that a flatten owes."""
        for key in dict.fromkeys((*state.brackets.left.by_key, *state.blotter.exits, *state.brackets.aside.keys)):
            yield from self.tend(state, key)
            yield from self._exits.arm(state, key)

    def _stop(self, state: State, bracket: Bracket, *, anew: bool) -> Iterator[ev.Event]:
        parent, instrument = state.blotter.orders[bracket.parent_id], state.instruments.get(bracket.key.instrument_id)
        wanted = stop_leg(parent, bracket.left, instrument) if instrument is not None else None
        leg = state.blotter.orders[bracket.stop] if bracket.stop is not None else None
        if wanted is None or state.brackets.aside.is_let_be(bracket.key, bracket.stop, anew=anew):
            yield from given_up(state, parent, leg)
            return
        if leg is None or leg.status is OrderStatus.FILLED or _is_wanted_back(state, bracket.stop):
            if leg is None or leg.is_closed:
                yield from self._soft.send(state, _at_agreed(wanted, bracket.stop_px))
            else:
                yield from wanted_back(state, leg)
        elif leg.status is OrderStatus.HELD:
            yield from self._arm(state, leg, wanted, anew=anew)
        elif not leg.is_closed:
            yield from guarded(parent, leg, bracket.left)
            yield from doubted(parent, leg)
            yield from self._fit(state, leg, bracket.left)
        elif anew:
            yield from self._soft.send(state, _at_agreed(wanted, bracket.stop_px))
        sent = state.blotter.orders[bracket.stop] if bracket.stop is not None else None
        if sent is not None and sent.is_closed and bracket.left and bracket.stop not in state.brackets.legs.recalled:
            yield from self._lost.stop(state, parent, bracket, sent)

    def _target(self, state: State, bracket: Bracket, *, anew: bool) -> Iterator[ev.Event]:
        parent = state.blotter.orders[bracket.parent_id]
        wanted = target_leg(parent, bracket.left)
        if wanted is None or state.brackets.aside.is_let_be(bracket.key, bracket.target, anew=anew):
            return
        leg = state.blotter.orders[bracket.target] if bracket.target is not None else None
        if leg is None or leg.status is OrderStatus.FILLED or _is_wanted_back(state, bracket.target):
            if leg is None or leg.is_closed:
                yield from self._soft.send(state, _at_agreed(wanted, bracket.target_px))
            else:
                yield from wanted_back(state, leg)
        elif leg.status is OrderStatus.HELD:
            yield from self._arm(state, leg, wanted, anew=anew)
        elif not leg.is_closed:
            yield from self._fit(state, leg, bracket.left)
        else:
            yield from self._lost.target(state, leg, _at_agreed(wanted, bracket.target_px))

    def _arm(self, state: State, leg: Order, wanted: OrderTicket, *, anew: bool) -> Iterator[ev.Event]:
        """Send a leg that has waited for its parent, or hold it on for its price; one that is held so is resized. What
        is to go to the market again goes with a quote, `lost`."""
        is_soft = leg.client_order_id in state.brackets.legs.soft
        ticket = replace(leg.ticket, quantity=wanted.quantity) if is_soft else wanted
        yield from self._soft.arm(state, leg, ticket, anew=anew and ticket.order_type is not OrderType.MARKET)

    def _fit(self, state: State, leg: Order, left: Quantity) -> Iterator[ev.Event]:
        """Ask for a leg of another size, once; one that the venue does not change is canceled and made anew, so that
        a position is without its stop for one exchange with the venue and no longer."""
        if leg.status not in WORKING or leg.leaves_qty == left or leg.client_order_id in state.brackets.legs.recalled:
            return
        ticket = replace(leg.ticket, quantity=leg.filled_qty + left)
        asked = state.brackets.legs.changed.get(leg.client_order_id)
        if state.inflight.of(leg).replaces and (asked is None or asked.quantity != ticket.quantity):
            yield self._changes.ask(state, leg, ticket, GATE)
        else:
            yield from cancel(leg, GATE, f"{left:f} are left for it, and it is not changed")

    def _turn_back(self, state: State, order: Order, fill: Fill) -> Iterator[ev.Event]:
        """Undo what two orders did that both meant to close one position."""
        turned = state.brackets.left.turned_by(order, fill)
        if turned:
            text = f"{turned:f} more than there was to give back"
            yield oev.OrderFlagged(client_order_id=order.client_order_id, flag=OrderFlag.TURNED, text=text)
            reason = f"{short_id(order.client_order_id)} traded {text}"
            ticket = giving_back(position_key(order.ticket), order.ticket.side.opposite, turned, reason)
            yield from self._tickets.take_on(state, [(ticket, None)])

    @staticmethod
    def _end_entry(state: State, leg: Order) -> Iterator[ev.Event]:
        """Cancel what is left of an entry once a leg of it has traded: what it was for is over."""
        parent_id = leg.ticket.parent_id
        parent = state.blotter.get(parent_id) if parent_id is not None else None
        if parent is not None:
            yield from proven(parent, leg)
            yield from cancel(parent, GATE, f"its leg {short_id(leg.client_order_id)} has traded")


def _as_entry(state: State, entry: ClientOrderId) -> Iterator[ev.Event]:
    """Make legs that wait for their entry what they would be sent as, now that it has other terms or has traded."""
    bracket = state.brackets.left.by_parent.get(entry)
    instrument = state.instruments.get(bracket.key.instrument_id) if bracket is not None else None
    if bracket is None or bracket.left or instrument is None:
        return
    parent = state.blotter.orders[entry]
    quantity = parent.ticket.quantity - parent.filled_qty
    stop, target = stop_leg(parent, quantity, instrument), target_leg(parent, quantity)
    for leg_id, wanted in ((bracket.stop, stop), (bracket.target, target)) if quantity > ZERO else ():
        leg = state.blotter.orders[leg_id] if leg_id is not None else None
        if leg is None or wanted is None or leg.status is not OrderStatus.HELD:
            continue
        if wanted != leg.ticket:
            yield oev.OrderReplaced(client_order_id=leg.client_order_id, ticket=wanted)


def _is_wanted_back(state: State, leg: ClientOrderId | None) -> bool:
    """Tell whether a leg that is canceled is made again."""
    return leg in state.brackets.legs.recalled or leg in state.brackets.legs.aside


def _at_agreed(wanted: OrderTicket, px: Price | None) -> OrderTicket:
    """Return a leg where it was last agreed to stand: where somebody moved it, or where a trail has come to."""
    if px is None:
        return wanted
    return replace(wanted, limit_px=px) if wanted.stop_px is None else replace(wanted, stop_px=px)
