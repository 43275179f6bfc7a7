"""The ladder: where each step begins, what it does, and that it does it once."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain.risk import TradingState
from risk.rules.daily_loss import DailyLoss
from risk.rules.drawdown import Drawdown, step_in_force
from tests.risk.desk import Desk, buy, sell

RULE = Drawdown()


def market(desk: Desk, equity: str) -> Sequence[ev.Event]:
    """Move equity there and apply what the ladder demands, as the engine does."""
    desk.cash(equity)
    demands = desk.gate(RULE).watch(desk.state)
    for demand in demands:
        desk.apply(demand)
    return demands


@pytest.mark.parametrize(("equity", "passed"), [("95000.01", True), ("95000", False), ("94999.99", False)])
def test_at_the_first_step_nothing_opens(desk: Desk, equity: str, passed: bool) -> None:
    desk.cash(equity)

    assert RULE.check(desk.facts(buy())).passed is passed


def test_what_reduces_passes_on_any_step(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.cash("50000")

    assert desk.gate(RULE).check(sell("10"), desk.state).failed == ()


@pytest.mark.parametrize(
    ("equity", "step"),
    [
        ("95000.01", 0),
        ("95000", 1),
        ("90000.01", 1),
        ("90000", 2),
        ("85000.01", 2),
        ("85000", 3),
        ("80000.01", 3),
        ("80000", 4),
        ("-100000", 40),
    ],
)
def test_each_step_begins_at_its_cent(equity: str, step: int) -> None:
    assert RULE.step((100_000 - Decimal(equity)) / 100_000) == step


def test_the_market_alone_takes_trading_down_the_ladder(desk: Desk) -> None:
    assert market(desk, "95000.01") == []

    (reduced,) = market(desk, "95000")
    assert isinstance(reduced, ev.TradingReduced)
    assert desk.state.trading.state is TradingState.REDUCING

    (halted,) = market(desk, "90000")
    assert isinstance(halted, ev.TradingHalted)
    assert "flatten" not in halted.text

    (prompted,) = market(desk, "85000")
    assert isinstance(prompted, ev.TradingHalted)
    assert prompted.text == "step 3: equity 85,000.00 is 15.00% below its peak 100,000.00; flatten all positions?"


def test_a_fall_through_several_steps_is_one_trip_to_the_last(desk: Desk) -> None:
    (halted,) = market(desk, "84000")

    assert isinstance(halted, ev.TradingHalted)
    assert step_in_force(desk.state.trading) == 3


def test_a_step_acts_once_however_many_quotes_follow(desk: Desk) -> None:
    assert market(desk, "94000")
    assert [market(desk, equity) for equity in ("94000", "93000", "96000", "94500", "90000.01")] == [[]] * 5


def test_it_never_loosens_by_itself(desk: Desk) -> None:
    market(desk, "90000")
    market(desk, "100000")

    assert desk.state.trading.state is TradingState.HALTED


def test_who_stopped_by_hand_stays_the_cause(desk: Desk) -> None:
    desk.halt()

    assert market(desk, "80000") == []
    assert desk.state.trading.cause == "stop"


def test_a_reduced_account_is_halted_whoever_reduced_it(desk: Desk) -> None:
    desk.reduce("quarantine", "an overfill")
    assert market(desk, "95000") == []

    (halted,) = market(desk, "90000")

    assert isinstance(halted, ev.TradingHalted)


def test_a_higher_peak_than_the_recorded_one_counts_at_once(desk: Desk) -> None:
    desk.cash("200000")

    assert RULE.check(desk.facts(buy())).observed == 0


def test_without_equity_nothing_is_demanded_and_nothing_passes() -> None:
    desk = Desk(bare=True)

    assert RULE.watch(desk.state) == ()
    assert not RULE.check(desk.facts(buy())).passed


@pytest.mark.parametrize(
    "steps", [("0.1", "0.1", "0.2"), ("0.1", "0.3", "0.2"), ("0", "0.1", "0.2"), ("0.1", "0.2", "NaN")]
)
def test_the_steps_go_down_in_order(steps: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match=r"^\[risk\.drawdown\] \w+_frac must be a number above"):
        Drawdown(reduce_frac=Decimal(steps[0]), halt_frac=Decimal(steps[1]), flatten_frac=Decimal(steps[2]))


# -- after a person resumed ---------------------------------------------------------------------------------------


def test_a_resume_accepts_the_step_that_was_reached(desk: Desk) -> None:
    market(desk, "94000")
    desk.resume()

    assert market(desk, "94000") == []
    assert market(desk, "90000.01") == []
    assert RULE.check(desk.facts(buy())).passed


def test_after_a_resume_the_next_step_down_acts(desk: Desk) -> None:
    market(desk, "90000")
    desk.resume()
    assert market(desk, "85000.01") == []

    (halted,) = market(desk, "85000")
    desk.resume()

    assert isinstance(halted, ev.TradingHalted)
    assert market(desk, "80000.01") == []
    assert len(market(desk, "80000")) == 1  # below the last step the ladder goes on in steps of the same width


def test_after_a_new_peak_the_ladder_begins_at_its_first_step(desk: Desk) -> None:
    market(desk, "94000")
    desk.resume()
    desk.cash("110000")
    desk.peak("110000")

    (reduced,) = market(desk, "104500")

    assert isinstance(reduced, ev.TradingReduced)


def test_a_stop_pressed_on_top_of_the_ladder_does_not_hide_the_step_from_a_resume(desk: Desk) -> None:
    market(desk, "88000")
    desk.halt()
    desk.resume()

    assert market(desk, "88000") == []
    assert RULE.check(desk.facts(buy())).passed
    assert len(market(desk, "85000")) == 1


def test_a_resume_accepts_the_lowest_step_that_was_reached_whoever_came_between(desk: Desk) -> None:
    market(desk, "94000")
    desk.halt()
    desk.resume()
    market(desk, "90000")
    desk.halt()
    desk.halt("quarantine")
    desk.resume()

    assert market(desk, "85000.01") == []


def test_a_resume_does_not_accept_what_the_market_did_while_somebody_else_had_stopped_it(desk: Desk) -> None:
    market(desk, "90000")
    desk.halt()
    assert market(desk, "85000") == []
    desk.resume()

    (halted,) = market(desk, "85000")

    assert isinstance(halted, ev.TradingHalted)


def test_a_step_is_no_step_before_a_person_accepted_it(desk: Desk) -> None:
    market(desk, "94000")

    assert not RULE.check(desk.facts(buy())).passed


def test_a_step_of_an_old_peak_is_not_accepted_under_a_new_one(desk: Desk) -> None:
    market(desk, "90000")
    desk.cash("110000")
    desk.peak("110000")
    desk.resume()

    (reduced,) = market(desk, "104500")

    assert isinstance(reduced, ev.TradingReduced)


def test_a_step_of_another_ladder_is_not_accepted_on_this_one(desk: Desk) -> None:
    desk.apply(ev.LimitsSet(number=1, limits=(RULE.row(),)))
    market(desk, "90000")
    desk.resume()
    deeper = Drawdown(reduce_frac=Decimal("0.08"), halt_frac=Decimal("0.2"), flatten_frac=Decimal("0.3"))
    desk.apply(ev.LimitsSet(number=2, limits=(deeper.row(),)))

    assert not deeper.check(desk.facts(buy())).passed


def test_a_table_that_changes_another_limit_leaves_the_accepted_step(desk: Desk) -> None:
    desk.apply(ev.LimitsSet(number=1, limits=(RULE.row(),)))
    market(desk, "90000")
    desk.resume()
    desk.apply(ev.LimitsSet(number=2, limits=(DailyLoss().row(), RULE.row())))

    assert market(desk, "90000") == []


def test_the_step_is_what_the_event_says_and_not_its_text(desk: Desk) -> None:
    (halted,) = market(desk, "90000")
    assert isinstance(halted, ev.TradingHalted)
    desk.resume()
    desk.apply(replace(halted, text="stopped", step=3))
    desk.resume()

    assert market(desk, "80000.01") == []


def test_the_accepted_step_is_part_of_the_state_that_a_replay_must_reach() -> None:
    first, second = Desk(), Desk()
    for desk, step in ((first, 2), (second, 3)):
        desk.apply(ev.TradingHalted(actor="gate", cause="drawdown", text="", step=step))
        desk.resume()

    assert first.state.digest() != second.state.digest()
