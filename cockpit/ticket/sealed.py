"""What a person was shown and asked to agree to: one ticket by its hash, at the price at which it would trade.

Prices go on while a question is read. A price that the ticket names does not move with them: the order does not trade
beyond it. One that is the market's does. So such a question says between which prices it stands, and a yes is a yes to
any of them; outside it is asked again. The next band is twice as wide, and the one after that once more, because a
market that is too fast for a narrow one would otherwise be asked about for ever. One that is too fast for those too has
to be held, or a price named.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from cockpit.ticket.entry import follows_market, opposite_px
from oms.domain.order import OrderTicket, ticket_hash
from oms.domain.units import Price
from oms.state import State

DRIFT_FRAC: Final = Decimal("0.005")
"""How far the price may move from what is shown before it is asked again, the first time."""
WIDEST_FRAC: Final = 4 * DRIFT_FRAC
"""And however often it was asked."""


class Sealed(NamedTuple):
    """What a person was shown: this ticket, by its hash, at the price at which it would trade."""

    ticket: OrderTicket
    hash: str
    px: Price | None


class Band(NamedTuple):
    """The prices for which a question stands: so much, as a fraction, above and below the one it was asked at."""

    px: Price | None
    frac: Decimal = DRIFT_FRAC

    @property
    def bounds(self) -> tuple[Price, Price] | None:
        """The lowest and the highest of them; None without a price."""
        return None if self.px is None else (self.px * (1 - self.frac), self.px * (1 + self.frac))

    def holds(self, now: Price | None) -> bool:
        """Tell whether a price is one of them. One that was known and is not any more, or the other way, is none."""
        if self.bounds is None or now is None:
            return self.bounds is None and now is None
        low, high = self.bounds
        return low <= now <= high

    def around(self, now: Price | None) -> "Band":
        """Return the next one, about another price: twice as wide where the price has left this one, up to the widest
        that anybody should agree to unseen."""
        return Band(now, self.frac if self.px is None or now is None else min(self.frac * 2, WIDEST_FRAC))


def seal(ticket: OrderTicket, state: State) -> Sealed:
    """Return what a person is asked to agree to, as of now."""
    return Sealed(ticket, ticket_hash(ticket), shown_px(ticket, state))


def shown_px(ticket: OrderTicket, state: State) -> Price | None:
    """Return the price at which a ticket would trade now: its own, unless that follows the market."""
    if follows_market(ticket):
        return opposite_px(ticket.side, ticket.instrument_id, state)
    return ticket.limit_px if ticket.limit_px is not None else ticket.stop_px
