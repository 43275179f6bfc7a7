"""Our books against the venue's own: what differs becomes events, and nothing is guessed away.

It runs after every order that was not closed has been asked for, so what is left to compare are totals. The venue
is right about what it holds; we are right about why. A difference in cash is taken over, a difference in a net is
booked on nobody's strategy at the last mark, and an order of the venue's that we never made is named. An order of ours
that the venue no longer works is asked for once more: that it is not in a list is not yet an answer.

Any of it means that something happened which we were not told, so besides being booked it is an alarm: trading is
reduced until a person has looked and resumes. The first balance of all is none, because there was nothing to differ.
"""

from collections.abc import Iterator
from typing import Final

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.account import AccountSnapshot
from oms.domain.ids import GATE
from oms.domain.order import WORKING, OrderFlag, OrderStatus
from oms.domain.risk import TradingState
from oms.domain.units import ZERO
from oms.ledger import CashKey
from oms.state import State

CAUSE: Final = "reconcile"  # of the alarm
NAMED: Final = 5  # differences in its text; each of them is an event of its own


def differences(snapshot: AccountSnapshot, state: State) -> list[str]:
    """Return in words what differs, and change nothing. The first balance of all is no difference."""
    found: list[str] = []
    for part in (_cash, _nets, _orders):
        for _event in part(snapshot, state, found):
            pass
    return found


def reconcile(snapshot: AccountSnapshot, state: State) -> Iterator[ev.Event]:
    """Yield the events that make our books equal to the snapshot, and after them the alarm; none when they are equal.

    While trading is not ACTIVE anyway there is no alarm: the gate is closed at least as far.
    """
    differences: list[str] = []
    yield from _cash(snapshot, state, differences)
    yield from _nets(snapshot, state, differences)
    yield from _orders(snapshot, state, differences)
    if differences and state.trading.state is TradingState.ACTIVE:
        more = f"; {len(differences) - NAMED} more" if len(differences) > NAMED else ""
        text = f"{snapshot.broker} differs from our books: {'; '.join(differences[:NAMED])}{more}"
        yield ev.TradingReduced(actor=GATE, cause=CAUSE, text=text)


def _cash(snapshot: AccountSnapshot, state: State, differences: list[str]) -> Iterator[ev.Event]:
    for money in snapshot.cash:
        ours = state.ledger.cash.get(CashKey(snapshot.broker, snapshot.account, money.currency))
        if ours != money.amount:
            yield ev.BalanceReported(broker=snapshot.broker, account=snapshot.account, cash=money)
            if ours is not None:
                differences.append(f"cash {money.amount:f} {money.currency}, not {ours:f}")


def _nets(snapshot: AccountSnapshot, state: State, differences: list[str]) -> Iterator[ev.Event]:
    broker, account = snapshot.broker, snapshot.account
    theirs = dict(snapshot.net)
    ours = {
        key.instrument_id: quantity
        for key, quantity in state.ledger.net.items()
        if (key.broker, key.account) == (broker, account)
    }
    for instrument_id in {**ours, **theirs}:
        held, known = theirs.get(instrument_id, ZERO), ours.get(instrument_id, ZERO)
        mark = state.marks.get(instrument_id)
        if held != known:
            differences.append(f"{instrument_id} {held:f}, not {known:f}")
            yield ev.PositionAdjusted(
                broker=broker,
                account=account,
                instrument_id=instrument_id,
                quantity=held - known,
                px=mark.px if mark is not None else None,
            )


def _orders(snapshot: AccountSnapshot, state: State, differences: list[str]) -> Iterator[ev.Event]:
    for order_id in snapshot.open_orders:
        order = state.blotter.get(order_id)
        if order is None or OrderFlag.EXTERNAL in order.flags:
            differences.append(f"{order_id} works there and is not ours")
            yield ev.ForeignOrderSeen(broker=snapshot.broker, client_order_id=order_id)
        elif order.status is OrderStatus.NOT_FOUND:
            differences.append(f"{order_id} works there and was not found before")
            yield oev.OrderQueried(client_order_id=order_id)  # what it tells of it makes the order ours again
        elif order.is_closed:
            differences.append(f"{order_id} works there and is {order.status} here")
            text = f"the venue works an order that is {order.status} here"
            yield ev.ReportQuarantined(client_order_id=order_id, report="open order", text=text)
    listed, route = frozenset(snapshot.open_orders), (snapshot.broker, snapshot.account)
    for order_id, order in tuple(state.blotter.open.items()):
        ours = (order.ticket.broker, order.ticket.account) == route and order.status in WORKING
        if ours and order_id not in listed:
            yield oev.OrderQueried(client_order_id=order_id)
