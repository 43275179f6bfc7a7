"""Orders of which nobody knows whether their venue has them are remembered, and given up only on equal books."""

from msgspec.structs import replace

from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Side
from oms.domain.report import ExecType, NotFound
from oms.domain.risk import TradingState
from oms.domain.units import SECOND
from oms.reconcile import gaps
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    FAR_AWAY,
    IBM,
    ORDER,
    SIM,
    Core,
    D,
    books,
    folded,
    kinds,
    quote,
    said,
    ticket,
    traded,
)

LONG_ENOUGH = 40


def denied_for_long(core: Core) -> list[str]:
    """Return what comes of it that the venue denies an order again and again."""
    core.wait(10.5)
    said: list[str] = []
    for _ in range(LONG_ENOUGH):
        said += kinds(core.put(NotFound(client_order_id=ORDER, ts=core.now)))
        core.wait(1)
    return said


def unanswered(side: Side = Side.BUY) -> Core:
    core = Core(capabilities=FAR_AWAY)
    core.submit(ticket("100", side))
    return core


def found_beyond(core: Core, net: dict[InstrumentId, str]) -> list[ev.Event]:
    """Let the venue's books, which are otherwise equal to ours, hold this besides."""
    snapshot = replace(books(net=net).snapshot, ts=core.now)
    found = frozenset(gaps(snapshot, core.state).items())
    return core.put(do.ReconcileBooks(actor="session", snapshot=snapshot, gaps=found))


def test_an_order_is_not_given_up_while_the_venue_holds_what_no_fill_explains() -> None:
    core = unanswered()

    found_beyond(core, {AAPL: "100"})

    assert core.trading() is TradingState.REDUCING
    assert set(denied_for_long(core)) == {"OrderUnseen"}
    assert core.order().status is OrderStatus.UNKNOWN


def test_once_a_person_has_looked_and_resumed_the_venue_is_believed() -> None:
    core = unanswered()
    found_beyond(core, {AAPL: "100"})
    denied_for_long(core)

    core.put(do.ResumeTrading(actor="ann"))

    assert kinds(core.put(NotFound(client_order_id=ORDER, ts=core.now))) == ["OrderUnfound"]


def test_what_it_cannot_have_traded_does_not_keep_an_order() -> None:
    """Another instrument, or the other side."""
    for side, net in ((Side.BUY, {IBM: "100"}), (Side.BUY, {AAPL: "-100"}), (Side.SELL, {AAPL: "100"})):
        core = unanswered(side)
        found_beyond(core, net)

        assert "OrderUnfound" in denied_for_long(core)


def test_what_was_booked_before_an_order_was_made_does_not_keep_it() -> None:
    core = Core(capabilities=FAR_AWAY)
    core.apply(aev.PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=AAPL, quantity=D(100), px=D(150)))
    core.now += SECOND
    core.submit(ticket("100"))

    assert "OrderUnfound" in denied_for_long(core)


def test_what_was_booked_before_an_order_left_does_not_keep_it() -> None:
    """It was held here meanwhile, and could not trade."""
    core = Core(capabilities=replace(FAR_AWAY, order_types=frozenset({OrderType.MARKET})))
    core.put(quote("150"))
    core.submit(replace(ticket("100"), order_type=OrderType.STOP_MARKET, stop_px=D(151)))
    assert core.order().status is OrderStatus.HELD
    core.apply(aev.PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=AAPL, quantity=D(100), px=D(150)))
    core.put(quote("151"))
    assert core.order().status is OrderStatus.SUBMITTED

    assert "OrderUnfound" in denied_for_long(core)


def test_a_fill_that_is_told_after_all_explains_what_was_booked() -> None:
    """It was another order's, told late; the one that is denied had nothing to do with it."""
    core = unanswered()
    other = core.submit(ticket("40"))
    core.put(said(ExecType.NEW, other))
    core.now += SECOND
    found_beyond(core, {AAPL: "40"})
    told = core.put(replace(traded("40", "150", other), ts=core.now))

    assert "PositionAdjusted" in kinds(told)
    assert "OrderUnfound" in denied_for_long(core)


