"""What is said, as plain words: by us to the gate, by a venue about an order, by the program about what it does by
itself. The venue and the reference know nothing else of each other."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

TIMES = {"BUY": 1, "SELL": -1}  # what a quantity counts with
OTHER = {"BUY": "SELL", "SELL": "BUY"}
OPENING: Mapping[str, Decimal] = MappingProxyType({"USD": Decimal(100_000), "BNB": Decimal(5)})
WORTH: Mapping[str, Decimal] = MappingProxyType({"USD": Decimal(1), "BNB": Decimal(300)})  # in US dollars


class Wish(NamedTuple):
    """What is to be traded: at the market, with a `limit`, as a `stop`. `protect`, `target` and `trail` ask for legs
    that give it back; in a stop order the trail is its own.

    `exit` marks what waits to give back what is held and may do nothing else; the venue is `told` so, or is not.

    `role` is "close" for what gives back at once, else nothing for what somebody wants, and of what the program makes
    by itself the "stop" or the "target" of its `parent`.
    """

    symbol: str
    side: str
    qty: Decimal
    limit: Decimal | None = None
    strategy: str = "trend"
    stop: Decimal | None = None
    trail: Decimal | None = None
    protect: Decimal | None = None
    target: Decimal | None = None
    role: str = ""
    parent: str | None = None
    exit: bool = False
    told: bool = False

    @property
    def is_market(self) -> bool:
        """Whether it has no price of its own."""
        return self.limit is None and self.stop is None


class Word(NamedTuple):
    """One thing said. `what` is new, trade, canceled, expired, rejected, triggered, replaced, refused (a cancel),
    unchanged (a change was refused), unknown (the order) or garbled. `qty`, `px` and what follows are a trade's; of a
    change there are its number, and its new terms in `qty`, `limit` and `stop`. `at` is when a trade was, by the
    venue's clock, which never shows the same twice."""

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
    stop: Decimal | None = None
    at: int = 0


class Deed(NamedTuple):
    """One thing that the program did with an order: made, held, moved (while it is held), released, sent, denied,
    recalled (a cancel was asked for; `moot`: as nothing is left for it), canceled (it never left), changing (a change
    was asked for)."""

    what: str
    order: str
    wish: Wish | None = None
    moot: bool = False
