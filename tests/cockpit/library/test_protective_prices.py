"""Where the stop that protects an order may lie, for a script."""

from decimal import Decimal as D
from pathlib import Path

import pytest

from cockpit.library.errors import RiskLimitViolationError
from oms.domain.ids import InstrumentId
from tests.doubles.scripts import scripted

BUY = {"symbol": "AAPL", "side": "buy", "quantity": "10", "time_in_force": "day"}


async def test_a_stop_that_the_market_has_passed_is_denied_whatever_the_limit_of_its_order_is(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        quote = session.state.marks.quotes[InstrumentId("AAPL.XNAS")]
        limit = {**BUY, "order_type": "limit", "limit_price": str(quote.ask_px + 5)}
        with pytest.raises(RiskLimitViolationError, match=r"stop_validity .the stop price is wrong by"):
            await session.oms.submit_order({**limit, "protect_price": str(quote.ask_px + 3)})
        assert await session.oms.get_positions() == []

        await session.oms.submit_order({**limit, "protect_price": str(quote.bid_px - 3)})
        (position,) = await session.oms.get_positions()
        assert position.quantity == D(10)
