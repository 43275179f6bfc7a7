"""What a person does to orders: send, cancel, change, as commands to the session and words about what came of it.

As everywhere on the screen, what is said is read from records that are durable, and nothing here knows a screen.
"""

from collections.abc import Collection, Sequence
from typing import Final

from cockpit import format as fmt
from cockpit.session import Session
from cockpit.settling import Settling
from cockpit.ticket.sealed import Sealed
from cockpit.tui.aftermath import TAPE_HELD
from cockpit.tui.replies import ended, refused
from cockpit.tui.said import PART, Done, Said
from cockpit.tui.wish import terms
from oms.blotter import position_key
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import BrokerId, ClientOrderId, short_id
from oms.domain.order import Order, OrderStatus, OrderTicket
from oms.domain.risk import RiskDecision, Verdict
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.exits import held_against, is_stop
from oms.journal.errors import JournalError
from oms.lanes import EngineEnded
from oms.lifecycle import allowed
from oms.state import State
from risk.findings import findings

ACTOR: Final = "operator"
CANCEL_SECS: Final = 3.0
"""How long venues are waited for to confirm cancels."""
CONFIRM_SECS: Final = 0.25
"""How long the venue of one canceled order is waited for, before it is said that it was only asked."""


class Dealer:
    """One person's orders in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._settling = Settling(session.bus, session.state)

    async def send(self, sealed: Sealed) -> Done:
        """Send exactly what was agreed to."""
        agreed = self._session.now()
        records = await self._ask(do.SubmitTicket(actor=ACTOR, ticket=sealed.ticket, ts_agreed=agreed))
        if isinstance(records, Said):
            return Done(records, False)
        wish = self._wish(sealed.ticket)
        for record in records:
            match record.event:
                case ev.CommandRefused():
                    return Done(Said(sanitize(f"not sent: {record.event.text}"), "danger"), False)
                case oev.OrderDenied():
                    return Done(Said(f"denied: {wish}: {self._why(record.event.decision)}", "danger"), False)
                case oev.OrderSubmitted() if record.event.ticket_hash != sealed.hash:
                    return Done(Said(f"another ticket than the one agreed to was sent: {wish}", "danger"), True)
                case oev.OrderSubmitted() | oev.OrderHeld():  # a leg is held after what it belongs to
                    return self._sent(record.event.client_order_id)
        return Done(Said(f"nothing came of {wish}", "danger"), False)

    async def change(self, order: Order, ticket: OrderTicket) -> Done:
        """Ask for other terms of a working order."""
        old = order.ticket
        command = do.ReplaceOrder(
            actor=ACTOR,
            client_order_id=order.client_order_id,
            quantity=ticket.quantity if ticket.quantity != old.quantity else None,
            limit_px=ticket.limit_px if ticket.limit_px != old.limit_px else None,
            stop_px=ticket.stop_px if ticket.stop_px != old.stop_px else None,
        )
        records = await self._ask(command)
        if isinstance(records, Said):
            return Done(records, False)
        for record in records:
            match record.event:
                case ev.CommandRefused():
                    return Done(Said(sanitize(f"not changed: {record.event.text}"), "danger"), False)
                case oev.OrderReplaceDenied():
                    return Done(Said(f"change denied: {self._why(record.event.decision)}", "danger"), False)
                case oev.OrderReplaced():
                    return Done(Said(f"order {short_id(order.client_order_id)} changed: {self._wish(ticket)}"), True)
        known = self._session.state.blotter.orders[order.client_order_id]
        if known.replacing is None and known.ticket == old:  # the venue was faster than this
            return Done(refused("change", known, known.text, self._session.state), False)
        return Done(Said(f"asked to change order {short_id(order.client_order_id)}: {self._wish(ticket)}"), True)

    async def cancel(self, order: Order) -> Done:
        """Ask to cancel what is left of an order."""
        command = do.CancelOrder(actor=ACTOR, client_order_id=order.client_order_id, reason="by hand")
        records = await self._ask(command)
        if isinstance(records, Said):
            return Done(records, False)
        for record in records:
            if isinstance(record.event, ev.CommandRefused):
                return Done(Said(sanitize(f"not canceled: {record.event.text}"), "warn"), False)
        await self._settling.closed([order.client_order_id], CONFIRM_SECS)
        known = self._session.state.blotter.get(order.client_order_id)
        what = f"order {short_id(order.client_order_id)}"
        if known is not None and not known.is_closed and not known.unwanted:
            return Done(refused("cancel", known, known.text, self._session.state), False)
        if known is None or not known.is_closed:
            asked = f"cancel of {what} asked for: {self._wish(order.ticket)}"
            return Done(Said(PART.join((asked, *self._held(order.ticket.broker)))), True)
        if known.status is OrderStatus.CANCELED:
            return Done(Said(f"{what} canceled: {self._wish(order.ticket)}"), True)
        return Done(Said(f"{what} was {known.status.lower()} before it could be canceled", "warn"), False)

    async def cancel_all(self, orders: Collection[Order], reason: str) -> Said:
        """Ask to cancel these orders, and wait for the venues' answers, but not for ever."""
        state, asked = self._session.state, [order.client_order_id for order in orders]
        for order_id in asked:
            records = await self._ask(do.CancelOrder(actor=ACTOR, client_order_id=order_id, reason=reason))
            if isinstance(records, Said):
                return records
        if not await self._settling.closed(asked, CANCEL_SECS):
            left = sum(not state.blotter.orders[order_id].is_closed for order_id in asked)
            told = f"{fmt.count(left)} of {fmt.count(len(asked))} orders are not confirmed as canceled"
            brokers = dict.fromkeys(order.ticket.broker for order in orders)
            return Said(PART.join((told, *(text for broker in brokers for text in self._held(broker)))), "danger")
        return Said(f"{fmt.plural(len(asked), 'order')} canceled")

    def _held(self, broker: BrokerId) -> Sequence[str]:
        """Say why a venue cannot answer, where that is because it lives in the time of a tape that is held."""
        return (f"{broker} {TAPE_HELD}",) if self._session.pace.paused else ()

    async def _ask(self, command: do.Command) -> Sequence[ev.Record] | Said:
        """Return what a command caused, or that it could not be journaled: then nothing was done."""
        try:
            return await self._session.inbox.ask(command)
        except (JournalError, EngineEnded) as error:
            return Said(sanitize(f"nothing was done: {error}"), "danger")

    def _sent(self, order_id: ClientOrderId) -> Done:
        """Say that an order was sent or is held here, or what has become of it meanwhile; what comes later is told as
        it comes."""
        order = self._session.state.blotter.orders[order_id]
        told = ended(order, self._session.state)
        if order.status is OrderStatus.HELD:
            why = order.text.removeprefix("soft: ")
            return Done(Said(sanitize(f"held here: {self._wish(order.ticket)}{PART}{why}"), "warn"), True)
        if told is None:
            return Done(Said(f"sent: {self._wish(order.ticket)}{PART}order {short_id(order_id)}"), True)
        return Done(told, bool(order.filled_qty) or not order.is_closed)

    def _wish(self, ticket: OrderTicket) -> str:
        """`BUY 18 IBM LIMIT 129.50`: an order in words."""
        return sanitize(terms(ticket, self._session.state))

    def _why(self, decision: RiskDecision) -> str:
        """Every rule that failed, with its numbers."""
        found = findings(decision, self._session.state.trading.limits)
        return sanitize("; ".join(f"{one.rule}: {one.text}" for one in found if one.verdict is Verdict.DENY))


def cancelable(state: State) -> list[Order]:
    """Return the orders that can still be asked to be canceled, oldest first."""
    return [
        order
        for order in state.blotter.open.values()
        if order.status is not OrderStatus.PENDING_CANCEL
        and (allowed(order.status, oev.OrderPendingCancel) or allowed(order.status, oev.OrderCanceled))
    ]


def protects(order: Order, state: State) -> bool:
    """Tell whether a position would lose its stop with this order. One that waits for its parent is a stop too, of what
    is not held yet."""
    ticket = order.ticket
    return ticket.protects and (ticket.parent_id is not None or _stands(order, state))


def is_target(order: Order, state: State) -> bool:
    """Tell whether an order by itself, and no stop, waits to give back what is held: a target."""
    return order.ticket.is_exit and not is_stop(order.ticket) and _stands(order, state)


def _stands(order: Order, state: State) -> bool:
    return held_against(state, position_key(order.ticket), order.ticket.side) > ZERO
