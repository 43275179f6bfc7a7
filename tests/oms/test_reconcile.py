"""Our books against the venue's: it is right about what it holds, and every difference becomes an event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import InstrumentId
from oms.domain.risk import TradingState
from tests.oms.examples import (
    AAPL,
    IBM,
    Core,
    D,
    begin,
    books,
    holding,
    kinds,
    quote,
    ticket,
)


def test_books_that_agree_cause_nothing_but_the_connection() -> None:
    core = holding()

    assert kinds(core.put(books("85000", {AAPL: "100"}))) == ["BrokerConnected"]


def test_the_venue_is_right_about_totals_and_what_differs_becomes_events() -> None:
    core = holding()
    events = core.put(books("84999.50", {IBM: "7"}, "SIM-1-1", "THEIRS-7"))

    assert [type(event) for event in events[:6]] == [
        ev.BalanceReported,
        ev.PositionAdjusted,
        ev.PositionAdjusted,
        ev.ReportQuarantined,  # SIM-1-1 is filled here; that the venue still works it needs a person
        ev.ForeignOrderSeen,
        ev.TradingReduced,
    ]
    adjusted = {event.instrument_id: event for event in events if isinstance(event, ev.PositionAdjusted)}
    assert (adjusted[AAPL].quantity, adjusted[AAPL].px) == (D(-100), D("150.00"))
    assert (adjusted[IBM].quantity, adjusted[IBM].px) == (D(7), None)  # it was never seen, so it has no price
    assert kinds(core.put(books("84999.50", {IBM: "7"}))) == ["BrokerConnected"]


@given(
    cash=st.decimals("-1000000", "1000000", places=2).map(str),
    net=st.dictionaries(
        st.sampled_from([AAPL, IBM, InstrumentId("VOD.XLON")]), st.integers(-500, 500).map(str), max_size=3
    ),
)
def test_whatever_the_venue_holds_our_books_agree_with_it_at_once_and_stay_so(
    cash: str, net: dict[InstrumentId, str]
) -> None:
    """It may hold what we never listed; then nobody knows what the account is worth, and nobody guesses."""
    core = holding()
    core.put(books(cash, net))
    strange = D(net.get(InstrumentId("VOD.XLON"), "0"))
    unmarked = D(net.get(IBM, "0"))

    assert kinds(core.put(books(cash, net))) == ["BrokerConnected"]
    assert (core.state.equity.now is None) == bool(strange or unmarked)


def test_an_order_of_ours_that_the_venue_works_is_not_foreign() -> None:
    core = Core()
    order_id = core.submit(ticket("1"))

    assert kinds(core.put(books("100000", {}, order_id))) == ["BrokerConnected"]


@pytest.mark.parametrize(
    ("up", "words"),
    [
        (books("84999.50", {AAPL: "100"}), "cash 84999.50 USD, not 85000"),
        (books("85000", {AAPL: "90"}), "AAPL.XNAS 90, not 100"),
        (books("85000", {}), "AAPL.XNAS 0, not 100"),
        (books("85000", {AAPL: "100", IBM: "-7"}), "IBM.XNYS -7, not 0"),
        (books("85000", {AAPL: "100"}, "THEIRS-7"), "THEIRS-7 works there and is not ours"),
        (books("85000", {AAPL: "100"}, "SIM-1-1"), "SIM-1-1 works there and is FILLED here"),
    ],
    ids=["cash", "less", "gone", "more", "foreign", "closed here"],
)
def test_every_difference_reduces_trading_until_a_person_has_looked(up: do.BrokerUp, words: str) -> None:
    """O-23."""
    core = holding()
    (alarm,) = [event for event in core.put(up) if isinstance(event, ev.TradingReduced)]

    assert (alarm.actor, alarm.cause) == ("gate", "reconcile")
    assert alarm.text == f"sim differs from our books: {words}"
    assert core.trading() is TradingState.REDUCING


def test_the_alarm_is_given_once_and_never_opens_what_is_closed_further() -> None:
    core = holding()
    core.put(books("84000", {AAPL: "100"}))
    again = core.put(books("83000", {AAPL: "100"}))
    core.put(do.HaltTrading(actor="ann", reason="enough"))
    halted = core.put(books("82000", {AAPL: "100"}))

    assert "TradingReduced" not in kinds([*again, *halted])
    assert core.trading() is TradingState.HALTED


def test_the_first_balance_of_all_differs_from_nothing() -> None:
    core = Core(started=False)
    core.put(begin())

    assert kinds(core.put(books("100000"))) == ["BalanceReported", "BrokerConnected", "PeakEquityRaised"]


def test_an_alarm_over_a_whole_portfolio_names_the_first_few() -> None:
    core = Core()
    many = {InstrumentId(f"S{number}.XNYS"): "1" for number in range(8)}
    (alarm,) = [event for event in core.put(books("100000", many)) if isinstance(event, ev.TradingReduced)]

    assert alarm.text.count(", not 0") == 5
    assert alarm.text.endswith("; 3 more")


def test_what_was_adopted_without_a_price_has_made_nothing_that_anybody_knows() -> None:
    """Booked at zero it would show its whole value as a profit from the first quote on."""
    core = Core()
    core.put(books("90000", {AAPL: "100"}))
    core.put(quote("150"))
    (position,) = core.state.ledger.open.values()

    assert (position.quantity, position.avg_px, position.realized) == (D(100), None, D(0))
    assert position.unrealized(D(150)) is None
    assert core.state.equity.unrealized is None
    assert core.state.equity.now == 90_000 + 100 * 150  # what it is worth is no secret
