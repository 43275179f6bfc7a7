"""Money in a currency without a rate: what opens is denied, the denial names the pair, and the status says so."""

from decimal import Decimal

from oms.domain import account_events as aev
from oms.domain.instrument import Instrument
from oms.domain.units import Money
from risk.catalog import build_rules
from risk.findings import findings
from risk.rules.increments import Increments
from risk.rules.max_leverage import MaxLeverage
from risk.rules.sane_numbers import SaneNumbers
from risk.status import risk_status
from tests.risk.desk import ACCOUNT, BROKER, IBM, Desk, buy, listed, sell

COIN: Instrument = listed("BNB/USD")
SAID = "equity is not known without a price of BNB/USD: have it quoted, or exchange what is held"


def dusty(desk: Desk) -> Desk:
    """Return a desk whose account holds a speck of a coin."""
    desk.apply(aev.BalanceReported(broker=BROKER, account=ACCOUNT, cash=Money(Decimal("0.0001"), "BNB")))
    return desk


def test_what_opens_is_denied_and_the_denial_says_how_to_resolve_it(desk: Desk) -> None:
    gate = dusty(desk).gate(MaxLeverage())

    denied = gate.check(buy("10"), desk.state)

    assert denied.failed == ("max_leverage", "equity")
    assert findings(denied, gate.limits())[-1].text == SAID


def test_what_only_reduces_passes_all_the_same(desk: Desk) -> None:
    desk.hold(buy("10"))
    gate = dusty(desk).gate(*build_rules({}))

    assert "equity" not in gate.check(sell("10"), desk.state).failed
    assert gate.check(sell("10"), desk.state).failed == ()


def test_once_the_pair_has_a_price_it_is_judged_again(desk: Desk) -> None:
    gate = dusty(desk).gate(MaxLeverage())
    desk.list(COIN)
    desk.quote(COIN, "300")

    assert gate.check(buy("10"), desk.state).failed == ()
    assert desk.state.equity.now == Decimal("100000.03")


def test_a_ticket_that_is_wrong_itself_is_told_that_and_no_more(desk: Desk) -> None:
    gate = dusty(desk).gate(SaneNumbers(), MaxLeverage())

    assert gate.check(buy("-10"), desk.state).failed == ("sane_numbers",)


def test_the_status_says_for_want_of_what_nothing_can_be_judged(desk: Desk) -> None:
    assert risk_status((), desk.state).reason == ""

    assert risk_status((), dusty(desk).state).reason == "equity is not known without a price of BNB/USD"
    desk.halt()
    assert risk_status((), desk.state).reason == "stop: by hand"


def test_another_instrument_of_the_base_currency_is_no_rate(desk: Desk) -> None:
    dusty(desk).quote(IBM, "101")

    assert desk.state.equity.now is None


def test_what_is_denied_though_it_opens_nothing_does_not_name_it(desk: Desk) -> None:
    desk.hold(buy("10"))
    gate = dusty(desk).gate(Increments(), MaxLeverage())

    assert gate.check(sell("0.5"), desk.state).failed == ("increments",)
