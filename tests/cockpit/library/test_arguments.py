"""The door checks what it is given: an argument of a wrong type is refused by its name, and never by a raw error."""

from collections.abc import Callable
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from cockpit.bootstrap import open_session
from cockpit.library.errors import RequestError, StrategyError, TradingError
from cockpit.library.open_session import OpenSession
from cockpit.settings import ConfigError
from oms.domain.risk import TradingState
from tests.doubles.scripts import QUIET, scripted

BUY: dict[str, Any] = {"symbol": "AAPL", "side": "buy", "quantity": "10"}
STRANGERS: tuple[Any, ...] = (5, None, True, 1.5, b"AAPL", [], {}, object(), "", "１", "1_0", D("NaN"), float("nan"))
VERBS: dict[str, Callable[[OpenSession, Any], Any]] = {
    "submit_order": lambda session, value: session.oms.submit_order(value),
    "submit_ticket": lambda session, value: session.oms.submit_ticket(value),
    "submit_order symbol": lambda session, value: session.oms.submit_order(BUY | {"symbol": value}),
    "submit_order side": lambda session, value: session.oms.submit_order(BUY | {"side": value}),
    "submit_order field": lambda session, value: session.oms.submit_order(
        BUY | {"protect_price": _no_price(value) or "x"}
    ),
    "replace_order": lambda session, value: session.oms.replace_order(value, {"quantity": "1"}),
    "replace_order changes": lambda session, value: session.oms.replace_order("SIM-1-1", value),
    "cancel_order": lambda session, value: session.oms.cancel_order(value),
    "get_order_status": lambda session, value: session.oms.get_order_status(value),
    "broker.cancel_order": lambda session, value: session.broker.cancel_order(value),
    "broker.place_order": lambda session, value: session.broker.place_order("AAPL", "buy", value, "1"),
    "check_order_risk": lambda session, value: session.risk.check_order_risk(symbol="AAPL", side=value, quantity=1),
    "get_headroom": lambda session, value: session.risk.get_headroom(symbol=value, side="buy"),
    "get_bars": lambda session, value: session.market.get_bars(value),
    "get_bars limit": lambda session, value: session.market.get_bars("AAPL", value if value != 5 else 0),
    "get_latest_quote": lambda session, value: session.market.get_latest_quote(value),
    "subscribe_to_quotes": lambda session, value: session.market.subscribe_to_quotes("AAPL", value),
    "open_position": lambda session, value: session.portfolio.open_position(value, "1"),
    "open_position limit": lambda session, value: session.portfolio.open_position(
        "AAPL", "1", limit_price=_no_price(value) or "x"
    ),
    "close_position": lambda session, value: session.portfolio.close_position(value),
    "get_position": lambda session, value: session.portfolio.get_position(value),
    "can_open_position": lambda session, value: session.portfolio.can_open_position("AAPL", "1", side=value),
    "flatten": lambda session, value: session.flatten(value or "x", confirm="FLATTEN"),
    "flatten confirm": lambda session, value: session.flatten(confirm=value),
    "strategies.activate": lambda session, value: session.strategies.activate(value),
    "run": lambda session, value: session.run(0 if value is None or value == 5 else value),
}
AT_ONCE: dict[str, Callable[[OpenSession, Any], Any]] = {
    "events.subscribe": lambda session, value: session.events.subscribe(value, print),
    "events.subscribe callback": lambda session, value: session.events.subscribe("OrderFilled", value),
    "explain": lambda session, value: session.risk.explain(value),
    "get_status": lambda session, value: session.strategies.get_status(value),
    "get_metrics": lambda session, value: session.strategies.get_metrics(value),
    "sizer": lambda session, value: session.position_sizer(_stranger(value, None)),
    "sizer option": lambda session, value: session.position_sizer("fixed_risk", risk_frac=value),
    "sizer record": lambda session, value: session.position_sizer(strategy_id=_stranger(value, str)),
    "lots": lambda session, value: session.position_sizer().calculate_lot_size(value, price="1"),
    "lots price": lambda session, value: session.position_sizer().calculate_lot_size(
        "EURUSD", 50, price=_no_price(_stranger(value, None))
    ),
    "lots percent": lambda session, value: session.position_sizer().calculate_lot_size(
        "EURUSD", 50, price=1, risk_percent=_no_price(_stranger(value, None))
    ),
    "shares symbol": lambda session, value: session.position_sizer().calculate_position_size(
        1, symbol=_stranger(value, None)
    ),
    "lots side": lambda session, value: session.position_sizer().calculate_lot_size("EURUSD", 50, price=1, side=value),
    "shares": lambda session, value: session.position_sizer().calculate_position_size(_no_price(value)),
    "commission": lambda session, value: session.commission.calculate_commission(value, "1"),
    "commission px": lambda session, value: session.commission.calculate_commission(BUY, _no_price(value)),
    "commission rate": lambda session, value: session.commission.get_commission_rate(value),
    "commission rate type": lambda session, value: session.commission.get_commission_rate("sim", value),
}


