"""What is traded at the venue and held in the account, on both sides, and the gate before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from oms.domain.calendar import TradingHours
from oms.domain.ids import MANUAL, AccountId, BrokerId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from oms.domain.units import SECOND, Nanos
from risk.catalog import build_rules
from risk.engine import RiskManager
from tests.doubles.share import share
from tests.doubles.venue.book import Traded

WIRE, ACCOUNT = BrokerId("wire"), AccountId("T-1")
ABC, XYZ, EUX = share("ABC.XNYS"), share("XYZ.XNYS"), share("EUX.XETR", currency="EUR")
EUR_USD, BNB_USD = share("EUR/USD.FX", calendar="FX"), share("BNB/USD.COINS", calendar="COINS")
SHARES: Final = (ABC, XYZ, EUX)
INSTRUMENTS: Final = (*SHARES, EUR_USD, BNB_USD)
RATES: Final = frozenset({"EUR/USD", "BNB/USD"})  # without them nobody knows what the account is worth
RATE_CENTS: Final = 200
TRADED: Final[Mapping[str, Traded]] = {
    "EUR/USD": Traded(),  # the first, so that the prices of the others find a rate and open the day
    "BNB/USD": Traded(),
    "ABC": Traded(),
    "XYZ": Traded(fee_currency="BNB", fee_frac=Decimal("0.00075")),
    "EUX": Traded(currency="EUR", fee_currency="EUR", fee_frac=Decimal("0.001")),
}
CASH: Final[Mapping[str, Decimal]] = {
    "USD": Decimal(100_000_000),
    "EUR": Decimal(100_000_000),
    "BNB": Decimal(100_000),
}
RAISED: Final[Mapping[str, Mapping[str, object]]] = {  # limits that a campaign would run into; every rule judges
    "max_order_value": {"limit": 10**9},
    "max_position": {"limit": 1},
    "max_trades": {"limit": 10_000},
    "max_positions": {"limit": 10_000},
    "max_per_symbol": {"limit": 10_000},
    "duplicate": {"limit": 0},
    "daily_loss": {"limit": 10**9, "limit_frac": 1},
    "short_sale": {"allow": True},
    "order_rate": {"limit": 10**7, "burst": 999},
}


def ticket(
    quantity: int,
    side: Side = Side.BUY,
    limit: str | None = None,
    instrument: Instrument = ABC,
    tif: TimeInForce = TimeInForce.GTC,
) -> OrderTicket:
    """Return a ticket by hand: at a limit where one is named, else at the market."""
    return OrderTicket(
        broker=WIRE,
        account=ACCOUNT,
        strategy_id=MANUAL,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=Decimal(quantity),
        order_type=OrderType.LIMIT if limit else OrderType.MARKET,
        limit_px=Decimal(limit) if limit else None,
        tif=tif,
    )


@dataclass
class LiveFeed:
    """What a feed says of itself; its data come over the broker's link."""

    name: str = "wire"
    hash: str = "0"
    instruments: tuple[Instrument, ...] = INSTRUMENTS
    interval: Nanos = SECOND


def every_rule() -> RiskManager:
    """Return the gate with every rule in force and limits that a campaign does not run into."""
    hours = {name: TradingHours.always(name) for name in ("XNYS", "XETR")}
    return RiskManager(build_rules(RAISED), hours, LiveFeed().interval)
