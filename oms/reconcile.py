"""Our books against the venue's own: what differs becomes events, and nothing is guessed away.

It runs after every order that was not closed has been asked for, so what is left to compare are totals. The venue
is right about what it holds; we are right about why. A difference in cash is taken over, a difference in a net is
booked on nobody's strategy at the last mark, and an order of the venue's that we never made is named. An order of ours
that the venue no longer works is asked for once more: that it is not in a list is not yet an answer.

Any of it means that something happened which we were not told, so besides being booked it is an alarm: trading is
reduced until a person has looked and resumes. The first balance of all is none, because there was nothing to differ.

What we were not told may come after all. A fill that an adjustment has booked already is counted where it belongs, on
its order and its strategy, and taken out of the adjustment and of the cash that was reported with it; otherwise the
account would seem to hold it twice until the next comparison.
"""

from collections.abc import Container, Iterator
from decimal import Decimal
from typing import Final

from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.account import AccountSnapshot
from oms.domain.fill import Fill
from oms.domain.ids import GATE, InstrumentId, Route
from oms.domain.order import CLOSED, WORKING, Order, OrderFlag, OrderStatus
from oms.domain.risk import TradingState
from oms.domain.units import DAY, ZERO, Money
from oms.ledger import CashKey, NetKey
from oms.state import State

CAUSE: Final = "reconcile"  # of the alarm
NAMED: Final = 5  # differences in its text; each of them is an event of its own
LATELY: Final = DAY  # as long as an order that was given up is watched
LATELY_ASKED: Final = 100  # a venue counts questions too
_ENDED_SHORT: Final = CLOSED - {OrderStatus.FILLED, OrderStatus.DENIED}


def differences(snapshot: AccountSnapshot, state: State) -> list[str]:
    """Return in words what differs, and change nothing. The first balance of all is no difference."""
    found: list[str] = []
    for part in (_cash, _nets, _orders):
        for _event in part(snapshot, state, found):
            pass
    return found


def gaps(snapshot: AccountSnapshot, state: State) -> dict[CashKey | NetKey, Decimal]:
    """Return what the venue's books have more than ours, for each total that differs; open orders are none."""
    found: dict[CashKey | NetKey, Decimal] = {}
    for event in (*_cash(snapshot, state, []), *_nets(snapshot, state, [])):
        if isinstance(event, aev.BalanceReported):
            cash = CashKey(event.broker, event.account, event.cash.currency)
            found[cash] = event.cash.amount - state.ledger.cash.get(cash, ZERO)
        elif isinstance(event, aev.PositionAdjusted):
            found[NetKey(event.broker, event.account, event.instrument_id)] = event.quantity
    return found


def differing(snapshot: AccountSnapshot, state: State) -> list[InstrumentId]:
    """Return the instruments of which the venue holds another quantity than we know of."""
    events = _nets(snapshot, state, [])
    return [event.instrument_id for event in events if isinstance(event, aev.PositionAdjusted)]


def ended_lately(state: State, route: Route, instruments: Container[InstrumentId]) -> list[Order]:
    """Return the orders that may have traded more than we were told, newest end first: those of these instruments that
    left, were not filled whole, and ended within `LATELY` of the last of them; at most `LATELY_ASKED`.

    The span goes back from the last end and not from now, because a link may have been away for a weekend.
    """
    ended = [
        order
        for order in state.blotter.orders.values()
        if order.status in _ENDED_SHORT
        and order.ticket.instrument_id in instruments
        and (order.ticket.broker, order.ticket.account) == route
        and not (order.withheld or OrderFlag.EXTERNAL in order.flags)
    ]
    ended.sort(key=lambda order: order.ts_event, reverse=True)
    return [order for order in ended[:LATELY_ASKED] if order.ts_event >= ended[0].ts_event - LATELY]


def reconcile(
    snapshot: AccountSnapshot, state: State, only: Container[CashKey | NetKey] | None = None
) -> Iterator[ev.Event]:
    """Yield the events that make our books equal to the snapshot, and after them the alarm; none when they are equal.
    With `only`, these totals are taken over and nothing else.

    While trading is not ACTIVE anyway there is no alarm: the gate is closed at least as far.
    """
    differences: list[str] = []
    yield from _cash(snapshot, state, differences, only)
    yield from _nets(snapshot, state, differences, only)
    if only is None:
        yield from _orders(snapshot, state, differences)
    if differences and state.trading.state is TradingState.ACTIVE:
        more = f"; {len(differences) - NAMED} more" if len(differences) > NAMED else ""
        text = f"{snapshot.broker} differs from our books: {'; '.join(differences[:NAMED])}{more}"
        yield ev.TradingReduced(actor=GATE, cause=CAUSE, text=text)


def taken_back(state: State, order: Order, fill: Fill) -> Iterator[ev.Event]:
    """Yield what takes a fill that was counted just now out of what had been booked for it; nothing where none had.

    `order` is the fill's, as it was before. At the price of the adjustment nothing is realized by that.
    """
    booked = state.adjustments.covering(order, fill)
    if booked is None:
        return
    broker, account, instrument = fill.broker, fill.account, state.instruments.by_id[fill.instrument_id]
    yield aev.PositionAdjusted(
        broker=broker,
        account=account,
        instrument_id=fill.instrument_id,
        quantity=-fill.signed_qty,
        px=booked.px,
        exec_id=fill.exec_id,
    )
    paid = {instrument.currency: fill.signed_qty * fill.last_px * instrument.multiplier}
    paid[fill.fee.currency] = paid.get(fill.fee.currency, ZERO) + fill.fee.amount
    for currency, amount in paid.items():
        key = CashKey(broker, account, currency)
        if amount and key in state.ledger.flows:  # a currency that the venue's books have never listed is ours alone
            cash = Money(state.ledger.cash[key] + amount, currency)
            yield aev.BalanceReported(broker=broker, account=account, cash=cash)


def _cash(
    snapshot: AccountSnapshot, state: State, differences: list[str], only: Container[CashKey | NetKey] | None = None
) -> Iterator[ev.Event]:
    for money in snapshot.cash:
        key = CashKey(snapshot.broker, snapshot.account, money.currency)
        ours = state.ledger.cash.get(key)
        if ours != money.amount and (only is None or key in only):
            yield aev.BalanceReported(broker=snapshot.broker, account=snapshot.account, cash=money)
            if ours is not None:
                differences.append(f"cash {money.amount:f} {money.currency}, not {ours:f}")


def _nets(
    snapshot: AccountSnapshot, state: State, differences: list[str], only: Container[CashKey | NetKey] | None = None
) -> Iterator[ev.Event]:
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
        if held != known and (only is None or NetKey(broker, account, instrument_id) in only):
            differences.append(f"{instrument_id} {held:f}, not {known:f}")
            yield aev.PositionAdjusted(
                broker=broker,
                account=account,
                instrument_id=instrument_id,
                quantity=held - known,
                px=mark.px if mark is not None else None,
                ts_books=snapshot.ts,
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
