"""What people and programs ask: done, or refused with words, and never twice."""

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.order import OrderStatus
from oms.domain.report import CancelReject, ExecType
from tests.doubles.core import SmallGate
from tests.oms.examples import (
    AAPL,
    INSTRUMENTS,
    ORDER,
    PAIRS,
    START,
    TREND,
    Core,
    D,
    begin,
    folded,
    holding,
    kinds,
    listed,
    quote,
    said,
    ticket,
    traded,
)

SECOND_LEG = ClientOrderId("SIM-1-2")
ANN = "ann"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (do.CancelOrder(actor=ANN, client_order_id=ClientOrderId("SIM-9-9")), "no order SIM-9-9"),
        (do.CancelOrder(actor=ANN, client_order_id=ORDER), "SIM-1-1 is FILLED and cannot be canceled"),
        (do.ResumeTrading(actor=ANN), "trading is not halted"),
        (do.EnableStrategy(actor=ANN, strategy_id=StrategyId("nobody")), "no strategy nobody"),
        (do.PauseStrategy(actor=ANN, strategy_id=StrategyId("nobody")), "no strategy nobody"),
    ],
)
def test_what_cannot_be_done_is_refused_with_words(command: do.Command, words: str) -> None:
    core = Core()
    core.submit(ticket("1"))
    core.put(traded("1"))

    assert core.put(command) == [ev.CommandRefused(actor=ANN, command=type(command).__name__, text=words)]


def test_no_strategy_is_enabled_while_trading_is_halted() -> None:
    core = Core()
    core.put(do.HaltTrading(actor=ANN, reason=""))

    assert kinds(core.put(do.EnableStrategy(actor=ANN, strategy_id=TREND))) == ["CommandRefused"]


def test_enabling_all_means_all_that_are_paused_and_none_that_faulted() -> None:
    core = Core()
    core.put(do.PauseStrategy(actor=ANN))
    core.put(do.FaultStrategy(actor="engine", strategy_id=TREND, text="ValueError"))

    assert core.put(do.EnableStrategy(actor=ANN)) == [sev.StrategyEnabled(strategy_id=PAIRS, actor=ANN)]


def test_who_faulted_comes_back_paused_with_the_next_run_and_not_before() -> None:
    """It missed bars, so what it knows is old; a new run warms it up, and a person lets it trade."""
    core = Core()
    core.put(do.FaultStrategy(actor="engine", strategy_id=TREND, text="ValueError"))
    assert kinds(core.put(do.EnableStrategy(actor=ANN, strategy_id=TREND))) == ["CommandRefused"]

    events = core.put(begin(strategies=(TREND,)))

    assert sev.StrategyPaused(strategy_id=TREND, actor="ann") in events
    assert kinds(core.put(do.EnableStrategy(actor=ANN, strategy_id=TREND))) == ["StrategyEnabled"]


def test_what_already_is_so_is_no_event() -> None:
    core = Core()
    assert core.put(do.EnableStrategy(actor=ANN, strategy_id=TREND)) == []
    core.put(do.PauseStrategy(actor=ANN, strategy_id=TREND))

    assert core.put(do.PauseStrategy(actor=ANN, strategy_id=TREND)) == []


def test_a_stopped_strategy_is_not_heard_and_its_orders_are_canceled() -> None:
    core = Core()
    own = core.submit(ticket("1"))
    core.put(said(ExecType.NEW, own))
    other = core.submit(replace(ticket("1"), strategy_id=PAIRS))
    core.put(said(ExecType.NEW, other))
    events = core.put(do.StopStrategy(actor=ANN, strategy_id=TREND))

    assert events == [
        sev.StrategyStopped(strategy_id=TREND, actor=ANN),
        oev.OrderPendingCancel(client_order_id=own, actor=ANN, text="its strategy was stopped"),
    ]
    assert not core.state.roster.is_heard(TREND)
    assert core.state.roster.is_enabled(PAIRS)


