"""The gate for a script: a denial is an error that carries its reasons, and a question changes nothing."""

from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from cockpit.library.errors import InsufficientFundsError, OrderExecutionError, RiskLimitViolationError, TradingError
from oms.domain.order import OrderStatus
from oms.domain.risk import Judges, RiskLevel, TradingState, Verdict
from risk.catalog import RULES
from tests.doubles.scripts import scripted

BUY = {"symbol": "AAPL", "side": "buy", "quantity": "40"}
GENEROUS = {"max_order_value": {"limit": 1_000_000}, "max_position": {"limit": 1}}


def logged(folder: Path) -> list[str]:
    (log,) = folder.rglob("cockpit.jsonl")
    return log.read_text().splitlines()


async def test_a_denial_names_its_rules_with_their_numbers_and_what_would_pass(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RiskLimitViolationError) as raised:
            await session.oms.submit_order(BUY)
        denial = raised.value

        assert str(denial) == (
            "BUY 40 AAPL.XNAS is denied by max_position (position 8.10% of equity is more than 5.00%); "
            "at most 24 would pass"
        )
        assert denial.decision.failed == ("max_position",)
        assert [(found.rule, found.limit) for found in denial.findings] == [("max_position", D("0.05"))]
        assert denial.largest_quantity == 24
        assert not isinstance(denial, InsufficientFundsError)
        assert (await session.oms.get_order_status(denial.order_id)).status is OrderStatus.DENIED


async def test_the_size_that_a_denial_names_does_pass(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RiskLimitViolationError) as raised:
            await session.oms.submit_order(BUY)
        order_id = await session.oms.submit_order(BUY | {"quantity": raised.value.largest_quantity})

        assert (await session.oms.get_order_status(order_id)).status is OrderStatus.FILLED


async def test_money_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    async with scripted(tmp_path, risk=GENEROUS, session={"cash": 4_000}) as session:
        with pytest.raises(InsufficientFundsError, match="buying_power") as raised:
            await session.oms.submit_order(BUY)

        assert "buying_power" in raised.value.decision.failed
        assert raised.value.largest_quantity == 19


