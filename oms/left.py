"""What is left of the fills of the orders that asked for legs, folded from the fills alone.

    a fill of the parent        adds what it opened; what it closed of an opposite position protects nothing
    a fill of one of its legs   takes off that much, from its own bracket first
    a fill of an exit by hand   takes off what no bracket stands for, and only then
    any other closing fill      takes off from the oldest bracket of the position first

So over one position the sum of what is left is never more than what is held, whoever closed how much of it. Were an
exit by hand counted like a sale, the bracket beside it would lose what nobody took from it, and its stop would be made
too small for it.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from oms.blotter import Blotter, position_key
from oms.domain.fill import Fill
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderTicket, OrderType, Purpose
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.ledger import Ledger

_PROTECT: Final = Purpose.PROTECT  # a member of an enum costs two lookups, a name none


class Bracket(Struct, kw_only=True):
    """A parent and its legs. `left` is what of its fills is still held; `stop` and `target` are the legs in force,
    None before they were made.

    `stop_px` and `target_px` are where these were last agreed to stand, by the venue or here, since there was something
    left: where somebody moved them, or a trail has come to. `stop_failures` and `target_failures` count how often in a
    row, before the leg in force, what a price had touched came to nothing at the market.
    """

    parent_id: ClientOrderId
    key: PositionKey
    left: Quantity = ZERO
    stop: ClientOrderId | None = None
    target: ClientOrderId | None = None
    stop_px: Price | None = None
    target_px: Price | None = None
    stop_failures: int = 0
    target_failures: int = 0


class Left:
    """The brackets that are not over, oldest first, and when each position was last given back of. `let_go` is told of
    the legs that have nothing left to give back."""

    def __init__(self, blotter: Blotter, ledger: Ledger, let_go: Callable[[ClientOrderId, PositionKey], None]) -> None:
        self._blotter = blotter
        self._ledger = ledger
        self._let_go = let_go
        self.by_parent: dict[ClientOrderId, Bracket] = {}
        self.by_key: dict[PositionKey, dict[ClientOrderId, Bracket]] = {}
        self.given_back: dict[PositionKey, Nanos] = {}  # when a leg, or an exit by hand, last traded

    def of(self, key: PositionKey) -> tuple[Bracket, ...]:
        """Return the brackets of a position, oldest first."""
        return tuple(self.by_key.get(key, {}).values())

    def turned_by(self, order: Order, fill: Fill) -> Quantity:
        """Return how much of a fill that was just counted turned a position round that two orders meant to close: a
        leg or an exit by hand did, or an order that was on its way to close when one of these traded."""
        key, ticket = position_key(order.ticket), order.ticket
        closes = ticket.purpose is Purpose.CLOSE or ticket.reduce_only  # which not every venue is told
        raced = closes and self.given_back.get(key, -1) >= order.ts_init
        return self._opened(fill, key) if raced or ticket.parent_id is not None or is_by_hand(ticket) else ZERO

    def begin(self, order_id: ClientOrderId, ticket: OrderTicket) -> Bracket:
        """Return the bracket of an order that asks for legs, with nothing left yet."""
        key = position_key(ticket)
        bracket = self.by_parent[order_id] = Bracket(parent_id=order_id, key=key)
        self.by_key.setdefault(key, {})[order_id] = bracket
        return bracket

    def count(self, order: Order, fill: Fill, ts: Nanos) -> None:
        """Give what a fill opened to its own bracket, and take what it closed from the brackets of the position."""
        key, order_id = position_key(order.ticket), order.client_order_id
        opened = self._opened(fill, key)
        parent_id = order.ticket.parent_id
        by_hand = is_by_hand(order.ticket)
        if parent_id is not None or by_hand:
            self.given_back[key] = ts
        closed = fill.last_qty - opened
        if closed and (by_hand or order.ticket.reduce_only):
            closed -= min(closed, self._uncovered(key, closed, ended=bool(opened)))
        if closed:
            brackets = self.of(key)
            own = [one for one in brackets if one.parent_id == parent_id]
            others = [one for one in brackets if one.parent_id != parent_id]
            for bracket in (*own, *others):
                taken = min(closed, bracket.left)
                closed -= taken
                bracket.left -= taken
                if taken and not bracket.left:
                    self._loosen(bracket)
        if opened and order.ticket.asks_protection:
            bracket = self.by_parent.get(order_id) or self.begin(order_id, order.ticket)  # a late fill begins anew
            bracket.left += opened
        for bracket in self.of(key):
            self.drop_if_over(bracket)

    def put_in_force(self, bracket: Bracket, order: Order) -> ClientOrderId | None:
        """Let an order be the leg in force of its kind, in the place of the one that is returned."""
        if order.ticket.purpose is _PROTECT:
            before, bracket.stop = bracket.stop, order.client_order_id
            bracket.stop_failures = self._failures(before, bracket.stop_failures)
        else:
            before, bracket.target = bracket.target, order.client_order_id
            bracket.target_failures = self._failures(before, bracket.target_failures)
        self.agree(order)
        return before

    def agree(self, order: Order) -> None:
        """Note where a leg in force stands. One that waits for its entry stands nowhere yet."""
        ticket, order_id = order.ticket, order.client_order_id
        bracket = self.by_parent.get(ticket.parent_id) if ticket.parent_id is not None else None
        if bracket is None or not bracket.left:
            return
        if order_id == bracket.stop and ticket.stop_px is not None:
            bracket.stop_px = ticket.stop_px
        elif order_id == bracket.target and ticket.limit_px is not None:
            bracket.target_px = ticket.limit_px

    def failures(self, order: Order) -> int:
        """Return how often in a row what came before a leg in force went to the market for nothing."""
        ticket = order.ticket
        bracket = self.by_parent.get(ticket.parent_id) if ticket.parent_id is not None else None
        if bracket is None:
            return 0
        return bracket.stop_failures if ticket.purpose is _PROTECT else bracket.target_failures

    def _failures(self, leg: ClientOrderId | None, before: int) -> int:
        """Return how often in a row it came to nothing with a leg that has ended: one that nobody wanted gone."""
        order = self._blotter.orders[leg] if leg is not None else None
        if order is None or order.ticket.order_type is not OrderType.MARKET or order.unwanted or order.filled_qty:
            return 0
        return before + 1

    def _uncovered(self, key: PositionKey, closed: Quantity, *, ended: bool) -> Quantity:
        """Return how much of a position, before so much of it was closed, no bracket stood for."""
        held = closed if ended else closed + abs(self._ledger.position(key).quantity)
        return max(ZERO, held - sum((bracket.left for bracket in self.of(key)), ZERO))

    def _opened(self, fill: Fill, key: PositionKey) -> Quantity:
        held = self._ledger.position(key).quantity * fill.side.sign
        return min(fill.last_qty, max(ZERO, held))

    def drop_if_over(self, bracket: Bracket) -> None:
        """Forget a bracket that has nothing left to protect and whose parent will trade no more."""
        if bracket.left or not self._blotter.orders[bracket.parent_id].is_closed:
            return
        self._loosen(bracket)
        self.by_parent.pop(bracket.parent_id, None)
        brackets = self.by_key.get(bracket.key)
        if brackets is not None:
            brackets.pop(bracket.parent_id, None)
            if not brackets:
                del self.by_key[bracket.key]

    def _loosen(self, bracket: Bracket) -> None:
        """Let go of the legs: there is nothing left for them to give back."""
        for leg in (bracket.stop, bracket.target):
            if leg is not None:
                self._let_go(leg, bracket.key)
        bracket.stop = bracket.target = bracket.stop_px = bracket.target_px = None
        bracket.stop_failures = bracket.target_failures = 0


def is_by_hand(ticket: OrderTicket) -> bool:
    """Tell whether a ticket is an exit by hand, or was one until a price touched it. Whatever gives back without being
    the leg of a bracket is called so, whoever asked for it: a strategy may, and what holds for a person's holds for
    it."""
    return ticket.is_exit or (ticket.purpose is _PROTECT and ticket.parent_id is None)
