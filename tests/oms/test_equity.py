"""Equity kept price by price equals equity summed from scratch, and is unknown rather than wrong."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId
from oms.domain.order import Side
from oms.domain.units import ZERO, Money
from oms.state import State
from tests.oms.examples import AAPL, ACCOUNT, IBM, ORDER, PAIRS, SIM, START, TREND, D, begin, fill, listed, quote, tell

VOD = InstrumentId("VOD.XLON")
LISTED = {AAPL: listed(AAPL), IBM: listed(IBM, multiplier="50")}


class Account:
    """A state that is fed ledger and market events without any order behind them."""

    def __init__(self, *, currency: str = "USD") -> None:
        self.state = State()
        command = begin()
        self.started = ev.RunStarted(
            **{name: getattr(command, name) for name in ("actor", "prefix", "mode", "seed")},
            run_id=self.state.runs.run_id,
            config_hash="",
            feed="",
            feed_hash="",
            currency=currency,
        )
        self.tell(self.started, *(ev.InstrumentListed(instrument=instrument) for instrument in LISTED.values()))

    def tell(self, *events: ev.Event) -> "Account":
        """Give events to the slices that equity stands on; an order's own story is not needed for its fill."""
        slices = (self.state.instruments, self.state.runs, self.state.ledger, self.state.marks, self.state.equity)
        for event in events:
            for one in slices:
                tell(one, event)
        return self

    @property
    def now(self) -> Decimal | None:
        return self.state.equity.now

    def from_scratch(self) -> tuple[Decimal | None, Decimal]:
        """Return equity and gross exposure, summed over everything."""
        cash = [amount for key, amount in self.state.ledger.cash.items() if key.currency == "USD"]
        values: list[Decimal | None] = []
        nets: dict[InstrumentId, Decimal] = {}
        for key, position in self.state.ledger.positions.items():
            nets[key.instrument_id] = nets.get(key.instrument_id, ZERO) + position.quantity
        for instrument_id, net in nets.items():
            mark = self.state.marks.get(instrument_id)
            if net:
                values.append(None if mark is None else net * mark.px * LISTED[instrument_id].multiplier)
        known = [value for value in values if value is not None]
        gross = sum((abs(value) for value in known), ZERO)
        return (sum(cash, ZERO) + sum(known, ZERO) if cash and len(known) == len(values) else None), gross


def cash(amount: str, currency: str = "USD") -> ev.BalanceReported:
    return ev.BalanceReported(broker=SIM, account=ACCOUNT, cash=Money(D(amount), currency))


def bought(quantity: str, price: str, side: Side = Side.BUY, instrument_id: InstrumentId = AAPL) -> oev.OrderFilled:
    return oev.OrderFilled(client_order_id=ORDER, fill=fill(quantity, price, side, instrument_id=instrument_id))


def moved(price: str, instrument_id: InstrumentId = AAPL) -> ev.MarketMoved:
    return ev.MarketMoved(data=quote(price, instrument=LISTED[instrument_id]))


instruments = st.sampled_from([AAPL, IBM])
amounts = st.sampled_from(["0.01", "1", "99.99", "100", "250.5"])
happenings: st.SearchStrategy[ev.Event] = st.one_of(
    st.builds(moved, amounts, instruments),
    st.builds(moved, amounts, instruments),
    st.builds(
        lambda quantity, price, side, instrument_id, strategy_id, fee: oev.OrderFilled(
            client_order_id=ORDER,
            fill=fill(quantity, price, side, instrument_id=instrument_id, strategy_id=strategy_id, fee=fee),
        ),
        st.sampled_from(["1", "2", "5"]),
        amounts,
        st.sampled_from(Side),
        instruments,
        st.sampled_from([TREND, PAIRS]),
        st.sampled_from([Money(D(0), "USD"), Money(D("0.35"), "USD"), Money(D("0.1"), "BNB")]),
    ),
    st.builds(cash, amounts, st.sampled_from(["USD", "EUR"])),
    st.builds(
        lambda instrument_id, quantity, px: ev.PositionAdjusted(
            broker=SIM, account=ACCOUNT, instrument_id=instrument_id, quantity=D(quantity), px=D(px)
        ),
        instruments,
        st.sampled_from(["-3", "-1", "1", "3"]),
        amounts,
    ),
    st.builds(
        lambda instrument_id, px: ev.MarkRecorded(instrument_id=instrument_id, px=D(px), ts_mark=START),
        instruments,
        amounts,
    ),
)


@given(story=st.lists(happenings, max_size=40))
@settings(max_examples=200)
def test_equity_is_the_sum_from_scratch_after_anything_that_happens(story: list[ev.Event]) -> None:
    account = Account()
    for event in story:
        account.tell(event)
        assert (account.now, account.state.equity.gross) == account.from_scratch()


