"""What giving positions back at the market would trade, realize and cost, as of now.

An estimate from the quote that is there: the venue may find another by the time the order meets it. The fee is the
broker's own schedule, and what is realized is before it, as the ledger books it. What has no price, or whose cost is
not known, is said not to be known, and so is a sum that it belongs to.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from cockpit import format as fmt
from oms.domain.fees import FeeSchedule
from oms.domain.instrument import Instrument
from oms.domain.order import Side
from oms.domain.position import Position
from oms.domain.units import ZERO, Price, Quantity
from oms.state import State


class Closing(NamedTuple):
    """One position and the order that would close it. Money is in the instrument's currency, None while not known."""

    instrument: Instrument
    whose: str
    side: Side
    quantity: Quantity
    px: Price | None
    value: Decimal | None
    realized: Decimal | None
    fee: Decimal | None

    @property
    def words(self) -> str:
        """`SELL 27 AAPL at the market, about 213.40: 5,761.80`."""
        what = f"{self.side} {fmt.quantity(self.quantity, self.instrument.lot)} {self.instrument.symbol}"
        return f"{what} at the market, about {fmt.price(self.px, self.instrument.tick)}: {fmt.money(self.value)}"


def closing_of(position: Position, state: State, fees: FeeSchedule) -> Closing:
    """Return what closing one position would come to now."""
    instrument = state.instruments.by_id[position.key.instrument_id]
    side = Side.SELL if position.quantity > ZERO else Side.BUY
    quote, quantity = state.marks.quotes.get(instrument.instrument_id), abs(position.quantity)
    px = None if quote is None else quote.bid_px if side is Side.SELL else quote.ask_px
    return Closing(
        instrument=instrument,
        whose=position.key.strategy_id,
        side=side,
        quantity=quantity,
        px=px,
        value=None if px is None else quantity * px * instrument.multiplier,
        realized=None if px is None else position.unrealized(px),
        fee=None if px is None else fees.fee(quantity, px * instrument.multiplier),
    )


def realizes(closings: Sequence[Closing]) -> str:
    """Return `realizes about +12.30, fees about 1.00`; in more than one currency each sum names its own."""
    currencies = list(dict.fromkeys(one.instrument.currency for one in closings))
    realized, fees = [], []
    for currency in currencies:
        own = [one for one in closings if one.instrument.currency == currency]
        named = f" {currency}" if len(currencies) > 1 else ""
        realized.append(f"{fmt.signed_money(_sum(one.realized for one in own))}{named}")
        fees.append(f"{fmt.money(_sum(one.fee for one in own))}{named}")
    return f"realizes about {' and '.join(realized)}, fees about {' and '.join(fees)}"


def traded(closings: Sequence[Closing]) -> str:
    """Return what changes hands, `8,761.80`, for each currency."""
    currencies = list(dict.fromkeys(one.instrument.currency for one in closings))
    sums = [_sum(one.value for one in closings if one.instrument.currency == currency) for currency in currencies]
    if len(currencies) == 1:
        return fmt.money(sums[0])
    return " and ".join(fmt.money_in(amount, currency) for amount, currency in zip(sums, currencies, strict=True))


def _sum(terms: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum; None where one of the terms is not known."""
    known = list(terms)
    return None if None in known else sum((term for term in known if term is not None), ZERO)
