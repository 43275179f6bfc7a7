"""A flatten that goes on when its venue answers, and when it is given up instead."""

import pytest
from msgspec.structs import replace

from cockpit.pursuit import LATEST, ROUNDS, Pursuit
from oms.bus import Bus
from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain.deadline import DeadlineReached
from oms.domain.ids import GATE, BrokerId, ClientOrderId, StrategyId
from oms.domain.order import Side
from oms.domain.report import CancelReject, ExecType
from tests.oms.examples import AAPL, PAIRS, SIM, START, TREND, Core, said, ticket, traded
from tests.oms.test_aside import FLATTEN, guarded

RENEW = do.RenewProtection(actor="ann")


class Flattening:
    """A core whose flatten was not answered in time, and what the pursuit asks of it."""

    def __init__(self) -> None:
        self.core, self.bus = Core(), Bus()
        self.asked: list[do.Command] = []
        self.pursuit = Pursuit(self.bus, self.core.state, self.asked.append)
        self.told: list[str] = []
        self.pursuit.listen(lambda end: self.told.append(end.why))
        self.legs = guarded(self.core)

    def begin(self, command: do.FlattenPosition = FLATTEN) -> bool:
        """Flatten, and wait for the venue no longer."""
        self.put(command)
        return self.pursuit.begin(command)

    def put(self, *causes: Input) -> None:
        """Decide inputs as one batch, and publish what they caused."""
        before = len(self.core.records)
        for cause in causes:
            self.core.put(cause)
        for record in self.core.records[before:]:
            self.bus.publish(record)

    def close_in_part(self) -> Input:
        """Flatten, let another strategy come to be short meanwhile, and return the fill that closes the net alone."""
        self.put(FLATTEN)
        self.confirm(*self.legs)
        short = self.core.submit(ticket("4", Side.SELL, strategy_id=PAIRS))
        self.put(traded("4", order_id=short, exec_id="X-short", side=Side.SELL), FLATTEN)
        (closing,) = [one for one in self.core.state.blotter.open.values() if one.confirmed]
        return traded("6", order_id=closing.client_order_id, exec_id="X-first", side=Side.SELL)

    def confirm(self, *legs: ClientOrderId, ts: int = START) -> None:
        """Let the venue confirm cancels, in one batch."""
        self.put(*(said(ExecType.CANCELED, leg, side=Side.SELL, ts=ts) for leg in legs))


def test_it_goes_on_once_and_not_before_the_last_cancel_is_confirmed() -> None:
    stage = Flattening()
    stop, target = stage.legs
    assert stage.begin()
    stage.confirm(target)
    assert stage.asked == []
    stage.confirm(stop)
    assert stage.asked == [FLATTEN]


def test_cancels_that_are_confirmed_together_are_one_answer() -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs)

    assert stage.asked == [FLATTEN]


def test_it_is_over_when_all_is_closed() -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs)
    stage.put(FLATTEN)
    (closing,) = stage.core.state.blotter.open
    assert stage.told == []
    stage.put(traded("10", order_id=closing, exec_id="X-all", side=Side.SELL))

    assert stage.asked == [FLATTEN]
    assert stage.told == [""]


def test_what_two_strategies_hold_against_each_other_is_closed_one_after_the_other() -> None:
    stage = Flattening()
    short = stage.core.submit(ticket("4", Side.SELL, strategy_id=PAIRS))
    stage.put(traded("4", order_id=short, exec_id="X-short", side=Side.SELL))
    stage.begin()
    stage.confirm(*stage.legs)
    stage.put(FLATTEN)
    (closing,) = stage.core.state.blotter.open
    stage.put(traded("6", order_id=closing, exec_id="X-first", side=Side.SELL))

    assert stage.asked == [FLATTEN, FLATTEN]


@pytest.mark.parametrize("end", [ExecType.REJECTED, ExecType.CANCELED, ExecType.EXPIRED])
def test_a_close_that_comes_to_nothing_is_not_tried_again(end: ExecType) -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs)
    stage.put(FLATTEN)
    (closing,) = stage.core.state.blotter.open
    stage.put(said(end, closing, side=Side.SELL))
    for leg in list(stage.core.state.blotter.open):
        stage.put(said(ExecType.NEW, leg, side=Side.SELL), do.CancelOrder(actor="ann", client_order_id=leg))
        stage.confirm(leg)

    assert stage.asked == [FLATTEN]
    why = ": no reason given" if end is ExecType.REJECTED else ""
    assert stage.told == [f"order 4 is {stage.core.order(closing).status}{why}"]


@pytest.mark.parametrize("late", [0, 1])
def test_what_is_answered_too_late_closes_nothing(late: int) -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs, ts=START + LATEST + late)

    assert stage.asked == [RENEW if late else FLATTEN]
    assert stage.told == ["no answer within 5 minutes"] * late


@pytest.mark.parametrize("late", [0, 1])
def test_what_is_never_answered_is_given_up_after_the_same_time(late: int) -> None:
    stage = Flattening()
    stage.begin()
    stage.put(DeadlineReached(ts=START + LATEST + late))

    assert stage.asked == [RENEW] * late
    assert stage.told == ["no answer within 5 minutes"] * late
    stage.confirm(*stage.legs, ts=START + LATEST + late)
    assert stage.asked == [RENEW if late else FLATTEN]


@pytest.mark.parametrize("actor", ["ann", GATE])
def test_a_stop_takes_it_back_and_a_limit_does_not(actor: str) -> None:
    stage = Flattening()
    stage.begin()
    stage.put(do.HaltTrading(actor=actor, reason="enough"))
    assert stage.asked == ([] if actor == GATE else [RENEW])
    stage.confirm(*stage.legs)

    assert stage.asked == [FLATTEN if actor == GATE else RENEW]
    assert stage.told == ([] if actor == GATE else ["trading was stopped"])


