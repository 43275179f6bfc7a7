"""Keeps every bracket's legs equal to what they protect: made with the first fill, resized with the next, gone with
the position.

Whatever happened, one question is asked after it: does the leg in force cover exactly what is `left`? From the answer
follows one step, and the venue's answer to that step asks the question again, so the two meet and then nothing more is
done. A leg in flight is waited for. The stop comes before everything else, and before the other legs are let go.

A stop that cannot stand at the venue is held here: because the venue does not know its type, or because it refused,
dropped or never had it. It is then as soft as this process and the screen says so; a stop that was lost is an alarm on
its parent besides. What is held goes to the venue when the link is made anew, and never before: a venue that refuses
is not asked again and again.

Two legs may trade at once, and a strategy may close at the moment in which its stop does. The second fill then turns
the position round. That is flagged on the order that did it, and what it turned is given back at once.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from oms.blotter import position_key
from oms.brackets import Bracket
from oms.decide.cancels import cancel
from oms.decide.changes import Changes
from oms.decide.exits import OVER, Exits
from oms.decide.legs import giving_back, stop_leg, target_leg
from oms.decide.tickets import Tickets
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import Fill
from oms.domain.ids import GATE, ClientOrderId, short_id
from oms.domain.order import WORKING, Order, OrderFlag, OrderStatus, OrderTicket, OrderType, Purpose
from oms.domain.position import PositionKey
from oms.domain.risk import TradingState
from oms.domain.units import ZERO, Quantity
from oms.exits import behind, held_against, total
from oms.lifecycle import allowed
from oms.state import State


class Protection:
    """Answers what has happened to a parent, to a leg, or to the position that they are about."""

    def __init__(self, tickets: Tickets, changes: Changes) -> None:
        self._tickets = tickets
        self._changes = changes
        self._exits = Exits(changes)

    def follow(self, state: State, order: Order, event: ev.Event) -> Iterator[ev.Event]:
        """Do what follows for the exits of an order's position after an event of the order."""
        if isinstance(event, oev.OrderFilled):
            yield from self._turn_back(state, order, event.fill)
            yield from self._end_entry(state, order)
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
        if state.trading.state is not TradingState.HALTED:  # as below
            yield from self._by_hand(state, key, anew=anew)
        for bracket in brackets:
            if state.trading.state is not TradingState.HALTED:  # it could only be denied
                yield from self._target(state, bracket, anew=anew)

    def renew(self, state: State, _command: do.RenewProtection) -> Iterator[ev.Event]:
        """Do so for every position, with a link that was just made."""
        brackets, loose = state.brackets.by_key, state.brackets.legs.loose.values()
        for key in dict.fromkeys((*brackets, *loose, *state.blotter.exits, *state.brackets.aside.keys)):
            yield from self.tend(state, key, anew=True)

    def resume(self, state: State) -> Iterator[ev.Event]:
        """Make anew what a stop of trading took back or kept back: targets, and stops by hand that a flatten owes."""
        for key in dict.fromkeys((*state.brackets.by_key, *state.brackets.aside.keys)):
            yield from self.tend(state, key)

    def _stop(self, state: State, bracket: Bracket, *, anew: bool) -> Iterator[ev.Event]:
        parent, instrument = state.blotter.orders[bracket.parent_id], state.instruments.get(bracket.key.instrument_id)
        wanted = stop_leg(parent, bracket.left, instrument) if instrument is not None else None
        if wanted is None or _is_let_be(state, bracket.key, bracket.stop, anew=anew):
            return
        leg = state.blotter.orders[bracket.stop] if bracket.stop is not None else None
        if leg is None or leg.status is OrderStatus.FILLED or _is_wanted_back(state, bracket.stop):
            if leg is None or leg.is_closed:
                yield from self._send(state, parent, _as_far(wanted, leg))
            else:
                yield from _wanted_back(state, leg)
        elif leg.status is OrderStatus.HELD:
            yield from self._arm(state, leg, wanted, anew=anew)
        elif not leg.is_closed:
            yield from _guarded(parent, leg, bracket.left)
            yield from self._fit(state, leg, bracket.left)
        elif anew:
            yield from self._send(state, parent, _as_far(wanted, leg))
        sent = state.blotter.orders[bracket.stop] if bracket.stop is not None else None
        if sent is not None and sent.is_closed and bracket.left and bracket.stop not in state.brackets.legs.recalled:
            yield from self._lost(state, parent, bracket, sent)

    def _target(self, state: State, bracket: Bracket, *, anew: bool) -> Iterator[ev.Event]:
        parent = state.blotter.orders[bracket.parent_id]
        wanted = target_leg(parent, bracket.left)
        if wanted is None or _is_let_be(state, bracket.key, bracket.target, anew=anew):
            return
        leg = state.blotter.orders[bracket.target] if bracket.target is not None else None
        if leg is None or leg.status is OrderStatus.FILLED or _is_wanted_back(state, bracket.target):
            if leg is None or leg.is_closed:
                yield from self._send(state, parent, wanted)
            else:
                yield from _wanted_back(state, leg)
        elif leg.status is OrderStatus.HELD:
            yield from self._arm(state, leg, wanted, anew=anew)
        elif not leg.is_closed:
            yield from self._fit(state, leg, bracket.left)

    def _by_hand(self, state: State, key: PositionKey, *, anew: bool) -> Iterator[ev.Event]:
        """Make the stops by hand again that made way for a flatten which has come to nothing, as far as there is
        something left for them."""
        for stop in state.brackets.aside.of(key):
            ticket, order_id = stop.ticket, stop.client_order_id
            if ticket.parent_id is not None or _is_let_be(state, key, order_id, anew=anew):
                continue
            if not stop.is_closed:
                yield from _wanted_back(state, stop)
                continue
            left = held_against(state, key, ticket.side) - total(behind(state, key, ticket.side, stops=True))
            again = replace(ticket, quantity=min(ticket.quantity - stop.filled_qty, left))
            if again.quantity > ZERO:
                yield from self._tickets.take_on(state, [(again, None)])

    def _send(self, state: State, parent: Order, ticket: OrderTicket) -> Iterator[ev.Event]:
        """Make a leg: at the venue, or held here where it cannot be sent there."""
        obstacle = self._obstacle(state, parent, ticket)
        if obstacle:
            yield from self._tickets.hold(state, ticket, obstacle)
        else:
            yield from self._tickets.take_on(state, [(ticket, None)])

    def _obstacle(self, state: State, order: Order, ticket: OrderTicket) -> str:
        """Return why a leg is held here instead of being sent, in words; empty when it can be sent.

        A target may be an opening for the account, where another strategy holds the other way. It is no loss that has
        to be stopped, so it waits here for a time when the gate lets it pass.
        """
        lacking = state.inflight.of(order).lacking(ticket)
        if lacking:
            return f"soft: {lacking}"
        if state.runs.links.get(ticket.broker) != "":
            return f"soft: the link to {ticket.broker} is down"
        failed = self._tickets.denied_by(state, ticket) if ticket.purpose is Purpose.CLOSE else ()
        return f"soft: now it would be denied by {', '.join(failed)}" if failed else ""

    def _arm(self, state: State, leg: Order, wanted: OrderTicket, *, anew: bool) -> Iterator[ev.Event]:
        """Send a leg that has waited for its parent, or hold it on for its price; one that is held so is resized."""
        order_id, is_soft = leg.client_order_id, leg.client_order_id in state.brackets.legs.soft
        ticket = _as_far(wanted, leg) if is_soft else wanted
        obstacle = self._obstacle(state, leg, ticket)
        if not obstacle and (anew or not is_soft):
            yield from self._tickets.release(state, order_id, ticket)
            return
        if ticket != leg.ticket:
            yield oev.OrderReplaced(client_order_id=order_id, ticket=ticket)
        if not is_soft:
            yield oev.OrderHeld(client_order_id=order_id, text=obstacle)

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

    def _lost(self, state: State, parent: Order, bracket: Bracket, leg: Order) -> Iterator[ev.Event]:
        """Say that a position has lost its stop, and hold another one here, unless the market is on its way to it."""
        if bracket.alarmed == bracket.stop or bracket.stop in state.brackets.legs.waived:
            return
        text = f"its stop {short_id(leg.client_order_id)} is {leg.status}"
        yield _alarm(parent, f"{text}: {leg.text or 'no reason given'}")
        if leg.ticket.order_type is OrderType.STOP_MARKET:
            yield from self._tickets.hold(state, replace(leg.ticket, quantity=bracket.left), f"soft: {text}")

    def _turn_back(self, state: State, order: Order, fill: Fill) -> Iterator[ev.Event]:
        """Undo what two orders did that both meant to close one position."""
        turned = state.brackets.turned_by(order, fill)
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
            yield from cancel(parent, GATE, f"its leg {short_id(leg.client_order_id)} has traded")