def test_a_restart_remembers_both() -> None:
    core = unanswered()
    core.wait(11)
    found_beyond(core, {AAPL: "100"})

    again = folded(core.durable, FAR_AWAY)

    assert again.inflight.doubts.twin_of(ticket("100")) == ORDER
    assert again.inflight.doubts.may_be_booked(again.blotter.orders[ORDER])


def test_what_was_answered_leaves_nothing_behind() -> None:
    core = Core(capabilities=FAR_AWAY)
    for number in range(1, 101):
        order_id = core.submit(ticket(str(number)))
        core.wait(10)
        core.put(said(ExecType.NEW, order_id))
        core.wait(1)

    assert core.state.inflight.in_doubt == {}


def test_of_two_alike_the_other_is_still_in_doubt() -> None:
    core = Core(capabilities=FAR_AWAY)
    first, second = core.submit(ticket("10")), core.submit(ticket("10"))
    core.wait(11)
    core.put(said(ExecType.NEW, first))
    core.wait(20)

    assert core.state.inflight.doubts.twin_of(ticket("10")) == second
    core.apply(oev.OrderUnfound(client_order_id=second, text="never"))
    assert core.state.inflight.in_doubt == {}


def test_gaps_are_taken_over_only_where_they_are_still_the_same() -> None:
    core = Core(capabilities=FAR_AWAY)
    snapshot = books(cash="99000", net={AAPL: "6", IBM: "7"}).snapshot
    found = frozenset((key, gap + (gap == D(7))) for key, gap in gaps(snapshot, core.state).items())

    events = core.put(do.ReconcileBooks(actor="session", snapshot=snapshot, gaps=found))

    assert kinds(events)[:3] == ["BalanceReported", "PositionAdjusted", "TradingReduced"]
    assert [gap for _, gap in gaps(snapshot, core.state).items()] == [7]


def test_nothing_follows_from_gaps_that_are_gone() -> None:
    core = Core(capabilities=FAR_AWAY)
    snapshot = books(net={AAPL: "6"}).snapshot
    found = frozenset(gaps(snapshot, core.state).items())
    core.put(do.ReconcileBooks(actor="session", snapshot=snapshot, gaps=found))

    assert core.put(do.ReconcileBooks(actor="session", snapshot=snapshot, gaps=found)) == []


def test_an_order_that_works_there_and_is_not_ours_is_named_when_a_link_is_made_and_not_at_every_look() -> None:
    core = Core(capabilities=FAR_AWAY)
    snapshot = books("100000", {AAPL: "6"}, "another").snapshot

    events = core.put(
        do.ReconcileBooks(actor="session", snapshot=snapshot, gaps=frozenset(gaps(snapshot, core.state).items()))
    )

    assert "ForeignOrderSeen" not in kinds(events)


def test_of_the_cash_as_well_only_what_is_named_is_taken_over() -> None:
    core = Core(capabilities=FAR_AWAY)
    snapshot = books(cash="99000", net={AAPL: "6"}).snapshot
    found = frozenset((key, gap) for key, gap in gaps(snapshot, core.state).items() if gap == D(6))

    events = core.put(do.ReconcileBooks(actor="session", snapshot=snapshot, gaps=found))

    assert "BalanceReported" not in kinds(events)


def test_an_order_that_works_and_whose_cancel_is_overdue_is_in_no_doubt() -> None:
    core = Core(capabilities=FAR_AWAY)
    order_id = core.submit(ticket("10"))
    core.put(said(ExecType.NEW, order_id))
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id))
    core.wait(11)

    assert OrderFlag.OVERDUE in core.order(order_id).flags
    assert core.state.inflight.in_doubt == {}
