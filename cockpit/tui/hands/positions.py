"""Positions by hand: given back at the market, one or all.

What is given back is the account's net, so the question names that, and what it would bring. While trading is stopped
even one needs the word: it is the only order that then still leaves.
"""

from decimal import Decimal

from cockpit import format as fmt
from cockpit.tui.hands.reach import Reach
from cockpit.tui.modals.confirm import Confirm
from oms.domain.ids import InstrumentId, symbol_of
from oms.domain.instrument import Instrument
from oms.domain.order import Side
from oms.domain.units import ZERO, Quantity


class PositionHand:
    """Flattens."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def flatten(self) -> None:
        """Give back what is held of the instrument under the cursor."""
        instrument = self._reach.under.instrument
        held = self._reach.net(instrument.instrument_id) if instrument is not None else ZERO
        if instrument is None or not held:
            what = f"nothing of {instrument.symbol}" if instrument is not None else "nothing"
            self._reach.warn(f"{what} is held")
            return
        self._reach.talk.begin(self._flatten(instrument, held))

    async def _flatten(self, instrument: Instrument, held: Quantity) -> None:
        side = Side.SELL if held > ZERO else Side.BUY
        quote = self._reach.state.marks.quotes.get(instrument.instrument_id)
        px = None if quote is None else quote.bid_px if side is Side.SELL else quote.ask_px
        what = f"{side} {fmt.quantity(abs(held), instrument.lot)} {instrument.symbol} at the market"
        consequence = [
            f"{what}, about {fmt.price(px, instrument.tick)}: {fmt.money(_value(held, px, instrument))}",
            "Orders that work in it are canceled first, protective ones too.",
        ]
        word = "FLATTEN" if self._reach.operator.is_halted else None  # what leaves although trading is stopped is typed
        if await self._reach.talk.ask(Confirm(f"Flatten {instrument.symbol}?", consequence, word=word)):
            self._reach.say(await self._reach.talk.do(self._reach.operator.flatten(instrument.instrument_id)))

    def flatten_all(self) -> None:
        """Give back everything."""
        held = {key.instrument_id: net for key, net in self._reach.state.ledger.net.items() if net}
        if not held:
            self._reach.warn("no position is held")
            return
        self._reach.talk.begin(self._flatten_all(held))

    async def _flatten_all(self, held: dict[InstrumentId, Quantity]) -> None:
        """Ask for the word that closes every position, which is all that a stop leaves open."""
        listings = self._reach.state.instruments.by_id
        listed = ", ".join(f"{symbol_of(name)} {fmt.quantity(net, listings[name].lot)}" for name, net in held.items())
        consequence = [
            f"Held: {listed}",
            "Orders that work there are canceled first, protective ones too; what is held is closed at the market.",
        ]
        if await self._reach.talk.ask(Confirm("Flatten everything?", consequence, word="FLATTEN")):
            self._reach.say(await self._reach.talk.do(self._reach.operator.flatten()))


def _value(held: Quantity, px: Decimal | None, instrument: Instrument) -> Decimal | None:
    return None if px is None else abs(held) * px * instrument.multiplier
