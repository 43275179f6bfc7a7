"""What the cursor stands on: the thing that a key acts on is the one that is seen under it."""

from cockpit.tui.panels.panel import Panel
from cockpit.tui.screens.dashboard import Dashboard
from oms.domain.ids import MANUAL, ClientOrderId, InstrumentId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import Order, Side
from oms.domain.position import Position
from oms.domain.units import ZERO
from oms.state import State


class Under:
    """Reads the cursor of the panel that keys go to. What no row stands for is None."""

    def __init__(self, dashboard: Dashboard, state: State) -> None:
        self._dashboard = dashboard
        self._state = state

    @property
    def order(self) -> Order | None:
        """The working order."""
        key = self._key("orders")
        return self._state.blotter.open.get(ClientOrderId(key)) if key is not None else None

    @property
    def position(self) -> Position | None:
        """The position of one strategy."""
        key = self._key("positions")
        return next((held for held in self._state.ledger.open.values() if "/".join(held.key) == key), None)

    @property
    def strategy_id(self) -> StrategyId | None:
        """The strategy."""
        key = self._key("strategies")
        return StrategyId(key) if key is not None and key in self._state.roster.by_id else None

    @property
    def instrument(self) -> Instrument | None:
        """The instrument: of a price, a position or an order. In panels that are about none, that of the prices."""
        if (order := self.order) is not None:
            return self._state.instruments.get(order.ticket.instrument_id)
        if (position := self.position) is not None:
            return self._state.instruments.get(position.key.instrument_id)
        key = _cursor(self._dashboard.panel("prices"))
        listed = self._state.instruments.by_id
        return listed.get(InstrumentId(key)) if key is not None else next(iter(listed.values()), None)

    def tag_for(self, side: Side) -> StrategyId:
        """Return for whom a ticket is: what closes the position under the cursor is for the strategy that holds it."""
        position = self.position
        if position is None or position.quantity * side.sign > ZERO:
            return MANUAL
        return position.key.strategy_id

    def _key(self, name: str) -> str | None:
        panel = self._dashboard.focused_panel
        return _cursor(panel) if panel is not None and name == panel.NAME else None


def _cursor(panel: Panel) -> str | None:
    return panel.table.cursor_key if panel.table is not None else None
