"""Our books against the venue's: it is right about what it holds, and every difference becomes an event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import AccountId, ClientOrderId, InstrumentId, Route
from oms.domain.order import Side
from oms.domain.position import PositionKey
from oms.domain.report import ExecType
from oms.domain.risk import TradingState
from oms.domain.units import MINUTE, SECOND, Money
from oms.invariants import broken
from oms.ledger import RECONCILED, CashKey, NetKey
from oms.reconcile import LATELY_ASKED, ended_lately
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    IBM,
    SIM,
    START,
    Core,
    D,
    begin,
    books,
    folded,
    holding,
    kinds,
    quote,
    said,
    ticket,
    traded,
)


def test_books_that_agree_cause_nothing_but_the_connection() -> None:
    core = holding()

    assert kinds(core.put(books("85000", {AAPL: "100"}))) == ["BrokerConnected"]


def test_the_venue_is_right_about_totals_and_what_differs_becomes_events() -> None:
    core = holding()
    events = core.put(books("84999.50", {IBM: "7"}, "SIM-1-1", "THEIRS-7"))

    assert [type(event) for event in events[:6]] == [
        aev.BalanceReported,
        aev.PositionAdjusted,
        aev.PositionAdjusted,
        ev.ReportQuarantined,  # SIM-1-1 is filled here; that the venue still works it needs a person
        ev.ForeignOrderSeen,
        ev.TradingReduced,
    ]
    adjusted = {event.instrument_id: event for event in events if isinstance(event, aev.PositionAdjusted)}
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


LATER = START + MINUTE  # when the venue's books were read
NET = NetKey(SIM, ACCOUNT, AAPL)


def adjusted(cash: str = "98499", net: str = "10") -> Core:
    """Return a core whose order was canceled as far as it knew, and then its books showed that 10 of it had traded."""
    core = Core()
    core.submit(ticket("100", limit_px="150"))
    core.put(quote("150"))
    core.put(said(ExecType.CANCELED))
    core.now = LATER
    core.put(as_of(books(cash, {AAPL: net}), LATER))
    core.put(do.ResumeTrading(actor="ann"))
    return core


def test_every_late_fill_of_somebody_elses_order_is_taken_out_of_what_was_booked() -> None:
    """When their order was made nobody here knows; it is known since its first fill."""
    core, theirs = Core(), ClientOrderId("THEIRS")
    core.put(quote("150"))
    core.now = LATER
    core.put(as_of(books("98500", {AAPL: "10"}), LATER))
    core.put(traded("4", "150", theirs, exec_id="X-7", ts=START + 1))
    core.put(traded("6", "150", theirs, exec_id="X-8", ts=START + 2))

    assert core.state.ledger.net_quantity(NET) == 10
    assert core.state.ledger.cash[CashKey(SIM, ACCOUNT, "USD")] == D(98_500)


def as_of(up: do.BrokerUp, ts: int) -> do.BrokerUp:
    return replace(up, snapshot=replace(up.snapshot, ts=ts))


def test_a_late_fill_that_an_adjustment_has_booked_is_taken_out_of_it() -> None:
    core = adjusted()
    events = core.put(traded("10", "150", fee="-1", ts=START + 1))
    held = {key.strategy_id: position.quantity for key, position in core.state.ledger.open.items()}

    assert kinds(events)[:3] == ["OrderFilled", "PositionAdjusted", "BalanceReported"]
    assert core.state.ledger.net_quantity(NET) == 10
    assert core.state.ledger.cash[CashKey(SIM, ACCOUNT, "USD")] == D(98_499)
    assert held == {core.order().ticket.strategy_id: D(10)}
    assert core.state.ledger.position(PositionKey(*NET, RECONCILED)).realized == 0
    assert list(broken(core.state)) == []
    assert kinds(core.put(books("98499", {AAPL: "10"}))) == ["BrokerConnected"]
    assert folded(core.durable).digest() == core.state.digest()


def test_what_was_flattened_of_an_adjustment_stays_so_when_its_fill_is_told() -> None:
    """The venue has sold what nobody could say the origin of; that it is known now does not buy it back."""
    core = adjusted()
    core.put(do.FlattenPosition(actor="ann"))
    closing = list(core.state.blotter.orders)[-1]
    core.put(traded("10", "151", closing, exec_id="X-2", side=Side.SELL, ts=LATER + 1))
    core.put(traded("10", "150", fee="-1", ts=START + 1))
    profit = sum((position.realized for position in core.state.ledger.positions.values()), D(0))
    marked = [position.unrealized(D(151)) or D(0) for position in core.state.ledger.open.values()]

    assert core.state.ledger.net_quantity(NET) == 0
    assert profit + sum(marked) == 10
    assert list(broken(core.state)) == []


@pytest.mark.parametrize("ts", [LATER + 1, LATER + MINUTE])
def test_a_fill_that_came_after_the_books_were_read_counts_beside_the_adjustment(ts: int) -> None:
    core = adjusted()
    core.put(traded("10", "150", ts=ts))

    assert core.state.ledger.net_quantity(NET) == 20


def test_an_order_that_was_taken_on_after_the_books_were_compared_was_no_part_of_them() -> None:
    """Whatever its venue's clock says."""
    core = adjusted()
    order_id = core.submit(ticket("5"))
    core.put(traded("5", "150", order_id, ts=START))

    assert core.state.ledger.net_quantity(NET) == 15


