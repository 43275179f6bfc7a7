"""The account at its broker, in the verbs that broker libraries have.

They are conveniences and no second door: an order placed here goes through the inbox and the gate like every other,
and what is read here is what the journal says.
"""

from cockpit.library.account_info import AccountInfo, to_account_info
from cockpit.library.argument import Number
from cockpit.library.errors import BrokerConnectionError
from cockpit.library.open_reader import OVER, OpenReader
from cockpit.library.order_entry import OrderEntry
from cockpit.library.order_info import OrderInfo
from cockpit.library.position_info import PositionInfo
from cockpit.session import Session
from oms.domain.ids import ClientOrderId, Route
from oms.domain.order import OrderType, Side, TimeInForce


class BrokerView:
    """`session.broker`: one account."""

    def __init__(self, session: Session, orders: OrderEntry, route: Route, reader: OpenReader) -> None:
        self._session = session
        self._orders = orders
        self._route = route
        self._reader = reader

    async def connect(self) -> bool:
        """Return True while the link stands; the session has made it when it was opened.

        Raises:
            BrokerConnectionError: it is lost, or the session is over; the message says why.
        """
        if self._reader.is_over:
            raise BrokerConnectionError(OVER)
        lost = self._session.state.runs.links.get(self._route.broker, "it was never reached")
        if lost:
            raise BrokerConnectionError(f"{self._route.broker} is lost: {lost}; session.resume() reaches for it again")
        return True

    async def get_account(self) -> AccountInfo:
        """Return cash, equity and buying power, and whether orders pass."""
        state, (broker, account) = self._session.state, self._route
        return await self._reader.read(lambda: to_account_info(broker, account, state))

    async def get_positions(self) -> list[PositionInfo]:
        """Return what is held, one entry for each instrument and strategy."""
        return await self._orders.get_positions()

    async def place_order(
        self,
        symbol: str,
        side: Side | str,
        order_type: OrderType | str,
        quantity: Number,
        *,
        limit_price: Number | None = None,
        stop_price: Number | None = None,
        time_in_force: TimeInForce | str = TimeInForce.DAY,
    ) -> OrderInfo:
        """Place an order and return where it stands once the venue has answered. Raises as `submit_order` does."""
        request = {
            "symbol": symbol,
            "side": side,
            "order_type": order_type,
            "quantity": quantity,
            "limit_price": limit_price,
            "stop_price": stop_price,
            "time_in_force": time_in_force,
        }
        return await self._orders.get_order_status(await self._orders.submit_order(request))

    async def cancel_order(self, order_id: str) -> OrderInfo:
        """Cancel what is left of an order and return where it stands. Its id is ours or, of one that works, the
        broker's. Raises as `session.oms.cancel_order` does."""
        return await self._orders.cancel_order(self._our_name(order_id))

    def _our_name(self, order_id: str) -> str:
        """Return our own id of what the broker calls so; what is ours already, or means no order, as it is. An order
        that is not numbered yet has no number that could be meant."""
        asked: object = order_id
        blotter = self._session.state.blotter
        if not isinstance(asked, str) or ClientOrderId(asked) in blotter.orders:
            return order_id
        named = (
            order.client_order_id
            for order in blotter.open.values()
            if order.venue_order_id == order_id and (order.ticket.broker, order.ticket.account) == self._route
        )
        return next(named, order_id)
