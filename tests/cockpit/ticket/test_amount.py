"""What is typed for a quantity or a price."""

from decimal import Decimal

import pytest

from cockpit.ticket.amount import Amount, Unit, to_amount, to_decimal, to_price, whole_lots
from cockpit.ticket.errors import TicketError
from tests.risk.desk import listed


@pytest.mark.parametrize(
    ("typed", "number", "unit"),
    [
        ("100", "100", Unit.UNITS),
        ("1,200", "1200", Unit.UNITS),
        ("0.75", "0.75", Unit.UNITS),
        (".5", "0.5", Unit.UNITS),
        ("$5000", "5000", Unit.MONEY),
        ("$5,000.50", "5000.50", Unit.MONEY),
        ("0.5%", "0.005", Unit.NAV),
        ("1R", "1", Unit.RISK),
        ("0.5 r", "0.5", Unit.RISK),
    ],
)
def test_a_quantity_has_four_forms(typed: str, number: str, unit: Unit) -> None:
    assert to_amount(typed) == Amount(Decimal(number), unit)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "how many? 100, $5000, 0.5% or 1R"),
        ("ten", "ten is not a number"),
        ("-5", "-5 is not a number: + and - are steps"),
        ("1e3", "1e3 is not a number"),
        ("1,20", "1,20 is not a number"),
        ("٣", "٣ is not a number"),
        ("$", "a number is missing"),
        ("0", "must be more than 0"),
        ("9" * 14, "is too much: at most 1,000,000,000,000"),
        ("0.0000000000001", "is too fine: steps of 0.000000000001"),
    ],
)
def test_what_is_no_quantity_is_said_in_one_line(typed: str, said: str) -> None:
    with pytest.raises(TicketError) as caught:
        to_amount(typed)

    assert str(caught.value) == said


def test_a_price_is_on_a_tick() -> None:
    assert f"{to_price('189.2', listed('IBM'))}" == "189.20"
    assert to_price("1,189.25", listed("IBM", tick="0.25")) == Decimal("1189.25")


@pytest.mark.parametrize(
    ("typed", "tick", "said"),
    [
        ("189.203", "0.01", "is between two ticks: 189.20 or 189.21"),
        ("189.2", "0.25", "is between two ticks: 189.00 or 189.25"),
        ("0.004", "0.01", "is less than a tick of 0.01"),
        ("0.009", "0.01", "is less than a tick of 0.01"),
    ],
)
def test_a_price_that_cannot_be_ordered_names_those_beside_it(typed: str, tick: str, said: str) -> None:
    with pytest.raises(TicketError) as caught:
        to_price(typed, listed("IBM", tick=tick))

    assert str(caught.value) == said


def test_units_are_in_whole_lots_or_refused() -> None:
    with pytest.raises(TicketError, match=r"goes in steps of 1$"):
        whole_lots(to_decimal("1.5"), listed("IBM"))
