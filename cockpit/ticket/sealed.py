"""What a person was shown and asked to agree to: one ticket by its hash, at the price at which it would trade.

Prices go on while a question is read. A price that the ticket names does not move with them: the order does not trade
beyond it. One that is the market's does, and beyond `DRIFT_FRAC` what was shown is not what would be sent any more.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from cockpit.ticket.entry import entry_of, follows_market, opposite_px
from oms.domain.order import OrderTicket, ticket_hash
from oms.domain.units import Price
from oms.state import State

DRIFT_FRAC: Final = Decimal("0.005")
"""How far the price may move between what is shown and the yes; further, and it is asked again."""


class Sealed(NamedTuple):
    """What a person was shown: this ticket, by its hash, at the price at which it would trade."""

    ticket: OrderTicket
    hash: str
    px: Price | None


def seal(ticket: OrderTicket, state: State) -> Sealed:
    """Return what a person is asked to agree to, as of now."""
    return Sealed(ticket, ticket_hash(ticket), _shown_px(ticket, state))


def drift_of(sealed: Sealed, state: State) -> Decimal | None:
    """Return how far the price has gone since it was shown, as a signed fraction where that is too far to send.

    None where it is not, and of a price that the ticket names, beyond which it does not trade. A price that was known
    and is not any more has gone too far whatever it is: 1.
    """
    return too_far(sealed.px, _shown_px(sealed.ticket, state))


def too_far(then: Price | None, now: Price | None) -> Decimal | None:
    """Return by which signed fraction a price has changed, None within `DRIFT_FRAC`; 1 where one of them is missing."""
    if then is None or now is None:
        return None if now is None and then is None else Decimal(1)
    frac = now / then - 1
    return frac if abs(frac) > DRIFT_FRAC else None


def _shown_px(ticket: OrderTicket, state: State) -> Price | None:
    if follows_market(ticket):
        return opposite_px(ticket.side, ticket.instrument_id, state)
    return entry_of(ticket, state)
