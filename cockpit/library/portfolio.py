"""The account as one portfolio: what it is worth, what it has made, and positions opened and closed by orders.

Nothing is kept here. The ledger is the one book, and what the portfolio began with follows from it: cash, plus what
the open positions cost, less what was realized, plus the fees. A portfolio that kept a capital of its own would sooner
or later disagree with the venue.

Opening and closing wait for the fills. A recorded market moves on meanwhile, at most until the order's day is over.
"""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from cockpit.library.argument import Number
from cockpit.library.denial import explained
from cockpit.library.errors import MarketDataError, OrderExecutionError, RequestError
from cockpit.library.open_reader import OpenReader
from cockpit.library.order_entry import OrderEntry
from cockpit.library.position_info import PositionInfo, merge_positions, to_position_info
from cockpit.library.request import to_instrument, to_ticket
from cockpit.session import Session
from oms.domain.events import Record
from oms.domain.ids import MANUAL, ClientOrderId, InstrumentId, Route
from oms.domain.order import OrderTicket, OrderType, Purpose, Side
from oms.domain.position import Position, PositionKey
from oms.domain.risk import Verdict
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.exits import as_exit
from risk.engine import RiskManager


class PortfolioMetrics(Struct, frozen=True, kw_only=True):
    """The portfolio in numbers, in the base currency; fees are not in the two profits. None is not known."""

    initial_capital: Decimal | None
    cash: Decimal
    total_value: Decimal | None
    gross_exposure: Decimal
    leverage: Decimal | None  # gross exposure in total values
    realized_pnl: Decimal
    unrealized_pnl: Decimal | None
    fees: Decimal
    return_percentage: Decimal | None  # 2.5 is two and a half percent
    drawdown_percentage: Decimal | None  # below the highest value that was recorded
    open_positions: int


