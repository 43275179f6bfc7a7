"""The invariants, each under its number, looked at after every step. What is not here is held elsewhere: I-01, I-02,
I-04 and I-19 where an order leaves and a record is told (`program`), I-03 where the venue takes an order (`venue`),
I-12 and I-18 by the contracts in pyproject.toml and by tests/test_architecture.py."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import CLOSED, Order, OrderFlag, OrderStatus
from oms.invariants import broken
from oms.journal.codec import Row
from oms.lifecycle import ASKED
from oms.state import State
from tests.model.account import MOST_FRAC
from tests.model.facts import status
from tests.model.ports import ACCOUNT, SIM
from tests.model.program import SYMBOLS, Program
from tests.model.reference import Reference
from tests.model.words import TIMES, Wish

ZERO = Decimal(0)
IN_FLIGHT = frozenset({OrderStatus.SUBMITTED, OrderStatus.UNKNOWN, *ASKED})
BOUND = 5_000  # entries; far more than the orders of one story


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
    assert state.inflight.waiting < BOUND, "I-16"
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
        fees = sum((fee.amount for fee in position.fees if fee.currency == "USD"), ZERO)
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
    if wish.exit:
        assert 0 < qty <= -reference.net(symbol) * TIMES[side], "I-14: an exit that would open"
        return
    net, sign = reference.net(symbol) * TIMES[side], TIMES[side]
    after = net + reference.reserved(symbol, side)
    if reference.trading == "REDUCING":
        assert after <= 0 < qty, "I-14: an order that opens, while only reducing ones pass"
    bid, _ask = reference.marks[symbol]
    if after > 0:
        assert after * bid <= MOST_FRAC * reference.equity(), f"I-13: {after * sign} {symbol}"


def chained(rows: Sequence[Row]) -> None:
    """Numbers rise by one, and each hash covers the one before."""
    previous = "0" * 64
    for seq, row in enumerate(rows, start=1):
        assert row.seq == seq, f"I-10: record {row.seq} where {seq} should be"
        fields = (previous, row.seq, row.ts, row.wall, row.kind, row.correlation_id, row.causation_id, row.payload)
        text = "\n".join("" if field is None else str(field) for field in fields)
        previous = sha256(text.encode()).hexdigest()
        assert row.hash == previous, f"I-10: the chain breaks at record {seq}"


def folds_alike(program: Program, capabilities: Capabilities) -> None:
    """The state is what the journal says, and a new process would know the same."""
    assert folded(program, capabilities).digest() == program.state.digest(), "I-11"


def folded(program: Program, capabilities: Capabilities) -> State:
    """Return a state made from the journal alone."""
    state = State({SIM: capabilities})
    for record in program.durable():
        state.apply(record)
    return state


def agreed(program: Program, reference: Reference) -> None:
    """After a time without faults our books are the venue's, and nothing is in doubt."""
    venue, orders = program.venue, program.state.blotter.orders
    assert reference.cash == venue.cash, "I-20: cash"
    for symbol in SYMBOLS:
        assert reference.net(symbol) == venue.net.get(symbol, ZERO), f"I-20: {symbol}"
    ours = {name for name, facts in reference.open().items() if not facts.held}
    assert ours == {name for name in venue.working() if name in venue.handed}, "I-20: open orders"
    assert all(reference.orders[name].filled == venue.filled[name] for name in ours), "I-20: filled"
    assert all(orders[ClientOrderId(name)].status not in IN_FLIGHT for name in ours), (
        "I-21: in doubt after a time without faults"
    )
