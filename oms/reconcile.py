"""Our books against the venue's own: what differs becomes events, and nothing is guessed away.

It runs after every order that was not closed has been asked for, so what is left to compare are totals. The venue
is right about what it holds; we are right about why. A difference in cash is taken over, a difference in a net is
booked on nobody's strategy at the last mark, and an order of the venue's that we never made is named.
"""

from collections.abc import Iterator

from oms.domain import events as ev
from oms.domain.account import AccountSnapshot
from oms.domain.units import ZERO
from oms.ledger import CashKey, NetKey
from oms.state import State


def reconcile(snapshot: AccountSnapshot, state: State) -> Iterator[ev.Event]:
    """Yield the events that make our books equal to the snapshot; none when they are."""
    broker, account = snapshot.broker, snapshot.account
    for money in snapshot.cash:
        if state.ledger.cash.get(CashKey(broker, account, money.currency)) != money.amount:
            yield ev.BalanceReported(broker=broker, account=account, cash=money)
    theirs = dict(snapshot.net)
    ours = {
        key.instrument_id: quantity
        for key, quantity in state.ledger.net.items()
        if (key.broker, key.account) == (broker, account)
    }
    for instrument_id in {**ours, **theirs}:
        difference = theirs.get(instrument_id, ZERO) - state.ledger.net_quantity(NetKey(broker, account, instrument_id))
        mark = state.marks.get(instrument_id)
        if difference:
            yield ev.PositionAdjusted(
                broker=broker,
                account=account,
                instrument_id=instrument_id,
                quantity=difference,
                px=mark.px if mark is not None else ZERO,
            )
    for order_id in snapshot.open_orders:
        order = state.blotter.get(order_id)
        if order is None:
            yield ev.ForeignOrderSeen(broker=broker, client_order_id=order_id)
        elif order.is_closed:
            text = f"the venue works an order that is {order.status} here"
            yield ev.ReportQuarantined(client_order_id=order_id, report="open order", text=text)
