"""The gate as a script may ask it: what would be denied, why, and where the account stands."""

from cockpit.library.denial import explained
from cockpit.library.request import Number, Route, to_ticket
from cockpit.session import Session
from oms.domain.order import OrderType, Side, TimeInForce
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
        time_in_force: TimeInForce | str = TimeInForce.DAY,
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
            "time_in_force": time_in_force,
        }
        state = self._session.state
        return self._gate.check(to_ticket(request, state.instruments, self._route), state)

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
    ) -> Headroom:
        """Return the largest quantity that every rule would pass now, and the rule that binds it.

        Raises:
            RequestError: the order cannot be meant.
        """
        state = self._session.state
        request = {"symbol": symbol, "side": side, "quantity": 1, "order_type": order_type, "limit_price": limit_price}
        return self._gate.headroom(to_ticket(request, state.instruments, self._route), state)

    async def get_risk_status(self) -> RiskStatus:
        """Return level, trading state, equity, losses, and every rule's use of its limit."""
        return self._gate.get_risk_status(self._session.state)
