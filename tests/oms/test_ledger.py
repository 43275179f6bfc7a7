"""The ledger conserves money: what left as cash stands as cost, profit or fee, to the last digit."""

from decimal import Decimal
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain.account_events import BalanceReported, PositionAdjusted
from oms.domain.events import InstrumentListed
from oms.domain.ids import AccountId, InstrumentId, StrategyId
from oms.domain.order import Side
from oms.domain.order_events import OrderFilled
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Money
from oms.instruments import Instruments
from oms.ledger import RECONCILED, CashKey, Ledger, NetKey
from tests.oms.examples import AAPL, ACCOUNT, IBM, ORDER, PAIRS, SIM, TREND, D, fill, listed, tell

CASH = CashKey(SIM, ACCOUNT, "USD")


def ledger(cash: str = "100000", *, multiplier: str = "1") -> Ledger:
    """Return a ledger with two listed instruments and some cash; AAPL has the multiplier."""
    instruments = Instruments()
    for instrument in (listed(AAPL, multiplier=multiplier), listed(IBM)):
        tell(instruments, InstrumentListed(instrument=instrument))
    made = Ledger(instruments)
    tell(made, BalanceReported(broker=SIM, account=ACCOUNT, cash=Money(D(cash), "USD")))
    return made


def count(
    books: Ledger,
    quantity: str | Decimal,
    price: str | Decimal,
    side: Side = Side.BUY,
    *,
    instrument_id: InstrumentId = AAPL,
    strategy_id: StrategyId = TREND,
    fee: Money = Money(ZERO, "USD"),  # noqa: B008 - frozen
) -> None:
    """Count one fill in."""
    done = fill(quantity, price, side, instrument_id=instrument_id, strategy_id=strategy_id, fee=fee)
    tell(books, OrderFilled(client_order_id=ORDER, fill=done))


def test_who_follows_the_positions_is_told_which_one_moved_last() -> None:
    books = ledger()
    for instrument_id in (AAPL, IBM):
        count(books, "10", "100", instrument_id=instrument_id)
        assert books.moved is books.position(PositionKey(SIM, ACCOUNT, instrument_id, TREND))
    tell(books, PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=AAPL, quantity=D(-4), px=D(101)))

    assert books.moved.key == PositionKey(SIM, ACCOUNT, AAPL, RECONCILED)


class Deal(NamedTuple):
    """One execution of an example."""

    quantity: Decimal
    price: Decimal
    side: Side
    instrument_id: InstrumentId
    strategy_id: StrategyId
    fee: Money


deals = st.lists(
    st.builds(
        Deal,
        st.integers(1, 500).map(D),
        st.decimals("0.01", "900", places=2),
        st.sampled_from(Side),
        st.sampled_from([AAPL, IBM]),
        st.sampled_from([TREND, PAIRS]),
        st.builds(Money, st.sampled_from([D(0), D("0.35"), D("-0.02")]), st.sampled_from(["USD", "BNB"])),
    ),
    max_size=15,
)


@given(deals=deals, multiplier=st.sampled_from(["1", "50"]))
@settings(max_examples=150)
def test_cash_plus_cost_is_what_there_was_plus_profit_minus_fees(deals: list[Deal], multiplier: str) -> None:
    books = ledger(multiplier=multiplier)
    for deal in deals:
        count(books, *deal[:3], instrument_id=deal.instrument_id, strategy_id=deal.strategy_id, fee=deal.fee)
    invested = sum((position.cost or ZERO for position in books.positions.values()), ZERO)
    made = sum((position.realized for position in books.positions.values()), ZERO)
    fees = sum((deal.fee.amount for deal in deals if deal.fee.currency == "USD"), ZERO)
    in_coins = sum((deal.fee.amount for deal in deals if deal.fee.currency == "BNB"), ZERO)

    assert books.cash[CASH] + invested == D(100_000) + made - fees
    assert books.cash.get(CashKey(SIM, ACCOUNT, "BNB"), ZERO) == -in_coins
    assert books.purse == {key.currency: amount for key, amount in books.cash.items()}


