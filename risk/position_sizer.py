"""How much to trade, asked by hand: a sizer of the catalog as a calculator, in shares or in lots and pips.

It answers before anything is a signal, an order or a position, from a balance that is named, and judges nothing: the
gate still does. A standard lot of a currency pair is 100,000 units of its first currency and a pip the fourth decimal
of its price, the second where the price is in yen.
"""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from oms.domain.ids import AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.instrument import AssetClass, Instrument
from oms.domain.order import Side
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import ZERO, Price, Quantity, is_tradable
from oms.ports import Declined
from oms.state import State
from risk.catalog import build_sizer
from risk.sizing.fixed_risk import FixedRisk, stop_distance
from risk.sizing.kelly import Kelly
from risk.sizing.sizer import Opening

STANDARD_LOT: Final = Decimal(100_000)
MICRO_LOT: Final = Decimal(1_000)
PIP: Final = Decimal("0.0001")
YEN_PIP: Final = Decimal("0.01")
PAIR_LETTERS: Final = 6
_WRITTEN: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?", re.ASCII)


class LotSize(NamedTuple):
    """A size, and what is lost of the account's currency if the stop is hit; both None where there is no stop, given or
    by default. `lot_size` counts standard lots of a pair, and shares of anything else."""

    lot_size: Decimal
    quantity: Quantity
    risk_amount: Decimal | None
    stop_px: Price | None


class PositionSizer:
    """A calculator over one sizer. `options` are those of its table `[sizing.NAME]`; `state` is where a strategy's
    record or an instrument's closes are known, for the sizers that need them.

    Raises:
        ValueError: no such sizer or option, or a balance that is no positive amount.
    """

    def __init__(
        self,
        account_balance: Decimal | int | str,
        risk_strategy: str = "fixed_risk",
        *,
        currency: str = "USD",
        state: State | None = None,
        strategy_id: str = "",
        **options: object,
    ) -> None:
        self._balance = _amount("account_balance", account_balance)
        self._currency = currency
        self._state = state if state is not None else State()
        self._strategy_id = StrategyId(strategy_id)
        self._sizer = build_sizer(risk_strategy, options, broker=BrokerId("none"), account=AccountId("none"))

    def calculate_lot_size(
        self,
        symbol: str,
        stop_loss_pips: Decimal | int | str | None = None,
        *,
        price: Decimal | int | str,
        side: Side = Side.BUY,
    ) -> LotSize:
        """Return the size of an opening in a currency pair at a price, with a stop so many pips away (None: the sizer's
        default stop, if it has one), in steps of a hundredth of a standard lot.

        Raises:
            ValueError: the symbol is no pair, the pair has no rate to the account's currency, a number is none, the
                stop is not above zero, or the sizer says why there is no size.
        """
        asked: object = symbol
        pair = asked.replace("/", "").upper() if isinstance(asked, str) else ""
        base, quote = pair[:3], pair[3:]
        if len(pair) != PAIR_LETTERS or not pair.isascii() or not pair.isalpha() or base == quote:
            msg = f"symbol must be a pair of currencies such as EURUSD, got {symbol!r}"
            raise ValueError(msg)
        way: object = side
        if not isinstance(way, Side):
            msg = f"side must be Side.BUY or Side.SELL, got {way!r}"
            raise ValueError(msg)  # noqa: TRY004 - the one error that is told of
        px = _amount("price", price)
        if self._currency not in {base, quote}:
            msg = f"{pair} needs a rate between {quote} and {self._currency}"
            raise ValueError(msg)
        rate = Decimal(1) if quote == self._currency else px  # of the quote currency for one of the account's
        pip = YEN_PIP if quote == "JPY" else PIP
        stop_px = None
        if stop_loss_pips is not None:
            stop_px = px - side.sign * pip * _amount("stop_loss_pips", stop_loss_pips)
            if stop_px <= ZERO:
                msg = f"stop_loss_pips: a stop {stop_loss_pips} pips from {px} is not above zero"
                raise ValueError(msg)
        instrument = _instrument(f"{pair}.FX", AssetClass.FX, quote, tick=pip / 10, lot=MICRO_LOT)
        sized = self._size(instrument, px, stop_px, side, self._balance * rate)
        risk_amount = None if sized.risk_amount is None else sized.risk_amount / rate
        return LotSize(sized.quantity / STANDARD_LOT, sized.quantity, risk_amount, sized.stop_px)

    def calculate_position_size(
        self, entry_price: Decimal | int | str, stop_loss_price: Decimal | int | str | None = None
    ) -> LotSize:
        """Return the size of an opening in whole shares, bought or sold as its stop says (None: bought, with
        the default stop of the sizer, if it has one).

        Raises:
            ValueError: a number is none, the stop is at the entry, or the sizer says why there is no size.
        """
        px = _amount("entry_price", entry_price)
        stop_px = None if stop_loss_price is None else _amount("stop_loss_price", stop_loss_price)
        if stop_px == px:
            msg = f"stop_loss_price must be below or above the entry of {px}"
            raise ValueError(msg)
        side = Side.SELL if stop_px is not None and stop_px > px else Side.BUY
        instrument = _instrument("ANY.NONE", AssetClass.EQUITY, self._currency, tick=Decimal("0.01"), lot=Decimal(1))
        return self._size(instrument, px, stop_px, side, self._balance)

    def _size(self, instrument: Instrument, px: Price, stop_px: Price | None, side: Side, equity: Decimal) -> LotSize:
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
        opened = self._sizer.opened(asked, self._state)
        if isinstance(opened, Declined):
            raise ValueError(opened.text)  # noqa: TRY004 - an answer in words, and no wrong type
        quantity, _ = opened
        if stop_px is None and isinstance(self._sizer, FixedRisk | Kelly):
            stop_px = px - side.sign * stop_distance(asked, self._sizer.default_stop_frac)
        return LotSize(quantity, quantity, None if stop_px is None else abs(px - stop_px) * quantity, stop_px)


def _amount(name: str, value: Decimal | int | str) -> Decimal:
    try:
        plain = type(value) in (int, Decimal) or (isinstance(value, str) and _WRITTEN.fullmatch(value) is not None)
        amount = Decimal(value) if plain else Decimal("NaN")
    except ArithmeticError:
        amount = Decimal("NaN")
    if not is_tradable(amount):
        msg = f"{name} must be a positive number as Decimal, text or int, got {value!r}"
        raise ValueError(msg)
    return amount


def _instrument(instrument_id: str, kind: AssetClass, currency: str, *, tick: Decimal, lot: Decimal) -> Instrument:
    symbol, _, listing = instrument_id.partition(".")
    return Instrument(
        instrument_id=InstrumentId(instrument_id),
        symbol=symbol,
        listing=listing,
        asset_class=kind,
        currency=currency,
        tick=tick,
        lot=lot,
        calendar=listing,
        underlying=symbol,
    )
