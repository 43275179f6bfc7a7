"""A position is what its fills make of it: exact in money, whatever their number, order of size or direction."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain.order import Side
from oms.domain.position import Position, PositionKey
from oms.domain.units import ZERO, Money
from tests.oms.examples import AAPL, ACCOUNT, SIM, START, TREND, D, fill

KEY = PositionKey(SIM, ACCOUNT, AAPL, TREND)
ONE = D(1)
BUY, SELL = Side.BUY, Side.SELL


class Deal(NamedTuple):
    """One execution of an example."""

    quantity: Decimal
    price: Decimal
    side: Side

    @property
    def signed(self) -> Decimal:
        return self.quantity * self.side.sign


def held(deals: Sequence[Deal | tuple[str, str, Side]], multiplier: Decimal = ONE) -> Position:
    """Return the position after these deals."""
    position = Position(key=KEY, multiplier=multiplier)
    for number, (quantity, price, side) in enumerate(deals):
        position = position.after(fill(quantity, price, side, ts=START + number))
    return position


quantities = st.one_of(st.integers(1, 1_000).map(D), st.decimals("0.00000001", "5", places=8))
prices = st.decimals("0.01", "5000", places=2)
deals = st.lists(st.builds(Deal, quantities, prices, st.sampled_from(Side)), max_size=12)
multipliers = st.sampled_from([D(1), D(50), D("0.1")])


def cost_of(position: Position) -> Decimal:
    """Return the cost of a position that fills made, which is always known."""
    assert position.cost is not None
    return position.cost


@given(deals=deals, multiplier=multipliers)
@settings(max_examples=200)
def test_what_was_made_minus_what_is_invested_is_the_cash_that_flowed_exactly(
    deals: list[Deal], multiplier: Decimal
) -> None:
    position = held(deals, multiplier)
    flowed = -sum((deal.signed * deal.price * multiplier for deal in deals), ZERO)

    assert position.quantity == sum((deal.signed for deal in deals), ZERO)
    assert position.realized - cost_of(position) == flowed


@given(deals=deals, mark=prices, multiplier=multipliers)
def test_profit_is_conserved_at_any_mark(deals: list[Deal], mark: Decimal, multiplier: Decimal) -> None:
    """I-09: realized and unrealized profit are the cash that flowed plus what the rest is worth."""
    position = held(deals, multiplier)
    flowed = -sum((deal.signed * deal.price * multiplier for deal in deals), ZERO)

    unrealized = position.unrealized(mark)
    assert unrealized is not None
    assert position.realized + unrealized == flowed + position.quantity * mark * multiplier


@given(deals=deals, multiplier=multipliers)
def test_flat_means_no_cost_and_no_average(deals: list[Deal], multiplier: Decimal) -> None:
    position = held(deals, multiplier)
    if not position.quantity:
        assert (position.cost, position.avg_px, position.ts_open) == (D(0), None, 0)
    else:
        assert (cost_of(position) > 0) == (position.quantity > 0)
        assert position.avg_px is not None
        assert position.ts_open >= START


@given(deals=deals, multiplier=multipliers)
def test_closing_all_leaves_only_realized_profit(deals: list[Deal], multiplier: Decimal) -> None:
    position = held(deals, multiplier)
    if not position.quantity:
        return
    side = SELL if position.quantity > 0 else BUY
    closed = position.after(fill(abs(position.quantity), "100", side))
    flowed = -sum((deal.signed * deal.price * multiplier for deal in deals), ZERO)

    assert closed.cost == 0
    assert closed.realized == flowed + position.quantity * 100 * multiplier


@st.composite
def splits(draw: st.DrawFn) -> tuple[list[Deal], list[Deal]]:
    """Draw deals, and the same deals with each cut into pieces at the same price."""
    whole = draw(st.lists(st.builds(Deal, st.integers(2, 500).map(D), prices, st.sampled_from(Side)), max_size=6))
    pieces: list[Deal] = []
    for deal in whole:
        first = D(draw(st.integers(1, int(deal.quantity) - 1)))
        pieces += [deal._replace(quantity=first), deal._replace(quantity=deal.quantity - first)]
    return whole, pieces


@given(both=splits())
@settings(max_examples=150)
def test_any_split_of_the_fills_gives_the_same_position(both: tuple[list[Deal], list[Deal]]) -> None:
    """Cost released by a partial close is rounded at the tenth digit, so there and only there two splits may differ."""
    whole, pieces = held(both[0]), held(both[1])

    assert pieces.quantity == whole.quantity
    assert pieces.realized - cost_of(pieces) == whole.realized - cost_of(whole)
    assert abs(cost_of(pieces) - cost_of(whole)) < D("1E-8")
    if not whole.quantity:
        assert pieces.realized == whole.realized


@given(deals=deals)
def test_a_short_is_the_mirror_of_a_long(deals: list[Deal]) -> None:
    long = held(deals)
    short = held([deal._replace(side=deal.side.opposite) for deal in deals])

    assert (short.quantity, short.cost, short.realized) == (-long.quantity, -cost_of(long), -long.realized)
    assert short.avg_px == long.avg_px


@pytest.mark.parametrize(
    ("deals", "quantity", "avg_px", "realized"),
    [
        pytest.param([("100", "150", BUY), ("50", "160", BUY)], "150", "153.33", "0", id="DOM-09: merged cost basis"),
        pytest.param([("50", "150.25", BUY), ("50", "150.75", BUY)], "100", "150.50", "0", id="OMS-12"),
        pytest.param([("100", "150", BUY), ("40", "155", SELL)], "60", "150.00", "200", id="part of a long closed"),
        pytest.param([("100", "150", SELL), ("40", "145", BUY)], "-60", "150.00", "200", id="part of a short covered"),
        pytest.param([("10", "100", BUY), ("15", "110", SELL)], "-5", "110.00", "100", id="a long flips to short"),
        pytest.param([("10", "100", SELL), ("15", "110", BUY)], "5", "110.00", "-100", id="a short flips to long"),
        pytest.param([("10", "100", BUY), ("10", "90", SELL)], "0", None, "-100", id="closed at a loss"),
    ],
)
def test_examples(deals: list[tuple[str, str, Side]], quantity: str, avg_px: str | None, realized: str) -> None:
    position = held(deals)
    shown = None if position.avg_px is None else str(position.avg_px.quantize(D("0.01")))

    assert (position.quantity, shown, position.realized) == (D(quantity), avg_px, D(realized))


def test_a_contract_worth_fifty_per_point_moves_money_fifty_times_as_much() -> None:
    opened = held([("2", "1000", BUY)], D(50))
    closed = opened.after(fill("1", "1010", SELL))

    assert (opened.cost, opened.avg_px, opened.unrealized(D("1000.5"))) == (D(100_000), D(1_000), D(50))
    assert (closed.realized, closed.cost) == (D(500), D(50_000))


def test_a_flip_opens_anew_in_time_and_a_partial_close_does_not() -> None:
    reduced = held([("10", "100", BUY), ("4", "101", SELL)])
    flipped = held([("10", "100", BUY), ("14", "101", SELL)])

    assert (reduced.ts_open, reduced.ts_event) == (START, START + 1)
    assert (flipped.ts_open, flipped.ts_event) == (START + 1, START + 1)


def test_fees_stay_in_their_own_currency_and_out_of_the_profit() -> None:
    position = Position(key=KEY, multiplier=D(1))
    for side, fee in (
        (BUY, Money(D("0.35"), "USD")),
        (BUY, Money(D("0.001"), "BNB")),
        (SELL, Money(D("0.40"), "USD")),
        (SELL, Money(ZERO, "EUR")),
    ):
        position = position.after(fill("1", "100", side, fee=fee))

    assert position.fees == (Money(D("0.75"), "USD"), Money(D("0.001"), "BNB"))
    assert position.realized == 0


@pytest.mark.parametrize(
    ("bookings", "quantity", "cost", "realized"),
    [
        pytest.param([("5", None)], "5", None, "0", id="opened without a price"),
        pytest.param([("5", None), ("5", "100")], "10", None, "0", id="added to at a price"),
        pytest.param([("5", "100"), ("5", None)], "10", None, "0", id="added to without one"),
        pytest.param([("5", None), ("-2", "100")], "3", None, "0", id="reduced at a price"),
        pytest.param([("5", None), ("-5", "100")], "0", "0", "0", id="closed at a price"),
        pytest.param([("5", "100"), ("-5", None)], "0", "0", "0", id="closed without one"),
        pytest.param([("5", "100"), ("-2", None)], "3", "300", "0", id="reduced without one"),
        pytest.param([("5", None), ("-8", "100")], "-3", "-300", "0", id="flipped at a price"),
        pytest.param([("5", "100"), ("-8", None)], "-3", None, "0", id="flipped without one"),
        pytest.param([("5", None), ("-5", None), ("2", "10"), ("-2", "12")], "0", "0", "4", id="known again once flat"),
    ],
)
def test_a_cost_that_is_not_known_is_neither_guessed_nor_realized(
    bookings: list[tuple[str, str | None]], quantity: str, cost: str | None, realized: str
) -> None:
    position = Position(key=KEY, multiplier=D(1))
    for signed, px in bookings:
        position = position.adjusted(D(signed), None if px is None else D(px), START)

    assert (position.quantity, position.realized) == (D(quantity), D(realized))
    assert position.cost == (None if cost is None else D(cost))
    if cost is None:
        assert position.avg_px is None
        assert position.unrealized(D(100)) is None
