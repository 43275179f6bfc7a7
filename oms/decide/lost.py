"""What is done about a leg that its venue refused, dropped or never had: it is said, and held here from then on.

A stop that was lost is an alarm on its parent; a target is flagged itself, for it leaves nothing open. What a price has
touched before is another matter. It went to the market and came to nothing, and a stop that waited for its price once
more could wait for ever. So the market is tried again, whatever it shows by then: at the first quote after a pause, the
pauses being those between questions, `oms.asking`. Each time it is another order and another alarm, and never before
the venue has said for certain that the last one is over: two of them would turn the position round. A target that was
touched waits for its price again, and for the pause. A stop by hand that was held here is sent again in the same way,
by `exits`, and the alarm is on the one that came to nothing.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from oms.asking import pause_after
from oms.blotter import position_key
from oms.decide.tickets import Tickets
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import short_id
from oms.domain.order import ALARMS, WORKING, Order, OrderFlag, OrderStatus, OrderTicket, OrderType
from oms.domain.units import Quantity
from oms.left import Bracket
from oms.lifecycle import allowed
from oms.state import State


class Lost:
    """Answers the end of a leg that nobody wanted gone."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    def stop(self, state: State, parent: Order, bracket: Bracket, leg: Order) -> Iterator[ev.Event]:
        """Say that a position has lost its stop, and hold another one here, or try the market again."""
        if leg.client_order_id in state.brackets.legs.waived:
            return
        text = f"its stop {short_id(leg.client_order_id)} is {leg.status}"
        why = f"{text}: {leg.text or 'no reason given'}"
        if leg.ticket.order_type is OrderType.STOP_MARKET:
            yield _alarm(parent, f"{why}; it is held here now", OrderFlag.SOFT)
        else:
            yield _alarm(parent, f"{why}; the market is tried again")
        yield from self._tickets.hold(state, replace(leg.ticket, quantity=bracket.left), f"soft: {text}")

    def target(self, state: State, leg: Order, wanted: OrderTicket) -> Iterator[ev.Event]:
        """Say that a target is lost, and hold what is wanted in its place here."""
        if allowed(leg.status, oev.OrderFlagged):
            text = f"it is {leg.status}: {leg.text or 'no reason given'}; it is held here now"
            yield oev.OrderFlagged(client_order_id=leg.client_order_id, flag=OrderFlag.SOFT, text=text)
        text = f"soft: its target {short_id(leg.client_order_id)} is {leg.status}"
        yield from self._tickets.hold(state, wanted, text)


def is_paused(state: State, order: Order) -> bool:
    """Tell whether what is held here must not go to the market yet, because the last attempts came to nothing; or one
    of them has come back, and may trade until it is canceled."""
    failures = state.brackets.failures(order)
    if not failures:
        return False
    return state.ts < order.ts_init + pause_after(failures) or any(
        _is_beside(other, order)
        for other in state.blotter.open.values()
        if other.client_order_id != order.client_order_id
    )


def _is_beside(other: Order, order: Order) -> bool:
    """Tell whether an order that is open may be what another stands in for."""
    if order.ticket.parent_id is not None:
        return other.ticket.parent_id == order.ticket.parent_id and other.ticket.order_type is OrderType.MARKET
    has_come_back = OrderFlag.FOUND_LATE in other.flags and other.ticket.is_touched
    return has_come_back and position_key(other.ticket) == position_key(order.ticket)


def guarded(parent: Order, leg: Order, left: Quantity) -> Iterator[ev.Event]:
    """Say that an order which had lost its stop has one again, as soon as that works for all that is left."""
    stands = leg.ticket.stop_px is not None and leg.status in WORKING  # and is not on its way to the market
    if stands and leg.leaves_qty == left:
        for flag in ALARMS.intersection(parent.flags):
            yield replace(_alarm(parent, f"its stop {short_id(leg.client_order_id)} stands", flag), over=True)


def doubted(parent: Order, leg: Order) -> Iterator[ev.Event]:
    """Say that nobody knows whether an order has its stop, because the venue does not answer."""
    if leg.status is OrderStatus.UNKNOWN and OrderFlag.UNPROTECTED not in parent.flags:
        yield _alarm(
            parent, f"its stop {short_id(leg.client_order_id)} was not answered: whether it stands is not known"
        )


def proven(parent: Order, leg: Order) -> Iterator[ev.Event]:
    """Say that a stop of which nobody knew whether it stood did stand: it has traded."""
    if leg.ticket.protects and OrderFlag.UNPROTECTED in parent.flags:
        yield replace(_alarm(parent, f"its stop {short_id(leg.client_order_id)} has traded"), over=True)


def given_up(state: State, parent: Order, leg: Order | None) -> Iterator[ev.Event]:
    """Say that an order whose stop was held here has none at all, once somebody has canceled that."""
    if leg is None or OrderFlag.SOFT not in parent.flags or leg.client_order_id not in state.brackets.legs.waived:
        return
    if leg.is_closed:
        yield _alarm(parent, f"its stop {short_id(leg.client_order_id)} is {leg.status} and not made again")


def _alarm(parent: Order, text: str, flag: OrderFlag = OrderFlag.UNPROTECTED) -> oev.OrderFlagged:
    return oev.OrderFlagged(client_order_id=parent.client_order_id, flag=flag, text=text)
