"""What brokers charge, asked before anything is ordered: the schedules of the settings, which the gate, the ticket and
the simulated venue charge by too. So what is answered here for an order is what its fills will add up to."""

from collections.abc import Mapping
from decimal import Decimal

from brokers.catalog import ALIASES, BROKERS
from cockpit.library.argument import Number, to_number, to_str
from cockpit.library.errors import RequestError
from cockpit.library.order_info import OrderInfo
from cockpit.library.request import to_instrument, to_ticket, to_type
from oms.domain.fees import Commission, FixedFee, PercentFee, PerShareFee
from oms.domain.ids import Route
from oms.domain.instrument import Instrument
from oms.domain.options import nearest
from oms.domain.order import OrderTicket, OrderType
from oms.domain.text import sanitize
from oms.domain.units import Money
from oms.instruments import Instruments


class CommissionCalculator:
    """`session.commission`: the schedules by broker; `route` names the one that is meant where none is said.

    An `order` is one of the session's or a request as `submit_order` takes it, and counts with its whole quantity.
    """

    def __init__(self, schedules: Mapping[str, Commission], route: Route, instruments: Instruments) -> None:
        self._schedules = schedules
        self._route = route
        self._instruments = instruments

    def calculate_commission(
        self, order: OrderInfo | Mapping[str, object], fill_price: Number, *, broker: str | None = None
    ) -> Money:
        """Return what an order costs that is filled at a price, in however many parts.

        Raises:
            RequestError: the order or the price cannot be meant, or there is no such broker.
        """
        meant, instrument = self._read(order)
        px = to_number("fill_price", fill_price)
        schedule = self._schedule(self._route.broker if broker is None else broker)
        fee = schedule.fee(meant.quantity, px * instrument.multiplier)
        return Money(fee, instrument.currency)

    def get_commission_rate(self, broker: str, order_type: OrderType | str = OrderType.MARKET) -> Decimal:
        """Return a broker's rate in the unit of its schedule: a fraction of the value, or an amount for each unit (of
        the first tier) or for the order. No schedule charges one type of order more than another.

        Raises:
            RequestError: there is no such broker, or no such type of order.
        """
        to_type(order_type)
        match self._schedule(broker):
            case PercentFee(frac=rate) | PerShareFee(rate=rate) | FixedFee(amount=rate):
                return rate
            case tiered:
                return tiered.tiers[0][1]

    def calculate_total_cost(
        self, order: OrderInfo | Mapping[str, object], fill_price: Number, *, broker: str | None = None
    ) -> Money:
        """Return the cash that an order takes, its commission included; a sale gives, and is negative. Raises as
        `calculate_commission` does."""
        meant, instrument = self._read(order)
        px = to_number("fill_price", fill_price)
        value = Money(meant.side.sign * meant.quantity * px * instrument.multiplier, instrument.currency)
        return value + self.calculate_commission(order, px, broker=broker)

    def _read(self, order: OrderInfo | Mapping[str, object]) -> tuple[OrderInfo | OrderTicket, Instrument]:
        meant = order if isinstance(order, OrderInfo) else to_ticket(order, self._instruments, self._route)
        return meant, to_instrument(meant.instrument_id, self._instruments)

    def _schedule(self, broker: str) -> Commission:
        name = ALIASES.get(to_str("broker", broker), broker)
        if name not in BROKERS:
            raise RequestError(f"broker: there is no {sanitize(str(broker))!r}; {nearest(str(broker), BROKERS)}")
        return self._schedules.get(name, PercentFee())
