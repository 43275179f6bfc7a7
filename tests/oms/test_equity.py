"""Equity kept price by price equals equity summed from scratch, and is unknown rather than wrong."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId
from oms.domain.order import Side
from oms.domain.units import ZERO, Money
from oms.state import State
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    FAR_AWAY,
    IBM,
    ORDER,
    PAIRS,
    SIM,
    START,
    TREND,
    Core,
    D,
    begin,
    fill,
    folded,
    listed,
    quote,
    tell,
)

VOD = InstrumentId("VOD.XLON")
EUR, COIN, SAP = InstrumentId("EUR/USD.FX"), InstrumentId("USD/BNB.COINS"), InstrumentId("SAP.XETR")
BNB = listed(InstrumentId("BNB/USD.COINS"))
LISTED = {
    AAPL: listed(AAPL),
    IBM: listed(IBM, multiplier="50"),
    SAP: listed(SAP, multiplier="10", currency="EUR"),
    EUR: listed(EUR),
    COIN: listed(COIN, currency="BNB"),
}


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

    def worth(self, amount: Decimal, currency: str) -> Decimal | None:
        """Return what an amount is worth in dollars: euros at their mark, coins at one over that of the dollar."""
        if currency == "USD" or not amount:
            return amount
        mark = self.state.marks.get({"EUR": EUR, "BNB": COIN}[currency])
        if mark is None:
            return None
        return (amount * mark.px if currency == "EUR" else amount / mark.px).quantize(D("1E-10"))

    def from_scratch(self) -> tuple[Decimal | None, Decimal]:
        """Return equity and gross exposure, summed over everything."""
        sums: dict[str, Decimal] = {}
        for cash_key, amount in self.state.ledger.cash.items():
            sums[cash_key.currency] = sums.get(cash_key.currency, ZERO) + amount
        values: list[Decimal | None] = []
        nets: dict[InstrumentId, Decimal] = {}
        for key, position in self.state.ledger.positions.items():
            nets[key.instrument_id] = nets.get(key.instrument_id, ZERO) + position.quantity
        for instrument_id, net in nets.items():
            mark = self.state.marks.get(instrument_id)
            listed = LISTED[instrument_id]
            if net:
                values.append(None if mark is None else self.worth(net * mark.px * listed.multiplier, listed.currency))
        gross = sum((abs(value) for value in values if value is not None), ZERO)
        every = [*(self.worth(amount, currency) for currency, amount in sums.items()), *values]
        known = [value for value in every if value is not None]
        return (sum(known, ZERO) if "USD" in sums and len(known) == len(every) else None), gross


def cash(amount: str, currency: str = "USD") -> aev.BalanceReported:
    return aev.BalanceReported(broker=SIM, account=ACCOUNT, cash=Money(D(amount), currency))


def bought(quantity: str, price: str, side: Side = Side.BUY, instrument_id: InstrumentId = AAPL) -> oev.OrderFilled:
    return oev.OrderFilled(client_order_id=ORDER, fill=fill(quantity, price, side, instrument_id=instrument_id))


def moved(price: str, instrument_id: InstrumentId = AAPL) -> ev.MarketMoved:
    return ev.MarketMoved(data=quote(price, instrument=LISTED[instrument_id]))


instruments = st.sampled_from(list(LISTED))
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
    st.builds(cash, st.sampled_from(["0", "0.01", "250.5"]), st.sampled_from(["USD", "EUR", "BNB"])),
    st.builds(
        lambda instrument_id, quantity, px: aev.PositionAdjusted(
            broker=SIM, account=ACCOUNT, instrument_id=instrument_id, quantity=D(quantity), px=D(px)
        ),
        instruments,
        st.sampled_from(["-3", "-1", "1", "3"]),
        amounts,
    ),
    st.builds(
        lambda instrument_id, px: aev.MarkRecorded(instrument_id=instrument_id, px=D(px), ts_mark=START),
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


def fee_in_coins(amount: str) -> oev.OrderFilled:
    return oev.OrderFilled(client_order_id=ORDER, fill=fill("10", "100", fee=Money(D(amount), "BNB")))


def bnb(price: str) -> ev.MarketMoved:
    return ev.MarketMoved(data=quote(price, instrument=BNB))


def test_a_fee_in_a_coin_without_a_rate_makes_equity_unknown_and_names_the_coin() -> None:
    """O-24: converted or unknown, never left out."""
    account = Account().tell(cash("10000"), moved("100"), fee_in_coins("0.1"))

    assert account.now is None
    assert account.state.equity.unrated == ("BNB/USD",)


def test_a_fee_in_a_coin_counts_at_the_mark_of_its_pair_and_moves_with_it() -> None:
    account = Account().tell(cash("10000"), moved("100"), fee_in_coins("0.1"))
    account.tell(ev.InstrumentListed(instrument=BNB))
    assert account.now is None, "it is listed, and has no price yet"

    seen = [account.tell(bnb(price)).now for price in ("300", "310.5")]

    assert seen == [10_000 - 30, D("10000") - D("31.05")]
    assert account.state.equity.unrated == ()


def test_a_currency_of_which_nothing_is_held_is_no_hole() -> None:
    account = Account().tell(cash("10000"), cash("5", "GBP"))
    assert account.now is None

    assert account.tell(cash("0", "GBP")).now == 10_000


def test_what_is_held_in_another_currency_counts_at_its_rate_the_cash_and_what_it_has_bought() -> None:
    """Pounds added to dollars would be believed, and so would leaving them out."""
    account = Account().tell(cash("10000"), cash("5000", "EUR"), bought("10", "10", instrument_id=SAP))
    account.tell(moved("12", SAP))
    assert account.now is None
    account.tell(moved("1.5", EUR))

    held = 10 * 10 * D("12") * D("1.5")
    assert account.now == 10_000 + 4_000 * D("1.5") + held
    assert (account.state.equity.gross, account.state.equity.value(SAP)) == (held, held)
    assert account.state.equity.unrealized == 10 * 10 * 2 * D("1.5")


def test_the_high_that_a_rate_has_shown_is_kept() -> None:
    account = Account().tell(cash("10000"), cash("100", "EUR"), moved("1.5", EUR), moved("1.2", EUR))

    assert (account.now, account.state.equity.high) == (D(10_120), D(10_150))


def test_a_pair_that_is_held_itself_is_worth_its_mark_and_gives_the_rate() -> None:
    account = Account().tell(cash("10000"), cash("100", "EUR"), bought("10", "1", instrument_id=EUR), moved("1.5", EUR))

    assert account.now == 10_000 - 10 + 15 + 150


def test_a_restart_knows_the_rates_of_the_last_run_until_they_are_quoted() -> None:
    core = Core(capabilities=FAR_AWAY)
    core.apply(cash("30", "BNB"))
    core.apply(ev.InstrumentListed(instrument=BNB))
    core.put(quote("300", instrument=BNB))
    core.put(do.EndRun(actor="ann", reason="over"))

    assert core.state.equity.now == 100_000 + 30 * 300
    assert folded(core.durable, FAR_AWAY).equity.now == core.state.equity.now


def test_a_holding_that_nobody_listed_makes_equity_unknown_and_breaks_nothing() -> None:
    """A live account may hold what this configuration never heard of."""
    strange = aev.PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=VOD, quantity=D(5), px=ZERO)
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


def test_a_run_in_another_currency_values_everything_in_that() -> None:
    account = Account().tell(cash("10000"), cash("500", "EUR"), moved("100"), bought("10", "100"))
    account.tell(moved("1.25", EUR))
    assert account.now == 10_000 + 625
    account.tell(replace(account.started, currency="EUR"))

    assert (account.now, account.state.equity.gross) == (D(500) + 8_000, D(800))


def test_the_high_is_kept_until_a_higher_one_and_is_never_under_what_there_is_now() -> None:
    account = Account().tell(cash("10000"), moved("100"), bought("10", "100"))
    highs = [account.tell(moved(price)).state.equity.high for price in ("103", "99", "102", "104")]
    deposited = account.tell(cash("20000")).state.equity.high

    assert [*highs, deposited] == [10_030, 10_030, 10_030, 10_040, 21_040]


def test_marks_that_a_restart_recalls_are_no_high() -> None:
    """They may be older than the fills, and a peak that never was would stay for ever."""
    stale = aev.MarkRecorded(instrument_id=AAPL, px=D(200), ts_mark=START)
    account = Account().tell(cash("10000"), stale, bought("10", "100"), moved("101"))

    assert account.state.equity.high == 10_010


def test_what_has_no_mark_abroad_stops_hiding_the_rest_once_it_is_closed() -> None:
    account = Account().tell(
        cash("10000"), cash("5000", "EUR"), moved("1.5", EUR), bought("1", "10", instrument_id=SAP)
    )
    assert account.now is None

    account.tell(bought("1", "12", Side.SELL, instrument_id=SAP))
    assert account.now == 10_000 + 5_020 * D("1.5")