class Portfolio:
    """`session.portfolio`. `play` lets the market move until something has happened."""

    def __init__(
        self,
        session: Session,
        gate: RiskManager,
        orders: OrderEntry,
        route: Route,
        reader: OpenReader,
        play: Callable[[Callable[[Record], bool]], Awaitable[None]],
    ) -> None:
        self._session = session
        self._gate = gate
        self._orders = orders
        self._route = route
        self._reader = reader
        self._play = play

    async def open_position(
        self, symbol: str, quantity: Number, *, side: Side | str = Side.BUY, limit_price: Number | None = None
    ) -> PositionInfo:
        """Buy or sell by a day order, wait for what it comes to, and return the position by hand in that instrument.

        Raises:
            OrderExecutionError: its day ended without any fill.
            TradingError: as `session.oms.submit_order` raises it.
        """
        ticket = self._ticket(symbol, side, quantity, limit_price)
        await self._trade(ticket)
        held = self._by_hand(ticket.instrument_id)
        return await self._reader.read(lambda: to_position_info(held(), self._session.state))

    async def close_position(self, symbol: str, exit_price: Number | None = None) -> Decimal:
        """Give back all that was bought or sold by hand in an instrument, at the market or at `exit_price` or better;
        return what that realized, before fees. What strategies hold is theirs.

        Raises:
            RequestError: nothing is held there by hand.
            OrderExecutionError: its day ended without any fill.
            TradingError: as `session.oms.submit_order` raises it.
        """
        held = self._by_hand(to_instrument(symbol, self._session.state.instruments).instrument_id)
        before = held()
        if not before.quantity:
            raise RequestError(f"symbol: nothing is held by hand in {before.key.instrument_id}")
        side = Side.SELL if before.quantity > ZERO else Side.BUY
        ticket = self._ticket(symbol, side, abs(before.quantity), exit_price)
        await self._trade(replace(as_exit(ticket, self._session.state), purpose=Purpose.CLOSE))
        return await self._reader.read(lambda: held().realized - before.realized)

    async def can_open_position(
        self, symbol: str, quantity: Number, price: Number | None = None, *, side: Side | str = Side.BUY
    ) -> tuple[bool, str | None]:
        """Tell whether the gate would pass an order now, at the market or at a limit; else what denies it, in words.

        Raises:
            RequestError: the order cannot be meant.
        """
        state = self._session.state
        decision = self._gate.check(self._ticket(symbol, side, quantity, price), state)
        against = [found for found in explained(decision, state) if found.verdict is Verdict.DENY]
        return not against, ", ".join(f"{found.rule}: {found.text}" for found in against) or None

    async def get_position(self, symbol: str) -> PositionInfo | None:
        """Return all that is held of an instrument, over all strategies, as one position; None when nothing is.

        Raises:
            RequestError: nothing is listed under that symbol.
        """
        name = to_instrument(symbol, self._session.state.instruments).instrument_id
        return merge_positions([held for held in await self._orders.get_positions() if held.instrument_id == name])

    async def get_total_value(self) -> Decimal:
        """Return cash and what is held at its marks.

        Raises:
            MarketDataError: something is held that has no price.
        """
        return _demanded((await self.get_metrics()).total_value, "the total value")

    async def get_return_percentage(self) -> Decimal:
        """Return what was made, fees paid, in percent of what the account began with: 2.5 is two and a half.

        Raises:
            MarketDataError: something is held that has no price, or whose cost is not known.
        """
        return _demanded((await self.get_metrics()).return_percentage, "the return")

    async def get_metrics(self) -> PortfolioMetrics:
        """Return the portfolio in numbers."""
        return await self._reader.read(self._metrics)

    def _metrics(self) -> PortfolioMetrics:
        state = self._session.state
        equity, base = state.equity, state.equity.currency
        listed = state.instruments.by_id
        held = [
            position
            for key, position in state.ledger.positions.items()
            if key.instrument_id in listed and listed[key.instrument_id].currency == base
        ]
        realized = sum((position.realized for position in held), ZERO)
        fees = sum((fee.amount for position in held for fee in position.fees if fee.currency == base), ZERO)
        costs = [position.cost for position in held if position.cost is not None]
        began = equity.cash + sum(costs, ZERO) - realized + fees if len(costs) == len(held) else None
        worth, peak = equity.now, state.trading.peak_equity
        return PortfolioMetrics(
            initial_capital=began,
            cash=equity.cash,
            total_value=worth,
            gross_exposure=equity.gross,
            leverage=equity.gross / worth if worth else None,
            realized_pnl=realized,
            unrealized_pnl=equity.unrealized,
            fees=fees,
            return_percentage=(worth - began) / began * 100 if worth is not None and began else None,
            drawdown_percentage=max(ZERO, (peak - worth) / peak * 100) if worth is not None and peak else None,
            open_positions=len(state.ledger.open),
        )

    def _ticket(self, symbol: str, side: Side | str, quantity: Number, limit_price: Number | None) -> OrderTicket:
        self._reader.demand_open()
        order_type = OrderType.MARKET if limit_price is None else OrderType.LIMIT
        request = {"symbol": symbol, "side": side, "quantity": quantity, "order_type": order_type}
        return to_ticket(request | {"limit_price": limit_price}, self._session.state.instruments, self._route)

    def _by_hand(self, instrument_id: InstrumentId) -> Callable[[], Position]:
        key = PositionKey(*self._route, instrument_id, MANUAL)
        return lambda: self._session.state.ledger.position(key)

    async def _trade(self, ticket: OrderTicket) -> None:
        """Send a ticket and let the market move until its order has ended."""
        order_id: ClientOrderId = await self._orders.submit_ticket(ticket)
        orders = self._session.state.blotter.orders
        if not orders[order_id].is_closed:
            await self._play(lambda _record: orders[order_id].is_closed)
        order = orders[order_id]
        if not order.filled_qty:
            what = f"{order_id} came to nothing, {order.status.value}: {sanitize(order.text) or 'its time is over'}"
            raise OrderExecutionError(what, order_id=order_id)


def _demanded(value: Decimal | None, what: str) -> Decimal:
    if value is None:
        raise MarketDataError(f"{what} is not known: something is held without a price or a cost")
    return value