def test_a_fill_in_an_instrument_whose_books_agreed_is_a_fill_like_any_other() -> None:
    core = adjusted()
    order_id = core.submit(ticket("5", instrument_id=IBM))
    core.put(traded("5", "150", order_id, instrument_id=IBM, ts=START))

    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, IBM)) == 5


def test_a_fee_in_a_currency_that_the_venues_books_never_listed_is_not_given_back() -> None:
    core = adjusted()
    core.put(replace(traded("10", "150", ts=START + 1), fee=Money(D("0.5"), "BNB")))

    assert core.state.ledger.cash[CashKey(SIM, ACCOUNT, "BNB")] == D("-0.5")
    assert core.state.ledger.cash[CashKey(SIM, ACCOUNT, "USD")] == D(98_499)


def ended(core: Core, secs: int, *, instrument_id: InstrumentId = AAPL, withheld: bool = False) -> ClientOrderId:
    """Let an order end so many seconds after the start, by its venue or because it was kept back."""
    core.now = START + secs * SECOND
    order_id = core.submit(ticket("1", limit_px="150", instrument_id=instrument_id))
    kept_back = do.WithholdOrder(actor="router", client_order_id=order_id, reason="the link to the broker is down")
    core.put(kept_back if withheld else said(ExecType.CANCELED, order_id, instrument_id=instrument_id))
    return order_id


def test_of_what_ended_lately_in_an_instrument_the_venue_may_know_more_than_we_do() -> None:
    core = Core()
    ended(core, 0)  # more than a day before the last
    first, last = ended(core, 60), ended(core, 86_400 + 60)
    ended(core, 86_400 + 61, instrument_id=IBM)
    ended(core, 86_400 + 62, withheld=True)
    whole = core.submit(ticket("1"))
    core.put(traded("1", "150", whole, ts=core.now))
    core.submit(ticket("1"))  # open, and asked about anyway

    found = ended_lately(core.state, Route(SIM, ACCOUNT), [AAPL])

    assert [order.client_order_id for order in found] == [last, first]
    assert ended_lately(core.state, Route(SIM, AccountId("theirs")), [AAPL]) == []


def test_no_more_orders_are_asked_about_than_a_venue_will_answer() -> None:
    core = Core()
    order_ids = [ended(core, number) for number in range(LATELY_ASKED + 5)]
    found = ended_lately(core.state, Route(SIM, ACCOUNT), [AAPL])

    assert [order.client_order_id for order in found] == order_ids[:4:-1]
