"""An order as the venue knows it, what it gets from a quote, and the reports that say so."""

from typing import Final

from msgspec import Struct

from oms.domain.fill import LiquiditySide
from oms.domain.ids import ClientOrderId, ExecId, VenueOrderId
from oms.domain.order import OrderTicket
from oms.domain.report import ExecType, ExecutionReport, Terms
from oms.domain.units import Money, Nanos, Price, Quantity

_TRADE: Final = ExecType.TRADE  # a member of an enum costs two lookups, a name none


class Execution(Struct, frozen=True, gc=False):
    """What an order meets in one quote: how much of it may trade, and where the market is. What a taker's size adds to
    that price is known when it is known how much trades."""

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
        ticket = self.ticket
        return ExecutionReport(
            exec_type=exec_type,
            client_order_id=self.client_order_id,
            instrument_id=ticket.instrument_id,
            side=ticket.side,
            ts=ts,
            venue_order_id=self.venue_order_id,
            text=text,
            terms=terms,
        )

    def trade(
        self, liquidity: LiquiditySide, quantity: Quantity, price: Price, fee: Money, ts: Nanos
    ) -> ExecutionReport:
        """Return the report of an execution; its id counts the executions of this order."""
        order_id, ticket = self.client_order_id, self.ticket
        return ExecutionReport(
            exec_type=_TRADE,
            client_order_id=order_id,
            instrument_id=ticket.instrument_id,
            side=ticket.side,
            ts=ts,
            venue_order_id=self.venue_order_id,
            exec_id=ExecId(f"{order_id}:{self.executions + 1}"),
            last_qty=quantity,
            last_px=price,
            fee=fee,
            liquidity=liquidity,
        )
