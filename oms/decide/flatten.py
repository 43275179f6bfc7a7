"""Giving back what the account holds, also while trading is halted.

A flatten is the second act of a stop, and the one kind of order that a person may send after it; so it is made here,
from what is held, and nobody hands in a quantity. What it comes to is the account's net and not each strategy's share:
two strategies that hold against each other in one instrument are flat together, and closing each would open. The
gate judges every order of it once more, so a mistake here can at worst be denied.
"""

from collections.abc import Iterator, Sequence

from oms.blotter import net_key
from oms.decide.cancels import cancel
from oms.decide.guard import Guard
from oms.decide.legs import gives_back, giving_back
from oms.decide.refusal import refusal
from oms.decide.tickets import Tickets
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.order import Order, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Price, Quantity
from oms.ledger import NetKey
from oms.state import State


class Flatten:
    """Answers `FlattenPosition`."""

    def __init__(self, tickets: Tickets, guard: Guard) -> None:
        self._tickets = tickets
        self._guard = guard

    def flatten_position(self, state: State, command: do.FlattenPosition) -> Iterator[ev.Event]:
        """Cancel what works in the instruments, and close what is held where nothing else could."""
        wanted = command.instrument_id
        nets = [(key, net) for key, net in state.ledger.net.items() if net and wanted in (None, key.instrument_id)]
        if not nets:
            yield refusal(command, f"nothing is held{f' in {wanted}' if wanted is not None else ''}")
            return
        yield from self._guard.raise_peak(state, state.ts, at_once=True)
        idle = True
        for key, net in nets:
            for event in self._flatten(state, command, key, net):
                idle = False
                yield event
        if idle:
            yield refusal(command, "what works there is closing it already, or being canceled")

    def _flatten(self, state: State, command: do.FlattenPosition, key: NetKey, net: Quantity) -> Iterator[ev.Event]:
        side = Side.SELL if net > ZERO else Side.BUY
        for order in _working(state, key):
            if not gives_back(order, side):
                yield from cancel(order, command.actor, "it makes way for a flatten")
        leaving = [order for order in _working(state, key) if order.ticket.side is side]
        if not all(gives_back(order, side) for order in leaving):
            return  # until its cancel is confirmed it may close what the flatten would close, and both would flip
        left = abs(net) - sum((order.leaves_qty for order in leaving), ZERO)
        px, reason = _closing_px(state, key, side), f"flatten, confirmed by {command.actor}"
        for position_key, quantity in _shares(state, key, net, left):
            ticket = giving_back(position_key, side, quantity, reason, px)
            yield from self._tickets.take_on(state, [(ticket, None)], confirmed=command.actor)


def _working(state: State, key: NetKey) -> Sequence[Order]:
    return [order for order in state.blotter.open.values() if net_key(order.ticket) == key]


def _shares(state: State, key: NetKey, net: Quantity, left: Quantity) -> Sequence[tuple[PositionKey, Quantity]]:
    """Return whose position gives back how much, until nothing is left of the net."""
    shares: list[tuple[PositionKey, Quantity]] = []
    for position_key, position in state.ledger.open.items():
        of_the_net = position_key[:3] == key
        if of_the_net and position.quantity * net > ZERO and left > ZERO:
            quantity = min(abs(position.quantity), left)
            left -= quantity
            shares.append((position_key, quantity))
    return shares


def _closing_px(state: State, key: NetKey, side: Side) -> Price | None:
    quote = state.marks.quotes.get(key.instrument_id)
    return None if quote is None else quote.ask_px if side is Side.BUY else quote.bid_px
