"""The venue's own book: every order it was given, every report it made, and what they come to.

Cash, net quantities and the orders that work are nothing but the reports added up in the order in which they were
made, so a book that is read back from a file is the book that was written. The book knows nothing of our journal:
when the two are compared after a crash, they are two witnesses and not one.
"""

from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from oms.domain.fill import LiquiditySide
from oms.domain.ids import ClientOrderId, ExecId, InstrumentId, VenueOrderId
from oms.domain.order import OrderTicket, Side
from oms.domain.report import ExecType, ExecutionReport, Terms
from oms.domain.units import ZERO, Money, Nanos, Price, Quantity

_WORKS: Final = frozenset({ExecType.NEW, ExecType.TRIGGERED})


class Execution(Struct, frozen=True, gc=False):
    """What an order gets from one quote."""

    quantity: Quantity
    price: Price
    liquidity: LiquiditySide


class PlacedOrder(Struct, kw_only=True, gc=False):
    """An order as the venue knows it, with all it said about it.

    `leaves_qty` is what was not filled, also once the order works no longer. `triggered` says that its stop price was
    reached, and `changes` is the number of the newest change that was made to it. `since` is when it said that it has
    the order with its present prices.
    """

    client_order_id: ClientOrderId
    ticket: OrderTicket
    leaves_qty: Quantity
    reports: list[ExecutionReport]
    venue_order_id: VenueOrderId
    executions: int = 0
    working: bool = False
    triggered: bool = False
    changes: int = 0
    since: Nanos = 0

    @property
    def filled_qty(self) -> Quantity:
        """What was filled."""
        return self.ticket.quantity - self.leaves_qty

    def report(self, exec_type: ExecType, ts: Nanos, text: str = "", terms: Terms | None = None) -> ExecutionReport:
        """Return a report that is no execution."""
        return ExecutionReport(
            exec_type=exec_type,
            client_order_id=self.client_order_id,
            instrument_id=self.ticket.instrument_id,
            side=self.ticket.side,
            ts=ts,
            venue_order_id=self.venue_order_id,
            text=text,
            terms=terms,
        )

    def trade(self, execution: Execution, fee: Money, ts: Nanos) -> ExecutionReport:
        """Return the report of an execution; its id counts the executions of this order."""
        return ExecutionReport(
            exec_type=ExecType.TRADE,
            client_order_id=self.client_order_id,
            instrument_id=self.ticket.instrument_id,
            side=self.ticket.side,
            ts=ts,
            venue_order_id=self.venue_order_id,
            exec_id=ExecId(f"{self.client_order_id}:{self.executions + 1}"),
            last_qty=execution.quantity,
            last_px=execution.price,
            fee=fee,
            liquidity=execution.liquidity,
        )


class Book:
    """A book in memory, opened with an amount of cash."""

    def __init__(self, opening: Money) -> None:
        self._opening = opening
        self._begin(opening)

    def _begin(self, opening: Money) -> None:
        self.ts: Nanos = 0  # of the newest report
        self.cash: dict[str, Decimal] = {opening.currency: opening.amount}
        self.net: dict[InstrumentId, Quantity] = {}
        self.orders: dict[ClientOrderId, PlacedOrder] = {}
        self.legs: dict[ClientOrderId, list[PlacedOrder]] = {}  # of the brackets, by their parents
        self.working: dict[InstrumentId, dict[ClientOrderId, PlacedOrder]] = {}

    def open(self) -> None:
        """Make ready to be read and written."""

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

    def record(self, placed: PlacedOrder, report: ExecutionReport, cash: Decimal = ZERO) -> None:
        """Book a report about an order; a TRADE moves `cash`, in the currency of its fee, as well as the net."""
        placed.reports.append(report)
        self.ts = report.ts
        instrument_id, last_qty, fee = report.instrument_id, report.last_qty, report.fee
        if last_qty is not None and fee is not None:
            placed.executions += 1
            placed.leaves_qty -= last_qty
            signed = last_qty if report.side is Side.BUY else -last_qty
            self.net[instrument_id] = self.net.get(instrument_id, ZERO) + signed
            self.cash[fee.currency] = self.cash.get(fee.currency, ZERO) + cash
            placed.working = placed.leaves_qty > 0
        elif report.terms is not None:
            self._change(placed, report.terms, report.ts)
        else:
            if report.exec_type is ExecType.NEW:
                placed.since = report.ts
            placed.working = report.exec_type in _WORKS
            placed.triggered = placed.triggered or report.exec_type is ExecType.TRIGGERED
        if placed.working:
            self.working.setdefault(instrument_id, {})[placed.client_order_id] = placed
        else:
            self.working.get(instrument_id, {}).pop(placed.client_order_id, None)

    def _change(self, placed: PlacedOrder, terms: Terms, ts: Nanos) -> None:
        """Make an order what the terms say. Only one that merely shrinks keeps its place before the others."""
        ticket, filled = placed.ticket, placed.filled_qty
        prices = ticket.limit_px, ticket.stop_px
        if terms.quantity > ticket.quantity or prices != (terms.limit_px, terms.stop_px):
            self.working.get(ticket.instrument_id, {}).pop(placed.client_order_id, None)
            placed.since = ts
        placed.ticket = replace(ticket, quantity=terms.quantity, limit_px=terms.limit_px, stop_px=terms.stop_px)
        placed.leaves_qty = terms.quantity - filled
        placed.changes = terms.number

    def reducible(self, instrument_id: InstrumentId, side: Side) -> Quantity:
        """Return how much an order of this side could trade and only reduce what is held."""
        return max(ZERO, -side.sign * self.net.get(instrument_id, ZERO))

    def sellable(self, instrument_id: InstrumentId) -> Quantity:
        """Return what is held and not yet offered by a working sell. The legs of a bracket offer what is held already,
        and only one of them will come to sell it."""
        offered = (
            placed.leaves_qty
            for placed in self.working.get(instrument_id, {}).values()
            if placed.ticket.side is Side.SELL and placed.ticket.parent_id is None
        )
        return self.net.get(instrument_id, ZERO) - sum(offered, ZERO)

    def room(self, ticket: OrderTicket) -> Quantity:
        """Return how much an order may trade that is to reduce only. The legs of a bracket share what their parent has
        traded: where one quote reaches both, the second finds nothing left."""
        if ticket.parent_id is None:
            return self.reducible(ticket.instrument_id, ticket.side)
        room = self.to_give_back(ticket.parent_id)
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
