"""Exact strings: what a trader reads."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit import format as show
from cockpit.glyphs import ASCII

D = Decimal
SECOND = 1_000_000_000
CENT = D("0.01")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (show.money(D("1024113.22")), "1,024,113.22"),
        (show.money(D("-270")), "-270.00"),
        (show.money(D("-0.004")), "0.00"),
        (show.money(0), "0.00"),
        (show.money(612004, 0), "612,004"),
        (show.money(None), "—"),
        (show.money(D("NaN")), "n/a"),
        (show.money(D("-Infinity")), "n/a"),
        (show.money(None, glyphs=ASCII), "-"),
        (show.signed_money(D("3412.08")), "+3,412.08"),
        (show.signed_money(D("-270")), "-270.00"),
        (show.signed_money(D("0.001")), "0.00"),
        (show.signed_money(None), "—"),
        (show.verb(D(1), "is", "are"), "is"),
        (show.verb(D("0.5"), "is", "are"), "are"),
        (show.money_in(D("1234.56"), "USD"), "1,234.56 USD"),
        (show.money_in(D("-1234.565"), "USD"), "-1,234.56 USD"),
        (show.money_in(D("-0.001"), "EUR"), "0.00 EUR"),
        (show.money_in(D(7), "CHF"), "7.00 CHF"),
        (show.money_in(None, "USD"), "—"),
        (show.money_in(D("NaN"), "USD"), "n/a"),
        (show.banner_money(D("1024113.22"), "USD"), "$1.02M"),
        (show.banner_money(D("-8200"), "USD"), "-$8.2k"),
        (show.banner_money(5000, "USD", signed=True), "+$5k"),
        (show.banner_money(D("999999"), "EUR"), "€1M"),
        (show.banner_money(D("612.4"), "USD"), "$612"),
        (show.banner_money(D("-0.2"), "USD", signed=True), "$0"),
        (show.banner_money(D("2500000000"), "CHF"), "2.5B CHF"),
        (show.banner_money(None, "USD"), "—"),
    ],
)
def test_money_shows_cents_and_a_sign_in_its_own_cell(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (show.price(D("189.2"), CENT), "189.20"),
        (show.price(D("62310.5"), D("0.5")), "62,310.5"),
        (show.price(D("62310"), D("0.50")), "62,310.0"),
        (show.price(D(4100), D(5)), "4,100"),
        (show.price(D(4100), D("1E+1")), "4,100"),
        (show.price(D("1.084325"), D("0.00001")), "1.08432"),
        (show.price(D("1.084335"), D("0.00001")), "1.08434"),
        (show.price(None, CENT), "—"),
        (show.quantity(D("0.75000000"), D("0.00000001")), "0.75"),
        (show.quantity(D("1300.000"), D(1)), "1,300"),
        (show.quantity(D("0.1234567890"), D("1e-10")), "0.12345679"),
        (show.quantity(D("-80"), D(1)), "-80"),
        (show.quantity(D("NaN"), D(1)), "n/a"),
        (show.count(1204), "1,204"),
        (show.count(None), "—"),
    ],
)
def test_prices_take_their_decimals_from_the_tick_and_quantities_from_the_lot(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (show.percent(D("0.0033")), "+0.33%"),
        (show.percent(D("-0.012"), 1), "-1.2%"),
        (show.percent(D("-0.00001")), "0.00%"),
        (show.percent(D("0.35"), 0, signed=False), "35%"),
        (show.percent(None), "—"),
        (show.percent(D("NaN")), "n/a"),
        (show.basis_points(D("0.000104")), "1.0bp"),
        (show.basis_points(D("-0.0000001")), "0.0bp"),
        (show.basis_points(None), "—"),
        (show.ratio(D("2.045")), "2.04"),
        (show.ratio(D("2.055")), "2.06"),
    ],
)
def test_fractions_become_percent_and_ratios_keep_two_places(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0, "0%"), (0.0007, "<1%"), (0.006, "1%"), (0.71, "71%"), (0.999, ">99%"), (1, "100%"), (1.042, "104%")],
)
def test_a_share_of_a_limit_is_nothing_or_all_only_when_it_is(fraction: float, expected: str) -> None:
    assert show.share(fraction) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (show.age(36 * SECOND), "36s"),
        (show.age(145 * SECOND), "2m25"),
        (show.age(3840 * SECOND), "1h04"),
        (show.age(3 * 86_400 * SECOND + 1), "3d"),
        (show.age(-1), "0s"),
        (show.age(None), "—"),
        (show.clock(1_279_116_207_999_999_999), "14:03:27Z"),
        (show.clock(0), "00:00:00Z"),
        (show.clock(None), "—"),
        (show.date(1_279_116_000_000_000_000), "2010-07-14"),
        (show.minute(1_279_116_000_000_000_000), "2010-07-14 14:00Z"),
    ],
)
def test_times_are_utc_and_durations_short(text: str, expected: str) -> None:
    assert text == expected


def test_accounts_hide_all_but_four_digits() -> None:
    assert show.masked("SIM-004821") == "••••4821"
    assert show.masked("SIM-004821", glyphs=ASCII) == "****4821"
    assert show.masked("4821") == "••••"
    assert show.masked("") == "—"


def test_direction_is_a_sign_before_it_is_a_color() -> None:
    changes = (D("0.1"), D("-0.1"), D(0), None, D("NaN"))

    assert [show.direction(change) for change in changes] == ["▲", "▼", " ", " ", " "]
    assert [show.tick_arrow(change) for change in changes] == ["▴", "▾", " ", " ", " "]
    assert [show.tick_arrow(change, glyphs=ASCII) for change in changes] == ["^", "v", " ", " ", " "]


ANY_AMOUNT = st.none() | st.integers(-(10**15), 10**15) | st.decimals(-(10**15), 10**15) | st.just(D("sNaN"))


def _price(amount: show.Amount) -> str:
    return show.price(amount, CENT)


def _quantity(amount: show.Amount) -> str:
    return show.quantity(amount, D("0.0001"))


def _banner(amount: show.Amount) -> str:
    return show.banner_money(amount, "USD", signed=True)


@pytest.mark.parametrize("shown", [show.money, show.signed_money, show.percent, show.ratio, _price, _quantity, _banner])
@given(amount=ANY_AMOUNT)
def test_no_number_is_ever_shown_as_nan_none_minus_zero_or_an_exponent(
    shown: Callable[[show.Amount], str], amount: show.Amount
) -> None:
    text = shown(amount)

    assert not [word for word in ("nan", "none", "inf", "e+", "e-") if word in text.lower()]
    if text[0] in "+-":
        assert any(digit in text for digit in "123456789")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.5", "0.5"),
        ("0.125", "0.125"),
        ("0.0625", "1/16"),
        ("0.00390625", "1/256"),
        ("0.075", "0.075"),
        ("1", "1"),
        ("60", "60"),
        ("1E+2", "100"),
        ("4096", "4,096"),
        ("0.3333333", "0.333"),
        ("0", "0"),
    ],
)
def test_a_factor_is_short_however_small_it_is(value: str, expected: str) -> None:
    assert show.factor(D(value)) == expected


@pytest.mark.parametrize(
    ("secs", "expected"), [(0, "00:00"), (12, "00:12"), (102, "01:42"), (3_665, "61:05"), (-3, "00:00")]
)
def test_what_lasts_is_told_in_minutes_and_seconds(secs: int, expected: str) -> None:
    assert show.elapsed(secs * SECOND) == expected


@pytest.mark.parametrize(
    ("number", "thing", "expected"),
    [
        (0, "order", "no orders"),
        (1, "order", "1 order"),
        (1_200, "order", "1,200 orders"),
        (4, "strategy", "4 strategies"),
    ],
)
def test_things_are_counted_in_words(number: int, thing: str, expected: str) -> None:
    assert show.plural(number, thing) == expected


@pytest.mark.parametrize(("number", "expected"), [(1, "1 position stays"), (3, "3 positions stay")])
def test_one_thing_stays_and_more_of_them_stay(number: int, expected: str) -> None:
    assert show.staying(number, "position") == expected


@pytest.mark.parametrize(("amount", "said"), [("19", "LONG 19"), ("-0.50", "SHORT 0.5"), ("0", "flat")])
def test_what_is_held_is_said_with_its_side(amount: str, said: str) -> None:
    assert show.holding(Decimal(amount), Decimal("0.01")) == said