def left(folder: Path) -> list[Path]:
    """Return what a folder holds."""
    return list(folder.iterdir())


def _stranger(value: Any, known: type | None) -> Any:
    """Return a value, or 5 in the place of one of a type that is welcome."""
    return 5 if value is known or (known is not None and isinstance(value, known)) else value


def _no_price(value: Any) -> Any:
    """Return what is no price: of the strangers only one is."""
    return "x" if value == 5 or value is True else value


async def test_what_is_asked_with_a_wrong_type_is_refused_as_the_door_says(tmp_path: Path) -> None:
    met, lines = [], []
    async with scripted(tmp_path) as session:
        before = len(session.state.blotter.orders)
        for name, ask in (VERBS | AT_ONCE).items():
            for value in STRANGERS:
                try:
                    answer = ask(session, value)
                    if name in VERBS:
                        await answer
                except (TradingError, StrategyError, ValueError) as error:
                    lines += str(error).splitlines()[1:]
                except Exception as error:  # noqa: BLE001 - whatever else it is, it is what must not be
                    met.append((name, value, type(error).__name__, str(error)))
                else:
                    met.append((name, value, "was taken", ""))
        assert not met, "\n".join(map(str, met))
        assert len(session.state.blotter.orders) == before
    assert lines == [], "each is one line"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"seed": "x"}, "seed: expected a whole number, got 'x'"),
        ({"seed": 1.5}, "seed: expected a whole number, got float 1.5"),
        ({"seed": True}, "seed: expected a whole number, got bool True"),
        ({"state": 5}, "state: expected a path as str or Path, got int 5"),
        ({"config": 5}, "config: expected a path as str or Path, got int 5"),
        ({"strategy_path": 5}, "strategy_path: expected a path as str or Path, got int 5"),
        ({"mode": 5}, "mode: there is no 5; it has: backtest, paper"),
        ({"config": {5: {}}}, "the tables given: there is no table 5"),
        ({"config": {"session": {"seed": object()}}}, "the tables given: [session] seed must be a whole number, got"),
        ({"config": {"session": {"seed": b"7"}}}, "the tables given: [session] seed must be a whole number, got"),
        ({"state": "/dev/null"}, "/dev/null is no folder"),
        ({"state": ""}, "state: it names no folder"),
    ],
)
async def test_a_session_is_not_opened_with_what_cannot_be_meant_and_leaves_nothing(
    tmp_path: Path, arguments: dict[str, Any], said: str
) -> None:
    given: dict[str, Any] = {"config": QUIET, "state": tmp_path} | arguments
    with pytest.raises(ConfigError) as refused:
        async with open_session(**given):
            pass

    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)
    assert left(tmp_path) == []


async def test_a_halt_for_a_reason_that_is_no_text_halts_and_then_says_so(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match=r"^reason: expected a str, got int 5; trading is stopped all the same$"):
            await session.halt(5)  # type: ignore[arg-type]

        assert session.state.trading.state is TradingState.HALTED


async def test_a_stop_on_the_wrong_side_is_a_request_that_cannot_be_meant(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match=r"the protective stop 900 must lie below"):
            await session.oms.submit_order(BUY | {"protect_price": "900"})

        assert not session.state.blotter.orders
