"""Orders by hand: written, changed, canceled.

How much is asked follows from what it may cost. A ticket and a change ask for `y`, with the money at risk. A cancel is
done at once and can be taken back, unless it takes away what stands behind a position: a stop, a target, or a leg of a
bracket, which nobody makes again. Then it says what is left, and asks.
"""

from collections.abc import Awaitable, Callable, Sequence

from cockpit import format as fmt
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.draft import Draft
from cockpit.ticket.kind import kind_and_prices
from cockpit.ticket.sealed import Sealed
from cockpit.tui.dealer import Dealer, cancelable, is_target, protects
from cockpit.tui.hands.reach import Reach
from cockpit.tui.hands.removal import LISTED, unprotected, without_target
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.send import Send
from cockpit.tui.modals.ticket import Ticket
from cockpit.tui.said import PART, Done
from oms.decide.changes import is_held_by_itself
from oms.decide.waiting import waits_for
from oms.domain.ids import short_id, symbol_of
from oms.domain.order import Order, Side


class OrderHand:
    """Over one ticket desk."""

    def __init__(self, reach: Reach, desk: TicketDesk) -> None:
        self._reach = reach
        self._desk = desk
        self._dealer = Dealer(reach.session)

    def trade(self, side: Side) -> None:
        """Write a ticket for what the cursor is on."""
        instrument = self._reach.under.instrument
        if instrument is None:
            self._reach.warn("nothing is listed yet")
            return
        draft = self._desk.begin(side, instrument, self._reach.under.tag_for(side))
        self._reach.talk.begin(self._write(draft))

    def change(self) -> None:
        """Change the order under the cursor; a leg that is held here has terms that follow from another's."""
        order = self._order()
        if order is None:
            return
        waited = "" if is_held_by_itself(order) else waits_for(order, self._reach.state)
        if waited:
            number = short_id(order.client_order_id)
            self._reach.warn(f"order {number} cannot be changed", f"it waits for {waited}")
            return
        self._reach.talk.begin(self._change(order))

    def cancel(self) -> None:
        """Cancel the order under the cursor."""
        order = self._order()
        if order is not None:
            self._reach.talk.begin(self._cancel(order))

    def cancel_all(self) -> None:
        """Cancel what works, but the stops that protect; with only those left, those."""
        orders = cancelable(self._reach.state)
        if orders:
            self._reach.talk.begin(self._cancel_all(orders))
        else:
            self._reach.warn("no order works")

    async def _write(self, draft: Draft, *, is_undo: bool = False) -> None:
        title = f"{self._reach.word} ORDER{PART}{self._desk.account}"
        if await self._agree(draft, self._dealer.send, title, begun=is_undo) and not is_undo:
            self._reach.undo.forget()

    async def _change(self, order: Order) -> None:
        title = f"CHANGE {self._reach.word} ORDER {short_id(order.client_order_id)}"
        draft = self._desk.change(order)
        if await self._agree(draft, lambda sealed: self._dealer.change(order, sealed.ticket), title, changes=order):
            self._reach.undo.forget()

    async def _agree(
        self,
        draft: Draft,
        act: Callable[[Sealed], Awaitable[Done]],
        title: str,
        *,
        begun: bool = False,
        changes: Order | None = None,
    ) -> bool:
        """Write and ask until it is done or given up, and return whether it was done; what is not done comes back as it
        was written."""
        reach, desk, said, late = self._reach, self._desk, "", False
        while True:
            form = Ticket(
                desk, draft, reach.glyphs, title=title, look=reach.look, changes=changes, said=said, begun=begun,
                late=late, held=self._held,
            )  # fmt: skip
            written = await reach.talk.ask(form)
            if written is None:
                return False
            draft, begun = written.draft, True
            question = Send(desk, written.sealed, reach.glyphs, title=title, look=reach.look, changes=changes)
            sealed = await reach.talk.ask(question)
            said, late = question.unanswered, bool(question.unanswered)
            if sealed is None:
                continue
            outcome = await reach.talk.do(act(sealed))
            reach.say(outcome.said)
            if outcome.is_done:
                return True
            said = outcome.said.text

    def _held(self) -> str:
        """Say what lets time go on where a tape is paused: all that depends on it waits."""
        plays = f"esc and {self._reach.keymap.shown('tape.pause')} play it on"
        return f"the tape is paused: {plays}" if self._reach.session.pace.paused else ""

    async def _cancel(self, order: Order) -> None:
        number, state, question = short_id(order.client_order_id), self._reach.state, None
        if protects(order, state):
            question = Confirm(f"Cancel protective order {number}?", unprotected([order], state))
        elif order.ticket.parent_id is not None or is_target(order, state):
            question = Confirm(f"Cancel target {number}?", without_target(order, state))
        if question is not None and not await self._reach.talk.ask(question):
            return
        outcome = await self._reach.talk.do(self._dealer.cancel(order))
        if not outcome.is_done or order.ticket.parent_id is not None:  # a leg is made again with its parent only
            self._reach.say(outcome.said)
            return
        again = self._desk.again(order)
        self._reach.say_undoable(
            outcome.said, f"writes {number} again", lambda: self._reach.talk.begin(self._write(again, is_undo=True))
        )

    async def _cancel_all(self, orders: Sequence[Order]) -> None:
        state = self._reach.state
        stops = [order for order in orders if protects(order, state)]
        others = [order for order in orders if order not in stops]
        asked = others or stops
        listed = [self._listed(order) for order in asked[:LISTED]]
        listed += [f"and {fmt.count(len(asked) - LISTED)} more"] if len(asked) > LISTED else []
        if others:
            stay = [f"{fmt.staying(len(stops), 'protective order')}."] if stops else []
            targets = sum(order.ticket.parent_id is not None for order in others)
            stay += (
                [f"{fmt.plural(targets, 'target')} among them: not made again, whatever is resumed."] if targets else []
            )
            question = Confirm(f"Cancel {fmt.plural(len(asked), 'working order')}?", [*listed, *stay])
        else:
            title = f"Cancel {fmt.plural(len(asked), 'protective order')}?"
            question = Confirm(title, unprotected(stops, state), word="CANCEL")
        if await self._reach.talk.ask(question):
            self._reach.say(await self._reach.talk.do(self._dealer.cancel_all(asked, "cancel all")))

    def _order(self) -> Order | None:
        """Return the order under the cursor; without one, say so."""
        order = self._reach.under.order
        if order is None:
            key = self._reach.keymap.shown("panel.next")
            self._reach.warn("the cursor is on no working order", f"{key} goes from panel to panel")
        return order

    def _listed(self, order: Order) -> str:
        ticket = order.ticket
        instrument = self._reach.state.instruments.by_id[ticket.instrument_id]
        what = f"{ticket.side} {fmt.quantity(order.leaves_qty, instrument.lot)} {symbol_of(ticket.instrument_id)}"
        return f"{short_id(order.client_order_id)}: {what} {kind_and_prices(ticket, instrument.tick)}"