@given(deals=deals)
def test_the_net_of_an_account_is_the_sum_over_its_strategies(deals: list[Deal]) -> None:
    books = ledger()
    for deal in deals:
        count(books, *deal[:3], instrument_id=deal.instrument_id, strategy_id=deal.strategy_id)

    for instrument_id in (AAPL, IBM):
        shares = [p.quantity for key, p in books.positions.items() if key.instrument_id == instrument_id]
        assert books.net_quantity(NetKey(SIM, ACCOUNT, instrument_id)) == sum(shares, ZERO)
        assert books.held.get(instrument_id, ZERO) == sum(shares, ZERO)
    assert set(books.open) == {key for key, position in books.positions.items() if position.quantity}


def test_what_is_held_and_the_purse_are_sums_over_all_accounts() -> None:
    books = ledger()
    other = AccountId("OTHER")
    count(books, "10", "100")
    elsewhere = replace(fill("3", "100"), account=other)
    tell(books, OrderFilled(client_order_id=ORDER, fill=elsewhere))
    tell(books, BalanceReported(broker=SIM, account=other, cash=Money(D(500), "USD")))

    assert books.held == {AAPL: D(13)}
    assert books.purse == {"USD": D(99_000) + D(500)}


def test_a_closed_position_keeps_its_profit_and_is_no_longer_open() -> None:
    books = ledger()
    count(books, "10", "100")
    count(books, "10", "103", Side.SELL)
    key = PositionKey(SIM, ACCOUNT, AAPL, TREND)

    assert books.position(key).realized == 30
    assert not books.open
    assert books.cash[CASH] == 100_030


def test_two_strategies_may_stand_against_each_other_in_one_instrument() -> None:
    books = ledger()
    count(books, "10", "100", strategy_id=TREND)
    count(books, "10", "100", Side.SELL, strategy_id=PAIRS)

    assert books.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == 0
    assert {key.strategy_id: position.quantity for key, position in books.open.items()} == {TREND: 10, PAIRS: -10}


def test_a_short_brings_cash_in_and_costs_it_back() -> None:
    books = ledger("0")
    count(books, "10", "100", Side.SELL)
    assert books.cash[CASH] == 1_000
    count(books, "10", "90")

    assert books.cash[CASH] == 100


def test_a_reported_balance_replaces_what_we_thought() -> None:
    books = ledger()
    tell(books, BalanceReported(broker=SIM, account=ACCOUNT, cash=Money(D("5.5"), "USD")))

    assert books.cash[CASH] == D("5.5")


def test_an_adjustment_is_nobodys_strategy_and_moves_no_cash() -> None:
    books = ledger()
    count(books, "10", "100")
    tell(books, PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=AAPL, quantity=D(-4), px=D(101)))

    assert books.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == 6
    assert books.position(PositionKey(SIM, ACCOUNT, AAPL, TREND)).quantity == 10
    nobodys = books.position(PositionKey(SIM, ACCOUNT, AAPL, RECONCILED))
    assert (nobodys.quantity, nobodys.avg_px, nobodys.realized) == (D(-4), D(101), D(0))
    assert books.cash[CASH] == 99_000


def test_a_second_adjustment_keeps_what_the_first_was_booked_at() -> None:
    books = ledger()
    for quantity, px in (("10", "100"), ("10", "110")):
        event = PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=AAPL, quantity=D(quantity), px=D(px))
        tell(books, event)

    assert books.position(PositionKey(SIM, ACCOUNT, AAPL, RECONCILED)).avg_px == 105


def test_adjustments_that_cancel_out_leave_no_position_open() -> None:
    books = ledger()
    for quantity in ("10", "-10"):
        event = PositionAdjusted(broker=SIM, account=ACCOUNT, instrument_id=AAPL, quantity=D(quantity), px=D(100))
        tell(books, event)

    assert not books.open
    assert books.position(PositionKey(SIM, ACCOUNT, AAPL, RECONCILED)).cost == 0
