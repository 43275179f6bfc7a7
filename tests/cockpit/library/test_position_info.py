"""RSK-24: whether a position has come to its stop or its target, as a script asks it."""

from decimal import Decimal as D
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.library.position_info import PositionInfo, PositionSide, merge_positions, to_position_info
from oms.domain.capabilities import Capabilities
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.order import Side
from oms.domain.report import ExecType
from oms.exits import as_exit
from tests.doubles.scripts import scripted
from tests.oms.examples import PAIRS, Core, said, ticket, traded


def held(now: str | None, stop: str | None, target: str | None, *, short: bool = False) -> PositionInfo:
    """Return a position of ten."""
    return PositionInfo(
        symbol="AAPL",
        instrument_id=InstrumentId("AAPL.XNAS"),
        strategy_ids=(StrategyId("manual"),),
        side=PositionSide.SHORT if short else PositionSide.LONG,
        quantity=D(10),
        multiplier=D(1),
        avg_entry_price=D(100),
        current_price=D(now) if now is not None else None,
        realized_pnl=D(0),
        stop_loss_price=D(stop) if stop is not None else None,
        stop_loss_quantity=D(10 if stop is not None else 0),
        stop_loss_at_venue=stop is not None,
        take_profit_price=D(target) if target is not None else None,
    )


@pytest.mark.parametrize(
    ("now", "short", "stopped", "taken"),
    [
        ("95.01", False, False, False),
        ("95.00", False, True, False),
        ("110.00", False, False, True),
        ("109.99", False, False, False),
        ("95.00", True, False, True),
        ("95.01", True, False, False),
        ("110.00", True, True, False),
        ("109.99", True, False, False),
        (None, False, False, False),
    ],
)
def test_a_price_is_reached_from_the_side_that_the_position_lies_on(
    now: str | None, short: bool, stopped: bool, taken: bool
) -> None:
    stop, target = ("110", "95") if short else ("95", "110")
    position = held(now, stop, target, short=short)

    assert (position.should_stop_loss(), position.should_take_profit()) == (stopped, taken)


def test_without_a_stop_or_a_target_nothing_is_reached() -> None:
    assert not held("1", None, None).should_stop_loss()
    assert not held("1000", None, None).should_take_profit()


def test_what_is_closed_has_nothing_to_give_back() -> None:
    closed = replace(held("1", "95", "0.5"), side=PositionSide.FLAT, quantity=D(0))

    assert not closed.should_stop_loss()
    assert not closed.should_take_profit()


@pytest.mark.parametrize(("short", "prices"), [(False, ("95", "108")), (True, ("110", "96"))])
def test_positions_as_one_have_the_worst_of_their_stops_and_the_nearest_of_their_targets(
    short: bool, prices: tuple[str, str]
) -> None:
    exits = [("95", "110"), ("96", "108"), (None, None)]
    parts = [held("100", *(pair[::-1] if short else pair), short=short) for pair in exits]
    merged = merge_positions(parts)

    assert merged is not None
    assert (merged.stop_loss_price, merged.take_profit_price) == (D(prices[0]), D(prices[1]))
    assert (merged.quantity, merged.stop_loss_quantity, merged.stop_loss_at_venue) == (D(30), D(20), True)


def test_positions_as_one_are_protected_here_if_one_of_them_is_and_for_no_more_than_is_left() -> None:
    here = replace(held("100", "96", None), stop_loss_at_venue=False)
    merged = merge_positions([held("100", "95", None), here, held("100", "110", None, short=True)])

    assert merged is not None
    assert (merged.quantity, merged.stop_loss_quantity, merged.stop_loss_at_venue) == (D(10), D(10), False)


def test_what_lies_the_other_way_protects_nothing_of_the_rest() -> None:
    merged = merge_positions([replace(held("100", "95", "110"), quantity=D(30)), held("100", "101", "90", short=True)])

    assert merged is not None
    assert (merged.stop_loss_price, merged.take_profit_price) == (D(95), D(110))


async def test_a_position_tells_the_prices_of_its_bracket(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        wish = {"symbol": "AAPL", "side": "buy", "quantity": "10", "protect_price": "190.00", "target_price": "230.00"}
        await session.oms.submit_order(wish)
        await session.oms.submit_order({"symbol": "IBM", "side": "buy", "quantity": "10"})
        guarded, bare = await session.oms.get_positions()

        assert (guarded.stop_loss_price, guarded.take_profit_price) == (D("190.00"), D("230.00"))
        assert (guarded.stop_loss_quantity, guarded.stop_loss_at_venue) == (D(10), True)
        assert not guarded.should_stop_loss()
        assert not guarded.should_take_profit()
        assert (bare.stop_loss_price, bare.take_profit_price) == (None, None)
        assert (bare.stop_loss_quantity, bare.stop_loss_at_venue) == (D(0), False)


@pytest.mark.parametrize(("side", "nearer", "farther"), [(Side.BUY, "160", "170"), (Side.SELL, "140", "130")])
def test_a_limit_by_hand_that_gives_back_is_a_target_like_any_other(side: Side, nearer: str, farther: str) -> None:
    core = Core(capabilities=Capabilities(knows_at_once=True, reduce_only=True))
    core.put(traded("10", "150", core.submit(replace(ticket("10", side), target_px=D(farther))), side=side))
    (position,) = core.state.ledger.open.values()
    assert to_position_info(position, core.state).take_profit_price == D(farther)
    core.put(traded("10", "150", core.submit(ticket("10", side)), exec_id="X-2", side=side))
    by_hand = core.submit(as_exit(ticket("5", side.opposite, limit_px=nearer), core.state))
    core.submit(replace(ticket("5", side.opposite, limit_px="150"), strategy_id=PAIRS))
    assert core.order(by_hand).ticket.is_exit
    (position,) = core.state.ledger.open.values()

    assert to_position_info(position, core.state).take_profit_price == D(nearer)
    core.put(said(ExecType.CANCELED, by_hand, side=side.opposite))
    assert to_position_info(position, core.state).take_profit_price == D(farther)
