"""What is held in other currencies than the account's, valued in that one: cash, and positions at their marks.

It is worked out currency by currency and whole each time, when a rate, a mark or what is held has moved; that is rare
where an account is kept in one currency, and few lines where it is not. What cannot be valued is named in `holes`.
"""

from decimal import Decimal

from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.units import ZERO, Quantity
from oms.ledger import Ledger
from oms.marks import Marks
from oms.rates import Rates


class Abroad:
    """Over the ledger and the marks. `base` is the account's currency; `holes` takes the instruments without a mark and
    the currencies without a rate."""

    def __init__(self, ledger: Ledger, marks: Marks, holes: set[str]) -> None:
        self._ledger = ledger
        self._marks = marks
        self._holes = holes
        self.rates = Rates(marks)
        self.base = ""
        self.moves: dict[InstrumentId, str] = {}  # a price of this changes what is held in that currency
        self.cash: dict[str, Decimal] = {}  # in the base currency
        self.values: dict[InstrumentId, Decimal] = {}  # of positions, signed, in the base currency
        self._net: dict[InstrumentId, tuple[Decimal, str]] = {}  # signed quantity times multiplier, and its currency

    @property
    def pairs(self) -> tuple[InstrumentId, ...]:
        """The pairs whose prices say what the cash of other currencies is worth."""
        found = (self.rates.pair(currency, self.base) for currency, worth in self.cash.items() if worth)
        return tuple(pair for pair in found if pair is not None)

    def begin(self, base: str) -> None:
        """Forget everything but the rates: values are in this currency from now on."""
        self.base = base
        for kept in (self.moves, self.cash, self.values, self._net):
            kept.clear()

    def hold(self, instrument: Instrument, held: Quantity | None) -> None:
        """Take over how much is held of an instrument of another currency."""
        instrument_id = instrument.instrument_id
        if held:
            self._net[instrument_id] = held * instrument.multiplier, instrument.currency
            self.moves[instrument_id] = instrument.currency
        else:
            self._net.pop(instrument_id, None)
            self.values.pop(instrument_id, None)
            self._holes.discard(instrument_id)

    def value(self, currency: str) -> None:
        """Value all that is held in a currency at the rate and the marks of now."""
        pair = self.rates.pair(currency, self.base)
        if pair is not None:
            self.moves[pair] = currency
        cash = self.rates.converted(self._ledger.purse.get(currency, ZERO), currency, self.base)
        self.cash[currency] = cash or ZERO
        is_rated = cash is not None
        for instrument_id, (net, of) in self._net.items():
            if of == currency:
                is_rated = self._value_of(instrument_id, net, currency) and is_rated
        if is_rated:
            self._holes.discard(currency)
        else:
            self._holes.add(currency)

    @property
    def worth(self) -> Decimal:
        """What all of it comes to, as far as it is known."""
        return sum(self.cash.values(), ZERO) + sum(self.values.values(), ZERO)

    @property
    def gross(self) -> Decimal:
        """The same of the positions, long and short added up."""
        return sum(map(abs, self.values.values()), ZERO)

    def _value_of(self, instrument_id: InstrumentId, net: Decimal, currency: str) -> bool:
        """Value what is held of an instrument; tell whether there is a rate for it."""
        mark = self._marks.by_id.get(instrument_id)
        if mark is None:
            self._holes.add(instrument_id)
            return True
        self._holes.discard(instrument_id)
        value = self.rates.converted(net * mark.px, currency, self.base)
        self.values[instrument_id] = value or ZERO
        return value is not None
