"""What a venue can say about an order, as plain words: the venue and the reference know nothing else of each other."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

TIMES = {"BUY": 1, "SELL": -1}  # what a quantity counts with
OPENING: Mapping[str, Decimal] = MappingProxyType({"USD": Decimal(100_000), "BNB": Decimal(5)})


class Word(NamedTuple):
    """One thing said. `what` is new, trade, canceled, expired, rejected, triggered, replaced, refused (a cancel),
    unchanged (a change was refused), unknown (the order) or garbled. `qty`, `px` and what follows are a trade's; of a
    change there are its number, and its new quantity and limit in `qty` and `limit`."""

    what: str
    order: str
    symbol: str = ""
    side: str = ""
    exec_id: str = ""
    qty: Decimal = Decimal(0)
    px: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    currency: str = "USD"
    number: int = 0
    limit: Decimal | None = None
