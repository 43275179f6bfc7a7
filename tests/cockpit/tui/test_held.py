"""What an order waits for that is held here."""

from cockpit.tui.held import waits_for
from tests.oms.test_brackets import NO_STOPS, guarded, order_id


def test_a_stop_that_the_venue_does_not_take_waits_here_for_its_price() -> None:
    core = guarded(capabilities=NO_STOPS)
    order = core.order(order_id(2))

    assert waits_for(order, core.state) == "its price, watched here: sim takes no GTC STOP_MARKET"


def test_an_order_that_is_not_held_waits_for_nothing() -> None:
    core = guarded()

    assert waits_for(core.order(order_id(2)), core.state) == ""
