"""An entry whose stop its venue does not answer for is called unprotected until that is known."""

from msgspec.structs import replace

from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Side
from oms.domain.report import ExecType, NotFound, Unclear
from tests.oms.examples import FAR_AWAY, ORDER, START, Core, D, kinds, quote, said, ticket, traded

STOP = ClientOrderId("SIM-1-2")


def entered() -> Core:
    """Return a core that holds ten, whose stop was sent and is not answered."""
    core = Core(capabilities=FAR_AWAY)
    core.put(quote("150"))
    core.submit(replace(ticket("10"), protect_px=D("140")))
    core.put(said(ExecType.NEW))
    core.put(traded("10", "150"))
    return core


def alarm(core: Core) -> tuple[OrderFlag, ...]:
    return core.order(ORDER).flags


def test_silence_about_the_stop_is_an_alarm_on_its_entry() -> None:
    core = entered()
    assert alarm(core) == ()

    core.wait(10)

    assert (core.order(STOP).status, alarm(core)) == (OrderStatus.UNKNOWN, (OrderFlag.UNPROTECTED,))
    assert core.order(ORDER).text == "its stop 2 was not answered: whether it stands is not known"
    assert "OrderFlagged" not in kinds(core.wait(60)), "it is said once"


def test_an_answer_that_proves_nothing_is_one_as_well() -> None:
    core = entered()

    core.put(Unclear(client_order_id=STOP, text="<html>", ts=START))

    assert alarm(core) == (OrderFlag.UNPROTECTED,)


def test_the_alarm_is_over_once_the_venue_has_the_stop() -> None:
    core = entered()
    core.wait(11)

    core.put(said(ExecType.NEW, STOP, side=Side.SELL))

    assert alarm(core) == ()


def test_the_alarm_is_over_once_the_stop_has_traded() -> None:
    core = entered()
    core.wait(11)

    core.put(traded("10", "140", STOP, side=Side.SELL, exec_id="X-2"))

    assert alarm(core) == ()


def test_a_stop_that_the_venue_never_had_is_held_here_all_the_same() -> None:
    core = entered()
    core.wait(11)
    for _ in range(40):
        core.put(NotFound(client_order_id=STOP, ts=core.now))
        core.wait(1)

    assert alarm(core) == (OrderFlag.SOFT,)
    (held,) = [one for one in core.state.blotter.open.values() if one.status is OrderStatus.HELD]
    assert (held.ticket.order_type, held.ticket.stop_px, held.ticket.quantity) == (OrderType.STOP_MARKET, D(140), D(10))


def test_a_stop_that_was_refused_is_held_here_all_the_same() -> None:
    core = entered()
    core.wait(11)

    core.put(said(ExecType.REJECTED, STOP, side=Side.SELL, text="no"))

    assert alarm(core) == (OrderFlag.SOFT,)


def test_silence_about_a_target_is_none() -> None:
    core = Core(capabilities=FAR_AWAY)
    core.put(quote("150"))
    core.submit(replace(ticket("10"), target_px=D("160")))
    core.put(said(ExecType.NEW))
    core.put(traded("10", "150"))
    core.wait(11)

    assert core.order(STOP).status is OrderStatus.UNKNOWN
    assert alarm(core) == ()
