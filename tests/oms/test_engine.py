"""The loop: decide and apply, commit once, and only then let anybody know."""

import asyncio
from collections.abc import Iterable, Sequence

import pytest

from oms.bus import Bus
from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import StrategyId
from oms.domain.order import Order, OrderStatus
from oms.domain.report import ExecType, VenueReport
from oms.domain.risk import TradingState
from oms.domain.signal import SignalType, TradingSignal
from oms.engine import CASCADE, group
from oms.inbox import Inbox
from oms.journal.errors import JournalError
from oms.journal.memory import MemoryJournal
from oms.lanes import Asked
from oms.pace import Pace
from tests.doubles.core import ListFeed, SmallGate
from tests.oms.assembled import Engine
from tests.oms.examples import (
    AAPL,
    IBM,
    ORDER,
    PAIRS,
    START,
    TREND,
    D,
    folded,
    kinds,
    quote,
    said,
    signal,
    ticket,
    traded,
)

TICKET = do.SubmitTicket(actor="ann", ticket=ticket("100"))
HALT = do.HaltTrading(actor="ann", reason="enough")


# -- durable first ----------------------------------------------------------------------------------------------


async def test_nothing_leaves_and_nobody_hears_before_the_commit() -> None:
    engine = await Engine().started()
    durable_when: dict[str, list[str]] = {}

    def note(what: str) -> tuple[VenueReport, ...]:
        durable_when[what] = kinds(record.event for record in engine.journal.records)[-2:]
        return ()

    def hear(_record: ev.Record) -> None:
        note("heard")

    engine.desk.answer = lambda _order: note("handed over")
    engine.bus.subscribe(hear, oev.OrderInitialized)
    await engine.serve(TICKET)

    assert durable_when == {what: ["OrderInitialized", "OrderSubmitted"] for what in ("heard", "handed over")}


async def test_a_failed_commit_lets_nothing_leave_and_tells_who_asked_that_it_failed() -> None:
    engine = await Engine().started()
    engine.journal.fails = True
    reply = asyncio.get_running_loop().create_future()
    with pytest.raises(JournalError, match="no space left"):
        await engine.oms.serve([Asked(TICKET, reply), Asked(quote("150"))])

    assert (engine.desk.submitted, engine.heard) == ([], [])
    with pytest.raises(JournalError, match="no space left"):
        await reply


async def test_one_batch_is_one_commit_however_many_inputs_it_has() -> None:
    engine = await Engine().started()
    before = engine.journal.commits
    await engine.serve(TICKET, TICKET, quote("150"))

    assert engine.journal.commits == before + 1
    assert len(engine.desk.submitted) == 2


async def test_a_batch_without_durable_events_commits_nothing_and_is_heard_all_the_same() -> None:
    engine = await Engine().started()
    await engine.serve(quote("150"))
    before = engine.journal.commits
    engine.heard.clear()
    await engine.serve(quote("150.01"))

    assert engine.journal.commits == before
    assert kinds(record.event for record in engine.heard) == ["MarketMoved"]


async def test_who_asked_is_answered_after_all_with_the_durable_records_of_exactly_its_own_input() -> None:
    engine = await Engine().started()
    loop = asyncio.get_running_loop()
    first, second, canceled = loop.create_future(), loop.create_future(), loop.create_future()
    canceled.cancel()
    heard_before = []
    engine.bus.subscribe(lambda _record: heard_before.append(first.done()))
    await engine.oms.serve(
        [Asked(quote("150"), first), Asked(TICKET, second), Asked(TICKET, canceled), Asked(quote("151"))]
    )

    assert kinds(record.event for record in first.result()) == ["DayOpened"]
    assert kinds(record.event for record in second.result()) == ["OrderInitialized", "OrderSubmitted"]
    assert not any(heard_before)


