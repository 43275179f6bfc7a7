"""The gate as a script may ask it: what would be denied, why, and where the account stands."""

from collections.abc import Mapping
from datetime import datetime

from cockpit.library.denial import explained
from cockpit.library.request import Number, to_ticket
from cockpit.session import Session
from oms.decide.legs import trailing
from oms.domain.ids import Route
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from oms.domain.risk import RiskDecision, RiskFinding
from oms.ports import Headroom
from risk.engine import RiskManager
from risk.status import RiskStatus


class RiskDesk:
    """`session.risk`: asking changes nothing and journals nothing. Switching the gate off is not among the verbs."""

    def __init__(self, session: Session, gate: RiskManager, route: Route) -> None:
        self._session = session
        self._gate = gate
        self._route = route

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
        reduce_only: bool = False,
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
            ValueError: the decision was made under another limits table than the one in force.
        """
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
        }
        return self._gate.headroom(self._ticket(request), state)

    async def get_risk_status(self) -> RiskStatus:
        """Return level, trading state, equity, losses, and every rule's use of its limit."""
        return self._gate.get_risk_status(self._session.state)

    def _ticket(self, request: Mapping[str, object]) -> OrderTicket:
        """Return the ticket as it would reach the gate: one that trails has got its first stop price by then."""
        state = self._session.state
        ticket = to_ticket(request, state.instruments, self._route)
        return trailing(ticket, state) if ticket.trails and ticket.stop_px is None else ticket
