"""Our books against the venue's: it is right about what it holds, and every difference becomes an event."""

from hypothesis import given
from hypothesis import strategies as st

from oms.domain import events as ev
from oms.domain.ids import InstrumentId
from tests.oms.examples import (
    AAPL,
    IBM,
    Core,
    D,
    books,
    holding,
    kinds,
    ticket,
)


def test_books_that_agree_cause_nothing_but_the_connection() -> None:
    core = holding()

    assert kinds(core.put(books("85000", {AAPL: "100"}))) == ["BrokerConnected"]


def test_the_venue_is_right_about_totals_and_what_differs_becomes_events() -> None:
    core = holding()
    events = core.put(books("84999.50", {IBM: "7"}, "SIM-1-1", "THEIRS-7"))

    assert [type(event) for event in events[:5]] == [
        ev.BalanceReported,
        ev.PositionAdjusted,
        ev.PositionAdjusted,
        ev.ReportQuarantined,  # SIM-1-1 is filled here; that the venue still works it needs a person
        ev.ForeignOrderSeen,
    ]
    adjusted = {event.instrument_id: event for event in events if isinstance(event, ev.PositionAdjusted)}
    assert (adjusted[AAPL].quantity, adjusted[AAPL].px) == (D(-100), D("150.00"))
    assert adjusted[IBM].quantity == 7
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
