"""Positions by hand: given back at the market, one or all.

Under a position's row it is that strategy's share which is given back, elsewhere every share of the instrument. The
question names each order that this takes, what it would bring and cost at the market of now, which it follows, and,
where another strategy holds the instrument too, what the account is left with. While trading is stopped even one needs
the word: it is the only order that then still leaves.
"""

from collections.abc import Sequence

from cockpit import format as fmt
from cockpit.flatten import still_held
from cockpit.tui.dealer import Dealer
from cockpit.tui.hands.closing import closing_of, realizes, traded
from cockpit.tui.hands.reach import Reach
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.said import Said
from oms.domain.fees import FeeSchedule
from oms.domain.ids import StrategyId, short_id
from oms.domain.instrument import Instrument
from oms.domain.order import Order
from oms.domain.units import ZERO
from oms.exits import orphans


class PositionHand:
    """Flattens."""

    def __init__(self, reach: Reach, fees: FeeSchedule) -> None:
        self._reach = reach
        self._fees = fees

    def flatten(self) -> None:
        """Give back the position under the cursor, or what is held of the instrument there."""
        instrument, position = self._reach.under.instrument, self._reach.under.position
        strategy_id = position.key.strategy_id if position is not None else None
        held = still_held(self._reach.state, instrument.instrument_id, strategy_id) if instrument is not None else ()
        if instrument is not None and not held and self._begin_orphans(instrument, strategy_id):
            return
        if instrument is None or not held:
            what = f"nothing of {instrument.symbol}" if instrument is not None else "nothing"
            self._reach.warn(f"{what} is held")
            return
        self._reach.talk.begin(self._flatten(instrument, strategy_id))

    async def _flatten(self, instrument: Instrument, strategy_id: StrategyId | None) -> None:
        named = f"{instrument.symbol} of {strategy_id}" if strategy_id is not None else instrument.symbol

        def consequence() -> list[str]:
            return self._closing(instrument, strategy_id)

        word: str | None = None
        while word is None:  # what leaves although trading is stopped is typed, also where it was stopped meanwhile
            word = "FLATTEN" if self._reach.operator.is_halted else None
            if not await self._reach.talk.ask(Confirm(f"Flatten {named}?", consequence, word=word)):
                return
            if not self._reach.operator.is_halted:
                break
        self._reach.say(Said(f"flattening {named}", "warn"))
        act = self._reach.operator.flatten(instrument.instrument_id, strategy_id)
        self._reach.say(await self._reach.talk.do(act))

    def _closing(self, instrument: Instrument, strategy_id: StrategyId | None) -> list[str]:
        """Say what a flatten would do now: each order, what it realizes, and what is canceled for it."""
        held = still_held(self._reach.state, instrument.instrument_id, strategy_id)
        if not held:
            return [f"Nothing of {instrument.symbol} is held any more."]
        each = [closing_of(one, self._reach.state, self._fees) for one in held]
        told = [f"{one.whose}: {one.words}" if len(each) > 1 else one.words for one in each]
        told.append(f"It {realizes(each)}.")
        whose = f" of {strategy_id}" if strategy_id is not None else " that work"
        told.append(f"Orders{whose} in it are canceled first, protective ones too.")
        return [*told, *(self._left(instrument, strategy_id) if strategy_id is not None else [])]

    def _left(self, instrument: Instrument, strategy_id: StrategyId) -> list[str]:
        """Say what other strategies hold of it, and what the account goes from and to, where there is any."""
        shares = still_held(self._reach.state, instrument.instrument_id)
        others = [one for one in shares if one.key.strategy_id != strategy_id]
        if not others:
            return []
        net, left = (sum((one.quantity for one in held), ZERO) for held in (shares, others))
        stay = " and ".join(f"{one.key.strategy_id} {fmt.holding(one.quantity, instrument.lot)}" for one in others)
        before, after = (fmt.holding(quantity, instrument.lot) for quantity in (net, left))
        return [f"{stay} {'stays' if len(others) == 1 else 'stay'}: the account goes from {before} to {after}."]

    def flatten_all(self) -> None:
        """Give back everything."""
        held = still_held(self._reach.state, None)
        if not held and self._begin_orphans(None, None):
            return
        if not held:
            self._reach.warn("no position is held")
            return
        self._reach.talk.begin(self._flatten_all())

    def _begin_orphans(self, instrument: Instrument | None, strategy_id: StrategyId | None) -> bool:
        """Ask to cancel what waits to give back what nobody holds any more; return whether there is any."""
        instrument_id = instrument.instrument_id if instrument is not None else None
        orders = orphans(self._reach.state, instrument_id, strategy_id)
        if orders:
            self._reach.talk.begin(self._cancel_orphans(orders))
        return bool(orders)

    async def _cancel_orphans(self, orders: Sequence[Order]) -> None:
        """Cancel those, whatever is bought or sold while the question stands; one that something is held for by then
        protects that, and stays."""
        named = [order.client_order_id for order in orders]
        numbers = ", ".join(map(short_id, named))
        consequence = [f"Nothing is held for {fmt.plural(len(orders), 'order')} to reduce: {numbers}."]
        if not await self._reach.talk.ask(Confirm("Cancel what is left over?", consequence)):
            return
        over = [order for order in orphans(self._reach.state, None, None) if order.client_order_id in named]
        if over:
            act = Dealer(self._reach.session).cancel_all(over, "nothing is held for it to give back")
            self._reach.say(await self._reach.talk.do(act))
        else:
            self._reach.warn("nothing is left over any more")

    async def _flatten_all(self) -> None:
        """Ask for the word that closes every position, which is all that a stop leaves open."""
        if await self._reach.talk.ask(Confirm("Flatten everything?", self._closing_all, word="FLATTEN")):
            self._reach.say(Said("flattening everything", "warn"))
            self._reach.say(await self._reach.talk.do(self._reach.operator.flatten()))

    def _closing_all(self) -> list[str]:
        """Say what a flatten of everything would do now."""
        each = [closing_of(one, self._reach.state, self._fees) for one in still_held(self._reach.state, None)]
        if not each:
            return ["Nothing is held any more."]
        shares: dict[str, list[str]] = {}
        for one in each:
            held = -one.quantity * one.side.sign
            shares.setdefault(one.instrument.symbol, []).append(fmt.quantity(held, one.instrument.lot))
        listed = [f"{symbol} {' and '.join(texts)}" for symbol, texts in shares.items()]
        return [
            f"Held: {', '.join(listed)}",
            f"It trades about {traded(each)} at the market, {realizes(each)}.",
            "Orders that work there are canceled first, protective ones too; what is held is closed at the market.",
        ]
