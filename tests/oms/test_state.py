"""State is a fold: what the journal says is all there is to know, and every kind of event has its slices."""

from collections.abc import Callable
from inspect import getmembers, ismethod, signature
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from oms.blotter import position_key
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar, BarSpec
from oms.domain.order import Side
from oms.domain.report import ExecType
from oms.domain.units import SECOND
from oms.lifecycle import IllegalTransition
from oms.roster import Standing
from oms.state import State
from tests.oms.examples import (
    AAPL,
    IBM,
    INSTRUMENTS,
    ORDER,
    SAMPLES,
    SIM,
    START,
    TREND,
    Core,
    D,
    begin,
    books,
    folded,
    listed,
    quote,
    said,
    signal,
    ticket,
    traded,
)
from tests.oms.journal.examples import events_of

SLICES = {name: taker for name, taker in vars(State()).items() if hasattr(taker, "appliers")}


def told() -> Core:
    """Return a core after a morning with every common thing in it."""
    core = Core()
    core.put(quote("150"))
    core.put((signal(),))
    core.put(said(ExecType.NEW, venue_order_id="V-1"))
    core.put(traded("4", "150.25", exec_id="X-1", fee="0.35"))
    core.put(quote("151", ts=START + 2 * SECOND))
    core.put(traded("6", "150.75", exec_id="X-2"))
    second = core.submit(ticket("7", Side.SELL, limit_px="152"))
    core.put(said(ExecType.NEW, second, side=Side.SELL))
    core.submit(ticket("5000"))
    core.put(do.CancelOrder(actor="ann", client_order_id=second))
    core.put(do.PauseStrategy(actor="ann"))
    core.put(books("99000", {AAPL: "11"}))
    core.put(do.HaltTrading(actor="ann", reason="lunch"))
    core.put(do.ResumeTrading(actor="ann"))
    core.put(do.EndRun(actor="ann", reason="done"))
    return core


def test_a_fold_of_the_durable_records_is_the_state_that_lived_through_them() -> None:
    """I-11. The quotes are missing from the journal and their marks from the digest; nothing else may differ."""
    core = told()

    assert folded(core.durable).digest() == core.state.digest()


@given(data=st.data())
@settings(max_examples=40)
def test_folding_a_beginning_and_then_the_rest_is_folding_all(data: st.DataObject) -> None:
    records = told().durable
    cut = data.draw(st.integers(0, len(records)))
    state = folded(records[:cut])
    for record in records[cut:]:
        state.apply(record)

    assert state.digest() == folded(records).digest()


def test_the_digest_tells_every_two_prefixes_apart() -> None:
    """Only the sequence number differs after some events; all others must differ without it."""
    records = told().durable
    digests = [folded(records[:count]).digest() for count in range(len(records) + 1)]

    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize(
    "change",
    [
        lambda core: core.put(traded("1", "151", exec_id="X-9", order_id=core.submit(ticket("3")))),
        lambda core: core.put(do.HaltTrading(actor="ann", reason="")),
        lambda core: core.put(do.EnableStrategy(actor="ann")),
        lambda core: core.put(books("1")),
        lambda core: core.put(begin()),
    ],
    ids=["fill", "halt", "enable", "cash", "run"],
)
def test_a_different_past_has_a_different_digest_at_the_same_number(change: Callable[[Core], object]) -> None:
    one, other = told(), told()
    change(one)
    other.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    while other.state.seq < one.state.seq:
        other.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    while one.state.seq < other.state.seq:
        one.put(do.CancelOrder(actor="ann", client_order_id=ORDER))

    assert one.state.digest() != other.state.digest()


def test_all_that_decides_about_a_bracket_is_in_the_digest() -> None:
    """A fold that forgot who asked for what, or when a leg traded, would go on otherwise than the run it continues."""
    core = told()
    brackets, order_id, key = core.state.brackets, core.submit(ticket("3")), position_key(ticket())
    digests = [core.state.digest()]
    legs = brackets.legs
    for forgotten in (legs.held, legs.soft, legs.waived, legs.recalled, legs.aside):
        forgotten.add(order_id)
        digests.append(core.state.digest())
    for counted in (legs.owed, legs.renewed):
        for failures in (0, 1):
            counted[order_id] = failures
            digests.append(core.state.digest())
    brackets.legs.loose[order_id] = key
    digests.append(core.state.digest())
    brackets.legs.changed[order_id] = ticket("4")
    digests.append(core.state.digest())
    brackets.left.given_back[key] = 1
    digests.append(core.state.digest())
    core.apply(ev.ReportQuarantined(client_order_id=order_id, report="TRADE", text=""))
    core.state.seq -= 1
    digests.append(core.state.digest())

    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize(
    "kind", [kind for kind in ev.KINDS.values() if kind not in oev.ORDER_EVENTS], ids=lambda kind: kind.__name__
)
@given(data=st.data())
@settings(max_examples=10)
def test_the_state_takes_any_event_of_every_kind(kind: type[Struct], data: st.DataObject) -> None:
    """An event is never refused: a holding that nobody listed, a strategy nobody knows, an unheard-of currency."""
    state = folded(told().durable)
    record = ev.Record(seq=state.seq + 1, ts=START, wall=0, event=data.draw(events_of(kind)))
    state.apply(record)

    assert state.seq == record.seq