async def test_records_are_numbered_by_one_and_market_data_not_at_all() -> None:
    engine = await Engine().started()
    await engine.serve(quote("150"), TICKET)
    seqs = [record.seq for record in engine.journal.records]
    moved = [record for record in engine.heard if isinstance(record.event, ev.MarketMoved)]

    assert seqs == list(range(1, len(seqs) + 1))
    assert [(record.seq, record.causation_id) for record in moved] == [(0, None)]


async def test_the_journal_alone_gives_the_state_back() -> None:
    engine = await Engine(think=_buy_on_quotes).started()
    await engine.serve(quote("150"))
    await engine.serve(traded("4", "150.25"), HALT)

    assert folded(engine.journal.records).digest() == engine.state.digest()


async def test_the_same_inputs_give_the_same_journal_to_the_byte() -> None:
    hashes = []
    for _ in range(2):
        engine = await Engine(think=_buy_on_quotes).started()
        await engine.serve(quote("150"), TICKET)
        await engine.serve(traded("4", "150.25"), HALT)
        journal = MemoryJournal()
        journal.keep(engine.journal.records)
        hashes.append((journal.hash, journal.trace()))

    assert hashes[0] == hashes[1]


async def test_engine_time_follows_the_inputs_and_never_goes_back_and_wall_time_is_read_once_a_batch() -> None:
    engine = await Engine().started()
    await engine.serve(quote("150", ts=START + 9), TICKET, quote("150", ts=START + 5))
    walls = {record.wall for record in engine.heard}

    assert {record.ts for record in engine.heard} == {START + 9}
    assert len(walls) == 1
    await engine.serve(TICKET)
    assert engine.heard[-1].wall > walls.pop()


# -- reactions --------------------------------------------------------------------------------------------------


def _buy_on_quotes(record: ev.Record) -> Sequence[TradingSignal]:
    return (signal(),) if isinstance(record.event, ev.MarketMoved) else ()


async def test_strategies_react_after_the_day_and_the_limits_and_their_orders_leave_in_the_same_commit() -> None:
    engine = await Engine(think=_buy_on_quotes).started()
    await engine.serve(quote("150"))

    assert kinds(record.event for record in engine.heard) == [
        "MarketMoved",
        "DayOpened",
        "SignalRaised",
        "OrderInitialized",
        "OrderSubmitted",
    ]
    assert [order.client_order_id for order in engine.desk.submitted] == [ORDER]


async def test_every_record_of_an_order_leads_back_to_the_signal_that_wanted_it() -> None:
    engine = await Engine(think=_buy_on_quotes).started()
    await engine.serve(quote("150"))
    await engine.serve(said(ExecType.NEW), traded("10"))
    market = ev.MarketMoved | aev.DayOpened | aev.MarkRecorded
    chain = [record for record in engine.heard if not isinstance(record.event, market)]
    root = chain[0].seq

    assert {record.correlation_id for record in chain} == {f"S{root}"}
    assert [record.causation_id for record in chain] == [None, *(record.seq for record in chain[:-1])]


async def test_a_strategy_that_raised_is_recorded_and_no_longer_heard() -> None:
    engine = await Engine(think=_buy_on_quotes).started()
    engine.reactor.faults = [(TREND, "ValueError: no")]
    await engine.serve(quote("150"))

    assert "StrategyFaulted" in kinds(record.event for record in engine.heard)
    await engine.serve(quote("150.01"))
    assert len(engine.desk.submitted) == 1


async def test_a_halt_by_the_limits_silences_the_strategies_of_the_same_quote() -> None:
    engine = await Engine(gate=SmallGate(floor=D(200_000)), think=_buy_on_quotes).started()
    await engine.serve(quote("150"))

    assert engine.trading() is TradingState.HALTED
    assert engine.desk.submitted == []


