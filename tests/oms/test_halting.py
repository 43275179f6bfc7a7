"""Stopping and going on: what a halt cancels, pauses and refuses, and what it finds at the next start."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from oms.decide.cancels import is_stopped
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus, Side
from oms.domain.report import ExecType
from oms.domain.risk import TradingState
from oms.domain.units import SECOND
from oms.state import State
from tests.doubles.core import SmallGate
from tests.oms.examples import (
    AAPL,
    START,
    TREND,
    Core,
    D,
    begin,
    books,
    folded,
    kinds,
    quote,
    said,
    signal,
    ticket,
    traded,
)

SECOND_LEG = ClientOrderId("SIM-1-2")
ANN = "ann"


def test_a_halt_cancels_every_order_once_pauses_strategies_and_closes_the_gate() -> None:
    core = Core()
    working, asked, done = core.submit(ticket("1")), core.submit(ticket("2")), core.submit(ticket("3"))
    core.put(do.CancelOrder(actor=ANN, client_order_id=asked))
    core.put(traded("3", order_id=done))
    events = core.put(do.HaltTrading(actor=ANN, reason="enough"))

    assert kinds(events) == ["TradingHalted", "OrderPendingCancel", "StrategyPaused", "StrategyPaused"]
    assert [event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)] == [working]
    assert kinds(core.put(do.SubmitTicket(actor=ANN, ticket=ticket("1")))) == ["OrderInitialized", "OrderDenied"]
    assert kinds(core.put((signal(),))) == ["SignalRaised", "SignalDeclined"]


def test_a_resume_opens_the_gate_and_leaves_strategies_paused() -> None:
    core = Core()
    core.put(do.HaltTrading(actor=ANN, reason="enough"))

    assert kinds(core.put(do.ResumeTrading(actor=ANN))) == ["TradingResumed"]
    assert kinds(core.put(do.SubmitTicket(actor=ANN, ticket=ticket("1")))) == ["OrderInitialized", "OrderSubmitted"]
    assert kinds(core.put((signal(),))) == ["SignalRaised", "SignalDeclined"]
    assert kinds(core.put(do.EnableStrategy(actor=ANN))) == ["StrategyEnabled", "StrategyEnabled"]


def test_an_order_withheld_by_a_stop_is_canceled_as_an_event() -> None:
    core = Core()
    order_id = core.submit(ticket("1"))
    withheld = do.WithholdOrder(actor="router", client_order_id=order_id, reason="trading was stopped first")

    assert core.put(withheld) == [
        oev.OrderCanceled(client_order_id=order_id, text="not sent: trading was stopped first", withheld=True)
    ]
    assert core.state.blotter.reserved == {}
    assert core.put(withheld) == []
    assert core.put(do.WithholdOrder(actor="router", client_order_id=SECOND_LEG, reason="")) == []


def test_a_latch_found_at_the_start_halts_the_run() -> None:
    core = Core(started=False)
    events = core.put(begin(latch="stop from the shell"))

    assert ev.TradingHalted(actor=ANN, cause="stop", text="stop from the shell") in events
    assert core.trading() is TradingState.HALTED


def test_a_halt_found_at_the_start_stops_what_still_works_once_the_link_stands() -> None:
    """The stop came while no engine ran: orders of the last run may work on, and strategies had leave."""
    before = Core()
    order_id = before.submit(ticket("1"))
    before.put(said(ExecType.NEW, order_id))
    after = Core(started=False)
    after.state = folded(before.durable)
    after.put(begin(latch="stop from the shell"))
    events = after.put(books("100000", {}, order_id))

    assert kinds(events) == ["BrokerConnected", "OrderPendingCancel", "StrategyPaused", "StrategyPaused"]
    after.put(do.ResumeTrading(actor=ANN))
    assert kinds(after.put((signal(),))) == ["SignalRaised", "SignalDeclined"]


def test_a_journal_that_ended_halted_begins_halted() -> None:
    before = Core()
    before.put(do.HaltTrading(actor=ANN, reason="enough"))
    after = Core(started=False)
    after.state = folded(before.durable)
    after.put(begin())

    assert after.trading() is TradingState.HALTED
    assert not after.state.roster.is_enabled(TREND)


def by_a_person(core: Core) -> None:
    core.put(do.HaltTrading(actor=ANN, reason="enough"))


def by_a_limit(core: Core) -> None:
    core.put(quote("1"))


def while_away(core: Core) -> None:
    core.apply(ev.TradingHalted(actor="file", cause="stop", text="ESTOP"))
    core.put(books("98500", {AAPL: "10"}, SECOND_LEG, "SIM-1-3"))


@pytest.mark.parametrize("halt", [by_a_person, by_a_limit, while_away])
def test_a_target_comes_back_after_a_halt_whoever_asked_for_it(halt: Callable[[Core], None]) -> None:
    core = Core(SmallGate(floor=D(99_000)))
    core.submit(replace(ticket("10"), protect_px=D("0.5"), target_px=D(160)))
    core.put(traded("10"))
    target = ClientOrderId("SIM-1-3")
    halt(core)
    assert core.order(target).status is OrderStatus.PENDING_CANCEL
    core.put(said(ExecType.CANCELED, target, side=Side.SELL))

    events = core.put(do.ResumeTrading(actor=ANN))

    assert kinds(events) == ["TradingResumed", "OrderInitialized", "OrderSubmitted"]
    assert core.order(ClientOrderId("SIM-1-4")).ticket.limit_px == 160


class Ladder(SmallGate):
    """Halts when 100 are lost of 100,000, and again at every further 100."""

    def watch(self, state: State) -> Sequence[ev.Event]:
        equity, trading = state.equity.now, state.trading
        lost = 0 if equity is None else int(100_000 - equity) // 100
        if lost <= trading.reached.get("ladder", 0) or trading.cause == do.STOP:
            return ()
        return (ev.TradingHalted(actor="gate", cause="ladder", text=f"step {lost}", step=lost),)


def falling(core: Core, px: str, secs: int) -> list[ev.Event]:
    """Let the price of what is held fall, so many seconds after the start."""
    return core.put(quote(px, ts=START + secs * SECOND))


def flattened(core: Core) -> ClientOrderId:
    """Flatten by the typed word what is quoted; the order works at the venue."""
    if not core.state.marks.quotes:
        core.put(quote("150"))
    events = core.put(do.FlattenPosition(actor=ANN))
    (order_id,) = [event.client_order_id for event in events if isinstance(event, oev.OrderSubmitted)]
    core.put(said(ExecType.NEW, order_id, side=Side.SELL))
    return order_id


def test_a_limit_that_halts_again_on_the_way_down_leaves_the_flatten_that_was_typed() -> None:
    core = Core(Ladder())
    core.submit(ticket("10"))
    core.put(traded("10"))
    falling(core, "139", 1)
    flatten = flattened(core)
    events = kinds(falling(core, "129", 2))

    assert "TradingHalted" in events
    assert "OrderPendingCancel" not in events
    assert "OrderPendingCancel" not in kinds(core.put(books("98500", {AAPL: "10"}, flatten)))
    assert core.order(flatten).status is OrderStatus.ACCEPTED


def test_a_limit_that_halts_after_the_flatten_was_typed_leaves_it_and_cancels_the_rest() -> None:
    core = Core(Ladder())
    core.submit(ticket("10"))
    core.put(traded("10"))
    flatten = flattened(core)
    other = core.submit(ticket("1", limit_px="100"))
    core.put(said(ExecType.NEW, other))
    events = falling(core, "139", 1)

    assert [event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)] == [other]
    assert "OrderPendingCancel" not in kinds(core.put(books("98500", {AAPL: "10"}, flatten, other)))
    assert core.order(flatten).status is OrderStatus.ACCEPTED


def test_a_person_who_stops_takes_back_the_flatten_that_a_limit_left() -> None:
    core = Core(Ladder())
    core.submit(ticket("10"))
    core.put(traded("10"))
    falling(core, "139", 1)
    flatten = flattened(core)
    falling(core, "129", 2)
    events = core.put(do.HaltTrading(actor=ANN, reason="not at this price"))

    assert [event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)] == [flatten]


@pytest.mark.parametrize("stop", [do.HaltTrading(actor=ANN, reason="enough"), None])
def test_a_flatten_that_a_person_stopped_is_no_order_to_leave_when_it_comes_to_light(
    stop: do.HaltTrading | None,
) -> None:
    core = Core(Ladder())
    core.submit(ticket("10"))
    core.put(traded("10"))
    core.put(quote("150"))
    flatten = core.put(do.FlattenPosition(actor=ANN))
    (order_id,) = [event.client_order_id for event in flatten if isinstance(event, oev.OrderSubmitted)]
    falling(core, "139", 1)
    if stop is not None:
        core.now += SECOND
        core.put(stop)

    assert is_stopped(core.state, core.order(order_id)) is (stop is not None)
