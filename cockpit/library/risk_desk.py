"""The gate as a script may ask it: what would be denied, why, and where the account stands."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from cockpit.library.argument import Number, shown_with_type
from cockpit.library.denial import explained
from cockpit.library.errors import RequestError
from cockpit.library.open_reader import OpenReader
from cockpit.library.request import to_meant, to_ticket
from cockpit.session import Session
from oms.decide.legs import trailing
from oms.domain.ids import Route
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from oms.domain.risk import RiskDecision, RiskFinding, RuleLimits
from oms.ports import Headroom
from risk.engine import RiskManager
from risk.status import RiskStatus


class RiskDesk:
    """`session.risk`: asking changes nothing and journals nothing. Switching the gate off is not among the verbs: to
    `deactivate` it is to close it. `halt` and `resume` are the session's."""

    def __init__(
        self,
        session: Session,
        gate: RiskManager,
        route: Route,
        reader: OpenReader,
        halt: Callable[[str], Awaitable[None]],
        resume: Callable[[], Awaitable[None]],
    ) -> None:
        self._session = session
        self._gate = gate
        self._route = route
        self._reader = reader
        self._halt = halt
        self._resume = resume

    async def check_order_risk(
        self,
        *,
        symbol: str,
        side: Side | str,
        quantity: Number,
        order_type: OrderType | str = OrderType.MARKET,
        limit_price: Number | None = None,
        stop_price: Number | None = None,
        trail_by: Number | None = None,
        time_in_force: TimeInForce | str = TimeInForce.DAY,
        expires_at: datetime | str | None = None,
        reduce_only: bool | None = None,
    ) -> RiskDecision:
        """Return what the gate would say to an order now: the verdict, and the rules that failed.

        Raises:
            RequestError: the order cannot be meant.
        """
        request = {
            "symbol": symbol,
            "side": side,
            "quantity": quantity,
            "order_type": order_type,
            "limit_price": limit_price,
            "stop_price": stop_price,
            "trail_by": trail_by,
            "time_in_force": time_in_force,
            "expires_at": expires_at,
            "reduce_only": reduce_only,
        }
        state = self._session.state
        return self._gate.check(self._ticket(request), state)

    def explain(self, decision: RiskDecision) -> tuple[RiskFinding, ...]:
        """Return what every rule said: its verdict, what it observed, its limit, and words.

        Raises:
            RequestError: it is no decision.
            ValueError: the decision was made under another limits table than the one in force.
        """
        asked: object = decision
        if not isinstance(asked, RiskDecision):
            raise RequestError(f"decision: expected a RiskDecision, got {shown_with_type(asked)}")
        return explained(decision, self._session.state)

    async def get_headroom(
        self,
        *,
        symbol: str,
        side: Side | str,
        order_type: OrderType | str = OrderType.MARKET,
        limit_price: Number | None = None,
        stop_price: Number | None = None,
        trail_by: Number | None = None,
    ) -> Headroom:
        """Return the largest quantity that every rule would pass now, and the rule that binds it.

        Raises:
            RequestError: the order cannot be meant.
        """
        state = self._session.state
        request = {
            "symbol": symbol,
            "side": side,
            "quantity": 1,
            "order_type": order_type,
            "limit_price": limit_price,
            "stop_price": stop_price,
            "trail_by": trail_by,
            "reduce_only": False,  # how much of it could only reduce is not what was asked
        }
        return self._gate.headroom(self._ticket(request), state)

    async def get_risk_status(self) -> RiskStatus:
        """Return level, trading state, equity, losses, and every rule's use of its limit."""
        self._reader.demand_open()
        return self._gate.get_risk_status(self._session.state)

    def get_rules(self) -> tuple[RuleLimits, ...]:
        """Return the rules that judge every ticket, in their order, with their limits in force."""
        return self._session.state.trading.limits

    async def deactivate(self, reason: str) -> RiskStatus:
        """Close the gate: halt all trading, as `session.halt` does. Working orders are canceled and strategies paused;
        stops that protect a position stay, and `session.flatten` still closes what is held. It is journaled, logged as
        CRITICAL, and stays over a restart. Return the status.

        Raises:
            TradingError: the gate is closed, and what else belongs to a stop could not be journaled.
        """
        await self._halt(reason)
        return await self.get_risk_status()

    async def activate(self) -> RiskStatus:
        """Open the gate again, as `session.resume` does; strategies stay paused. Return the status.

        Raises:
            BrokerConnectionError: the broker still cannot be reached.
            TradingError: nothing is halted, or the journal still cannot be written.
        """
        await self._resume()
        return await self.get_risk_status()

    def _ticket(self, request: Mapping[str, object]) -> OrderTicket:
        """Return the ticket as it would reach the gate: one that trails has got its first stop price by then."""
        self._reader.demand_open()
        state = self._session.state
        ticket = to_meant(request, to_ticket(request, state.instruments, self._route), state)
        return trailing(ticket, state) if ticket.trails and ticket.stop_px is None else ticket