async def test_more_reactions_than_a_datum_can_have_halt_trading_by_name_and_none_of_their_orders_leaves() -> None:
    engine = await Engine().started()
    engine.reactor.think = lambda _record: [signal()] * CASCADE
    withheld = await engine.serve(quote("150"))
    engine.reactor.think = lambda _record: ()  # or every order that is withheld would run away once more
    await engine.serve(*withheld)
    halted = next(record.event for record in engine.heard if isinstance(record.event, ev.TradingHalted))

    assert engine.trading() is TradingState.HALTED
    assert (halted.cause, halted.text) == ("stop", f"Quote caused more than {CASCADE} reactions")
    assert engine.desk.submitted == []
    assert engine.state.blotter.open == {}
    assert folded(engine.journal.records).digest() == engine.state.digest()
    await engine.serve(quote("151"))
    assert not engine.state.roster.is_enabled(TREND)


async def test_a_stop_with_more_working_orders_than_a_cascade_may_have_reactions_cancels_them_all() -> None:
    engine = await Engine().started()
    one = do.SubmitTicket(actor="ann", ticket=ticket("1"))
    await engine.serve(*[one] * (CASCADE + 100))
    await engine.serve(HALT)

    assert len(engine.desk.canceled) == CASCADE + 100


def test_opinions_of_one_group_stay_together_and_all_others_alone() -> None:
    loner, other = signal(), signal(SignalType.SELL)
    legs = [signal(instrument_id=name, strategy_id=PAIRS, group_id="G1") for name in (AAPL, IBM)]
    more = signal(group_id="G2")

    assert list(group([loner, other, *legs, more])) == [(loner,), (other,), tuple(legs), (more,)]


# -- the bus, and the whole loop --------------------------------------------------------------------------------


async def test_handlers_of_a_kind_hear_it_before_those_of_every_kind_in_the_order_they_came() -> None:
    bus = Bus()
    heard: list[str] = []
    bus.subscribe(lambda _record: heard.append("all"))
    bus.subscribe(lambda _record: heard.append("first"), ev.RunEnded)
    bus.subscribe(lambda _record: heard.append("second"), ev.RunEnded, ev.TradingResumed)
    bus.publish(ev.Record(seq=1, ts=0, wall=0, event=ev.TradingResumed(actor="ann")))
    bus.publish(ev.Record(seq=2, ts=0, wall=0, event=ev.RunEnded(actor="ann", reason="")))

    assert heard == ["second", "all", "first", "second", "all"]


async def test_the_loop_runs_a_tape_to_its_end_and_ends_with_the_run() -> None:
    def fill_at_once(order: Order) -> Iterable[VenueReport]:
        yield said(ExecType.NEW, order.client_order_id)
        yield traded(order.ticket.quantity, order_id=order.client_order_id, exec_id=f"X-{order.client_order_id}")

    engine = await Engine(think=_buy_on_quotes, answer=fill_at_once).started()
    feed = ListFeed([quote("150", ts=START + number) for number in range(3)])
    inbox = Inbox(feed, engine.desk, Pace(), engine.state.next_deadline)
    running = asyncio.create_task(engine.oms.run(inbox))
    await inbox.feed_ended.wait()
    records = await inbox.ask(do.EndRun(actor="ann", reason="the tape ended"))
    inbox.close()
    await running

    assert kinds(record.event for record in records) == ["MarkRecorded", "RunEnded"]
    assert isinstance(engine.journal.records[-1].event, ev.RunEnded)
    filled = [order.status for order in engine.state.blotter.orders.values()]
    assert filled == [OrderStatus.FILLED] * 3


async def test_an_order_withheld_in_the_loop_is_canceled_before_the_loop_ends() -> None:
    engine = await Engine().started()
    inbox = Inbox(ListFeed([]), engine.desk, Pace(), engine.state.next_deadline)
    engine.latch.set()
    inbox.put(TICKET)
    inbox.put(do.FaultStrategy(actor="engine", strategy_id=StrategyId("trend"), text="x"))
    inbox.put(do.EndRun(actor="ann", reason="quit"))
    inbox.close()
    await engine.oms.run(inbox)

    assert engine.status() is OrderStatus.CANCELED
    ended = kinds(record.event for record in engine.journal.records)[-3:]
    assert ended == ["OrderCanceled", "StrategyFaulted", "RunEnded"]