@pytest.mark.parametrize("kind", oev.ORDER_EVENTS, ids=lambda kind: kind.__name__)
def test_the_blotter_is_asked_before_any_other_slice_counts_an_order_event(kind: type[Struct]) -> None:
    """So that an event which the life cycle refuses has changed nothing."""
    state = State()

    first = state._appliers[kind][0]  # noqa: SLF001 - the order in which they are called

    assert first == state.blotter.appliers[kind]


@pytest.mark.parametrize("name", SLICES)
def test_every_method_that_counts_events_in_stands_for_the_kinds_that_it_takes(name: str) -> None:
    """One that stands for no kind is never called, and nobody would notice; one that stands for a kind that it does
    not take breaks the fold."""
    appliers = SLICES[name].appliers
    counting = {method for _, method in getmembers(SLICES[name], ismethod) if _words(method) == ["event", "ts"]}
    untaken = [(kind, applier) for kind, applier in appliers.items() if kind not in _kinds(applier)]

    assert counting == set(appliers.values())
    assert untaken == []


def _words(method: Callable[..., object]) -> list[str]:
    return [name.lstrip("_") for name in signature(method).parameters]


def _kinds(method: Callable[..., object]) -> tuple[object, ...]:
    """Return the kinds of event that a method says it takes."""
    takes = next(iter(get_type_hints(method).values()))
    return get_args(takes) or (takes,)


def test_an_order_event_that_cannot_be_leaves_the_whole_state_as_it_was() -> None:
    core = told()
    before = core.state.digest()
    record = ev.Record(seq=core.state.seq + 1, ts=START, wall=0, event=SAMPLES[oev.OrderDenied])
    with pytest.raises(IllegalTransition):
        core.state.apply(record)

    assert core.state.digest() == before


def test_only_durable_records_are_numbered_and_time_never_goes_back() -> None:
    state = State()
    state.apply(ev.Record(seq=1, ts=START + 9, wall=0, event=ev.InstrumentListed(instrument=INSTRUMENTS[0])))
    state.apply(ev.Record(seq=0, ts=START, wall=0, event=ev.MarketMoved(data=quote("150"))))

    assert (state.seq, state.ts) == (1, START + 9)


# -- the small slices -------------------------------------------------------------------------------------------


def test_a_quote_marks_at_the_last_print_and_a_bar_only_closes() -> None:
    core = Core()
    core.put(quote("150", "150.04"))
    bar = Bar(
        instrument=INSTRUMENTS[0],
        spec=BarSpec("1d", 1),
        ts=START + 1,
        ts_open=START - 1,
        ts_close=START,
        open=1,
        high=16_000,
        low=1,
        close=14_900,
        volume=1,
    )
    core.put(bar)
    marks = core.state.marks

    assert marks.get(AAPL) == (D("150.00"), START)
    assert core.state.closes.last(AAPL) == D("149.00")
    assert core.state.closes.last(IBM) is None
    assert marks.get(IBM) is None


def test_a_recorded_mark_is_what_a_restart_values_by_until_a_quote_comes() -> None:
    core = told()
    state = folded(core.durable)

    assert state.marks.get(AAPL) == core.state.marks.get(AAPL)
    assert state.equity.now == core.state.equity.now
    assert state.marks.quotes == {}


def test_an_instrument_is_found_by_its_id_or_by_a_symbol_that_is_not_ambiguous() -> None:
    core = Core()
    instruments = core.state.instruments
    assert instruments.find("AAPL") is instruments.find(AAPL) is instruments.get(AAPL) is not None
    core.put(begin(instruments=(*INSTRUMENTS, listed(InstrumentId("AAPL.XLON")))))

    assert instruments.find("AAPL") is None
    assert instruments.find("AAPL.XLON") is not None
    assert instruments.find("aapl") is None


def test_the_roster_counts_signals_and_fills_and_keeps_what_a_fault_said() -> None:
    core = told()
    entry = core.state.roster.by_id[TREND]
    assert (entry.standing, entry.signals, entry.fills) == (Standing.PAUSED, 1, 2)
    core.put(do.FaultStrategy(actor="engine", strategy_id=TREND, text="ValueError"))

    assert core.state.roster.by_id[TREND].text == "ValueError"
    assert not core.state.roster.is_enabled(TREND)


def test_a_new_run_forgets_the_links_of_the_last_one() -> None:
    core = Core()
    assert core.state.runs.links == {"sim": ""}
    core.put(do.BrokerDown(actor="session", broker=SIM, text="reset by peer"))
    assert core.state.runs.links == {"sim": "reset by peer"}
    core.put(begin())

    assert core.state.runs.links == {}
    assert (core.state.runs.run_id, core.state.runs.ended_by) == (2, None)
