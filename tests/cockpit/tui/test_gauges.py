"""Risk gauges: what is used of each limit, whatever the room."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cockpit import format as fmt
from cockpit.tui.meters import meters
from cockpit.tui.panels import equity, gauges
from cockpit.tui.view import Meter, View
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain.units import Money
from oms.state import State
from tests.cockpit.tui import scene

GATE = scene.gate()


@pytest.fixture
def state_and_view() -> tuple[State, View]:
    state, recent = scene.afternoon(GATE)
    return state, scene.view(recent, meters=meters(GATE.get_risk_status(state), state))


def test_gauges_name_what_is_used_of_what(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    shown = ["".join(cell.text for cell in line) for line in gauges.lines(state, view, 40, 9)]

    assert [line.split() for line in shown] == [
        ["Day", "loss", "█░░░░░░░░░", "<1%", "4/5k"],
        ["Drawdown", "█░░░░░░░░░", "2%", "0.2%/10.0%"],
        ["Gross", "█░░░░░░░░░", "7%", "7.22k/100k"],
        ["Top", "AAPL", "████████░░", "71%", "3.5%/5.0%"],
        ["Buying", "pw", "██░░░░░░░░", "13%", "87.3k", "free"],
        ["Positions", "████░░░░░░", "40%", "3+1/10"],
        ["Orders/min", "░░░░░░░░░░", "0%", "0/60"],
        ["Gate", "ACTIVE"],
    ]


def test_buying_power_is_the_number_of_the_banner(state_and_view: tuple[State, View]) -> None:
    state, _ = state_and_view
    status = GATE.get_risk_status(state)
    shown = next(meter for meter in meters(status, state) if meter.name == "Buying pw")

    assert status.free is not None
    assert shown.figures == f"{fmt.banner_money(status.free, '').strip()} free"


def test_without_an_equity_nothing_is_measured_against_it() -> None:
    state = State()
    shown = {meter.name: meter for meter in meters(GATE.get_risk_status(state), state)}

    assert (shown["Gross"].used_frac, shown["Buying pw"].used_frac) == (None, None)
    assert (shown["Largest"].figures, shown["Buying pw"].figures) == ("?/5.0%", "? free")


def test_for_want_of_a_rate_the_gate_and_the_equity_say_so(state_and_view: tuple[State, View]) -> None:
    """O-24: unknown is shown as unknown, with what would make it known."""
    state, view = state_and_view
    (cash,) = state.ledger.cash
    coin = aev.BalanceReported(broker=cash.broker, account=cash.account, cash=Money(Decimal("0.1"), "BNB"))
    state.apply(ev.Record(seq=50, ts=state.ts, wall=0, event=coin))
    gate = "".join(cell.text for cell in gauges.lines(state, view, 80, 9)[-1])

    assert gate.split(maxsplit=2)[1:] == ["ACTIVE", "equity is not known without a price of BNB/USD"]
    assert equity.lines(state, view, 60, 8)[-1][0].text.split()[-1] == "?"


def test_a_closed_gate_says_by_whom_why_and_what_opens_it(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    halt = ev.TradingHalted(actor="operator", cause="stop", text="emergency stop")
    state.apply(ev.Record(seq=50, ts=state.ts, wall=0, event=halt))
    wide, narrow = ("".join(cell.text for cell in gauges.lines(state, view, width, 9)[-1]) for width in (60, 36))

    assert wide.split(maxsplit=1) == ["Gate", "HALTED by operator · emergency stop · ^R resumes"]
    assert narrow.split(maxsplit=1) == ["Gate", "HALTED by operator"]


def test_gauges_that_have_no_line_each_stand_in_two_columns(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    shown = ["".join(cell.text for cell in line).split() for line in gauges.lines(state, view, 36, 5)]

    assert shown == [
        ["Day", "loss", "<1%", "Drawdown", "2%"],
        ["Gross", "7%", "Top", "AAPL", "71%"],
        ["Buying", "pw", "13%", "Positions", "40%"],
        ["Orders", "0%"],
        ["Gate", "ACTIVE"],
    ]


def test_losses_stay_longest_and_what_has_no_room_is_counted(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    near = replace(view, meters=(meter("a", 0.8), meter("b", 0.9), *view.meters[:2]))
    shown = gauges.lines(state, near, 30, 4)

    assert ["".join(cell.text for cell in line).split()[0] for line in shown] == ["b", "Day", "Drawdown", "Gate"]
    assert gauges.capacity(near, 30, 4) == 3


def meter(name: str, used: float | None) -> Meter:
    return Meter(name=name, brief=name, used_frac=used, figures="1/2")


def test_what_is_near_its_limit_floats_to_the_top_and_is_marked(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    near = replace(view, meters=(meter("calm", 0.5), meter("near", 0.76), meter("late", 0.93), meter("lost", None)))
    lines = gauges.lines(state, near, 60, 9)
    shown = ["".join(cell.text for cell in line) for line in lines]

    assert [line.split()[0] for line in shown] == ["late", "near", "calm", "lost", "Gate"]
    assert "!!93%" in shown[0]
    assert "!76%" in shown[1]
    assert lines[0][1].word == "estop"
    assert "?" in shown[3]


@pytest.mark.parametrize("width", range(20, 60))
def test_gauges_never_cut_a_digit(state_and_view: tuple[State, View], width: int) -> None:
    state, view = state_and_view

    for line in gauges.lines(state, view, width, 9)[:-1]:
        assert sum(len(cell.text) for cell in line) <= width


def test_the_smallest_gauges_are_one_line_that_fits_and_losses_come_first(state_and_view: tuple[State, View]) -> None:
    view = state_and_view[1]
    full = [replace(meter, used_frac=0.99) if meter.brief == "Top" else meter for meter in view.meters]
    for shown, top in ((view, "Top 71%"), (replace(view, meters=full), "Top !!99%")):
        (line,) = gauges.brief(shown, 40)
        text = "".join(cell.text for cell in line)

        assert len(text) <= 40
        assert text.startswith(f" Day <1% DD 2% {top} Pos 40% ")
        assert text.endswith(" +3")
