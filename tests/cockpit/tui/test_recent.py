"""What the screen remembers is bounded and spans the run."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from cockpit.tui.recent import CURVE_POINTS, LINES_KEPT, PRICES_KEPT, SECS_PER_POINT, Recent
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderType, Side
from oms.state import State
from tests.cockpit.tui import scene

IBM = scene.SHARES["IBM"].instrument_id


@pytest.fixture
def state() -> State:
    return scene.afternoon(scene.gate())[0]


def see(recent: Recent, state: State, event: ev.Event, now: float = 0.0) -> None:
    record = ev.Record(seq=0, ts=state.ts, wall=0, event=event)
    state.apply(record)
    recent.watch(record, state, now)


def test_it_does_not_grow(state: State) -> None:
    recent = Recent()
    for number in range(5_000):
        see(recent, state, scene.quote("IBM", 13_000 + number % 90, state.ts), now=number * SECS_PER_POINT)
    for _ in range(LINES_KEPT + 50):
        see(recent, state, ev.TradingResumed(actor="operator"))

    assert len(recent.lines) == LINES_KEPT
    assert len(recent.prices[IBM]) == PRICES_KEPT
    assert CURVE_POINTS // 2 <= len(recent.curve) < CURVE_POINTS


def test_the_curve_spans_the_whole_run_at_any_length(state: State) -> None:
    recent = Recent()
    first = state.equity.now
    for _ in range(4_000):
        see(recent, state, scene.quote("IBM", 13_045, state.ts))
    see(recent, state, scene.quote("IBM", 14_045, state.ts))
    for _ in range(200):
        see(recent, state, scene.quote("IBM", 14_045, state.ts))

    assert Decimal(str(recent.curve[0])) == first
    assert recent.curve[-1] > recent.curve[0]


def test_a_trend_stands_still_between_its_points_however_many_quotes_come(state: State) -> None:
    recent = Recent()
    for number in range(40):
        see(recent, state, scene.quote("IBM", 13_000 + number, state.ts), now=number * SECS_PER_POINT / 20)

    assert list(recent.prices[IBM]) == [13_000, 13_020]


def test_the_last_tick_has_a_direction_and_a_moment(state: State) -> None:
    recent = Recent()
    see(recent, state, scene.quote("IBM", 13_000, state.ts), now=1.0)
    see(recent, state, scene.quote("IBM", 12_999, state.ts), now=2.0)
    see(recent, state, scene.quote("IBM", 12_999, state.ts), now=3.0)

    assert recent.ticks[IBM] == (-1, 2.0)
    assert recent.arrived == 3.0


def close(state: State, recent: Recent, px: str) -> None:
    wish = scene.ticket(scene.TREND, "IBM", Side.SELL, 17)
    number = f"SIM-3-{len(state.blotter.orders) + 1}"
    for event in scene.sent(number, wish, scene.gate().limits()):
        see(recent, state, event)
    see(recent, state, scene.filled(number, wish, 17, px, state.ts))


def test_only_fills_that_realize_something_are_won_or_lost(state: State) -> None:
    recent = Recent()
    recent.begin(state)
    close(state, recent, "131.00")
    close(state, recent, "131.00")

    assert (recent.fills, recent.closings, recent.won) == (2, 1, 1)
    assert recent.fees == {"USD": Decimal(2)}


def test_what_an_earlier_run_realized_is_not_this_runs(state: State) -> None:
    earlier = Recent()
    close(state, earlier, "120.00")
    recent = Recent()
    recent.begin(state)
    close(state, recent, "120.00")

    assert (recent.closings, recent.won) == (0, 0)


def test_what_happens_to_all_strategies_at_once_is_one_line(state: State) -> None:
    recent = Recent()
    for strategy in scene.WAITING:
        see(recent, state, sev.StrategyPaused(strategy_id=strategy, actor="operator"))
    see(recent, state, ev.TradingHalted(actor="operator", cause="stop", text="now"))

    assert [line.said.text for line in recent.lines] == [
        "trading HALTED by operator, stop: now",
        "4 strategies paused by operator",
    ]
    assert len({line.number for line in recent.lines}) == 2


def test_what_goes_another_way_or_has_a_reason_has_a_line_of_its_own(state: State) -> None:
    recent = Recent()
    for event in (
        sev.StrategyPaused(strategy_id=scene.TREND, actor="operator"),
        sev.StrategyPaused(strategy_id=scene.PAIRS, actor="gate", text="too many rejections"),
        sev.StrategyPaused(strategy_id=scene.CROSS, actor="gate", text="too many rejections"),
        sev.StrategyEnabled(strategy_id=scene.TREND, actor="operator"),
    ):
        see(recent, state, event)

    assert len(recent.lines) == 4


def test_the_curve_knows_when_each_of_its_points_was(state: State) -> None:
    recent = Recent()
    for _ in range(CURVE_POINTS + 10):
        see(recent, state, scene.quote("IBM", 13_045, state.ts))

    assert len(recent.times) == len(recent.curve)
    assert set(recent.times) == {state.ts}


def test_what_an_earlier_run_did_is_told_and_not_counted(state: State) -> None:
    recent = Recent()
    recent.recall((record for record in scene.records(scene.gate().limits()) if record.seq), state)

    assert recent.lines[0].said.text == "ma_crossover paused by operator"
    assert recent.lines[-1].said.text == "run 3 of this journal began: tape, seed 7"
    assert (recent.fills, recent.curve, recent.fees) == (0, [], {})


def test_a_trail_moves_without_a_line_and_a_person_who_moves_it_has_one(state: State) -> None:
    recent = Recent()
    order_id = ClientOrderId("SIM-3-4")
    trail = replace(state.blotter.orders[order_id].ticket, order_type=OrderType.STOP_MARKET, limit_px=None)
    trail = replace(trail, stop_px=Decimal("25.50"), trail_by=Decimal("0.50"))
    for actor, px in (("gate", "25.45"), ("gate", "25.40"), ("ann", "25.30"), ("engine", "25.30"), ("gate", "25.25")):
        moved = replace(trail, stop_px=Decimal(px))
        see(recent, state, oev.OrderPendingReplace(client_order_id=order_id, ticket=moved, actor=actor))
        if actor != "ann":  # the engine asks for it again, and only then it is changed
            see(recent, state, oev.OrderReplaced(client_order_id=order_id, ticket=moved))

    (line,) = recent.lines
    assert line.said.text == "pairs_trading BUY 120 MSFT stop 25.30 #3-4: changed"
