"""How much to trade, asked by hand: a sizer of the catalog as a calculator, in shares or in lots and pips.

It answers before anything is a signal, an order or a position, from a balance that is named, and judges nothing: the
gate still does. What a sizer needs to know of an instrument (how it has moved, its lot, its newest price) it knows of
one that is listed in the state it was made over, and of no other.

A pair that is priced in the account's own currency needs no price where its stop is given in pips and the sizer looks
at nothing else: so many pips are so much money whatever the price. What the position is worth is not known then, but
that no pair costs less than its stop is wide; `leverage` binds as far as that tells.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.instrument import AssetClass, Instrument
from oms.domain.order import Side
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import ZERO, Price, Quantity
from oms.ports import Declined
from oms.state import State
from risk.amount import Number, to_positive, to_side
from risk.catalog import build_sizer
from risk.currency_pair import STANDARD_LOT, to_pair
from risk.sizing.fixed_lot import FixedLot
from risk.sizing.fixed_risk import FixedRisk, stop_distance
from risk.sizing.kelly import Kelly
from risk.sizing.sizer import BaseSizer, Opening
from risk.sizing.volatility import Volatility


class LotSize(NamedTuple):
    """A size, and what is lost of the account's currency if the stop is hit; that and the stop's price are None where
    there is no stop, given or by default, and the price alone where none was needed. `lot_size` counts standard lots of
    a pair, and shares of anything else."""

    lot_size: Decimal
    quantity: Quantity
    risk_amount: Decimal | None
    stop_px: Price | None


class PositionSizer:
    """A calculator over one sizer. `options` are those of its table `[sizing.NAME]`; `state` is where a strategy's
    record, an instrument and its closes are known, for the sizers that need them.

    Raises:
        ValueError: no such sizer or option, or a balance that is no positive amount.
    """

    def __init__(
        self,
        account_balance: Number,
        risk_strategy: str = "fixed_risk",
        *,
        currency: str = "USD",
        state: State | None = None,
        strategy_id: str = "",
        **options: object,
    ) -> None:
        self._balance = to_positive("account_balance", account_balance)
        self._currency = currency
        self._state = state if state is not None else State()
        self._strategy_id = StrategyId(strategy_id)
        self._name = risk_strategy
        self._options = options
        self._sizer_with()  # what there is not is refused here already

    def calculate_lot_size(
        self,
        symbol: str,
        stop_loss_pips: Number | None = None,
        *,
        price: Number | None = None,
        side: Side = Side.BUY,
        risk_percent: Number | None = None,
        leverage: Number | None = None,
    ) -> LotSize:
        """Return the size of an opening in a currency pair, with a stop so many pips away (None: the sizer's default
        stop, if it has one), in whole lots of the listed pair, or in hundredths of a standard lot.

        Without a `price` it is the newest quote's, where the pair is listed and quoted. `risk_percent` (2 is two
        percent of the balance) and `leverage` hold for this call.

        Raises:
            ValueError: the symbol is no pair, the pair has no rate to the account's currency, a price is needed, a
                number is none, the stop is not above zero, or the sizer says why there is no size.
        """
        pair, way, sizer = to_pair(symbol), to_side(side), self._sizer_with(risk_percent, leverage)
        if self._currency not in pair:
            msg = f"{pair} needs a rate between {pair.quote} and {self._currency}"
            raise ValueError(msg)
        listed = pair.among(self._state.instruments.by_id.values())
        instrument = listed if listed is not None else pair.instrument()
        pips = None if stop_loss_pips is None else to_positive("stop_loss_pips", stop_loss_pips)
        px = self._quoted(instrument, way) if price is None else to_positive("price", price)
        is_needed = pips is None or pair.quote != self._currency or not isinstance(sizer, FixedRisk | FixedLot)
        if px is None and is_needed:
            msg = f"price: {pair} needs one here: it is not quoted"
            raise ValueError(msg)
        distance = None if pips is None else pair.pip * pips
        at = px or distance or ZERO
        stop_px = None if distance is None else at - way.sign * distance
        if px is not None and stop_px is not None and stop_px <= ZERO:
            msg = f"stop_loss_pips: a stop {stop_loss_pips} pips from {px} is not above zero"
            raise ValueError(msg)
        rate = Decimal(1) if pair.quote == self._currency else at  # of the quote currency for one of the account's
        sized = self._size(sizer, instrument, at, stop_px, way, self._balance * rate)
        return LotSize(
            sized.quantity / STANDARD_LOT,
            sized.quantity,
            None if sized.risk_amount is None else sized.risk_amount / rate,
            sized.stop_px if px is not None else None,
        )

    def calculate_position_size(
        self,
        entry_price: Number,
        stop_loss_price: Number | None = None,
        *,
        symbol: str | None = None,
        risk_percent: Number | None = None,
        leverage: Number | None = None,
    ) -> LotSize:
        """Return the size of an opening, bought or sold as its stop says (None: bought, with the default stop of the
        sizer, if it has one): in whole lots of `symbol`, which is listed, or in whole shares of anything.

        `risk_percent` (2 is two percent of the balance) and `leverage` hold for this call.

        Raises:
            ValueError: a number is none, the stop is at the entry, the symbol is not listed or priced in another
                currency, or the sizer says why there is no size.
        """
        px, sizer = to_positive("entry_price", entry_price), self._sizer_with(risk_percent, leverage)
        stop_px = None if stop_loss_price is None else to_positive("stop_loss_price", stop_loss_price)
        if stop_px == px:
            msg = f"stop_loss_price must be below or above the entry of {px}"
            raise ValueError(msg)
        side = Side.SELL if stop_px is not None and stop_px > px else Side.BUY
        return self._size(sizer, self._share(symbol), px, stop_px, side, self._balance)

    def _size(
        self, sizer: BaseSizer, instrument: Instrument, px: Price, stop_px: Price | None, side: Side, equity: Decimal
    ) -> LotSize:
        if isinstance(sizer, Volatility) and self._state.instruments.get(instrument.instrument_id) is None:
            msg = f"symbol: {sizer.name} sizes by how an instrument has moved, and needs one that is listed"
            raise ValueError(msg)
        signal = TradingSignal(
            strategy_id=self._strategy_id,
            instrument_id=instrument.instrument_id,
            signal_type=SignalType.BUY if side is Side.BUY else SignalType.SELL,
            ts=0,
            confidence=1.0,
            strength=1.0,
            reason="",
            stop_px=stop_px,
        )
        asked = Opening(signal, side, instrument, px, equity)
        opened = sizer.opened(asked, self._state)
        if isinstance(opened, Declined):
            raise ValueError(opened.text)  # noqa: TRY004 - an answer in words, and no wrong type
        quantity, _ = opened
        if stop_px is None and isinstance(sizer, FixedRisk | Kelly):
            stop_px = px - side.sign * stop_distance(asked, sizer.default_stop_frac)
        at_stop = None if stop_px is None else abs(px - stop_px) * quantity * instrument.multiplier
        return LotSize(quantity, quantity, at_stop, stop_px)

    def _sizer_with(self, risk_percent: Number | None = None, leverage: Number | None = None) -> BaseSizer:
        """Return the sizer with what is said for one call. Raises ValueError where it has no such option."""
        options = dict(self._options)
        if risk_percent is not None:
            options["risk_frac"] = to_positive("risk_percent", risk_percent) / 100
        if leverage is not None:
            options["leverage"] = to_positive("leverage", leverage)
        return build_sizer(self._name, options, broker=BrokerId("none"), account=AccountId("none"))

    def _quoted(self, instrument: Instrument, side: Side) -> Price | None:
        """Return what an opening would meet now, None where nothing is quoted."""
        quote = self._state.marks.quotes.get(instrument.instrument_id)
        if quote is None:
            return None
        return (quote.ask_px if side is Side.BUY else quote.bid_px) or None

    def _share(self, symbol: str | None) -> Instrument:
        """Return what a symbol is listed as, or a share of no name. Raises ValueError."""
        if symbol is None:
            return _SHARE_OF_ANYTHING
        asked: object = symbol
        instrument = self._state.instruments.find(asked) if isinstance(asked, str) else None
        if instrument is None:
            msg = f"symbol: nothing is listed as {symbol!r}"
            raise ValueError(msg)
        if instrument.currency != self._currency:
            msg = f"symbol: {symbol} is priced in {instrument.currency}, without a rate of it"
            raise ValueError(msg)
        return instrument


_SHARE_OF_ANYTHING: Final = Instrument(
    instrument_id=InstrumentId("ANY.NONE"),
    symbol="ANY",
    listing="NONE",
    asset_class=AssetClass.EQUITY,
    currency="",
    tick=Decimal("0.01"),
    lot=Decimal(1),
    calendar="NONE",
    underlying="ANY",
)