def test_who_was_stopped_is_enabled_by_name_only_and_no_new_run_does_it() -> None:
    core = Core()
    core.put(do.StopStrategy(actor=ANN, strategy_id=TREND))
    assert core.put(do.EnableStrategy(actor=ANN)) == []
    assert kinds(core.put(begin(strategies=(TREND,)))) == ["RunStarted"]
    assert kinds(core.put(replace(begin(strategies=(TREND,)), paused=(TREND,)))) == ["RunStarted"]

    assert kinds(core.put(do.EnableStrategy(actor=ANN, strategy_id=TREND))) == ["StrategyEnabled"]


@pytest.mark.parametrize(
    ("strategy_id", "text"), [("nobody", "no strategy nobody"), (TREND, f"{TREND} is STOPPED already")]
)
def test_what_cannot_be_stopped_says_why(strategy_id: str, text: str) -> None:
    core = Core()
    core.put(do.StopStrategy(actor=ANN, strategy_id=TREND))
    (refused,) = core.put(do.StopStrategy(actor=ANN, strategy_id=StrategyId(strategy_id)))

    assert isinstance(refused, ev.CommandRefused)
    assert refused.text == text


def test_a_refused_cancel_leaves_the_order_working() -> None:
    core = Core()
    order_id = core.submit(ticket("1"))
    core.put(said(ExecType.NEW, order_id))
    core.put(do.CancelOrder(actor=ANN, client_order_id=order_id, reason="typo"))
    core.put(CancelReject(client_order_id=order_id, ts=START, text="too late"))

    assert (core.order(order_id).status, core.order(order_id).text) == (OrderStatus.ACCEPTED, "too late")


def test_a_run_lists_only_what_changed_and_enables_only_who_is_new() -> None:
    core = Core()
    core.put(do.PauseStrategy(actor=ANN, strategy_id=TREND))
    assert kinds(core.put(begin())) == ["RunStarted"]
    other = listed(AAPL, multiplier="2")
    events = core.put(begin(instruments=(other, INSTRUMENTS[1]), strategies=(TREND, StrategyId("new"))))

    assert events[1:] == [
        ev.InstrumentListed(instrument=other),
        sev.StrategyEnabled(strategy_id=StrategyId("new"), actor=ANN),
    ]
    assert core.state.runs.run_id == 3


def test_limits_are_numbered_and_set_only_when_they_changed() -> None:
    core = Core()
    changed = replace(begin(), limits=SmallGate(largest=D(5)).limits())
    assert core.state.trading.limits_no == 1
    assert core.put(changed)[1:] == [ev.LimitsSet(number=2, limits=changed.limits)]

    assert kinds(core.put(changed)) == ["RunStarted"]


def test_a_run_ends_with_the_peak_and_the_marks_of_what_is_held() -> None:
    core = holding()
    core.put(quote("151", ts=START + 1))
    events = core.put(do.EndRun(actor=ANN, reason="quit"))

    assert kinds(events) == ["PeakEquityRaised", "MarkRecorded", "RunEnded"]


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (do.NoteExport(actor=ANN, path="p", sha256="0"), ev.SnapshotExported(actor=ANN, path="p", sha256="0")),
        (
            do.NoteTerminalLost(actor="cockpit", cause="SIGHUP", policy="keep"),
            ev.TerminalLost(actor="cockpit", cause="SIGHUP", policy="keep"),
        ),
        (
            do.NoteOperator(note_id="1", ts_noted=7, actor=ANN, text="stopped trading: enough"),
            ev.OperatorNoted(note_id="1", ts_noted=7, actor=ANN, text="stopped trading: enough"),
        ),
    ],
)
def test_what_is_noted_is_journaled_as_it_was_said(command: do.Command, event: ev.Event) -> None:
    assert Core().put(command) == [event]


def test_what_was_noted_between_runs_is_journaled_once_also_after_a_restart() -> None:
    core, note = Core(), do.NoteOperator(note_id="1", ts_noted=7, actor=ANN, text="stopped trading: enough")
    core.put(note)

    assert core.put(note) == []
    assert folded(core.durable).runs.noted == core.state.runs.noted


def test_a_halt_that_nobody_asked_for_is_journaled_under_what_failed() -> None:
    halted = Core().put(do.HaltTrading(actor="journal", reason="disk full", cause="journal"))[0]

    assert halted == ev.TradingHalted(actor="journal", cause="journal", text="disk full")
