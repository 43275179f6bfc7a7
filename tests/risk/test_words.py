"""Numbers in findings: the forms of the screen, and two that differ are seen to differ."""

from decimal import Decimal

import pytest

from cockpit import format as shown
from oms.domain.units import SECOND
from risk.words import apart, money, percent, plain, seconds, span

D = Decimal
FINEST_SHOWN = D("1E-8")
NUMBERS = (
    *("0", "-0", "0.05", "0.005", "0.015", "-0.004", "0.054648", "0.0499999", "1", "-1", "12.345", "0.1", "1E+3"),
    *("1234.5", "-9876543.215", "1000000", "0.00000001", "123456.78901234", "99999999999.999"),
)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_a_finding_reads_as_it_does_on_the_screen(number: str) -> None:
    amount = D(number)

    assert money(amount) == shown.money(amount)
    assert percent(amount) == shown.percent(amount, signed=False)
    assert plain(amount) == shown.quantity(amount, FINEST_SHOWN)


@pytest.mark.parametrize("span", [0, 1, 36, 59])
def test_seconds_read_as_an_age_on_the_screen(span: int) -> None:
    assert seconds(D(span)) == shown.age(span * SECOND)


@pytest.mark.parametrize("number", [0, 59, 60, 145, 3_599, 3_840, 86_399])
def test_what_lasts_longer_reads_as_an_age_on_the_screen(number: int) -> None:
    assert span(D(number)) == shown.age(number * SECOND)


def test_of_days_the_hours_are_kept() -> None:
    assert (span(D(86_400)), span(D("232200.9"))) == ("1d0h", "2d16h")


def test_a_part_of_a_second_is_kept() -> None:
    assert seconds(D("2.10")) == "2.1s"


@pytest.mark.parametrize(
    ("observed", "limit", "texts"),
    [
        ("0.12", "0.05", ("12.00%", "5.00%")),
        ("0.05", "0.05", ("5.00%", "5.00%")),
        ("0.0500", "0.05", ("5.00%", "5.00%")),
        ("0.05001", "0.05", ("5.001%", "5.000%")),
        ("0.0499999", "0.05", ("4.99999%", "5.00000%")),
        ("0.05004", "0.05", ("5.004%", "5.000%")),
    ],
)
def test_a_limit_that_is_not_reached_does_not_look_reached(observed: str, limit: str, texts: tuple[str, str]) -> None:
    assert apart(D(observed), D(limit), percent) == texts


def test_a_tenth_of_a_cent_beyond_a_limit_is_told() -> None:
    assert apart(D("10000.001"), D(10_000), money) == ("10,000.001", "10,000.000")


def test_numbers_that_differ_beyond_all_display_end_the_search() -> None:
    assert apart(D("1E-40"), D(0), money)[0].startswith("0.00")
