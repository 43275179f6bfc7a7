"""The invariants, each under its number, looked at after every step. What is not here is held elsewhere: I-01, I-02,
I-04 and I-19 where an order leaves and a record is told (`program`), I-03 where the venue takes an order (`venue`),
I-10 and I-11 where the journal is read beside the program (`shadow`), I-16 in `bounded`, I-12 and I-18 by the contracts
in pyproject.toml and by tests/test_architecture.py. I-20 speaks of a time without faults, so it is looked at where
there is one: money and positions whenever the books were compared, all of it at the end of each story."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import CLOSED, Order, OrderFlag, OrderStatus
from oms.invariants import broken
from oms.lifecycle import ASKED
from oms.state import State
from tests.model.account import MOST_FRAC
from tests.model.facts import status
from tests.model.ports import ACCOUNT, SIM
from tests.model.program import SYMBOLS, Program
from tests.model.reference import Reference
from tests.model.words import TIMES, WORTH, Wish

ZERO = Decimal(0)
IN_FLIGHT = frozenset({OrderStatus.SUBMITTED, OrderStatus.UNKNOWN, *ASKED})


def believed_alike(program: Program, reference: Reference) -> None:
    """Statuses, quantities, flags, open orders, reservations, positions, cash and equity are the reference's."""
    state, orders = program.state, program.state.blotter.orders
    assert orders.keys() == reference.orders.keys(), "the same orders"
    for name, order in orders.items():
        facts = reference.orders[name]
        flags = {flag.value for flag in order.flags} - {OrderFlag.OVERDUE, OrderFlag.EXTERNAL}
        assert order.status.value == status(facts), f"{name}: {order.status}, and should be {status(facts)}"
        assert (order.filled_qty, order.filled_value) == (facts.filled, facts.value), name
        assert flags == facts.flags, f"{name}: {flags}, and should be {facts.flags}"
    assert state.blotter.open.keys() == reference.open().keys(), "the same open orders"
    for symbol in SYMBOLS:
        held = state.blotter.reserved.get((SIM, ACCOUNT, InstrumentId(symbol)))  # type: ignore[call-overload]
        reserved = (held.buy_qty, held.sell_qty) if held is not None else (ZERO, ZERO)
        assert reserved == (reference.reserved(symbol, "BUY"), reference.reserved(symbol, "SELL")), symbol
    ours = {(str(k.instrument_id), str(k.strategy_id)): p.quantity for k, p in state.ledger.positions.items()}
    theirs = {key: qty for key, qty in reference.positions.items() if qty}
    assert {key: qty for key, qty in ours.items() if qty} == theirs, "I-08: positions are the sums of fills"
    assert {key.currency: cash for key, cash in state.ledger.cash.items()} == reference.cash, (
        "I-08: cash is what flowed"
    )
    assert state.trading.state.value == reference.trading, f"trading is {state.trading.state}, not {reference.trading}"
    assert state.equity.now == reference.equity(), "equity"


class Before(NamedTuple):
    """What was before a step: the number of the last record, the orders, and what may trade."""

    seq: int
    orders: dict[ClientOrderId, Order]
    trading: str


def before(program: Program) -> Before:
    """Return what is now, to look at after the next step."""
    return Before(program.disk.seq, dict(program.state.blotter.orders), program.state.trading.state.value)


def hold(program: Program, reference: Reference, was: Before) -> None:
    """Look at the state, and at what was written since."""
    state, events = program.state, [record.event for record in program.durable(was.seq)]
    assert not list(broken(state)), f"I-08: {list(broken(state))}"
    _fills(state)
    _moves(state, was, events)
    _profit(state, reference)
    _gate(state, events, was.trading)
    waiting = any(order.status in IN_FLIGHT for order in state.blotter.open.values())
    assert not waiting or state.next_deadline() is not None, "I-21: somebody waits for an answer that nobody asks for"
    if any(isinstance(event, ev.ReportQuarantined) for event in events):
        assert state.trading.state.value != "ACTIVE" or isinstance(events[-1], ev.TradingResumed), "I-15: no alarm"


