"""The life cycle is total: every event in every status, and every report in every status, has a defined result.

The table below is written by hand and not derived from `TRANSITIONS`: changing a move means changing it in two places
on purpose. The storms at the end put whatever a venue may say, in any order and any number of times, through a real
core and look whether the books stayed exact.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import LiquiditySide
from oms.domain.ids import ClientOrderId, ExecId, InstrumentId, VenueOrderId
from oms.domain.order import CLOSED, LOCAL, Order, OrderFlag, OrderStatus, Side
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, VenueReport
from oms.domain.risk import TradingState
from oms.domain.units import Money
from oms.interpret import interpret
from oms.ledger import CashKey, NetKey
from oms.lifecycle import TRANSITIONS, IllegalTransition, advance, allowed
from oms.reservations import Reserved
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    IBM,
    ORDER,
    SAMPLES,
    SIM,
    START,
    Core,
    D,
    kinds,
    order,
    said,
    ticket,
    traded,
)

S = OrderStatus
EVERYTHING_AT_A_VENUE: Final = """
    Filled PARTIALLY_FILLED, Canceled CANCELED, Expired EXPIRED, Rejected REJECTED, OutcomeUnknown UNKNOWN,
    Unfound NOT_FOUND, PendingCancel PENDING_CANCEL, Flagged {status}"""
TABLE: Final = {
    S.PENDING: "Validated VALIDATED, Held HELD, Denied DENIED, Submitted SUBMITTED",
    S.VALIDATED: "Submitted SUBMITTED, Denied DENIED, Canceled CANCELED",
    S.HELD: "Released PENDING, Canceled CANCELED, Expired EXPIRED, Held HELD, Replaced HELD, ReplaceDenied HELD",
    S.DENIED: "",
    S.SUBMITTED: f"{EVERYTHING_AT_A_VENUE}, Accepted ACCEPTED, Triggered TRIGGERED",
    S.UNKNOWN: f"{EVERYTHING_AT_A_VENUE}, Accepted ACCEPTED, Triggered TRIGGERED",
    S.ACCEPTED: f"""{EVERYTHING_AT_A_VENUE}, Triggered TRIGGERED,
        PendingReplace PENDING_REPLACE, ReplaceDenied ACCEPTED""",
    S.REJECTED: "Flagged REJECTED",
    S.TRIGGERED: f"{EVERYTHING_AT_A_VENUE}, PendingReplace PENDING_REPLACE, ReplaceDenied TRIGGERED",
    S.PENDING_REPLACE: f"""{EVERYTHING_AT_A_VENUE}, Filled PENDING_REPLACE, Triggered PENDING_REPLACE,
        PendingReplace PENDING_REPLACE, Replaced ACCEPTED, ReplaceRejected ACCEPTED,
        ReplaceDenied PENDING_REPLACE""",
    S.PENDING_CANCEL: f"""{EVERYTHING_AT_A_VENUE}, Filled PENDING_CANCEL, Triggered PENDING_CANCEL,
        Accepted PENDING_CANCEL, CancelRejected ACCEPTED, Replaced PENDING_CANCEL, ReplaceRejected PENDING_CANCEL""",
    S.PARTIALLY_FILLED: f"""{EVERYTHING_AT_A_VENUE}, Accepted PARTIALLY_FILLED,
        PendingReplace PENDING_REPLACE, ReplaceDenied PARTIALLY_FILLED""",
    S.FILLED: "Filled FILLED, Flagged FILLED",
    S.CANCELED: "Filled CANCELED, Flagged CANCELED",
    S.EXPIRED: "Filled EXPIRED, Flagged EXPIRED",
    S.NOT_FOUND: """Filled PARTIALLY_FILLED, Accepted ACCEPTED, Canceled CANCELED, Expired EXPIRED,
        Rejected REJECTED, Triggered TRIGGERED, Flagged NOT_FOUND""",
}


def moves(status: OrderStatus) -> dict[str, OrderStatus]:
    """Return the hand-written row: event -> next status."""
    row = TABLE[status].replace("{status}", status)
    words = (pair.split() for pair in row.split(",") if pair.strip())
    return {f"Order{kind}": S(to) for kind, to in words}


@pytest.mark.parametrize("kind", oev.ORDER_EVENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("status", list(S))
def test_every_event_in_every_status_moves_as_the_table_says_or_raises_and_changes_nothing(
    status: OrderStatus, kind: type
) -> None:
    # only an order that was filled, in part or whole, must have fills to be what it is
    before = order(status, filled={S.PARTIALLY_FILLED: "10", S.FILLED: "100"}.get(status, "0"))
    expected = moves(status).get(kind.__name__)
    assert allowed(status, kind) is (expected is not None)
    if expected is None:
        untouched = replace(before)
        with pytest.raises(IllegalTransition, match=f"{kind.__name__} cannot follow {status}"):
            advance(before, SAMPLES[kind], START)
        assert before == untouched
    else:
        assert advance(before, SAMPLES[kind], START + 5).status is expected
        assert advance(before, SAMPLES[kind], START + 5).ts_event == START + 5


def test_the_table_names_every_status_and_no_status_is_closed_before_it_left() -> None:
    assert set(TRANSITIONS) == set(S) == set(TABLE)
    assert set(SAMPLES) == set(oev.ORDER_EVENTS)
    assert not CLOSED & LOCAL


@pytest.mark.parametrize("status", [s for s in S if allowed(s, oev.OrderFilled)])
def test_the_fill_that_leaves_nothing_completes_the_order_wherever_it_stands(status: OrderStatus) -> None:
    done = advance(order(status, filled="90"), SAMPLES[oev.OrderFilled], START)

    assert done.status is S.FILLED
    assert (done.filled_qty, done.leaves_qty) == (D(100), D(0))


@pytest.mark.parametrize(
    "kind", [oev.OrderAccepted, oev.OrderCancelRejected, oev.OrderReplaceRejected, oev.OrderReplaced]
)
@pytest.mark.parametrize("status", list(S))
def test_an_order_with_fills_that_works_on_is_partially_filled(status: OrderStatus, kind: type) -> None:
    """Accepted says that nothing was filled: whoever reads the status alone must not be told so."""
    if not allowed(status, kind):
        return
    after = advance(order(status, filled="10"), SAMPLES[kind], START)

    assert after.status is not S.ACCEPTED


def test_two_partial_fills_average_as_a_trader_expects() -> None:
    """OMS-12: 50 @ 150.25 and 50 @ 150.75 are 100 @ 150.50."""
    core = Core()
    order_id = core.submit(ticket("100"))
    core.put(said(ExecType.NEW, order_id))
    core.put(traded("50", "150.25", order_id, exec_id="X-1"))
    half = core.order(order_id)
    core.put(traded("50", "150.75", order_id, exec_id="X-2"))
    whole = core.order(order_id)

    assert (half.status, half.filled_qty, half.leaves_qty, half.avg_px) == (
        S.PARTIALLY_FILLED,
        D(50),
        D(50),
        D("150.25"),
    )
    assert (whole.status, whole.filled_qty, whole.leaves_qty, whole.avg_px) == (S.FILLED, D(100), D(0), D("150.50"))


def test_a_late_fill_on_a_canceled_order_still_counts() -> None:
    core = Core()
    order_id = core.submit(ticket("100"))
    core.put(said(ExecType.NEW, order_id))
    core.put(said(ExecType.CANCELED, order_id))
    core.put(traded("40", "150", order_id))
    late = core.order(order_id)

    assert (late.status, late.filled_qty, late.leaves_qty) == (S.CANCELED, D(40), D(0))
    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == 40


def test_a_fill_before_the_acknowledgement_counts_and_the_venue_id_is_still_learned() -> None:
    core = Core()
    order_id = core.submit(ticket("100"))
    core.put(traded("40", "150", order_id))
    core.put(said(ExecType.NEW, order_id, venue_order_id="V-9"))

    assert core.order(order_id).status is S.PARTIALLY_FILLED
    assert core.order(order_id).venue_order_id == VenueOrderId("V-9")


@pytest.mark.parametrize("status", [S.PARTIALLY_FILLED, S.PENDING_CANCEL])
def test_an_acknowledgement_that_says_nothing_new_is_no_event(status: OrderStatus) -> None:
    known = replace(order(status, filled="10"), venue_order_id=VenueOrderId("V-1"))

    assert interpret(known, said(ExecType.NEW, venue_order_id="V-1"), known=False) is None
    assert interpret(known, said(ExecType.NEW), known=False) is None


def test_a_trigger_told_again_after_a_fill_is_no_news() -> None:
    """A restart asks a venue to tell all reports of an order again."""
    assert interpret(order(S.PARTIALLY_FILLED, filled="10"), said(ExecType.TRIGGERED), known=False) is None


def test_an_order_that_was_not_found_and_appears_is_adopted_with_what_it_had_filled() -> None:
    lost = order(S.NOT_FOUND, filled="10")

    assert advance(lost, SAMPLES[oev.OrderAccepted], START).status is S.PARTIALLY_FILLED
    assert advance(lost, SAMPLES[oev.OrderFilled], START).status is S.PARTIALLY_FILLED


@pytest.mark.parametrize("status", [*sorted(LOCAL), S.DENIED])
@pytest.mark.parametrize("exec_type", list(ExecType))
def test_a_venue_that_speaks_of_an_order_that_never_left_is_quarantined(
    status: OrderStatus, exec_type: ExecType
) -> None:
    report = traded("10") if exec_type is ExecType.TRADE else said(exec_type)
    event = interpret(order(status), report, known=False)

    assert isinstance(event, ev.ReportQuarantined)
    assert status in event.text


NOT_A_NUMBER = [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity")]


@pytest.mark.parametrize("number", [*NOT_A_NUMBER, D(0), D(-1)])
@pytest.mark.parametrize("field", ["last_qty", "last_px"])
def test_a_trade_without_a_positive_number_is_quarantined(field: str, number: Decimal) -> None:
    event = interpret(order(S.ACCEPTED), replace(traded("10"), **{field: number}), known=False)

    assert isinstance(event, ev.ReportQuarantined)


@pytest.mark.parametrize("number", NOT_A_NUMBER)
def test_a_trade_whose_fee_is_no_number_is_quarantined_but_a_rebate_is_a_fee(number: Decimal) -> None:
    event = interpret(order(S.ACCEPTED), replace(traded("10"), fee=Money(number, "USD")), known=False)
    rebate = interpret(order(S.ACCEPTED), replace(traded("10"), fee=Money(D("-0.2"), "USD")), known=False)

    assert isinstance(event, ev.ReportQuarantined)
    assert isinstance(rebate, oev.OrderFilled)


@pytest.mark.parametrize("field", ["exec_id", "last_qty", "last_px", "fee", "liquidity"])
def test_a_trade_that_lacks_a_field_is_quarantined(field: str) -> None:
    event = interpret(order(S.ACCEPTED), replace(traded("10"), **{field: None}), known=False)

    assert isinstance(event, ev.ReportQuarantined)


@pytest.mark.parametrize(
    ("report", "status", "words"),
    [
        (traded("10", instrument_id=IBM), S.ACCEPTED, "instrument or side"),
        (traded("10", side=Side.SELL), S.ACCEPTED, "instrument or side"),
        (said(ExecType.CANCELED, instrument_id=IBM), S.ACCEPTED, "instrument or side"),
        (traded("1E+13"), S.ACCEPTED, "no number"),
        (traded("10"), S.REJECTED, "REJECTED"),
        (said(ExecType.NEW), S.REJECTED, "after the venue rejected it"),
        (said(ExecType.REPLACED), S.ACCEPTED, "without its terms"),
    ],
)
def test_what_does_not_fit_the_order_is_quarantined_with_words(
    report: VenueReport, status: OrderStatus, words: str
) -> None:
    event = interpret(order(status, filled="100" if status is S.FILLED else "0"), report, known=False)

    assert isinstance(event, ev.ReportQuarantined)
    assert words in event.text


def test_a_report_on_an_order_that_is_not_ours_is_quarantined() -> None:
    for report in (traded("10"), NotFound(client_order_id=ORDER, ts=START), CancelReject(client_order_id=ORDER, ts=1)):
        assert isinstance(interpret(None, report, known=False), ev.ReportQuarantined)


def test_a_rejection_says_why_or_that_no_reason_was_given() -> None:
    told, silent = (
        interpret(order(S.SUBMITTED), said(ExecType.REJECTED, text=text), known=False) for text in ("no", "")
    )

    assert told == oev.OrderRejected(client_order_id=ORDER, text="no")
    assert silent == oev.OrderRejected(client_order_id=ORDER, text="no reason given")


def test_an_execution_that_was_counted_is_no_event_whatever_became_of_the_order() -> None:
    for status in S:
        if status in LOCAL or status is S.DENIED:
            continue
        assert interpret(order(status, filled="10"), traded("10"), known=True) is None


def test_a_quarantine_leaves_only_reducing_orders_and_never_loosens_a_halt() -> None:
    core = Core()
    order_id = core.submit(ticket("100"))
    events = core.put(traded("10", order_id=order_id, side=Side.SELL))
    assert kinds(events) == ["ReportQuarantined", "TradingReduced", "OrderQueried"]
    assert core.trading() is TradingState.REDUCING
    assert core.order(order_id).filled_qty == 0

    core.put(do.HaltTrading(actor="ann", reason="enough"))
    again = core.put(traded("10", order_id=order_id, side=Side.SELL))
    assert kinds(again) == ["ReportQuarantined"], "what is told again when asked is not asked again"
    assert core.trading() is TradingState.HALTED


# -- storms -----------------------------------------------------------------------------------------------------

statuses = st.sampled_from(list(S))
numbers = st.one_of(
    st.none(),
    st.sampled_from([*NOT_A_NUMBER, D(0), D(-5), D("0.5"), D(1), D(40), D(60), D(100), D(101), D("1E+20")]),
)
orders_named = st.sampled_from([ClientOrderId("SIM-1-1"), ClientOrderId("SIM-1-2"), ClientOrderId("NOT-OURS-1")])


def reports(exec_ids: Sequence[str] = ("X-1", "X-2", "X-3", "X-4")) -> st.SearchStrategy[VenueReport]:
    """Return a strategy for anything a venue might say, most of it plausible."""
    fees = st.one_of(st.none(), st.sampled_from([*NOT_A_NUMBER, D(0), D("0.35"), D("-0.2")]).map(_dollars))
    execution = st.builds(
        ExecutionReport,
        exec_type=st.one_of(st.just(ExecType.TRADE), st.sampled_from(ExecType)),
        client_order_id=orders_named,
        instrument_id=st.sampled_from([AAPL, AAPL, AAPL, AAPL, IBM, InstrumentId("?")]),
        side=st.sampled_from([Side.BUY, Side.BUY, Side.BUY, Side.SELL]),
        ts=st.integers(START, START + 100),
        venue_order_id=st.sampled_from([None, VenueOrderId("V-1"), VenueOrderId("V-2")]),
        exec_id=st.sampled_from([None, *map(ExecId, exec_ids)]),
        last_qty=numbers,
        last_px=numbers,
        fee=fees,
        liquidity=st.sampled_from([None, LiquiditySide.TAKER]),
        text=st.sampled_from(["", "why"]),
    )
    plausible = st.builds(
        traded,
        st.sampled_from(["10", "25", "40", "60", "100"]),
        st.sampled_from(["150", "150.25", "149.99"]),
        orders_named,
        exec_id=st.sampled_from(exec_ids),
        fee=st.sampled_from(["0", "0.35"]),
    )
    return st.one_of(
        plausible,
        st.builds(said, st.sampled_from(ExecType).filter(lambda kind: kind is not ExecType.TRADE), orders_named),
        execution,
        st.builds(CancelReject, client_order_id=orders_named, ts=st.just(START)),
        st.builds(NotFound, client_order_id=orders_named, ts=st.just(START)),
    )


def _dollars(amount: Decimal) -> Money:
    return Money(amount, "USD")


@given(status=statuses, filled=st.sampled_from(["0", "10", "99"]), report=reports(), known=st.booleans())
@settings(max_examples=1_000)
def test_interpret_answers_every_report_in_every_status_with_an_event_that_advance_takes(
    status: OrderStatus, filled: str, report: VenueReport, known: bool
) -> None:
    before = order(status, filled=filled)
    event = interpret(before, report, known=known)
    if event is None or isinstance(event, ev.ReportQuarantined):
        return
    after = advance(before, event, START)  # type: ignore[arg-type]

    assert before.filled_qty <= after.filled_qty
    assert (after.status is S.FILLED) == (after.filled_qty >= after.ticket.quantity)


commands = st.one_of(
    st.builds(do.CancelOrder, actor=st.just("ann"), client_order_id=orders_named),
    st.just(do.HaltTrading(actor="ann", reason="storm")),
    st.just(do.ResumeTrading(actor="ann")),
)


@given(storm=st.lists(st.one_of(reports(), reports(), commands), max_size=25))
@settings(max_examples=250)
def test_after_any_storm_of_reports_the_books_are_exact(storm: list[VenueReport | do.Command]) -> None:
    """I-05, I-06, I-08: what is filled beyond the quantity is flagged, each execution counts once, and cash and net are
    the sum of the fills."""
    core = Core()
    core.submit(ticket("100"))
    core.submit(ticket("100"))
    for said_or_asked in storm:
        core.put(said_or_asked)

    fills = [event.fill for event in (record.event for record in core.records) if isinstance(event, oev.OrderFilled)]
    assert len({fill.exec_id for fill in fills}) == len(fills)
    bought = sum((fill.signed_qty for fill in fills), D(0))
    spent = sum((fill.signed_qty * fill.last_px + fill.fee.amount for fill in fills), D(0))
    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == bought
    assert core.state.ledger.cash[CashKey(SIM, ACCOUNT, "USD")] == D(100_000) - spent
    for one in core.state.blotter.orders.values():
        mine = [fill for fill in fills if fill.client_order_id == one.client_order_id]
        assert one.filled_qty == sum((fill.last_qty for fill in mine), D(0))
        assert (one.filled_qty > one.ticket.quantity) == (OrderFlag.OVERFILLED in one.flags) or is_external(one)
        assert (one.status is S.FILLED) == (one.filled_qty >= one.ticket.quantity)
        assert one.status not in {S.ACCEPTED, S.TRIGGERED} or not one.filled_qty
    working = sum((one.leaves_qty for one in core.state.blotter.open.values()), D(0))
    reserved = core.state.blotter.reserved.get(NetKey(SIM, ACCOUNT, AAPL), Reserved())
    assert reserved.buy_qty == working


def is_external(one: Order) -> bool:
    return OrderFlag.EXTERNAL in one.flags
