"""From a wish to units: so much money, so much of the equity, or so many times what the sizer would risk.

A wish is reckoned at prices that stand on the ticket or in the quote, and where one is missing it is refused: units
that were reckoned by a guess would be a quantity that nobody asked for.
"""

from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from cockpit.ticket.amount import Amount, Unit, floor_lots, units_worth, whole_lots
from cockpit.ticket.entry import stop_of
from cockpit.ticket.errors import TicketError
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, Side
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import Nanos, Price, Quantity
from oms.ports import Declined
from oms.state import State
from risk.sizing.sizer import BaseSizer, Opening


class Reckoning(NamedTuple):
    """An amount and what it is reckoned by: `px` values a unit, `entry_px` is where the ticket is expected to trade."""

    amount: Amount
    ticket: OrderTicket
    instrument: Instrument
    px: Price | None
    entry_px: Price | None

    def units(self, state: State, sizer: BaseSizer) -> Quantity:
        """Return whole lots.

        Raises:
            TicketError: it comes to none, or there is nothing to count it by; one line.
        """
        number, unit = self.amount
        match unit:
            case Unit.UNITS:
                return whole_lots(number, self.instrument)
            case Unit.MONEY:
                return units_worth(number, self.px, self.instrument)
            case Unit.NAV:
                return units_worth(number * _equity(state), self.px, self.instrument)
            case Unit.RISK:
                return self._risked(number, state, sizer)

    def _risked(self, times: Decimal, state: State, sizer: BaseSizer) -> Quantity:
        """Return so many times what the sizer would open with the stop that is typed."""
        equity = _equity(state)
        if not self.ticket.asks_protection or (self.ticket.protect_px is None and self.ticket.trail_by is None):
            msg = "R is counted by a stop: fill in protect"
            raise TicketError(msg)
        if self.entry_px is None:
            msg = "there is no price yet to count it by"
            raise TicketError(msg)
        stopped = replace(self.ticket, protect_px=stop_of(self.ticket, self.entry_px, self.instrument))
        asked = Opening(opinion_of(stopped, state.ts), stopped.side, self.instrument, self.entry_px, equity)
        opening = sizer.opening(asked, state)
        if isinstance(opening, Declined):
            raise TicketError(opening.text)
        return floor_lots(times * opening[0], self.instrument)


def opinion_of(ticket: OrderTicket, ts: Nanos, kind: SignalType | None = None) -> TradingSignal:
    """Return what a sizer is told of a ticket by hand."""
    return TradingSignal(
        strategy_id=ticket.strategy_id,
        instrument_id=ticket.instrument_id,
        signal_type=kind or (SignalType.BUY if ticket.side is Side.BUY else SignalType.SELL),
        ts=ts,
        confidence=1.0,
        strength=1.0,
        reason="by hand",
        stop_px=ticket.protect_px,
    )


def _equity(state: State) -> Decimal:
    equity = state.equity.now
    if equity is None or equity <= 0:
        msg = "equity is not known"
        raise TicketError(msg)
    return equity
