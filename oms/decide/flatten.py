"""Giving back what the account holds, also while trading is halted.

A flatten is the second act of a stop, and the one kind of order that a person may send after it; so it is made here,
from what is held, and nobody hands in a quantity. It closes each strategy's share and not only the account's net: two
that hold against each other net to nothing, but once their stops are canceled each is open to the market by itself,
and the first that left would leave the account with the other.

So it goes step by step, each asked for anew once the last has traded. What the account is exposed to goes first. When
that is nothing and shares are left, what is short is bought back, which every venue takes, and then it is the rest that
the account is exposed to. Whatever fails on the way, the account never has more than one of them had against another.
The gate judges every order of it once more, so a mistake here can at worst be denied.

What protects a position has to make way for its close, so it is taken down only where a close can be meant at all: what
was never quoted stays as it is. Where the close comes to nothing all the same, the legs that made way are made again.
An exit that is left over from a position that is gone is canceled with the others.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from oms.blotter import net_key, position_key
from oms.decide.cancels import cancel
from oms.decide.guard import Guard
from oms.decide.legs import gives_back, giving_back
from oms.decide.protection import Protection
from oms.decide.refusal import refusal
from oms.decide.tickets import Tickets
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import InstrumentId
from oms.domain.order import Order, Side
from oms.domain.position import Position
from oms.domain.units import ZERO, Price, Quantity
from oms.exits import orphans
from oms.ledger import NetKey
from oms.state import State

FLATTENS: Final = "flatten, confirmed by"  # why an order of one is sent, before who typed the word


class Flatten:
    """Answers `FlattenPosition`."""

    def __init__(self, tickets: Tickets, guard: Guard, protection: Protection) -> None:
        self._tickets = tickets
        self._guard = guard
        self._protection = protection

    def flatten_position(self, state: State, command: do.FlattenPosition) -> Iterator[ev.Event]:
        """Cancel what works for the positions meant, and close each of them where nothing else could."""
        meant: dict[NetKey, list[Position]] = {}
        for key, position in state.ledger.open.items():
            named = command.instrument_id in (None, key.instrument_id)
            if named and command.strategy_id in (None, key.strategy_id):
                meant.setdefault(NetKey(key.broker, key.account, key.instrument_id), []).append(position)
        left_over = [
            event
            for order in orphans(state, command.instrument_id, command.strategy_id)
            for event in cancel(order, command.actor, "nothing is held for it to give back")
        ]
        yield from left_over
        if not meant:
            if not left_over:
                yield refusal(command, f"nothing is held{_where(command)}")
            return
        yield from self._guard.raise_peak(state, state.ts, at_once=True)
        unpriced = [net.instrument_id for net in meant if net.instrument_id not in state.marks.quotes]
        idle = not unpriced
        for net, positions in meant.items():
            if net.instrument_id in unpriced:
                continue
            for event in self._flatten(state, command, net, positions):
                idle = False
                yield event
        if unpriced:
            yield refusal(command, _no_price(unpriced))
        if idle:
            yield refusal(command, "what works there is closing it already, or being canceled")

    def _flatten(
        self, state: State, command: do.FlattenPosition, net: NetKey, positions: Sequence[Position]
    ) -> Iterator[ev.Event]:
        """Cancel what works for the positions, and take the next step."""
        for order in _working(state, command, net):
            if not _leaves(state, order):
                yield from cancel(order, command.actor, "it makes way for a flatten", aside=True)
        side, left, shares = _next(positions, ZERO if command.strategy_id else state.ledger.net_quantity(net))
        closing = [order for order in _working(state, command, net) if order.ticket.side is side]
        if not all(_leaves(state, order) for order in closing):
            return  # until its cancel is confirmed it may close what the flatten would close, and both would flip
        left -= sum((order.leaves_qty for order in closing), ZERO)
        reason, px = f"{FLATTENS} {command.actor}", _closing_px(state, net, side)
        for position in shares:
            leaving = (order.leaves_qty for order in closing if position_key(order.ticket) == position.key)
            quantity = min(abs(position.quantity) - sum(leaving, ZERO), left)
            if quantity > ZERO:
                left -= quantity
                ticket = giving_back(position.key, side, quantity, reason, px)
                yield from self._tickets.take_on(state, [(ticket, None)], confirmed=command.actor)
                if not state.brackets.aside.is_closing(position.key):  # it was denied
                    yield from self._protection.tend(state, position.key)


def _next(positions: Sequence[Position], held: Quantity) -> tuple[Side, Quantity, Sequence[Position]]:
    """Return the side of the next step, how much it is of, and whose: of what the account has, or of what is short, or
    what is left."""
    short = [position for position in positions if position.quantity < ZERO]
    shares = short if held < ZERO or (not held and short) else [one for one in positions if one.quantity > ZERO]
    side = Side.BUY if shares is short else Side.SELL
    return side, abs(held) or sum((abs(one.quantity) for one in shares), ZERO), shares


def _where(command: do.FlattenPosition) -> str:
    """Return ` in AAPL.XNAS by manual`, as far as it was named."""
    instrument = f" in {command.instrument_id}" if command.instrument_id is not None else ""
    return f"{instrument} by {command.strategy_id}" if command.strategy_id is not None else instrument


def _no_price(instrument_ids: Sequence[InstrumentId]) -> str:
    """Return why these are left alone. A venue would refuse to close them, and by then their stops would be gone."""
    named = ", ".join(instrument_ids)
    return f"there is no price of {named} yet: what is held there stays, and so does what works for it"


def _working(state: State, command: do.FlattenPosition, net: NetKey) -> Sequence[Order]:
    return [
        order
        for order in state.blotter.open.values()
        if net_key(order.ticket) == net and command.strategy_id in (None, order.ticket.strategy_id)
    ]


def _closes(state: State, order: Order) -> bool:
    """Tell whether an order would give back of what its own strategy holds, now or at a price."""
    position = state.ledger.open.get(position_key(order.ticket))
    return position is not None and position.quantity * order.ticket.side.sign < ZERO


def _leaves(state: State, order: Order) -> bool:
    """Tell whether an order is itself on its way to close."""
    return _closes(state, order) and gives_back(order, order.ticket.side)


def _closing_px(state: State, net: NetKey, side: Side) -> Price | None:
    quote = state.marks.quotes.get(net.instrument_id)
    return None if quote is None else quote.ask_px if side is Side.BUY else quote.bid_px
