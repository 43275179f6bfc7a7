"""The words of the venue double: what goes over its socket, line by line.

A line is a tag, a space and one JSON object. The tag is the number of a request, on the request and on its answer,
or `*` for what the venue says unasked. It stands outside the JSON, as a connection stands outside the body of an
HTTP answer: so it is known whose answer it is that makes no sense.

    7 {"do":"new","client":"T-1-1","symbol":"ABC","side":"buy","qty":"10","limit":"9.95","tif":"day"}
    7 {"ok":true,"reports":[{"kind":"new",...}]}                   an answer that is sure
    8 {"ok":false,"code":"unknown_order","text":"..."}             a refusal that is sure: nothing was done
    9 {"ok":false,"code":"unavailable","text":"..."}               not sure: it may have been done
    * {"push":"report","report":{"kind":"trade",...}}
    * {"push":"quote","quote":{...}}
    * {"push":"beat"}                                              it is there, and has nothing to say

Requests: `new`, `cancel`, `query`, `snapshot`. The reports in an answer are what the request did (`query`: all that
was ever said about the order). Everything else that happens to an order is pushed, once. Numbers are text, times are
UTC nanoseconds by the venue's clock.
"""

from typing import Final, Literal

import msgspec
from msgspec import Struct

PUSH: Final = "*"
UNSURE: Final = frozenset({"unavailable", "timeout"})  # codes that do not say whether it was done
LONGEST_LINE: Final = 1 << 20


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a client asks."""

    do: Literal["new", "cancel", "query", "snapshot"]
    client: str = ""
    symbol: str = ""
    side: str = ""
    qty: str = ""
    limit: str | None = None
    tif: str = ""


class Report(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened to an order. `qty` and `px` are the execution's for a trade, the order's otherwise."""

    kind: str
    client: str
    order: str
    symbol: str
    side: str
    qty: str
    ts: int
    px: str | None = None
    exec: str | None = None
    fee: str | None = None
    currency: str | None = None
    maker: bool | None = None
    text: str = ""


class WireQuote(Struct, frozen=True, kw_only=True):
    """Best bid and ask in ticks, with the last print."""

    symbol: str
    ts: int
    bid: int
    ask: int
    last: int
    bid_size: int
    ask_size: int


class Account(Struct, frozen=True, kw_only=True):
    """What the account holds: amounts by currency, quantities by symbol, the client ids of working orders."""

    ts: int
    cash: dict[str, str]
    net: dict[str, str]
    open: list[str]


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a request came to."""

    ok: bool
    reports: list[Report] = []
    account: Account | None = None
    code: str = ""
    text: str = ""


class Push(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the venue says unasked."""

    push: Literal["report", "quote", "beat"]
    report: Report | None = None
    quote: WireQuote | None = None


def line(tag: int | str, message: Struct) -> bytes:
    """Return a message as it goes over the socket."""
    return b"%s %s\n" % (str(tag).encode(), msgspec.json.encode(message))