def _fills(state: State) -> None:
    for name, order in state.blotter.orders.items():
        assert order.filled_qty >= ZERO, f"I-05: {name}"
        if order.status is OrderStatus.DENIED:
            assert not order.filled_qty, f"I-05: {name}"
            continue
        full = order.filled_qty >= order.most_qty
        assert full == (order.status is OrderStatus.FILLED), f"I-05: {name}"
        if order.filled_qty > order.most_qty and OrderFlag.EXTERNAL not in order.flags:
            assert OrderFlag.OVERFILLED in order.flags, f"I-05: {name}"


def _moves(state: State, before: Before, events: Sequence[ev.Event]) -> None:
    """An order that had ended moves only by a late fill, or because it was lost and has come back."""
    filled = [event.fill for event in events if isinstance(event, oev.OrderFilled)]
    traded = {fill.client_order_id for fill in filled}
    for name, was in before.orders.items():
        now = state.blotter.orders[name]
        late = name in traded or was.status is OrderStatus.NOT_FOUND
        assert was.status is now.status or was.status not in CLOSED or late, f"I-07: {name} {was.status} {now.status}"
    told = [(fill.broker, fill.exec_id) for fill in filled]
    assert len(told) == len(set(told)), "I-06: an execution is counted twice"


def _profit(state: State, reference: Reference) -> None:
    """Profit is what equity is beyond what flowed in."""
    total = ZERO
    for key, position in state.ledger.positions.items():
        profit = position.unrealized(reference.marks[key.instrument_id][0])
        if profit is None:
            return
        fees = sum((fee.amount * WORTH[fee.currency] for fee in position.fees), ZERO)
        total += position.realized + profit - fees
    assert total == reference.equity() - reference.flows, f"I-09: {total}, {reference.equity() - reference.flows}"


def _gate(state: State, events: Sequence[ev.Event], trading: str) -> None:
    """Nothing is approved while trading is halted but the stops of brackets."""
    for event in events:
        match event:
            case ev.TradingHalted():
                trading = "HALTED"
            case ev.TradingReduced():
                trading = "REDUCING"
            case ev.TradingResumed():
                trading = "ACTIVE"
            case oev.OrderSubmitted():
                protects = state.blotter.orders[event.client_order_id].ticket.passes_stop
                assert protects or trading != "HALTED", f"I-14: {event.client_order_id} is approved in a halt"
            case _:
                pass


def passed_alike(reference: Reference, wish: Wish) -> None:
    """What was approved keeps within its limit with all that is open filled, or only reduces."""
    symbol, side, qty, *_ = wish
    net, sign = reference.net(symbol) * TIMES[side], TIMES[side]
    after = net + reference.reserved(symbol, side)
    own = -reference.positions[symbol, wish.strategy] * sign
    if wish.exit:
        assert 0 < qty <= (min(own, -net) if wish.told else own), "I-14: an exit that turns a position round"
        if wish.told or wish.stop is not None:
            return
        after += qty
    if wish.role == "close" and qty <= own and after >= qty and reference.trading == "ACTIVE":
        return
    if reference.trading == "REDUCING":
        assert after <= 0 < qty, "I-14: an order that opens, while only reducing ones pass"
    bid, _ask = reference.marks[symbol]
    if after > 0:
        assert after * bid <= MOST_FRAC * reference.equity(), f"I-13: {after * sign} {symbol}"


def booked_alike(program: Program, reference: Reference) -> None:
    """Money and positions are the venue's, as they are whenever the books were compared and nothing has come since."""
    venue = program.venue
    assert reference.cash == venue.cash, "I-20: cash"
    for symbol in SYMBOLS:
        assert reference.net(symbol) == venue.net.get(symbol, ZERO), f"I-20: {symbol}"


def agreed(program: Program, reference: Reference) -> None:
    """After a time without faults our books are the venue's, and nothing is in doubt."""
    venue, orders = program.venue, program.state.blotter.orders
    booked_alike(program, reference)
    ours = {name for name, facts in reference.open().items() if not facts.held}
    assert ours == {name for name in venue.working() if name in venue.handed}, "I-20: open orders"
    assert all(reference.orders[name].filled == venue.filled[name] for name in ours), "I-20: filled"
    assert all(orders[ClientOrderId(name)].status not in IN_FLIGHT for name in ours), (
        "I-21: in doubt after a time without faults"
    )
