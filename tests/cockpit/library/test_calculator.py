"""The sizers as a calculator over a session: its equity, its settings, and what a script says instead of them."""

from collections.abc import Callable
from decimal import Decimal as D
from pathlib import Path

import pytest

from cockpit.library.errors import RequestError, TradingError
from tests.doubles.scripts import scripted


async def test_without_a_name_it_is_the_sizer_of_the_settings_over_the_equity_of_now(tmp_path: Path) -> None:
    async with scripted(tmp_path, sizing={"fixed_risk": {"risk_frac": "0.001"}}) as session:
        before = session.state.seq
        size = session.position_sizer().calculate_position_size("200", "195")

        assert (size.quantity, size.risk_amount) == (D(20), D(100))  # a thousandth of 100,000 over 5
        assert session.state.seq == before


async def test_an_option_replaces_that_of_the_settings_and_leaves_the_others(tmp_path: Path) -> None:
    async with scripted(tmp_path, sizing={"fixed_risk": {"risk_frac": "0.001", "max_qty": 30}}) as session:
        sizer = session.position_sizer(risk_frac="0.01")

        assert sizer.calculate_position_size("200", "100").quantity == 10
        assert sizer.calculate_position_size("200", "195").quantity == 30


async def test_another_sizer_is_asked_by_its_name_and_knows_what_the_session_knows(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.run(bars=1)
        lots = session.position_sizer("fixed_lot", lots=3).calculate_position_size("200")
        with pytest.raises(RequestError, match="sizes by how an instrument has moved, and needs one that is listed"):
            session.position_sizer("volatility").calculate_position_size("200")
        moved = session.position_sizer("volatility").calculate_position_size("200", symbol="AAPL")

        assert moved.quantity > 1
        assert (lots.quantity, lots.risk_amount, lots.stop_px) == (D(3), None, None)


async def test_a_pair_is_counted_in_lots_of_the_account_s_own_currency(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        sizer = session.position_sizer("fixed_risk", risk_frac="0.02", leverage=50)
        size = sizer.calculate_lot_size("EURUSD", stop_loss_pips=50, price="1.0835")

        assert (size.lot_size, size.risk_amount) == (D(4), D(2_000))


async def test_what_is_no_sizer_and_no_option_is_refused_with_what_is(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match="did you mean fixed_risk"):
            session.position_sizer("fixed_rsk")
        with pytest.raises(RequestError, match="risk_frac"):
            session.position_sizer(rsk_frac="0.01")


async def test_without_equity_nothing_is_sized(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        session.state.equity.now = None
        with pytest.raises(TradingError, match="equity is not known"):
            session.position_sizer()


async def test_what_cannot_be_sized_is_an_error_of_the_door(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        sizer = session.position_sizer()
        asks: tuple[Callable[[], object], ...] = (
            lambda: sizer.calculate_lot_size("EUR", 50),
            lambda: sizer.calculate_lot_size("USDJPY", 50),
            lambda: sizer.calculate_position_size("0"),
            lambda: sizer.calculate_position_size("200", symbol="TSLA"),
            lambda: sizer.calculate_position_size("1000000", "1"),
        )
        for ask in asks:
            with pytest.raises(RequestError):
                ask()
