"""Orders by hand: a script's requests become tickets, and what becomes of them is told as values or errors.

This is the door that every order of a script goes through, whichever view it was asked of: a ticket into the inbox,
from there to the gate, and only then to a venue. There is no other one to find.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from cockpit.library.argument import shown_with_type
from cockpit.library.command import ACTOR, carry_out
from cockpit.library.denial import to_denial
from cockpit.library.errors import OrderExecutionError, RequestError
from cockpit.library.open_reader import OpenReader
from cockpit.library.order_info import OrderInfo, to_order_info
from cockpit.library.position_info import PositionInfo, to_position_info
from cockpit.library.request import to_change, to_meant, to_ticket
from cockpit.session import Session
from cockpit.stats.execution import execution_analytics
from cockpit.ticket.errors import TicketError
from cockpit.ticket.tag import require_tag
from oms.decide.changes import unchangeable
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, Route
from oms.domain.order import Order, OrderStatus, OrderTicket
from oms.domain.text import sanitize
from risk.engine import RiskManager

ANSWER_SECS: Final = 3.0  # how long a venue is waited for; what it says later is in the order's status

_UNANSWERED: Final = frozenset({OrderStatus.PENDING, OrderStatus.SUBMITTED})
_NOTHING_CAME: Final = frozenset({OrderStatus.REJECTED, OrderStatus.NOT_FOUND})


class OrderEntry:
    """`session.oms`: orders and positions of the account."""

    def __init__(self, session: Session, gate: RiskManager, route: Route, reader: OpenReader) -> None:
        self._session = session
        self._gate = gate
        self._route = route
        self._reader = reader
        self._moved = asyncio.Event()  # set whenever an order has moved
        session.bus.subscribe(lambda _record: self._moved.set(), *oev.ORDER_EVENTS)

    async def submit_order(self, request: Mapping[str, object]) -> ClientOrderId:
        """Put an order to the gate, send it if it passes, and return its id once the venue has answered.

        `request` has `symbol`, `side` and `quantity`, and may have `order_type` (market, limit, stop, stop_limit,
        trailing_stop; market where none is given), `limit_price`, `stop_price`, `time_in_force` (day, gtc, ioc, fok,
        gtd, at_the_open, at_the_close; day where none is given), `expires_at` (of a gtd order: ISO text or a datetime),
        `reduce_only`, `reason`, and what is to give back what it trades: a stop at `protect_price` or one that follows
        the market `trail_by` away, and a limit order at `target_price`. The `trail_by` of a trailing_stop is its own,
        and it has no legs; a stop has none that trails. Numbers are Decimal or str.

        An order that waits and gives back no more than is held by hand only reduces, unless `reduce_only` is False: it
        follows the position, goes with it, and as a stop it protects. A stop and a limit that only reduce may stand
        for the same shares, and the first that trades ends the other.

        The answer may be that it works: see `get_order_status`. Where a venue does not answer in `ANSWER_SECS` the id
        is returned all the same.

        Raises:
            RequestError: the request cannot be meant; nothing was done.
            RiskLimitViolationError: the gate denied it; InsufficientFundsError where money was missing.
            OrderExecutionError: the venue rejected it, it was withheld, or it could not be journaled.
        """
        state = self._session.state
        ticket = to_ticket(request, state.instruments, self._route)
        return await self.submit_ticket(to_meant(request, ticket, state))

    async def submit_ticket(self, ticket: OrderTicket) -> ClientOrderId:
        """Do the same with a ticket, which may count for a strategy of the session. Raises as `submit_order` does."""
        asked: object = ticket
        if not isinstance(asked, OrderTicket):
            raise RequestError(f"ticket: expected an OrderTicket, got {shown_with_type(asked)}")
        try:
            require_tag(ticket.strategy_id, self._session.runner.strategies, self._session.state)
        except TicketError as error:
            raise RequestError(f"strategy_id: {sanitize(str(error))}") from error
        command = do.SubmitTicket(actor=ACTOR, ticket=ticket)
        records = await carry_out(self._session, command, OrderExecutionError, refused=RequestError)
        order_id = _order_of(records)
        denied = next((record.event for record in records if isinstance(record.event, oev.OrderDenied)), None)
        if denied is not None:
            raise to_denial(denied, ticket, self._gate, self._session.state)
        order = await self._when(order_id, lambda order: order.status not in _UNANSWERED)
        withheld = order.status is OrderStatus.CANCELED and order.venue_order_id is None and not order.filled_qty
        if order.status in _NOTHING_CAME or withheld:
            what = f"{order_id} came to nothing, {order.status.value}: {sanitize(order.text)}"
            raise OrderExecutionError(what, order_id=order_id)
        return order_id

    async def replace_order(self, order_id: str, changes: Mapping[str, object]) -> OrderInfo:
        """Ask the venue to change `quantity`, `limit_price` or `stop_price` of an order that works, if the gate lets
        it, and return where the order stands once the venue has answered. The quantity counts what was filled already.

        Raises:
            RequestError: there is no such order, or the change cannot be meant, as that of a leg's quantity, which is
                what there is to give back; nothing was done.
            RiskLimitViolationError: the gate denied the change; the order works on as it was.
            OrderExecutionError: it cannot be changed now, the venue refused it, or it could not be journaled.
        """
        order = self._known(order_id)
        refused = OrderExecutionError if unchangeable(self._session.state, order) else RequestError
        command = do.ReplaceOrder(actor=ACTOR, client_order_id=order.client_order_id, **to_change(changes))
        records = await carry_out(self._session, command, OrderExecutionError, refused=refused)
        denied = next((record.event for record in records if isinstance(record.event, oev.OrderReplaceDenied)), None)
        if denied is not None:
            raise to_denial(denied, denied.ticket, self._gate, self._session.state)
        asked = order.replaces
        order = await self._when(order.client_order_id, lambda order: order.status is not OrderStatus.PENDING_REPLACE)
        asked_for = next((one.event for one in records if isinstance(one.event, oev.OrderPendingReplace)), None)
        was_asked = asked_for is not None and order.replaces > asked and order.replacing is None
        if was_asked and asked_for is not None and order.ticket != asked_for.ticket:  # else it is held here
            what = f"{order_id} was not changed: {sanitize(order.text)}"
            raise OrderExecutionError(what, order_id=order.client_order_id)
        return self._told(order)

    async def cancel_order(self, order_id: str) -> OrderInfo:
        """Ask the venue to cancel what is left of an order, and return where it stands once the venue has answered.

        Raises:
            RequestError: there is no such order.
            OrderExecutionError: it has ended already.
        """
        self._known(order_id)
        command = do.CancelOrder(actor=ACTOR, client_order_id=ClientOrderId(order_id), reason="by the script")
        await carry_out(self._session, command, OrderExecutionError)
        order = await self._when(ClientOrderId(order_id), lambda order: order.status is not OrderStatus.PENDING_CANCEL)
        return self._told(order)

    async def get_order_status(self, order_id: str) -> OrderInfo:
        """Return where an order stands.

        Raises:
            RequestError: there is no such order.
        """
        return await self._reader.read(lambda: self._told(self._known(order_id)))

    async def get_orders(self) -> list[OrderInfo]:
        """Return every order of the account, oldest first, whoever made it."""
        blotter = self._session.state.blotter
        return await self._reader.read(lambda: list(map(self._told, blotter.orders.values())))

    async def get_active_orders(self) -> list[OrderInfo]:
        """Return the orders that may still trade, oldest first."""
        blotter = self._session.state.blotter
        return await self._reader.read(lambda: list(map(self._told, blotter.open.values())))

    async def get_positions(self) -> list[PositionInfo]:
        """Return what is held, one entry for each instrument and strategy; what a script bought is of `manual`."""
        state = self._session.state
        return await self._reader.read(lambda: [to_position_info(held, state) for held in state.ledger.open.values()])

    async def get_execution_analytics(self) -> dict[str, int | Decimal | None]:
        """Return how well orders were executed: see `cockpit.stats.execution`."""
        return await self._reader.read(lambda: execution_analytics(self._session.state))

    async def _when(self, order_id: ClientOrderId, answered: Callable[[Order], bool]) -> Order:
        """Return an order once the venue has answered, or as it is when that takes too long."""
        orders = self._session.state.blotter.orders
        try:
            async with asyncio.timeout(ANSWER_SECS):
                while not answered(orders[order_id]):
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            pass
        return await self._reader.read(lambda: orders[order_id])

    def _told(self, order: Order) -> OrderInfo:
        return to_order_info(order, self._session.chains.signal_of(order.client_order_id))

    def _known(self, order_id: str) -> Order:
        known: object = order_id
        order = self._session.state.blotter.get(ClientOrderId(known)) if isinstance(known, str) else None
        if order is None:
            raise RequestError(f"order_id: there is no order {sanitize(str(order_id))}")
        return order


def _order_of(records: Sequence[ev.Record]) -> ClientOrderId:
    return next(record.event.client_order_id for record in records if isinstance(record.event, oev.OrderInitialized))