def _is_let_be(state: State, key: PositionKey, leg: ClientOrderId | None, *, anew: bool) -> bool:
    """Tell whether a leg is neither made nor changed: somebody canceled it, or it makes way for a flatten that may yet
    close. One that never sent its close has not, once nobody waits for it any more."""
    legs = state.brackets.legs
    return leg in legs.waived or (leg in legs.aside and not (anew and not state.brackets.aside.is_closing(key)))


def _is_wanted_back(state: State, leg: ClientOrderId | None) -> bool:
    """Tell whether a leg that is canceled is made again."""
    return leg in state.brackets.legs.recalled or leg in state.brackets.legs.aside


def _wanted_back(state: State, leg: Order) -> Iterator[ev.Event]:
    """Note that a leg which is being canceled for a flatten is wanted back once it is: we ask for the cancel now."""
    if leg.client_order_id in state.brackets.legs.aside and allowed(leg.status, oev.OrderPendingCancel):
        text = "the flatten that it makes way for went no further"
        yield oev.OrderPendingCancel(client_order_id=leg.client_order_id, actor=GATE, text=text)


def _as_far(wanted: OrderTicket, before: Order | None) -> OrderTicket:
    """Return a stop that stands no farther from the market than the one it comes after: a trail never goes back."""
    if before is None or wanted.trail_by is None or before.ticket.stop_px is None or wanted.stop_px is None:
        return wanted
    nearest = max if wanted.side.sign < 0 else min
    return replace(wanted, stop_px=nearest(wanted.stop_px, before.ticket.stop_px))


def _guarded(parent: Order, leg: Order, left: Quantity) -> Iterator[ev.Event]:
    """Say that an order which had lost its stop has one again, as soon as that works for all that is left."""
    stands = leg.ticket.stop_px is not None and leg.status in WORKING  # and is not on its way to the market
    if stands and OrderFlag.UNPROTECTED in parent.flags and leg.leaves_qty == left:
        text = f"its stop {short_id(leg.client_order_id)} stands"
        yield replace(_alarm(parent, text), over=True)


def _alarm(parent: Order, text: str) -> oev.OrderFlagged:
    return oev.OrderFlagged(client_order_id=parent.client_order_id, flag=OrderFlag.UNPROTECTED, text=text)
