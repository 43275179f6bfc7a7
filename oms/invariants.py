"""What must hold whatever happened: every sum that is kept while folding, worked out once more from what it sums.

The gate judges by sums that are moved a little with every event, so an error in one of them would let orders pass for
as long as nobody looked. Here each is made again, by another way, from the orders, positions and marks themselves. It
costs time in proportion to what is open, so it is done when a session ends, when books were compared, and when the run
ends; and what does not hold halts trading by name.

    net       = sum of the strategies' positions in the instrument
    cash      = what was reported or flowed in + sum of (realized - cost) - sum of fees
                + what was booked without a fill, at its price                                 (exact)
    reserved  = sum over the open orders of what they may still trade, but for legs and exits
    protected = sum over the brackets of a position of what is left of them, at most what is held
    equity    = cash + sum of net x mark x multiplier, each currency at its rate
    0 <= filled <= quantity for every open order; a flat position has no cost

What was booked to make our books equal to the venue's has a cost and moved no cash, which the second puts right; where
it was booked without a price, nobody knows by how much.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from oms.blotter import net_key, position_key
from oms.domain.ids import InstrumentId
from oms.domain.order import Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO
from oms.ledger import RECONCILED, CashKey, NetKey
from oms.state import State


def broken(state: State) -> Iterator[str]:
    """Yield, in words, every equation that does not hold; nothing when the state is sound."""
    yield from _nets(state)
    yield from _cash(state)
    yield from _reserved(state)
    yield from _equity(state)
    yield from _protected(state)
    for order in state.blotter.open.values():
        if not ZERO <= order.filled_qty <= order.most_qty:
            yield f"{order.client_order_id} has filled {order.filled_qty} of {order.most_qty}"


def _nets(state: State) -> Iterator[str]:
    sums: defaultdict[NetKey, Decimal] = defaultdict(Decimal)
    for key, position in state.ledger.positions.items():
        sums[NetKey(key.broker, key.account, key.instrument_id)] += position.quantity
        if not position.quantity and position.cost:
            yield f"{key.strategy_id} is flat in {key.instrument_id} at a cost of {position.cost}"
        if bool(position.quantity) != (key in state.ledger.open):
            yield f"{key.strategy_id} in {key.instrument_id} is counted as {'flat' if position.quantity else 'open'}"
    for net in {**sums, **state.ledger.net}:
        if sums[net] != state.ledger.net_quantity(net):
            yield f"net of {net.instrument_id} is {state.ledger.net_quantity(net)}, its positions hold {sums[net]}"


def _cash(state: State) -> Iterator[str]:
    sums: defaultdict[CashKey, Decimal] = defaultdict(Decimal, state.ledger.flows)
    unknown: set[CashKey] = set()
    for key, position in state.ledger.positions.items():
        for fee in position.fees:
            sums[CashKey(key.broker, key.account, fee.currency)] -= fee.amount
        instrument = state.instruments.get(key.instrument_id)
        if instrument is None:
            continue
        cash = CashKey(key.broker, key.account, instrument.currency)
        net = NetKey(key.broker, key.account, key.instrument_id)
        unpaid = state.adjustments.value(net) if key.strategy_id == RECONCILED else ZERO
        if position.cost is None or unpaid is None:
            unknown.add(cash)
        else:
            sums[cash] += position.realized - position.cost + unpaid * position.multiplier
    for cash in {**sums, **state.ledger.cash}:
        held = state.ledger.cash.get(cash, ZERO)
        if cash not in unknown and sums[cash] != held:
            yield f"cash is {held} {cash.currency}, what flowed comes to {sums[cash]}"


def _reserved(state: State) -> Iterator[str]:
    nets: defaultdict[tuple[NetKey, Side], Decimal] = defaultdict(Decimal)
    keys: defaultdict[tuple[PositionKey, Side], Decimal] = defaultdict(Decimal)
    for order in state.blotter.open.values():
        if order.ticket.parent_id is not None or order.ticket.is_exit:
            continue
        nets[net_key(order.ticket), order.ticket.side] += order.leaves_qty
        keys[position_key(order.ticket), order.ticket.side] += order.leaves_qty
    for net, reserved in state.blotter.reserved.items():
        for side, quantity in ((Side.BUY, reserved.buy_qty), (Side.SELL, reserved.sell_qty)):
            worked = nets.pop((net, side), ZERO)
            if worked != quantity:
                yield f"{quantity} are reserved to {side} {net.instrument_id}, open orders have {worked} left"
    for (net, side), worked in nets.items():
        if worked:
            yield f"nothing is reserved to {side} {net.instrument_id}, open orders have {worked} left"
    for (key, side), worked in keys.items():
        counted = state.blotter.open_orders(key).on(side)
        if counted != worked:
            yield f"{key.strategy_id} has {counted} to {side} {key.instrument_id} on order, its orders {worked} left"


def _protected(state: State) -> Iterator[str]:
    for key, brackets in state.brackets.left.by_key.items():
        held, left = state.ledger.position(key).quantity, sum((one.left for one in brackets.values()), ZERO)
        if left > abs(held):
            yield f"{key.strategy_id} has {left} to protect in {key.instrument_id} and holds {held}"


def _equity(state: State) -> Iterator[str]:
    now = state.equity.now
    if now is None:
        return
    worth = gross = ZERO
    held: defaultdict[InstrumentId, Decimal] = defaultdict(Decimal)
    for net, quantity in state.ledger.net.items():
        held[net.instrument_id] += quantity
    base, converted = state.equity.currency, state.equity.abroad.rates.converted
    for instrument_id, quantity in held.items():
        instrument, mark = state.instruments.get(instrument_id), state.marks.get(instrument_id)
        if quantity and instrument is not None and mark is not None:
            value = converted(quantity * mark.px * instrument.multiplier, instrument.currency, base) or ZERO
            worth, gross = worth + value, gross + abs(value)
    cash: defaultdict[str, Decimal] = defaultdict(Decimal)
    for key, amount in state.ledger.cash.items():
        cash[key.currency] += amount
    money = sum((converted(amount, currency, base) or ZERO for currency, amount in cash.items()), ZERO)
    if now != money + worth:
        yield f"equity is kept as {now}, cash and positions come to {money + worth}"
    if state.equity.gross != gross:
        yield f"gross exposure is kept as {state.equity.gross}, positions come to {gross}"
