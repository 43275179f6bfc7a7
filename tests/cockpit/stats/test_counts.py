"""What is counted of a run, and that nothing is counted twice."""

from cockpit.stats.counts import RunCounts
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.risk import GROUP
from tests.oms.examples import AAPL, SAMPLES, TREND, folded, signal


def record(event: ev.Event, chain: str | None = None) -> ev.Record:
    """Return an event as a record of a chain."""
    return ev.Record(seq=1, ts=1, wall=0, event=event, correlation_id=chain)


def counted(*records: ev.Record) -> RunCounts:
    """Return the counts after these records."""
    counts, state = RunCounts(["max_position"]), folded([record(SAMPLES[oev.OrderInitialized])])
    for each in records:
        counts.watch(each, state)
    return counts


def test_a_signal_is_counted_by_the_first_thing_that_became_of_its_orders() -> None:
    filled, expired, denied = (SAMPLES[kind] for kind in (oev.OrderFilled, oev.OrderExpired, oev.OrderDenied))
    counts = counted(
        record(filled, "S1"),
        record(filled, "S1"),
        record(expired, "S1"),
        record(expired, "S2"),
        record(denied, "S3"),
        record(denied, "SIM-1-9"),
        record(filled),
    )

    assert (counts.signals_filled, counts.signals_expired, counts.signals_denied) == (1, 1, 1)
    assert (counts.fills, counts.expired, counts.orders_denied) == (3, 2, 2)


def test_signals_orders_and_sessions_are_counted_as_they_come() -> None:
    counts = counted(
        record(sev.SignalRaised(signal=signal()), "S1"),
        record(sev.SignalDeclined(strategy_id=TREND, instrument_id=AAPL, text="no lot"), "S1"),
        record(SAMPLES[oev.OrderInitialized]),
        record(SAMPLES[oev.OrderSubmitted]),
        record(ev.TapePositioned(session="2010-06-18")),
    )

    assert (counts.signals, counts.signals_declined, counts.orders, counts.submitted, counts.bars) == (1, 1, 1, 1, 1)


def test_every_rule_and_the_other_leg_have_a_count_from_the_start() -> None:
    assert RunCounts(["max_position"]).denied == {"max_position": 0, GROUP: 0}
