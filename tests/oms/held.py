"""What the tests of orders that are held here share: a venue that takes no stops, stops by hand, and where they are."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import ExecType
from tests.oms.examples import ORDER, Core, quote, said, ticket, traded

PLAIN = Capabilities(order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}), replaces=False)
SECOND_ORDER, THIRD, FOURTH = (ClientOrderId(f"SIM-1-{number}") for number in (2, 3, 4))


def stop(quantity: str = "100", stop_px: str = "160", side: Side = Side.BUY, **terms: Any) -> OrderTicket:
    """Return a stop order: by default an entry above a market of 150."""
    given = {"order_type": OrderType.STOP_MARKET, "stop_px": Decimal(stop_px)} | terms
    return replace(ticket(quantity, side), **given)


def stop_limit() -> OrderTicket:
    """Return an entry that becomes a limit order at 161."""
    return stop(order_type=OrderType.STOP_LIMIT, limit_px=Decimal(161))


def exit_stop(stop_px: str = "140", quantity: str = "100", **terms: Any) -> OrderTicket:
    """Return the stop that protects a hundred."""
    return stop(quantity, stop_px, Side.SELL, **{"purpose": Purpose.PROTECT, "tif": TimeInForce.GTC} | terms)


def quoted(capabilities: Capabilities = PLAIN) -> Core:
    """Return a core that has seen a price of 150."""
    core = Core(capabilities=capabilities)
    core.put(quote("150"))
    return core


def long(capabilities: Capabilities = PLAIN) -> Core:
    """Return a core that holds a hundred, bought at 150 by its first order."""
    core = quoted(capabilities)
    core.submit(ticket("100"))
    core.put(said(ExecType.NEW))
    core.put(traded("100"))
    return core


def where(core: Core, order_id: ClientOrderId = ORDER) -> tuple[OrderStatus, OrderType]:
    """Return where an order is, and as what."""
    order = core.order(order_id)
    return order.status, order.ticket.order_type


def is_soft(core: Core, order_id: ClientOrderId = ORDER) -> bool:
    """Tell whether an order is shown as one that is held here."""
    return order_id in core.state.brackets.legs.soft
