"""What brokers charge, asked by the broker's name: thin words over the fee schedules, for previews and comparisons."""

from collections.abc import Mapping
from decimal import Decimal

from oms.domain.fees import Commission, FixedFee, PercentFee, PerShareFee
from oms.domain.ids import BrokerId
from oms.domain.order import OrderType, Side
from oms.domain.units import Price, Quantity


class CommissionCalculator:
    """The schedules by broker."""

    def __init__(self, schedules: Mapping[BrokerId, Commission]) -> None:
        self._schedules = schedules

    def calculate_commission(self, broker: BrokerId, quantity: Quantity, price: Price) -> Decimal:
        """Return what one execution costs at a broker, in the instrument's currency.

        Raises:
            ValueError: nothing is known of that broker.
        """
        return self._of(broker).fee(quantity, price)

    def get_commission_rate(self, broker: BrokerId, order_type: OrderType = OrderType.MARKET) -> Decimal:  # noqa: ARG002
        """Return the rate of a schedule in its own unit: a fraction of the value, an amount per unit (of the first
        tier) or per execution. No schedule of ours charges one type of order more than another.

        Raises:
            ValueError: nothing is known of that broker.
        """
        match self._of(broker):
            case PercentFee(frac=rate) | PerShareFee(rate=rate) | FixedFee(amount=rate):
                return rate
            case tiered:
                return tiered.tiers[0][1]

    def calculate_total_cost(self, broker: BrokerId, side: Side, quantity: Quantity, price: Price) -> Decimal:
        """Return the cash that an execution takes, its commission included; a sale gives, and is negative.

        Raises:
            ValueError: nothing is known of that broker.
        """
        return side.sign * quantity * price + self.calculate_commission(broker, quantity, price)

    def _of(self, broker: BrokerId) -> Commission:
        if broker not in self._schedules:
            msg = f"no commission of {broker} is known: there are {', '.join(self._schedules) or 'none'}"
            raise ValueError(msg)
        return self._schedules[broker]
