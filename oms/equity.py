"""What the account is worth, kept as prices move: cash plus every net position at its mark.

A mark changes the sum by net quantity times the change of price, so a quote costs one multiplication whatever is
held. Only instruments of the base currency enter; equity is None until cash was reported and every open position
has a mark, because a sum with a hole in it would be believed. A holding that is not listed is such a hole. What a
position has cost does not enter: a holding of unknown cost is worth its mark, and only its profit is unknown.
"""

from decimal import Decimal

from oms.domain.events import (
    BalanceReported,
    InstrumentListed,
    MarketMoved,
    MarkRecorded,
    PositionAdjusted,
    RunStarted,
)
from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.order_events import OrderFilled
from oms.domain.units import ZERO, Nanos
from oms.instruments import Instruments
from oms.ledger import Ledger
from oms.marks import Marks
from oms.slice import Appliers


class Equity:
    """Incremental sums over the ledger and the marks; applied after both."""

    def __init__(self, instruments: Instruments, ledger: Ledger, marks: Marks) -> None:
        self._instruments = instruments
        self._ledger = ledger
        self._marks = marks
        self.currency = ""
        self.cash = ZERO
        self.now: Decimal | None = None  # in the base currency; None while something of it is not known
        self._value: dict[InstrumentId, Decimal] = {}  # signed net value at the mark
        self._net: dict[InstrumentId, Decimal] = {}  # signed net quantity times multiplier
        self._worth = ZERO  # sum of the values
        self.gross = ZERO  # sum of their absolutes
        self._unmarked: set[InstrumentId] = set()
        self._highest: Decimal | None = None  # that a price has shown; marks of a replay may be old and show none

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {
            RunStarted: self._begin_run,
            InstrumentListed: self._list,
            MarketMoved: self._see,
            MarkRecorded: self._remark,
            OrderFilled: self._fill,
            BalanceReported: self._report,
            PositionAdjusted: self._adjust,
        }

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
            mark = self._marks.get(key.instrument_id)
            profit = position.unrealized(mark.px) if mark is not None else None
            if profit is None:
                return None
            total += profit
        return total

    def value(self, instrument_id: InstrumentId) -> Decimal:
        """Return the signed value of the net position in an instrument at its mark."""
        return self._value.get(instrument_id, ZERO)

    def _begin_run(self, event: RunStarted, _ts: Nanos) -> None:
        self.currency = event.currency
        for instrument_id in self._ledger.held:
            self._recount(instrument_id)
        self._sum_up()

    def _list(self, event: InstrumentListed, _ts: Nanos) -> None:
        self._recount(event.instrument.instrument_id)

    def _see(self, event: MarketMoved, _ts: Nanos) -> None:
        data = event.data
        if type(data) is Quote and data.instrument.instrument_id in self._net:
            self._revalue(data.instrument.instrument_id)
            self._highest = self.high

    def _remark(self, event: MarkRecorded, _ts: Nanos) -> None:
        if event.instrument_id in self._net:
            self._revalue(event.instrument_id)

    def _fill(self, event: OrderFilled, _ts: Nanos) -> None:
        self._recount(event.fill.instrument_id)

    def _adjust(self, event: PositionAdjusted, _ts: Nanos) -> None:
        self._recount(event.instrument_id)

    def _report(self, _event: BalanceReported, _ts: Nanos) -> None:
        self._sum_up()

    def _recount(self, instrument_id: InstrumentId) -> None:
        """Take over what is held of an instrument, and its value."""
        held, instrument = self._ledger.held.get(instrument_id), self._instruments.by_id.get(instrument_id)
        if held and instrument is not None and instrument.currency == self.currency:
            self._net[instrument_id] = held * instrument.multiplier
        else:
            self._net.pop(instrument_id, None)
            if held and instrument is None:
                self._unmarked.add(instrument_id)
            else:
                self._unmarked.discard(instrument_id)
        self._revalue(instrument_id)

    def _revalue(self, instrument_id: InstrumentId) -> None:
        """Value what is held of an instrument at its mark."""
        net, old, new = self._net.get(instrument_id), self._value.get(instrument_id, ZERO), ZERO
        if net is not None:
            mark = self._marks.by_id.get(instrument_id)
            if mark is None:
                self._unmarked.add(instrument_id)
            else:
                self._unmarked.discard(instrument_id)
                new = net * mark.px
        self._value[instrument_id] = new
        self._worth += new - old
        self.gross += abs(new) - abs(old)
        self._sum_up()

    def _sum_up(self) -> None:
        """Take the cash over, and with it what the account is worth now."""
        cash = self._ledger.purse.get(self.currency)
        self.cash = ZERO if cash is None else cash
        self.now = None if cash is None or self._unmarked else cash + self._worth
