"""Bars made in the test: one a day, a hundred ticks to the unit."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from oms.domain.ids import InstrumentId
from oms.domain.market import Bar, BarSpec, Quote
from oms.domain.units import DAY
from strategies.context import FLAT, Context, Holding
from tests.doubles.share import share


@pytest.fixture
def bar() -> Callable[..., Bar]:
    """Return a maker of daily bars; each is seen an hour after its interval ended."""

    def make(day: int, close: int, name: str = "AAPL.XNAS", volume: int = 1000) -> Bar:
        return Bar(
            instrument=share(name),
            spec=BarSpec("1d", DAY),
            ts=(day + 1) * DAY + DAY // 24,
            ts_open=day * DAY,
            ts_close=(day + 1) * DAY,
            open=close,
            high=close,
            low=close,
            close=close,
            volume=volume,
        )

    return make


@pytest.fixture
def quote() -> Callable[[str], Quote]:
    """Return a maker of quotes."""

    def make(name: str) -> Quote:
        return Quote(instrument=share(name), ts=DAY, bid=99, ask=101, last=100, bid_size=1, ask_size=1)

    return make


@pytest.fixture
def context() -> Callable[..., Context]:
    """Return a maker of contexts: what is held as instrument=(quantity, average price), all else flat."""

    def make(held: dict[str, tuple[str, str]] | None = None) -> Context:
        book = {InstrumentId(name): Holding(Decimal(qty), Decimal(px)) for name, (qty, px) in (held or {}).items()}
        return Context(0, lambda instrument_id: book.get(instrument_id, FLAT))

    return make
