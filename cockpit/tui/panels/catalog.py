"""The panels there are: to add one, add its line. The order is that of `tab`."""

from typing import Final

from cockpit.tui.panels.equity import EquityLine
from cockpit.tui.panels.gauges import Gauges
from cockpit.tui.panels.log import Log
from cockpit.tui.panels.orders import WorkingOrders
from cockpit.tui.panels.panel import Panel
from cockpit.tui.panels.positions import Positions
from cockpit.tui.panels.prices import Prices
from cockpit.tui.panels.strategies import Strategies

PANELS: Final[tuple[type[Panel], ...]] = (Positions, Prices, WorkingOrders, Strategies, Log, Gauges, EquityLine)
