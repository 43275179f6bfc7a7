"""An oracle beside the gate: it adds up anew, after every event, what could come of all that is held and works, and
demands that the limits hold. It uses none of the gate's facts and none of the blotter's sums, so that both would have
to be wrong in the same way.
"""

from collections.abc import Iterator
from decimal import Decimal

from oms.blotter import position_key
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId
from oms.domain.order import Order, OrderTicket, Side
from oms.domain.risk import TradingState
from oms.domain.units import ZERO, Quantity
from oms.state import State


class Limits:
    """The limits in force, as the oracle reads them."""

    def __init__(self, *, position: str, positions: int, by_strategy: int, by_instrument: int) -> None:
        self.position, self.positions = Decimal(position), positions
        self.by_strategy, self.by_instrument = by_strategy, by_instrument

    def tables(self) -> dict[str, dict[str, object]]:
        """Return the configuration; what would hide these limits behind it is raised."""
        return {
            "max_position": {"limit": self.position},
            "max_trades": {"limit": self.by_strategy},
            "max_positions": {"limit": self.positions},
            "max_per_symbol": {"limit": self.by_instrument},
            "max_order_value": {"limit": 1_000_000},
            "duplicate": {"limit": 0},
            "order_rate": {"limit": 10_000_000, "burst": 999},
            "short_sale": {"allow": True},
        }


class Oracle:
    """Looks at a state after each event; `orders` passed the gate and `denials` did not."""

    def __init__(self, limits: Limits, state: State) -> None:
        self.limits = limits
        self.state = state
        self.orders = 0
        self.denials = 0
        self._worst = self._what_could_come()

    def examine(self, event: ev.Event) -> None:
        """Demand that what has just been applied was allowed.

        Raises:
            AssertionError: it was not; the text says what there is too much of.
        """
        before, self._worst = self._worst, self._what_could_come()
        match event:
            case oev.OrderInitialized():
                pass  # it is taken on to be judged; the next event is the verdict
            case oev.OrderSubmitted():
                self.orders += 1
                self._examine_passed(self.state.blotter.orders[event.client_order_id])
            case oev.OrderDenied():
                self.denials += 1
                self._examine_denied(self.state.blotter.orders[event.client_order_id])
            case _:
                grown = {
                    key: quantity
                    for key, quantity in self._worst.items()
                    if quantity > max(ZERO, before.get(key, ZERO))
                }
                assert not grown, f"{type(event).__name__} alone made more possible: {grown}"

    def _examine_passed(self, order: Order) -> None:
        ticket, trading = order.ticket, self.state.trading.state
        assert trading is not TradingState.HALTED, "an order was sent while trading was halted"
        possible = self._worst[ticket.instrument_id, ticket.side]
        if possible <= ZERO:
            return  # it only reduces
        assert trading is TradingState.ACTIVE, "an order that opens was sent while only reducing was allowed"
        equity = self.state.equity.now
        assert equity is not None
        value = possible * self._px(ticket.instrument_id)
        assert value <= self.limits.position * equity, f"{value} in {ticket.instrument_id}, the equity is {equity}"
        gross = sum(
            (max(self._worst[name, side] for side in Side) * self._px(name) for name in self.state.marks.by_id), ZERO
        )
        # what a limit buys below the mark is worth more than it costs, and the equity rises with it
        gained = sum((self._gain(open_order) for open_order in self._open()), ZERO)
        assert gross <= equity + gained, f"{gross} at work, the equity is {equity}, or {equity + gained} once all fill"
        if not self._leaves(order):
            self._examine_counts(ticket)

    def _gain(self, order: Order) -> Decimal:
        limit_px = order.ticket.limit_px
        if limit_px is None or order.ticket.side is not Side.BUY:
            return ZERO
        return max(ZERO, self._px(order.ticket.instrument_id) - limit_px) * order.leaves_qty

    def _examine_counts(self, ticket: OrderTicket) -> None:
        engaged = {key for key, position in self.state.ledger.positions.items() if position.quantity}
        engaged |= {position_key(order.ticket) for order in self._open()}
        by_strategy = sum(key.strategy_id == ticket.strategy_id for key in engaged)
        by_instrument = sum(key.instrument_id == ticket.instrument_id for key in engaged)
        assert by_strategy <= self.limits.by_strategy, f"{by_strategy} positions of {ticket.strategy_id}"
        assert by_instrument <= self.limits.by_instrument, f"{by_instrument} positions in {ticket.instrument_id}"
        assert len(engaged) <= self.limits.positions, f"{len(engaged)} positions"

    def _examine_denied(self, order: Order) -> None:
        ticket = order.ticket
        if ticket.group_id is None and self.state.trading.state is not TradingState.HALTED:
            against = -self._worst[ticket.instrument_id, ticket.side]
            assert against < ticket.quantity, f"{order.text} denied what only reduces: {ticket}"

    def _what_could_come(self) -> dict[tuple[InstrumentId, Side], Quantity]:
        """Return how long and how short each instrument would be if all that works on that side were filled, and
        nothing on the other; negative where it would still lie the other way."""
        worst = {(name, side): ZERO for name in self.state.instruments.by_id for side in Side}
        for key, position in self.state.ledger.positions.items():
            for side in Side:
                worst[key.instrument_id, side] += position.quantity * side.sign
        for order in self._open():
            worst[order.ticket.instrument_id, order.ticket.side] += order.leaves_qty
        return worst

    def _leaves(self, order: Order) -> bool:
        """Tell whether an order only gives back what its own strategy holds."""
        key = position_key(order.ticket)
        held = self.state.ledger.positions[key].quantity if key in self.state.ledger.positions else ZERO
        same = (
            other.leaves_qty
            for other in self._open()
            if position_key(other.ticket) == key and other.ticket.side is order.ticket.side
        )
        return held * order.ticket.side.sign + sum(same, ZERO) <= ZERO

    def _open(self) -> Iterator[Order]:
        return (order for order in self.state.blotter.orders.values() if not order.is_closed)

    def _px(self, instrument_id: InstrumentId) -> Decimal:
        return self.state.marks.by_id[instrument_id].px
