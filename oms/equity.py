"""What the account is worth, kept as prices move: cash plus every net position at its mark.

A mark changes the sum by net quantity times the change of price, so a quote costs one multiplication whatever is
held. What is held in another currency, its cash and its positions, is worth what `oms.rates` makes of it. Equity is
None until cash was reported, every open position has a mark and every other currency a rate, because a sum with a hole
in it would be believed. A holding that is not listed is such a hole. What a position has cost does not enter: a holding
of unknown cost is worth its mark, and only its profit is unknown.
"""

from decimal import Decimal

from oms.abroad import Abroad
from oms.domain.account_events import BalanceReported, MarkRecorded, PositionAdjusted
from oms.domain.events import InstrumentListed, MarketMoved, RunStarted
from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order_events import OrderFilled
from oms.domain.units import ZERO, Nanos, Quantity
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
        self.now: Decimal | None = None  # in the base currency; None while something of it is not known
        self._value: dict[InstrumentId, Decimal] = {}  # signed net value at the mark, of the base currency
        self._net: dict[InstrumentId, Decimal] = {}  # signed net quantity times multiplier, of the base currency
        self._holes: set[str] = set()  # instruments that are held without a mark, currencies without a rate
        self.abroad = Abroad(ledger, marks, self._holes)
        self._moves = self.abroad.moves  # read for every price
        self._worth = ZERO  # sum of the values, and of what is held abroad
        self.gross = ZERO  # sum of the absolutes of the positions
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
    def cash(self) -> Decimal:
        """The cash in the base currency; that of others is in `now` as well."""
        return self._ledger.purse.get(self.currency, ZERO)

    @property
    def high(self) -> Decimal | None:
        """The highest equity that this process has seen, or now; None while neither is known."""
        now, highest = self.now, self._highest
        return highest if now is None or (highest is not None and highest > now) else now

    @property
    def unrated(self) -> tuple[str, ...]:
        """The pairs that have no price, of currencies in which something is held: `BNB/USD`."""
        return tuple(f"{currency}/{self.currency}" for currency in self.abroad.cash if currency in self._holes)

    @property
    def unrealized(self) -> Decimal | None:
        """What closing every position at its mark would realize, before fees, in the base currency; None without every
        mark, cost and rate."""
        total = ZERO
        for key, position in self._ledger.open.items():
            mark = self._marks.get(key.instrument_id)
            instrument = self._instruments.by_id.get(key.instrument_id)
            profit = position.unrealized(mark.px) if mark is not None else None
            if profit is not None and instrument is not None:
                profit = self.abroad.rates.converted(profit, instrument.currency, self.currency)
            if profit is None:
                return None
            total += profit
        return total

    def value(self, instrument_id: InstrumentId) -> Decimal:
        """Return the signed value of the net position in an instrument at its mark."""
        value = self._value.get(instrument_id)
        return self.abroad.values.get(instrument_id, ZERO) if value is None else value

    def _begin_run(self, event: RunStarted, _ts: Nanos) -> None:
        self.currency = event.currency
        for kept in (self._value, self._net, self._holes):
            kept.clear()
        self.abroad.begin(event.currency)
        self._worth = self.gross = ZERO
        for instrument_id in self._ledger.held:
            self._recount(instrument_id)
        for currency in self._ledger.purse:
            self._exchange(currency)
        self._sum_up()

    def _list(self, event: InstrumentListed, _ts: Nanos) -> None:
        for currency in self.abroad.rates.list(event.instrument):
            self._exchange(currency)
        self._recount(event.instrument.instrument_id)

    def _see(self, event: MarketMoved, _ts: Nanos) -> None:
        data = event.data
        if type(data) is Quote:
            instrument_id = data.instrument.instrument_id
            if instrument_id in self._net:
                self._revalue(instrument_id)
                self._highest = self.high
            if instrument_id in self._moves:
                self._exchange(self._moves[instrument_id])
                self._highest = self.high

    def _remark(self, event: MarkRecorded, _ts: Nanos) -> None:
        instrument_id = event.instrument_id
        if instrument_id in self._net:
            self._revalue(instrument_id)
        if instrument_id in self._moves:
            self._exchange(self._moves[instrument_id])

    def _fill(self, event: OrderFilled, _ts: Nanos) -> None:
        fill = event.fill
        self._recount(fill.instrument_id)
        if fill.fee.currency != self.currency:
            self._exchange(fill.fee.currency)

    def _adjust(self, event: PositionAdjusted, _ts: Nanos) -> None:
        self._recount(event.instrument_id)

    def _report(self, event: BalanceReported, _ts: Nanos) -> None:
        if event.cash.currency != self.currency:
            self._exchange(event.cash.currency)
        self._sum_up()

    def _recount(self, instrument_id: InstrumentId) -> None:
        """Take over what is held of an instrument, and its value."""
        held, instrument = self._ledger.held.get(instrument_id), self._instruments.by_id.get(instrument_id)
        if instrument is None:
            (self._holes.add if held else self._holes.discard)(instrument_id)
            self._sum_up()
        elif instrument.currency != self.currency:
            self._exchange(instrument.currency, instrument, held)
        else:
            if held:
                self._net[instrument_id] = held * instrument.multiplier
            else:
                self._net.pop(instrument_id, None)
                if self._holes:
                    self._holes.discard(instrument_id)
            self._revalue(instrument_id)

    def _revalue(self, instrument_id: InstrumentId) -> None:
        """Value what is held of an instrument of the base currency at its mark."""
        net, new = self._net.get(instrument_id), ZERO
        if net is not None:
            mark = self._marks.by_id.get(instrument_id)
            if mark is None:
                self._holes.add(instrument_id)
            else:
                if self._holes:
                    self._holes.discard(instrument_id)
                new = net * mark.px
        old = self._value.get(instrument_id, ZERO)
        self._value[instrument_id] = new
        self._worth += new - old
        self.gross += abs(new) - abs(old)
        self._sum_up()

    def _exchange(self, currency: str, moved: Instrument | None = None, held: Quantity | None = None) -> None:
        """Value anew what is held in another currency; of the instrument that `moved` it is so much from now on."""
        if currency == self.currency:
            return
        abroad = self.abroad
        worth, gross = abroad.worth, abroad.gross
        if moved is not None:
            abroad.hold(moved, held)
        abroad.value(currency)
        self._worth += abroad.worth - worth
        self.gross += abroad.gross - gross
        self._sum_up()

    def _sum_up(self) -> None:
        """Take the cash over into what the account is worth now."""
        cash = self._ledger.purse.get(self.currency)
        self.now = None if cash is None or self._holes else cash + self._worth
