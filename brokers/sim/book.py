"""The venue's own book: every order it was given, every report it made, and what they come to.

Cash, net quantities and the orders that work are nothing but the reports added up in the order in which they were
made, so a book that is read back from a file is the book that was written. The book knows nothing of our journal:
when the two are compared after a crash, they are two witnesses and not one.
"""

from collections import defaultdict
from collections.abc import Awaitable
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from brokers.sim.placed import PlacedOrder
from oms.domain.ids import ClientOrderId, InstrumentId, StrategyId, VenueOrderId
from oms.domain.order import OrderTicket, Purpose, Side
from oms.domain.report import ExecType, ExecutionReport, Terms
from oms.domain.units import ZERO, Money, Nanos, Quantity

_BUY: Final = Side.BUY  # a member of an enum costs two lookups, a name none
_NEW: Final = ExecType.NEW


class Book:
    """A book in memory, opened with an amount of cash."""

    def __init__(self, opening: Money) -> None:
        self._opening = opening
        self._begin(opening)

    def _begin(self, opening: Money) -> None:
        self.cash = defaultdict(Decimal, {opening.currency: opening.amount})
        self.net: defaultdict[InstrumentId, Quantity] = defaultdict(Decimal)
        self.shares: defaultdict[tuple[InstrumentId, StrategyId], Quantity] = defaultdict(Decimal)  # what the net is of
        self.orders: dict[ClientOrderId, PlacedOrder] = {}
        self.legs: dict[ClientOrderId, list[PlacedOrder]] = {}  # of the brackets, by their parents
        self.working: dict[InstrumentId, dict[ClientOrderId, PlacedOrder]] = {}

    @property
    def ts(self) -> Nanos:
        """The time of the newest report; 0 without one."""
        return max((report.ts for placed in self.orders.values() for report in placed.reports[-1:]), default=0)

    def open(self) -> None:
        """Make ready to be read and written."""

    def demand_open(self) -> None:
        """Do nothing: memory is always open."""

    def begin_commit(self) -> Awaitable[object] | None:
        """Begin to make all that was entered and recorded last; None where nothing has to be waited for."""
        return None

    def commit(self) -> None:
        """Make all that was entered and recorded last."""

    def close(self) -> None:
        """Let go of what `open` took."""

    def enter(self, order_id: ClientOrderId, ticket: OrderTicket) -> PlacedOrder:
        """Take an order in; nothing has been said about it yet."""
        placed = PlacedOrder(
            client_order_id=order_id,
            ticket=ticket,
            leaves_qty=ticket.quantity,
            reports=[],
            venue_order_id=VenueOrderId(f"V-{order_id}"),
        )
        self.orders[order_id] = placed
        if ticket.parent_id is not None:
            self.legs.setdefault(ticket.parent_id, []).append(placed)
        return placed

    def tell(self, placed: PlacedOrder, report: ExecutionReport) -> None:
        """Book that an order works, that its stop price was reached, or that it has ended without a trade."""
        placed.reports.append(report)
        exec_type = report.exec_type
        if exec_type is _NEW:
            placed.since = report.ts
            self._rest(placed)
        elif exec_type is ExecType.TRIGGERED:
            placed.triggered = True
        elif placed.working:
            self._end(placed)

    def trade(self, placed: PlacedOrder, report: ExecutionReport, quantity: Quantity, moved: Money) -> None:
        """Book that an order traded a quantity, which moved this cash."""
        placed.reports.append(report)
        signed_qty = quantity if report.side is _BUY else -quantity
        self.net[report.instrument_id] += signed_qty
        self.shares[report.instrument_id, placed.ticket.strategy_id] += signed_qty
        self.cash[moved.currency] += moved.amount
        placed.executions += 1
        placed.leaves_qty = leaves_qty = placed.leaves_qty - quantity
        if leaves_qty <= ZERO:
            self._end(placed)

    def change(self, placed: PlacedOrder, report: ExecutionReport, terms: Terms) -> None:
        """Make an order what the terms say. Only one that merely shrinks keeps its place before the others."""
        placed.reports.append(report)
        ticket, filled = placed.ticket, placed.filled_qty
        prices = ticket.limit_px, ticket.stop_px
        if terms.quantity > ticket.quantity or prices != (terms.limit_px, terms.stop_px):
            self._end(placed)
            self._rest(placed)
            placed.since = report.ts
        placed.ticket = replace(ticket, quantity=terms.quantity, limit_px=terms.limit_px, stop_px=terms.stop_px)
        placed.leaves_qty = terms.quantity - filled
        placed.changes = terms.number

    def _rest(self, placed: PlacedOrder) -> None:
        """Let an order work, behind all others."""
        placed.working = True
        self.working.setdefault(placed.ticket.instrument_id, {})[placed.client_order_id] = placed

    def _end(self, placed: PlacedOrder) -> None:
        placed.working = False
        self.working.get(placed.ticket.instrument_id, {}).pop(placed.client_order_id, None)

    def reducible(self, instrument_id: InstrumentId, side: Side) -> Quantity:
        """Return how much an order of this side could trade and only reduce what is held."""
        return max(ZERO, -side.sign * self.net.get(instrument_id, ZERO))

    def sellable(self, instrument_id: InstrumentId) -> Quantity:
        """Return what is held and not yet offered by a working sell. What gives back offers what is held already, and
        only one of those orders will come to sell it."""
        offered = (
            placed.leaves_qty
            for placed in self.working.get(instrument_id, {}).values()
            if placed.ticket.side is Side.SELL and not is_giving_back(placed.ticket)
        )
        return self.net.get(instrument_id, ZERO) - sum(offered, ZERO)

    def room(self, ticket: OrderTicket) -> Quantity:
        """Return how much an order may trade that is to reduce only. The legs of a bracket share what their parent has
        traded, and find nothing left where one quote has reached another leg, or another exit of their strategy,
        first."""
        if ticket.parent_id is None:
            return self.reducible(ticket.instrument_id, ticket.side)
        share = self.shares[ticket.instrument_id, ticket.strategy_id] * -ticket.side.sign
        room = min(self.to_give_back(ticket.parent_id), share)
        return min(room, self.reducible(ticket.instrument_id, ticket.side)) if ticket.reduce_only else room

    def to_give_back(self, parent_id: ClientOrderId) -> Quantity:
        """Return what an order has traded and no leg of it has given back."""
        parent = self.orders.get(parent_id)
        traded = parent.filled_qty if parent is not None else ZERO
        return traded - sum((leg.filled_qty for leg in self.legs.get(parent_id, ())), ZERO)

    def next_expiry(self) -> Nanos | None:
        """Return the first instant at which an order that works expires by the clock, or None."""
        instants = (placed.ticket.expires_at for working in self.working.values() for placed in working.values())
        return min((instant for instant in instants if instant is not None), default=None)

    def open_orders(self) -> tuple[ClientOrderId, ...]:
        """Return the orders that work, in the order in which they were taken in."""
        return tuple(order_id for order_id, placed in self.orders.items() if placed.working)


def is_giving_back(ticket: OrderTicket) -> bool:
    """Whether an order is there to give back what is held: a leg, an exit, or a trade that closes."""
    return ticket.reduce_only or ticket.parent_id is not None or ticket.purpose is not Purpose.OPEN
