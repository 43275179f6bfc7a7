"""An oracle beside the gate: it adds up anew, after every event, what could come of all that is held and works, and
demands that the limits hold. It uses none of the gate's facts and none of the blotter's sums, so that both would have
to be wrong in the same way.
"""

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from oms.blotter import position_key
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId
from oms.domain.order import Order, OrderTicket, OrderType, Purpose, Side
from oms.domain.risk import TradingState
from oms.domain.units import ZERO, Price, Quantity
from oms.state import State

SLIP = Decimal("0.03")  # as the configuration that ships has it


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
    """Looks at a state after each event; `orders` and `changes` passed the gate and `denials` did not."""

    def __init__(self, limits: Limits, state: State) -> None:
        self.limits = limits
        self.state = state
        self.orders = self.changes = 0
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
                order = self.state.blotter.orders[event.client_order_id]
                self._examine_passed(order, order.ticket)
            case oev.OrderPendingReplace() if event.decision is not None:
                self.changes += 1
                self._examine_changed(self.state.blotter.orders[event.client_order_id], event.ticket)
            case oev.OrderReplaceDenied():
                self.denials += 1
                order = self.state.blotter.orders[event.client_order_id]
                halted = self.state.trading.state is TradingState.HALTED
                assert halted or not _is_less(order, event.ticket), f"{event.text}, which would only become less"
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

    def _examine_passed(self, order: Order, ticket: OrderTicket) -> None:
        """Demand that an order was allowed to become this ticket, with all else that works."""
        trading, key = self.state.trading.state, (ticket.instrument_id, ticket.side)
        assert trading is not TradingState.HALTED, "an order was sent while trading was halted"
        left = ticket.quantity - order.filled_qty
        worst = {**self._worst, key: self._worst[key] - _leaves(order) + left}
        possible = worst[key]
        if possible <= ZERO:
            return  # it only reduces
        assert trading is TradingState.ACTIVE, "an order that opens was sent while only reducing was allowed"
        if ticket.purpose is Purpose.CLOSE and ticket.order_type is OrderType.MARKET and self._closes(order):
            return  # nobody is kept in a position by what another strategy holds
        equity, mark_px = self.state.equity.now, self._px(ticket.instrument_id)
        assert equity is not None
        value = possible * max(mark_px, _own_px(ticket) or mark_px)
        assert value <= self.limits.position * equity, f"{value} in {ticket.instrument_id}, the equity is {equity}"
        gross = sum((max(worst[name, side] for side in Side) * self._px(name) for name in self.state.marks.by_id), ZERO)
        # what is bought below the mark is worth more than it costs, and the equity rises with it
        others = [one for one in self._open() if one.client_order_id != order.client_order_id]
        gained = sum((self._gain(one) for one in others), self._gain(replace(order, ticket=ticket, replacing=None)))
        assert gross <= equity + gained, f"{gross} at work, the equity is {equity}, or {equity + gained} once all fill"
        if not self._closes(order):
            self._examine_counts(ticket)

    def _examine_changed(self, order: Order, ticket: OrderTicket) -> None:
        """Demand that a change was allowed: of what only becomes less, nothing but that trading was not halted."""
        if _is_less(order, ticket):
            assert self.state.trading.state is not TradingState.HALTED, "an order was changed while trading was halted"
        else:
            self._examine_passed(order, ticket)

    def _gain(self, order: Order) -> Decimal:
        """Return by how much a buy would be worth more than it costs, once all of it is filled."""
        tickets = [order.ticket] if order.replacing is None else [order.ticket, order.replacing]
        prices = [_own_px(each) for each in tickets]
        if order.ticket.side is not Side.BUY or None in prices:
            return ZERO
        costs = [(each.quantity - order.filled_qty) * (_own_px(each) or ZERO) for each in tickets]
        return max(ZERO, self._px(order.ticket.instrument_id) * _leaves(order) - max(costs))

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
        if (
            ticket.group_id is None
            and self.state.trading.state is not TradingState.HALTED
            and not self._is_past(ticket)
            and not self._is_a_slip(ticket)
        ):
            against = -self._worst[ticket.instrument_id, ticket.side]
            assert against < ticket.quantity, f"{order.text} denied what only reduces: {ticket}"

    def _is_past(self, ticket: OrderTicket) -> bool:
        """Tell whether a stop lies where the market is or was, or its limit before it."""
        stop_px, limit_px, sign = ticket.stop_px, ticket.limit_px, ticket.side.sign
        quote = self.state.marks.quotes[ticket.instrument_id]
        if stop_px is None:
            return False
        beyond = (stop_px - (quote.ask_px if ticket.side is Side.BUY else quote.bid_px)) * sign
        return beyond <= ZERO or (limit_px is not None and (limit_px - stop_px) * sign < ZERO)

    def _is_a_slip(self, ticket: OrderTicket) -> bool:
        """Tell whether a limit lies so far through the market that nobody means it, whatever it gives back."""
        if ticket.limit_px is None:
            return False
        sign, mark_px = ticket.side.sign, self._px(ticket.instrument_id)
        there = mark_px if ticket.stop_px is None else max(mark_px * sign, ticket.stop_px * sign) * sign
        return (ticket.limit_px - there) * sign > SLIP * there

    def _what_could_come(self) -> dict[tuple[InstrumentId, Side], Quantity]:
        """Return how long and how short each instrument would be if all that works on that side were filled, and
        nothing on the other; negative where it would still lie the other way."""
        worst = {(name, side): ZERO for name in self.state.instruments.by_id for side in Side}
        for key, position in self.state.ledger.positions.items():
            for side in Side:
                worst[key.instrument_id, side] += position.quantity * side.sign
        for order in self._open():
            worst[order.ticket.instrument_id, order.ticket.side] += _leaves(order)
        return worst

    def _closes(self, order: Order) -> bool:
        """Tell whether an order only gives back what its own strategy holds."""
        key = position_key(order.ticket)
        held = self.state.ledger.positions[key].quantity if key in self.state.ledger.positions else ZERO
        same = (
            _leaves(other)
            for other in self._open()
            if position_key(other.ticket) == key and other.ticket.side is order.ticket.side
        )
        return held * order.ticket.side.sign + sum(same, ZERO) <= ZERO

    def _open(self) -> Iterator[Order]:
        return (order for order in self.state.blotter.orders.values() if not order.is_closed)

    def _px(self, instrument_id: InstrumentId) -> Decimal:
        return self.state.marks.by_id[instrument_id].px


def _leaves(order: Order) -> Quantity:
    """Return what may still be filled, whichever way a change of it is answered."""
    changed = order.replacing
    most = order.ticket.quantity if changed is None else max(order.ticket.quantity, changed.quantity)
    return max(ZERO, most - order.filled_qty)


def _own_px(ticket: OrderTicket) -> Price | None:
    """Return the most that a buy under this ticket is expected to pay; None at the market."""
    return max((px for px in (ticket.limit_px, ticket.stop_px) if px is not None), default=None)


def _is_less(order: Order, ticket: OrderTicket) -> bool:
    """Tell whether a change makes an order smaller, and nothing else of it."""
    old = order.ticket
    return ticket.quantity <= old.quantity and (ticket.limit_px, ticket.stop_px) == (old.limit_px, old.stop_px)
