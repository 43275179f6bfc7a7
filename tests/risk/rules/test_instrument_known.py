"""Listed or not."""

from risk.rules.instrument_known import InstrumentKnown
from tests.risk.desk import Desk, buy, listed

RULE = InstrumentKnown()


def test_a_listed_instrument_passes(desk: Desk) -> None:
    assert RULE.check(desk.facts(buy())).passed


def test_an_instrument_is_denied_until_it_is_listed(desk: Desk) -> None:
    other = listed("MSFT")
    assert not RULE.check(desk.facts(buy(instrument=other))).passed

    desk.list(other)

    assert RULE.check(desk.facts(buy(instrument=other))).passed
