"""A share to test with: what most tests need of an instrument is that it is an ordinary one."""

from decimal import Decimal

from oms.domain.ids import InstrumentId
from oms.domain.instrument import AssetClass, Instrument


def share(name: str, *, calendar: str = "XNYS", currency: str = "USD", multiplier: str = "1") -> Instrument:
    """Return the share `SYMBOL.LISTING`, with a tick of a cent and a lot of one."""
    symbol, _, listing = name.rpartition(".")
    return Instrument(
        instrument_id=InstrumentId(name),
        symbol=symbol,
        listing=listing,
        asset_class=AssetClass.EQUITY,
        currency=currency,
        tick=Decimal("0.01"),
        lot=Decimal(1),
        calendar=calendar,
        underlying=symbol,
        multiplier=Decimal(multiplier),
    )