async def test_a_denial_that_no_quantity_helps_names_none(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.halt("a look around")
        with pytest.raises(
            RiskLimitViolationError, match=r"trading_state \(trading is HALTED: no order passes\)$"
        ) as it:
            await session.oms.submit_order(BUY | {"quantity": "1"})

        assert it.value.largest_quantity == 0


async def test_the_usage_example_of_a_risk_check_runs_and_leaves_no_trace(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        before = session.state.seq
        passed = await session.risk.check_order_risk(symbol="AAPL", side="buy", quantity="10", order_type="market")
        denied = await session.risk.check_order_risk(symbol="AAPL", side="buy", quantity=100, order_type="market")

        assert (passed.verdict, passed.failed) == (Verdict.PASS, ())
        assert (denied.verdict, denied.failed) == (Verdict.DENY, ("max_order_value", "max_position"))
        assert session.state.seq == before
        assert await session.oms.get_orders() == []


async def test_a_decision_explains_itself_rule_by_rule(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        decision = await session.risk.check_order_risk(symbol="AAPL", side="buy", quantity="40")
        found = {finding.rule: finding for finding in session.risk.explain(decision)}

        assert len(found) == len(decision.observed) == len(session.state.trading.limits)
        assert found["max_position"].verdict is Verdict.DENY
        assert found["max_position"].text == "position 8.10% of equity is more than 5.00%"
        assert found["trading_hours"].text == "the market is open"


async def test_the_room_is_the_largest_quantity_that_passes(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        room, rule = await session.risk.get_headroom(symbol="IBM", side="buy")
        passes = await session.risk.check_order_risk(symbol="IBM", side="buy", quantity=room)
        fails = await session.risk.check_order_risk(symbol="IBM", side="buy", quantity=room + 1)

        assert rule == "max_position"
        assert (passes.verdict, fails.failed) == (Verdict.PASS, ("max_position",))


@pytest.mark.parametrize(
    ("asked", "failed"),
    [
        ({"order_type": "stop", "stop_price": "190"}, ()),
        ({"order_type": "stop", "stop_price": "230"}, ("stop_validity",)),  # it would trigger at once
        ({"order_type": "stop_limit", "stop_price": "190", "limit_price": "189"}, ()),
        ({"order_type": "trailing_stop", "trail_by": "4"}, ()),
        ({"order_type": "limit", "limit_price": "210", "time_in_force": "gtd", "expires_at": "2010-03-01T20:00Z"}, ()),
    ],
)
async def test_every_kind_of_order_can_be_asked_about(
    tmp_path: Path, asked: dict[str, str], failed: tuple[str, ...]
) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(BUY | {"quantity": "10"})
        order: dict[str, Any] = {"symbol": "AAPL", "side": "sell", "quantity": "10", "reduce_only": True, **asked}
        decision = await session.risk.check_order_risk(**order)

        assert decision.failed == failed


async def test_the_room_of_a_stop_is_that_of_its_price(tmp_path: Path) -> None:
    """A purchase is valued where its stop lies: 5 % of 100,000 at 250."""
    async with scripted(tmp_path) as session:
        room = await session.risk.get_headroom(symbol="AAPL", side="buy", order_type="stop", stop_price="250")

        assert room == (D(20), "max_position")


async def test_a_reducing_order_that_would_open_is_denied_as_one_that_is_sent_would_be(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        decision = await session.risk.check_order_risk(symbol="AAPL", side="sell", quantity="10", reduce_only=True)

        assert decision.verdict is Verdict.DENY


async def test_the_usage_example_of_the_risk_status_runs(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(BUY | {"quantity": "10"})
        status = await session.risk.get_risk_status()

        assert (status.level, status.state) == (RiskLevel.LOW, TradingState.ACTIVE)
        assert status.equity == session.state.equity.now
        assert {"max_position", "daily_loss", "drawdown"} <= {row.rule for row in status.rules}


async def test_a_halt_cancels_and_a_resume_opens_the_gate_again(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order(BUY | {"order_type": "limit", "limit_price": "100", "quantity": "1"})
        await session.halt("bad prices")
        await session.run(bars=1)
        status = await session.risk.get_risk_status()

        assert (status.state, status.reason, status.level) == (
            TradingState.HALTED,
            "stop: bad prices",
            RiskLevel.CRITICAL,
        )
        assert (await session.oms.get_order_status(order_id)).status is OrderStatus.CANCELED
        await session.resume()
        assert (await session.risk.get_risk_status()).state is TradingState.ACTIVE
        with pytest.raises(TradingError, match="trading is not halted"):
            await session.resume()


async def test_a_stop_between_approval_and_hand_over_withholds_the_order(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        session._session.latch.flag.set()  # noqa: SLF001 - as the key thread sets it, without the loop
        with pytest.raises(OrderExecutionError, match="CANCELED: not sent: trading was stopped first"):
            await session.oms.submit_order(BUY | {"quantity": "10"})
        session._session.latch.flag.clear()  # noqa: SLF001


async def test_to_deactivate_risk_closes_the_gate_and_says_so_everywhere(tmp_path: Path) -> None:
    """RSK-20: the dangerous word does the safe thing; it is a halt, with its alert and its latch."""
    async with scripted(tmp_path) as session:
        status = await session.risk.deactivate("I know better")

        assert (status.state, status.level) == (TradingState.HALTED, RiskLevel.CRITICAL)
        assert "I know better" in status.reason
        with pytest.raises(RiskLimitViolationError, match="trading_state"):
            await session.oms.submit_order(BUY | {"quantity": "1"})
        assert (await session.risk.activate()).state is TradingState.ACTIVE
        await session.oms.submit_order(BUY | {"quantity": "1"})
        with pytest.raises(TradingError):
            await session.risk.activate()

    assert [line for line in logged(tmp_path) if '"CRITICAL"' in line and "I know better" in line]


async def test_the_rules_in_force_are_listed_with_their_limits(tmp_path: Path) -> None:
    """RSK-20."""
    async with scripted(tmp_path, risk={"max_positions": {"limit": 7}}) as session:
        rules = {row.rule: row for row in session.risk.get_rules()}

        assert list(rules) == list(RULES)
        assert rules["max_positions"].limit == 7
        assert (rules["max_positions"].judges, rules["sane_numbers"].judges) == (Judges.OPENING, Judges.ALL)