def test_equity_is_unknown_until_cash_was_reported_and_every_position_has_a_mark() -> None:
    account = Account()
    steps: list[list[ev.Event]] = [
        [],
        [cash("10000")],
        [bought("10", "100"), bought("1", "20", instrument_id=IBM), moved("101")],  # IBM has no price yet
        [moved("21", IBM)],
    ]
    seen = [account.tell(*events).now for events in steps]

    assert seen == [None, 10_000, None, 10_000 - 1_000 - 20 * 50 + 1_010 + 21 * 50]


def test_a_position_without_a_mark_stops_hiding_the_rest_once_it_is_closed() -> None:
    account = Account().tell(cash("10000"), bought("10", "100"))
    assert account.now is None

    assert account.tell(bought("10", "99", Side.SELL)).now == 9_990


def test_a_fee_in_a_coin_is_not_taken_from_the_dollars() -> None:
    paid = oev.OrderFilled(client_order_id=ORDER, fill=fill("10", "100", fee=Money(D("0.1"), "BNB")))
    account = Account().tell(cash("10000"), moved("100"), paid)

    assert account.now == 10_000


def test_only_instruments_of_the_base_currency_enter() -> None:
    """Pounds added to dollars would be believed. Neither the pounds paid nor what they bought count."""
    account = Account().tell(cash("10000"), ev.InstrumentListed(instrument=listed(VOD, currency="GBP")))
    account.tell(cash("5000", "GBP"), bought("10", "100", instrument_id=VOD))
    account.tell(ev.MarketMoved(data=quote("120", instrument=listed(VOD, currency="GBP"))))

    assert account.now == 10_000
    assert account.state.equity.gross == 0


def test_a_holding_that_nobody_listed_makes_equity_unknown_and_breaks_nothing() -> None:
    """A live account may hold what this configuration never heard of."""
    strange = ev.PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=VOD, quantity=D(5), px=ZERO)
    account = Account().tell(cash("10000"), strange)
    assert account.now is None

    account.tell(ev.InstrumentListed(instrument=listed(VOD)), ev.MarketMoved(data=quote("10", instrument=listed(VOD))))
    assert account.now == 10_050


@pytest.mark.parametrize(("side", "value"), [(Side.BUY, "1010"), (Side.SELL, "-1010")])
def test_a_short_is_worth_less_than_nothing_and_counts_in_full_as_gross(side: Side, value: str) -> None:
    account = Account().tell(cash("10000"), bought("10", "100", side), moved("101"))

    assert account.state.equity.value(AAPL) == D(value)
    assert account.state.equity.gross == 1_010


def test_what_closing_would_realize_is_summed_over_positions_and_unknown_without_a_mark() -> None:
    short = oev.OrderFilled(client_order_id=ORDER, fill=fill("4", "105", Side.SELL, strategy_id=PAIRS))
    account = Account().tell(bought("10", "100"), short)
    assert account.state.equity.unrealized is None

    account.tell(moved("102"))
    assert account.state.equity.unrealized == 10 * 2 + 4 * 3


def test_strategies_that_stand_against_each_other_leave_no_exposure() -> None:
    against = oev.OrderFilled(client_order_id=ORDER, fill=fill("10", "100", Side.SELL, strategy_id=PAIRS))
    account = Account().tell(cash("10000"), moved("100"), bought("10", "100"), against, moved("150"))

    assert (account.now, account.state.equity.gross) == (D(10_000), D(0))


def test_a_run_in_another_currency_values_only_what_is_in_it() -> None:
    account = Account().tell(cash("10000"), cash("500", "EUR"), moved("100"), bought("10", "100"))
    assert account.now == 10_000
    account.tell(replace(account.started, currency="EUR"))

    assert (account.now, account.state.equity.gross) == (D(500), D(0))


def test_the_high_is_kept_until_a_higher_one_and_is_never_under_what_there_is_now() -> None:
    account = Account().tell(cash("10000"), moved("100"), bought("10", "100"))
    highs = [account.tell(moved(price)).state.equity.high for price in ("103", "99", "102", "104")]
    deposited = account.tell(cash("20000")).state.equity.high

    assert [*highs, deposited] == [10_030, 10_030, 10_030, 10_040, 21_040]


def test_marks_that_a_restart_recalls_are_no_high() -> None:
    """They may be older than the fills, and a peak that never was would stay for ever."""
    stale = ev.MarkRecorded(instrument_id=AAPL, px=D(200), ts_mark=START)
    account = Account().tell(cash("10000"), stale, bought("10", "100"), moved("101"))

    assert account.state.equity.high == 10_010
