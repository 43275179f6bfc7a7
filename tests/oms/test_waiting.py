"""What an order waits for that is held here."""

from decimal import Decimal

from oms.decide.waiting import waits_for
from oms.domain import commands as do
from oms.domain import events as ev
from tests.oms.test_brackets import NO_STOPS, guarded, order_id


def test_a_stop_that_the_venue_does_not_take_waits_here_for_its_price() -> None:
    core = guarded(capabilities=NO_STOPS)
    order = core.order(order_id(2))

    assert waits_for(order, core.state) == "its price, watched here: sim takes no STOP_MARKET"


def test_who_would_change_what_is_held_is_told_what_it_waits_for() -> None:
    core = guarded(capabilities=NO_STOPS)
    (refused,) = core.put(do.ReplaceOrder(actor="ann", client_order_id=order_id(2), quantity=Decimal(5)))

    assert isinstance(refused, ev.CommandRefused)
    assert refused.text == ("order 2 cannot be changed: it waits for its price, watched here: sim takes no STOP_MARKET")


def test_an_order_that_is_not_held_waits_for_nothing() -> None:
    core = guarded()

    assert waits_for(core.order(order_id(2)), core.state) == ""