def test_a_link_that_is_lost_ends_it_because_the_next_one_brings_back_what_made_way() -> None:
    stage = Flattening()
    stage.begin()
    stage.put(do.BrokerDown(actor="session", broker=SIM, text="gone"))
    stage.confirm(*stage.legs)

    assert stage.asked == []
    assert stage.told == ["the link to sim was lost"]


def test_a_link_to_another_venue_that_is_lost_changes_nothing() -> None:
    stage = Flattening()
    stage.begin()
    stage.put(do.BrokerDown(actor="session", broker=BrokerId("elsewhere"), text="gone"))
    stage.confirm(*stage.legs)

    assert stage.told == []
    assert stage.asked == [FLATTEN]


def test_what_is_told_of_an_end_may_cause_another_one() -> None:
    """Who listens may stop trading at once, and it was this flatten that the stop would have ended."""
    stage = Flattening()
    stage.pursuit.listen(lambda _end: stage.put(do.HaltTrading(actor="ann", reason="enough")))
    both = FLATTEN, replace(FLATTEN, strategy_id=TREND)
    for command in both:
        stage.begin(command)
    stage.put(do.BrokerDown(actor="session", broker=SIM, text="gone"))

    assert sorted(stage.told) == ["the link to sim was lost", "trading was stopped"]


def test_a_venue_that_is_away_is_not_waited_for() -> None:
    stage = Flattening()
    stage.put(do.BrokerDown(actor="session", broker=SIM, text="gone"))

    assert not stage.begin()


def test_what_is_canceled_without_being_in_the_way_is_not_waited_for() -> None:
    stage = Flattening()
    bid = stage.core.submit(ticket("5", limit_px="90"))
    stage.put(said(ExecType.NEW, bid), FLATTEN)
    stage.confirm(*stage.legs)

    assert stage.core.order(bid).status == "PENDING_CANCEL"
    assert not stage.pursuit.begin(FLATTEN)


def canceled_bid(stage: Flattening, strategy_id: StrategyId) -> None:
    """Let an order of a strategy end for another reason."""
    bid = stage.core.submit(ticket("5", limit_px="90", strategy_id=strategy_id))
    stage.put(said(ExecType.NEW, bid), said(ExecType.CANCELED, bid))


def test_another_strategy_is_none_of_its_business() -> None:
    stage = Flattening()
    assert not stage.begin(do.FlattenPosition(actor="ann", instrument_id=AAPL, strategy_id=PAIRS))
    command = do.FlattenPosition(actor="ann", instrument_id=AAPL, strategy_id=TREND)
    assert stage.begin(command)
    stage.confirm(*stage.legs)
    canceled_bid(stage, PAIRS)

    assert stage.asked == [command]


def test_it_does_not_go_on_for_ever() -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs)
    for _ in range(ROUNDS + 1):
        canceled_bid(stage, TREND)

    assert stage.asked == [*[FLATTEN] * ROUNDS, RENEW]
    assert stage.told == ["it has not come to an end in 6 rounds"]


def test_a_cancel_that_is_refused_ends_it_and_is_named() -> None:
    stage = Flattening()
    stage.begin()
    stage.put(CancelReject(client_order_id=stage.legs[0], ts=START, text="too late"))

    assert stage.asked == [RENEW]
    assert stage.told == ["the venue refuses to cancel order 2"]


def test_it_waits_for_its_own_close_whatever_else_ends_meanwhile() -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs)
    bid = stage.core.submit(ticket("5", limit_px="90"))
    stage.put(said(ExecType.NEW, bid))
    stage.core.put(replace(FLATTEN, strategy_id=TREND))
    stage.put(said(ExecType.CANCELED, bid))

    assert stage.asked == [FLATTEN]


def test_a_close_that_works_is_waited_for_as_long_as_it_works() -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs)
    bid = stage.core.submit(ticket("5", limit_px="90"))
    stage.put(said(ExecType.NEW, bid), FLATTEN)
    (closing,) = [one for one in stage.core.state.blotter.open.values() if one.confirmed]
    stage.put(DeadlineReached(ts=START + LATEST + 1))
    assert stage.told == []
    part = traded("4", order_id=closing.client_order_id, exec_id="X-part", side=Side.SELL)
    rest = traded("6", order_id=closing.client_order_id, exec_id="X-rest", side=Side.SELL)
    late = START + 9 * LATEST
    stage.put(replace(part, ts=late), replace(rest, ts=late), replace(said(ExecType.CANCELED, bid), ts=late))

    assert stage.told == [""]


def test_a_flatten_whose_close_works_goes_on_though_all_cancels_were_confirmed() -> None:
    stage = Flattening()
    stage.put(FLATTEN)
    stage.confirm(*stage.legs)
    assert not stage.pursuit.begin(FLATTEN)
    stage.put(FLATTEN)

    assert stage.pursuit.begin(FLATTEN)


def test_a_step_that_the_core_refuses_ends_it() -> None:
    stage = Flattening()
    stage.begin()
    stage.confirm(*stage.legs)
    stage.put(do.FlattenPosition(actor="ann", strategy_id=PAIRS))

    assert stage.asked == [FLATTEN, RENEW]
    assert stage.told == ["nothing is held by pairs"]


def test_while_somebody_asks_for_the_next_step_nothing_is_given_back() -> None:
    stage = Flattening()
    fill = stage.close_in_part()
    with stage.pursuit.attended(FLATTEN):
        stage.put(fill)
    assert stage.asked == []


def test_what_a_close_leaves_with_which_nobody_goes_on_gets_its_stop_back() -> None:
    stage = Flattening()
    stage.put(stage.close_in_part())

    assert stage.asked == [do.RenewProtection(actor=GATE)]
