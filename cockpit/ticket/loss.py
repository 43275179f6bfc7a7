"""What a ticket may lose, in four ways: down to its stop, on a bad day, in a gap, and of what the day may still lose.

None of them is a promise. What is lost down to a stop is counted from the price that the ticket is expected to pay, and
where its limit lets it pay more, from that too. A stop trades at what the market shows when it is touched; a bad day is
one of those that were seen; a gap is a round figure, so that an order can be weighed against a night that nobody has
seen. Only what the ticket opens is at risk: what gives back loses nothing that was not held before. What it opens is
counted for its own strategy, as its stop is: what another holds the other way may be gone when that stop trades. The
gate judges by the account's net, so where the two differ it is said whose the figure is. A change of a stop opens
nothing, and yet it moves what the position is planned to lose: of it both are said.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from msgspec.structs import replace

from cockpit.ticket.entry import entry_of, opposite_px, stop_of
from cockpit.ticket.planned import planned_change
from cockpit.ticket.shortfall import FEWEST, shortfall_frac
from oms.domain.order import Order, OrderTicket, Side
from oms.domain.text import sanitize
from oms.domain.units import ZERO, Price, Quantity
from oms.exits import held_against, is_stop
from oms.state import State
from risk.facts import Facts
from risk.status import RiskStatus

GAP_FRAC: Final = Decimal("0.08")
"""A worst case that is not the worst: about what a large share opens lower by after a bad night."""
NO_STOP: Final = "no stop"
REDUCES: Final = "it only reduces"
PASSED: Final = "given back at once"
"""Of a stop that the market is past, or an entry that would trade there."""


class AtRisk(NamedTuple):
    """What is lost, in the base currency; None where it is unlimited, or cannot be known. `words` say where
    that is, or why it is not known."""

    amount: Decimal | None
    words: str


class Losses(NamedTuple):
    """Money in the base currency. `day_room` is what the day may still lose before its limit; None without a limit.
    `opening_qty` is what the ticket opens for its own strategy, `before` what was at risk down to the stop that is
    changed; None where none is. `at_limit` is what is lost at the stop where the whole limit is paid; None where that
    is no more."""

    at_stop: AtRisk
    bad_day: AtRisk
    gap: Decimal | None
    day_room: Decimal | None
    opening_qty: Quantity
    before: Decimal | None = None
    at_limit: Decimal | None = None

    @property
    def most_at_stop(self) -> Decimal | None:
        """What is lost at the stop by the worst price that the ticket may pay."""
        return self.at_stop.amount if self.at_limit is None else self.at_limit


def losses_of(
    ticket: OrderTicket, facts: Facts, state: State, status: RiskStatus, changes: Order | None = None
) -> Losses:
    """Return what a ticket may lose, by the facts that the gate reads of it; with `changes`, what is left of an open
    order once it has become it."""
    is_exit = changes is not None and (changes.ticket.parent_id is not None or changes.ticket.is_exit)
    held = held_against(state, facts.key, ticket.side) if is_exit else facts.leavable_qty  # itself it leaves out
    opening = max(ZERO, ticket.quantity - held)
    stake = opening * facts.unit_value if facts.unit_value is not None else None
    entry = ticket if changes is None or is_exit else _as_protected(ticket, changes, state)
    before, at_stop = None, _at_stop(entry, entry_of(entry, state), opening, facts)
    at_limit = _at_stop(entry, ticket.limit_px, opening, facts).amount if ticket.limit_px is not None else None
    if changes is not None and is_exit and is_stop(ticket) and not opening:
        before, at_stop = _moved(changes, ticket, state)
    return Losses(
        at_stop=at_stop,
        bad_day=_bad_day(ticket, state, stake) if opening else _nothing(facts),
        gap=stake * GAP_FRAC if stake is not None else None,
        day_room=_day_room(status),
        opening_qty=opening,
        before=before,
        at_limit=at_limit if _is_more(at_limit, at_stop.amount) else None,
    )


def _as_protected(ticket: OrderTicket, changes: Order, state: State) -> OrderTicket:
    """Return the rest of an entry with the stop that its bracket has by now: it may have been moved."""
    bracket = state.brackets.left.by_parent.get(changes.client_order_id)
    moved = bracket is not None and bracket.stop_px is not None and ticket.asks_protection
    return replace(ticket, protect_px=bracket.stop_px) if bracket is not None and moved else ticket


def _at_stop(ticket: OrderTicket, entry: Price | None, opening: Quantity, facts: Facts) -> AtRisk:
    """Return what is lost down to a ticket's stop where it trades at a price."""
    if not opening:
        return _nothing(facts)
    instrument = facts.instrument
    if entry is None or instrument is None or facts.unit_value is None:
        return AtRisk(None, "no price")
    stop_px = stop_of(ticket, entry, instrument)
    if stop_px is not None and (entry - stop_px) * ticket.side.sign <= ZERO:
        return AtRisk(None, PASSED)
    if stop_px is not None:
        words = "lost at stop" if ticket.trail_by is None else "lost at 1st stop"
        return AtRisk(abs(entry - stop_px) * opening * instrument.multiplier, words)
    if ticket.side is Side.BUY:
        return AtRisk(entry * opening * instrument.multiplier, NO_STOP)
    return AtRisk(None, f"unlimited: {NO_STOP}")


def _nothing(facts: Facts) -> AtRisk:
    """Return what is at risk of a ticket that only reduces, and whose share that is where the account's net grows."""
    return AtRisk(ZERO, f"{sanitize(facts.ticket.strategy_id, 24)} only reduces" if facts.opens else REDUCES)


def _is_more(amount: Decimal | None, than: Decimal | None) -> bool:
    return amount is not None and than is not None and amount > than


def _moved(changes: Order, ticket: OrderTicket, state: State) -> tuple[Decimal | None, AtRisk]:
    """Return what a stop risked, and what it will where it is to stand."""
    before, after = planned_change(changes, ticket, ticket.quantity, state)
    touched_px, stop_px = opposite_px(ticket.side, ticket.instrument_id, state), ticket.stop_px
    if stop_px is not None and touched_px is not None and (stop_px - touched_px) * ticket.side.sign <= ZERO:
        return before.amount, AtRisk(None, PASSED)
    bare = before.covered_qty - after.covered_qty
    if bare <= ZERO:
        return before.amount, AtRisk(after.amount, "to the stop" if after.amount is not None else "no price")
    return before.amount, AtRisk(
        after.amount, f"{'' if after.amount is not None else 'unlimited: '}{NO_STOP} for {bare:f}"
    )


def _bad_day(ticket: OrderTicket, state: State, stake: Decimal | None) -> AtRisk:
    closes = state.closes.of(ticket.instrument_id)
    frac = shortfall_frac(closes, ticket.side)
    if frac is None:
        return AtRisk(None, f"{len(closes)} of {FEWEST + 1} closes")
    return AtRisk(None, "no price") if stake is None else AtRisk(stake * frac, f"of {len(closes) - 1} days")


def _day_room(status: RiskStatus) -> Decimal | None:
    row = next((row for row in status.rules if row.rule == "daily_loss"), None)
    if row is None or row.limit is None or row.observed is None:
        return None
    return row.limit - row.observed
