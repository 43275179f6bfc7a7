"""What the account is worth, kept as prices move: cash plus every net position at its mark.

A mark changes the sum by net quantity times the change of price, so a quote costs one multiplication whatever is
held. Only instruments of the base currency enter; equity is None until cash was reported and every open position
has a mark, because a sum with a hole in it would be believed. A holding that is not listed is such a hole. What a
position has cost does not enter: a holding of unknown cost is worth its mark, and only its profit is unknown.
"""

from decimal import Decimal
from typing import Final

from oms.domain.events import (
    BalanceReported,
    Event,
    InstrumentListed,
    MarketMoved,
    MarkRecorded,
    OrderFilled,
    PositionAdjusted,
    RunStarted,
)
from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.units import ZERO, Nanos, Price
from oms.instruments import Instruments
from oms.ledger import Ledger
from oms.marks import Marks


class Equity:
    """Incremental sums over the ledger and the marks; applied after both."""

    HANDLES: Final = (
        RunStarted,
        InstrumentListed,
        MarketMoved,
        MarkRecorded,
        OrderFilled,
        BalanceReported,
        PositionAdjusted,
    )

    def __init__(self, instruments: Instruments, ledger: Ledger, marks: Marks) -> None:
        self._instruments = instruments
        self._ledger = ledger
        self._marks = marks
        self.currency = ""
        self.cash = ZERO
        self._known = False  # whether the base currency's cash was ever reported
        self._value: dict[InstrumentId, Decimal] = {}  # signed net value at the mark
        self._net: dict[InstrumentId, Decimal] = {}  # signed net quantity times multiplier
        self._worth = ZERO  # sum of the values
        self.gross = ZERO  # sum of their absolutes
        self._unmarked: dict[InstrumentId, None] = {}
        self._highest: Decimal | None = None  # that a price has shown; marks of a replay may be old and show none

    def apply(self, event: Event, ts: Nanos) -> None:  # noqa: ARG002 - every slice is called alike
        """Count an event in."""
        if isinstance(event, MarketMoved):
            data = event.data
            if isinstance(data, Quote) and (instrument_id := data.instrument.instrument_id) in self._net:
                self._revalue(instrument_id)
                self._highest = self.high
        elif isinstance(event, OrderFilled):
            self._recash()
            self._recount(event.fill.instrument_id)
        elif isinstance(event, PositionAdjusted):
            self._recount(event.instrument_id)
        elif isinstance(event, MarkRecorded):
            if event.instrument_id in self._net:
                self._revalue(event.instrument_id)
        elif isinstance(event, InstrumentListed):
            self._recount(event.instrument.instrument_id)
        elif isinstance(event, RunStarted):
            self.currency = event.currency
            self._recash()
            for key in self._ledger.net:
                self._recount(key.instrument_id)
        else:
            self._recash()

    @property
    def now(self) -> Decimal | None:
        """The equity in the base currency, or None while something of it is not known."""
        return self.cash + self._worth if self._known and not self._unmarked else None

    @property
    def high(self) -> Decimal | None:
        """The highest equity that this process has seen, or now; None while neither is known."""
        now, highest = self.now, self._highest
        return highest if now is None or (highest is not None and highest > now) else now

    @property
    def unrealized(self) -> Decimal | None:
        """What closing every position at its mark would realize, before fees; None without every mark and cost."""
        total = ZERO
        for key, position in self._ledger.open.items():
            px = self._px(key.instrument_id)
            profit = position.unrealized(px) if px is not None else None
            if profit is None:
                return None
            total += profit
        return total

    def value(self, instrument_id: InstrumentId) -> Decimal:
        """Return the signed value of the net position in an instrument at its mark."""
        return self._value.get(instrument_id, ZERO)

    def _recash(self) -> None:
        sums = [amount for key, amount in self._ledger.cash.items() if key.currency == self.currency]
        self.cash, self._known = sum(sums, ZERO), bool(sums)

    def _recount(self, instrument_id: InstrumentId) -> None:
        instrument = self._instruments.get(instrument_id)
        net = sum((q for key, q in self._ledger.net.items() if key.instrument_id == instrument_id), ZERO)
        self._net.pop(instrument_id, None)
        self._unmarked.pop(instrument_id, None)
        if net and instrument is None:
            self._unmarked[instrument_id] = None
        elif net and instrument is not None and instrument.currency == self.currency:
            self._net[instrument_id] = net * instrument.multiplier
        self._revalue(instrument_id)

    def _revalue(self, instrument_id: InstrumentId) -> None:
        net = self._net.get(instrument_id)
        old = self._value.pop(instrument_id, ZERO)
        new = ZERO
        if net is not None:
            px = self._px(instrument_id)
            if px is None:
                self._unmarked[instrument_id] = None
            else:
                self._unmarked.pop(instrument_id, None)
                new = self._value[instrument_id] = net * px
        self._worth += new - old
        self.gross += abs(new) - abs(old)

    def _px(self, instrument_id: InstrumentId) -> Price | None:
        mark = self._marks.get(instrument_id)
        return mark.px if mark is not None else None
