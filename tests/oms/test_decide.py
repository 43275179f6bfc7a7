"""Deciding is pure and the one door to a venue: what passes the gate leaves, and nothing else does."""

import ast
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

import oms.decide
from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.market import SessionEnded
from oms.domain.order import OrderStatus, Side, ticket_hash
from oms.domain.report import ExecType
from oms.domain.risk import TradingState, Verdict
from oms.domain.signal import SignalType
from oms.domain.units import DAY, MINUTE, SECOND
from oms.roster import Standing
from tests.doubles.core import SmallGate
from tests.oms.examples import (
    AAPL,
    IBM,
    INSTRUMENTS,
    START,
    TREND,
    Core,
    D,
    begin,
    folded,
    holding,
    kinds,
    quote,
    said,
    signal,
    ticket,
    traded,
)

SECOND_LEG = ClientOrderId("SIM-1-2")
ANN = "ann"


# -- the one door -----------------------------------------------------------------------------------------------


def test_an_approval_is_made_in_one_place_and_nowhere_else_in_the_core() -> None:
    places = []
    for path in sorted(Path(oms.decide.__file__).parent.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            made = [
                node
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("OrderSubmitted")
            ]
            places += [(path.name, function.name)] * len(made)

    assert places == [("tickets.py", "_approval")]


def test_a_ticket_that_passes_is_submitted_with_its_decision_and_the_hash_of_exactly_itself() -> None:
    core = Core()
    wish = ticket("100", limit_px="150")
    taken, sent = core.put(do.SubmitTicket(actor=ANN, ticket=wish))

    assert isinstance(taken, oev.OrderInitialized)
    assert isinstance(sent, oev.OrderSubmitted)
    assert taken.client_order_id == sent.client_order_id == "SIM-1-1"
    assert (sent.decision.verdict, sent.decision.failed) == (Verdict.PASS, ())
    assert sent.ticket_hash == ticket_hash(taken.ticket) == sha256(msgspec.json.encode(wish)).hexdigest()
    assert sent.ticket_hash != ticket_hash(replace(wish, quantity=D(101)))


def test_a_ticket_that_fails_is_denied_with_the_rule_that_failed_and_never_leaves() -> None:
    core = Core()
    events = core.put(do.SubmitTicket(actor=ANN, ticket=ticket("1001")))

    assert kinds(events) == ["OrderInitialized", "OrderDenied"]
    denied = events[1]
    assert isinstance(denied, oev.OrderDenied)
    assert (denied.decision.failed, denied.text) == (("largest_order",), "largest_order")


def test_a_ticket_without_a_price_gets_the_one_it_would_meet() -> None:
    core = Core()
    core.put(quote("150", "150.04"))
    core.submit(ticket("1"))
    core.submit(ticket("1", Side.SELL))
    core.submit(replace(ticket("1"), signal_px=D("149")))
    seen = [order.ticket.signal_px for order in core.state.blotter.orders.values()]

    assert seen == [D("150.04"), D("150.00"), D("149")]


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+13", "1E-13", "1.0000000000001"])
@pytest.mark.parametrize("field", ["quantity", "limit_px", "signal_px"])
def test_a_ticket_with_a_number_that_the_books_cannot_hold_is_refused_before_it_is_an_order(
    field: str, number: str
) -> None:
    """Reserving it would destroy the sums of all other orders, even for the instant until the gate denies it."""
    core = Core()
    core.submit(ticket("10", limit_px="150"))
    before = core.state.blotter.reserved.copy()
    unfit = replace(ticket("10", limit_px="150"), **{field: Decimal(number)})
    events = core.put(do.SubmitTicket(actor=ANN, ticket=unfit))

    assert kinds(events) == ["CommandRefused"]
    assert core.state.blotter.reserved == before


def test_a_confidence_that_is_no_number_is_refused_because_it_could_not_be_journaled() -> None:
    unfit = replace(ticket("10"), confidence=float("nan"))

    assert kinds(Core().put(do.SubmitTicket(actor=ANN, ticket=unfit))) == ["CommandRefused"]


def test_order_ids_count_within_a_run_and_no_id_is_made_twice_in_a_journal() -> None:
    core = Core()
    made = [core.submit(ticket("1")), core.submit(ticket("5000")), core.submit(ticket("1"))]
    core.put(begin())
    made.append(core.submit(ticket("1")))
    again = Core(started=False)
    again.state = folded(core.durable)
    again.put(begin())
    made.append(again.submit(ticket("1")))

    assert made == ["SIM-1-1", "SIM-1-2", "SIM-1-3", "SIM-2-1", "SIM-3-1"]


# -- opinions ---------------------------------------------------------------------------------------------------


def test_an_opinion_becomes_a_sized_ticket_and_goes_through_the_same_door() -> None:
    core = Core()
    events = core.put((signal(),))

    assert kinds(events) == ["SignalRaised", "OrderInitialized", "OrderSubmitted"]
    taken = events[1]
    assert isinstance(taken, oev.OrderInitialized)
    assert taken.sizing is not None
    assert (taken.ticket.quantity, taken.ticket.strategy_id, taken.sizing.sizer) == (D(10), TREND, "fixed")


def test_holding_is_an_opinion_without_an_order() -> None:
    assert kinds(Core().put((signal(SignalType.HOLD),))) == ["SignalRaised"]


def test_what_the_sizer_declines_is_an_opinion_without_an_order_and_says_why() -> None:
    raised, declined = Core().put((signal(SignalType.CLOSE),))

    assert type(raised) is sev.SignalRaised
    assert declined == sev.SignalDeclined(strategy_id=TREND, instrument_id=AAPL, text="nothing to trade")


def test_a_paused_strategy_is_taken_down_and_declined() -> None:
    core = Core()
    core.put(do.PauseStrategy(actor=ANN, strategy_id=TREND))
    raised, declined = core.put((signal(),))

    assert type(raised) is sev.SignalRaised
    assert declined == sev.SignalDeclined(strategy_id=TREND, instrument_id=AAPL, text="the strategy is paused")


@pytest.mark.parametrize("standing", [Standing.FAULTED, None])
def test_a_strategy_without_leave_is_not_heard(standing: Standing | None) -> None:
    core = Core()
    stranger = StrategyId("nobody") if standing is None else TREND
    if standing is Standing.FAULTED:
        core.put(do.FaultStrategy(actor="engine", strategy_id=TREND, text="ValueError"))

    assert core.put((signal(strategy_id=stranger),)) == []


# -- the market -------------------------------------------------------------------------------------------------


def test_the_first_quote_of_a_day_opens_it_with_the_equity_there_is() -> None:
    core = Core()
    assert kinds(core.put(quote("150"))) == ["MarketMoved", "DayOpened"]
    assert core.state.trading.day == "2010-06-18"
    assert kinds(core.put(quote("150", ts=START + MINUTE))) == ["MarketMoved"]
    opened = core.put(quote("150", ts=START + DAY))[1]

    assert opened == aev.DayOpened(day="2010-06-19", equity=D(100_000))


def test_what_the_night_did_is_the_new_days_loss() -> None:
    core = holding()
    opened = core.put(quote("140", ts=START + DAY))[1]

    assert opened == aev.DayOpened(day="2010-06-19", equity=D(100_000))
    assert core.state.equity.now == 99_000


def test_a_day_opens_before_a_fill_at_its_open_is_booked() -> None:
    """A venue trades on a quote before the engine sees it, and that fill may be all the loss that the day has."""
    core = holding()
    core.submit(ticket("100", side=Side.SELL))
    opened, filled, *_ = core.put(traded("100", "140", SECOND_LEG, side=Side.SELL, exec_id="X-2", ts=START + DAY))

    assert opened == aev.DayOpened(day="2010-06-19", equity=D(100_000))
    assert isinstance(filled, oev.OrderFilled)
    assert kinds(core.put(quote("140", ts=START + DAY))) == ["MarketMoved"]
    assert core.state.trading.day_equity == 100_000
    assert core.state.equity.now == 99_000
    assert folded(core.durable).trading.day_equity == 100_000


def test_a_late_quote_of_yesterday_does_not_open_a_day_again() -> None:
    """Opening it again would forget the loss of the day so far."""
    core = Core()
    core.put(quote("150", ts=START + DAY))
    core.now = START + DAY + MINUTE
    late = core.put(quote("150", ts=START))

    assert kinds(late) == ["MarketMoved"]
    assert core.state.trading.day == "2010-06-19"


def test_a_day_is_not_opened_while_the_equity_is_unknown() -> None:
    core = Core()
    core.submit(ticket("10"), ticket("10", instrument_id=IBM))
    core.put(traded("10"))
    core.put(traded("10", order_id=SECOND_LEG, exec_id="X-2", instrument_id=IBM))
    assert kinds(core.put(quote("150", ts=START + DAY))) == ["MarketMoved"]
    assert "DayOpened" not in kinds(core.put(quote("20", instrument=INSTRUMENTS[1], ts=START + DAY)))

    assert "DayOpened" in kinds(core.put(quote("150", ts=START + DAY)))


def test_a_new_high_is_recorded_at_most_once_a_second() -> None:
    core = holding()
    core.put(quote("151", ts=START + SECOND))
    assert core.state.trading.peak_equity == 100_100
    core.put(quote("152", ts=START + SECOND + 1))
    assert core.state.trading.peak_equity == 100_100

    core.put(quote("152", ts=START + 2 * SECOND))
    assert core.state.trading.peak_equity == 100_200


def test_a_high_that_has_passed_within_the_second_is_recorded_when_the_second_is_over() -> None:
    """Otherwise the drawdown would be measured from a lower peak than there was, in the trader's favor."""
    core = holding()
    core.put(quote("151", ts=START + SECOND))
    core.put(quote("155", ts=START + SECOND + 1))
    core.put(quote("140", ts=START + 2 * SECOND))

    assert core.state.trading.peak_equity == 100_500


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_new_high_is_recorded_before_the_gate_judges_by_it(by_hand: bool) -> None:
    core = holding()
    core.put(quote("151", ts=START + 1))
    core.put(quote("150.50", ts=START + 2))
    events = core.put(do.SubmitTicket(actor=ANN, ticket=ticket("1")) if by_hand else (signal(),))
    names = kinds(events)

    assert core.state.trading.peak_equity == 100_100
    assert names.index("PeakEquityRaised") < names.index("OrderInitialized")
    sent = events[-1]
    assert isinstance(sent, oev.OrderSubmitted)
    assert sent.decision.facts.peak_equity == 100_100


def test_a_fill_better_than_the_mark_is_a_new_high() -> None:
    core = Core()
    order_id = core.submit(ticket("100"))
    core.put(quote("150"))
    core.put(traded("100", "149", order_id, ts=START + SECOND))

    assert core.state.trading.peak_equity == 100_100


def test_a_sessions_end_keeps_the_marks_of_what_is_held_and_the_tapes_place() -> None:
    core = holding()
    core.put(quote("30", instrument=INSTRUMENTS[1], ts=START + 1))
    events = core.put(SessionEnded(session="2010-06-18", ts=START + MINUTE))

    assert events == [
        aev.MarkRecorded(instrument_id=AAPL, px=D("150.00"), ts_mark=START),
        ev.TapePositioned(session="2010-06-18"),
    ]


def test_the_limits_watch_every_quote_and_a_halt_stops_what_works() -> None:
    core = holding(SmallGate(floor=D(99_000)))
    resting = core.submit(ticket("5", limit_px="100"))
    core.put(said(ExecType.NEW, resting))
    events = core.put(quote("139", ts=START + 1))

    assert kinds(events) == ["MarketMoved", "TradingHalted", "OrderPendingCancel", "StrategyPaused", "StrategyPaused"]
    assert core.trading() is TradingState.HALTED


def test_the_limits_watch_every_fill() -> None:
    core = Core(SmallGate(floor=D(99_995)))
    core.put(quote("150"))
    core.submit(ticket("100"))
    events = core.put(traded("100", "150.10"))

    assert kinds(events)[:3] == ["OrderFilled", "MarkRecorded", "TradingHalted"]


def test_the_mark_becomes_durable_with_the_fill_that_opens_a_position_and_with_no_other() -> None:
    """After a crash the position would otherwise have no mark, and nobody would know what the account is worth."""
    core = Core()
    core.put(quote("150"))
    order_id = core.submit(ticket("100"))
    opened = core.put(traded("60", "150.01", exec_id="X-1"))
    core.put(quote("151"))
    more = core.put(traded("40", "151.01", exec_id="X-2"))

    assert opened[1] == aev.MarkRecorded(instrument_id=AAPL, px=D("150.00"), ts_mark=START)
    assert "MarkRecorded" not in kinds(more)
    assert core.order(order_id).status is OrderStatus.FILLED
    assert folded(core.durable).equity.now == 100_000 - 60 * D("0.01") - 40 * D("1.01")  # at the mark of 150


def test_a_fill_before_any_price_records_no_mark() -> None:
    core = Core()
    core.submit(ticket("100"))

    assert kinds(core.put(traded("100"))) == ["DayOpened", "OrderFilled"]
