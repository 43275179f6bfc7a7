"""What a position is planned to lose: from the last price down to the stop that stands for it, for what that covers.

It is said where a stop is taken away or put elsewhere, and then it must be the same figure for both: who moves a stop
away from the market has risked more, and who takes it away has left it to the market.
"""

from decimal import Decimal
from typing import NamedTuple

from oms.blotter import position_key
from oms.domain.order import Order, OrderTicket, Side
from oms.domain.units import ZERO, Quantity
from oms.exits import held_against
from oms.state import State


class Planned(NamedTuple):
    """Money in the instrument's currency, None where there is no last price; `covered_qty` of `held_qty` that an order
    of this kind may give back."""

    amount: Decimal | None
    covered_qty: Quantity
    held_qty: Quantity


def planned_of(ticket: OrderTicket, quantity: Quantity, state: State) -> Planned:
    """Return what is planned to be lost with so much of a stop; several may share one position."""
    held = held_against(state, position_key(ticket), ticket.side)
    covered = min(held, quantity)
    return Planned(_lost(ticket, covered, state), covered, held)


def planned_change(order: Order, ticket: OrderTicket, quantity: Quantity, state: State) -> tuple[Planned, Planned]:
    """Return what is planned to be lost before and after a stop becomes another one, of so much.

    What it covered and covers no more is lost whole, and without an end (None) where it was sold short.
    """
    before, after = planned_of(order.ticket, order.leaves_qty, state), planned_of(ticket, quantity, state)
    bare = before.covered_qty - after.covered_qty
    mark = state.marks.get(ticket.instrument_id)
    if bare <= ZERO or after.amount is None or mark is None:
        return before, after
    multiplier = state.instruments.by_id[ticket.instrument_id].multiplier
    whole = after.amount + mark.px * bare * multiplier if ticket.side is Side.SELL else None
    return before, after._replace(amount=whole)


def _lost(ticket: OrderTicket, quantity: Quantity, state: State) -> Decimal | None:
    mark, instrument = state.marks.get(ticket.instrument_id), state.instruments.get(ticket.instrument_id)
    if mark is None or ticket.stop_px is None or instrument is None:
        return None
    return max(ZERO, (ticket.stop_px - mark.px) * ticket.side.sign) * quantity * instrument.multiplier
