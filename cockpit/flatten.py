"""Flattening from outside the core: the command, the wait for what stands in its way, and the command once more.

What works in an instrument has to be gone before what is held there is given back, or both would trade and the
position would flip; and what strategies hold against each other is closed one side after the other. So a flatten comes
in rounds, and each asks the core anew what there is to do, as long as the last one made way for it. What is stuck in
one instrument holds up no other, and is told at the end; it goes on when its venue answers, and what trades in parts
when the rest has traded, see `cockpit.pursuit`.

The link may go meanwhile. An order that never left is not among those that were sent. One that did is found when the
link is back, and asking again before that sends nothing, because what it has left to close is closing already.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from cockpit.format import plural
from cockpit.meant import under_way
from cockpit.session import Session
from cockpit.settling import Settling
from oms.blotter import position_key
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, InstrumentId, StrategyId
from oms.domain.order import Order, OrderStatus
from oms.domain.position import Position
from oms.interpret import was_acknowledged
from oms.state import State

FLATTEN: Final = "FLATTEN"  # the word
ROUNDS: Final = 6  # what is still in the way then is told, and a person decides
_CANCELING: Final = OrderStatus.PENDING_CANCEL
_FILLED: Final = OrderStatus.FILLED
_NOT_YET: Final = "an order there is not canceled yet; the close follows"
GOES_ON: Final = "it goes on by itself"


class Flattened(NamedTuple):
    """What a flatten did: the orders that left to close, those that it canceled first, those that the gate denied, and
    why it did no more, or why what it did is not known, if so. `goes_on`: its orders work, and when they have traded
    the next step follows by itself."""

    sent: Sequence[ClientOrderId]
    canceled: Sequence[ClientOrderId]
    denied: Sequence[ClientOrderId]
    refused: str = ""
    goes_on: bool = False


async def flatten_in_rounds(
    session: Session,
    settling: Settling,
    actor: str,
    instrument_id: InstrumentId | None,
    secs: float,
    *,
    strategy_id: StrategyId | None = None,
) -> Flattened:
    """Give back what is held of an instrument, or of all, at the market, with `strategy_id` only what that one holds;
    wait up to `secs` for each round's answers.

    Whoever calls this has asked for the typed word.

    Raises:
        JournalError: a commit failed.
        EngineEnded: the run is over.
    """
    state, blotter = session.state, session.state.blotter
    command = do.FlattenPosition(actor=actor, instrument_id=instrument_id, strategy_id=strategy_id)
    with session.pursuit.attended(command):
        rounds = await _rounds(session, settling, command, secs)
        goes_on = bool(still_held(state, instrument_id, strategy_id)) and session.pursuit.begin(command)
        if still_held(state, instrument_id, strategy_id) and not goes_on:
            if state.brackets.aside:  # where no close is on its way, the stops come back
                await session.inbox.ask(do.RenewProtection(actor=actor))
            await settling.until(lambda: not _unanswered(state, command), secs)
    sent = [order_id for done in rounds for order_id in done.sent]
    canceled = [order_id for done in rounds for order_id in done.canceled]
    orders = [blotter.orders[order_id] for order_id in sent if order_id in blotter.orders]
    withheld = [order for order in orders if is_withheld(order)]
    refused = rounds[0].refused
    works = goes_on and any(one.confirmed for one in under_way(state, command))
    if goes_on:
        refused = _NOT_YET if not works else "" if sent else refused
    elif not refused and any(one in blotter.open for one in canceled):
        refused = "an order there is not canceled yet; flatten again then"
    return Flattened(
        sent=[order_id for order_id in sent if order_id not in {order.client_order_id for order in withheld}],
        canceled=canceled,
        denied=[order_id for done in rounds for order_id in done.denied],
        refused=refused or _not_sent(withheld) or _away(state, orders),
        goes_on=works,
    )


async def _rounds(session: Session, settling: Settling, command: do.FlattenPosition, secs: float) -> list[Flattened]:
    """Ask for one step after the other while each makes way for the next, and return what they did."""
    state, blotter = session.state, session.state.blotter
    rounds: list[Flattened] = []
    pending = [one.client_order_id for one in blotter.open.values() if one.status is _CANCELING]
    await settling.closed(pending, secs)
    while len(rounds) < ROUNDS:
        done = await _round(session, command)
        rounds.append(done)
        await settling.closed(done.canceled, secs)
        await settling.closed(done.sent, secs)
        if not _has_moved(state, done) or not still_held(state, command.instrument_id, command.strategy_id):
            break
    return rounds


def _has_moved(state: State, done: Flattened) -> bool:
    """Tell whether a round has made way for another: an order is gone, or what was to close has closed."""
    orders = state.blotter.orders
    gone = any(one in orders and orders[one].is_closed for one in done.canceled)
    return gone or any(one in orders and orders[one].status is _FILLED for one in done.sent)


async def _round(session: Session, command: do.FlattenPosition) -> Flattened:
    """Ask the core once, and return what it did."""
    events = [record.event for record in await session.inbox.ask(command)]
    refusals = [event.text for event in events if isinstance(event, ev.CommandRefused)]
    return Flattened(
        sent=[one.client_order_id for one in events if isinstance(one, oev.OrderSubmitted) and one.confirmed],
        canceled=[event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)],
        denied=[event.client_order_id for event in events if isinstance(event, oev.OrderDenied)],
        refused=refusals[0] if refusals else "",
    )


def _unanswered(state: State, command: do.FlattenPosition) -> bool:
    """Tell whether a venue has yet to say whether it takes a stop that came back."""
    held = {one.key for one in still_held(state, command.instrument_id, command.strategy_id)}
    return any(
        one.ticket.protects and one.status is OrderStatus.SUBMITTED and position_key(one.ticket) in held
        for one in state.blotter.open.values()
    )


def still_held(
    state: State, instrument_id: InstrumentId | None, strategy_id: StrategyId | None = None
) -> Sequence[Position]:
    """Return the positions that a flatten means, each one strategy's; empty is flat."""
    return [
        position
        for key, position in state.ledger.open.items()
        if instrument_id in (None, key.instrument_id) and strategy_id in (None, key.strategy_id)
    ]


def is_withheld(order: Order) -> bool:
    """Tell whether an approved order never left, which its text says why. One of which the venue has told all the same
    is none of these."""
    return order.withheld and not was_acknowledged(order)


def _not_sent(withheld: Sequence[Order]) -> str:
    if not withheld:
        return ""
    return f"{plural(len(withheld), 'order')} {withheld[0].text}"


def _away(state: State, orders: Sequence[Order]) -> str:
    """Name a venue that is away while an order there is not closed."""
    for broker in (order.ticket.broker for order in orders if not order.is_closed):
        if why := state.runs.links.get(broker):
            return f"{broker} is away: {why}; what it has done is asked for once it is back"
    return ""
