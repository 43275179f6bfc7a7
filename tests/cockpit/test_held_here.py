"""At a venue that takes neither stops nor dates: the engine holds the one, and ends the other."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from cockpit.protection import Where, protection_of
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Purpose, Side, TimeInForce
from oms.domain.units import SECOND
from oms.journal.memory import MemoryJournal
from oms.state import State
from tests.doubles.venue.adapter import WireBroker
from tests.doubles.venue.listed import WIRE, ticket
from tests.doubles.venue.stage import Stage, a_memory, a_venue, play, play_quoted, trading, wall

D, S = Decimal, OrderStatus
STOP: dict[str, Any] = {"order_type": OrderType.STOP_MARKET, "stop_px": D("10.50")}
EXIT: dict[str, Any] = STOP | {"side": Side.SELL, "stop_px": D("9.50"), "purpose": Purpose.PROTECT}


async def put(stage: Stage, quantity: int, **terms: Any) -> ClientOrderId:
    """Put a ticket to the gate and return the id of its order."""
    wish = replace(ticket(quantity), **terms)
    await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=wish))
    return next(reversed(stage.state.blotter.orders))


def test_a_stop_waits_here_and_is_bought_at_the_venue_when_its_price_is_there() -> None:
    async def story(stage: Stage) -> None:
        order_id = await put(stage, 4, **STOP)
        assert stage.status(order_id) is S.HELD
        assert order_id not in stage.venue.verdict().orders

        await stage.quote(1_050)
        for _ in range(5):
            await stage.quote(1_050)
        await stage.until(lambda: stage.status(order_id) is S.FILLED)
        assert stage.differences() == []

    play_quoted(story)


def test_a_stop_that_protects_is_soft_and_leaves_while_trading_is_stopped() -> None:
    async def story(stage: Stage) -> None:
        await stage.submit(4)
        while stage.state.blotter.open:
            await stage.quote(1_000)
        order_id = await put(stage, 4, **EXIT)
        covered = protection_of(next(iter(stage.state.ledger.open.values())), stage.state)
        assert covered is not None
        assert (covered.worst_px, covered.quantity, covered.where) == (D("9.50"), D(4), Where.SOFT)

        await stage.session.inbox.ask(do.HaltTrading(actor="test", reason="enough"))
        assert stage.status(order_id) is S.HELD
        while stage.status(order_id) is not S.FILLED:
            await stage.quote(940)
        assert not stage.state.ledger.open
        assert stage.differences() == []

    play_quoted(story)


def test_a_new_process_goes_on_holding_it() -> None:
    async def story() -> None:
        journal, venue = MemoryJournal(), a_venue()
        async with trading(venue, memory=a_memory(journal)) as stage:
            await stage.up()
            await stage.quote(1_000)
            order_id = await put(stage, 4, **STOP)

        memory = a_memory(journal)._replace(state=State({WIRE: WireBroker.capabilities}), chains=Chains())
        async for record in journal.replay():
            memory.state.apply(record)
            memory.chains.restore(record)
        async with trading(venue, memory=memory) as stage:
            await stage.up()
            await stage.quote(1_000)
            assert stage.status(order_id) is S.HELD
            await stage.quote(1_050)
            await stage.until(lambda: stage.status(order_id) is not S.HELD)
            assert order_id in stage.venue.verdict().orders

    play(story())


def test_an_order_with_a_date_is_canceled_at_the_venue_when_that_has_come() -> None:
    async def story(stage: Stage) -> None:
        terms = {"order_type": OrderType.LIMIT, "limit_px": D("9.90"), "tif": TimeInForce.GTD}
        order_id = await put(stage, 4, **terms, expires_at=wall() + 60 * SECOND)
        await stage.until(lambda: stage.status(order_id) is S.ACCEPTED)
        assert stage.state.blotter.orders[order_id].flags == (OrderFlag.TIMED,)

        began = wall()
        await stage.until(lambda: stage.status(order_id) is S.CANCELED)
        assert 59 * SECOND < wall() - began < 63 * SECOND
        assert stage.differences() == []

    play_quoted(story)


def test_what_the_venue_does_not_take_is_refused_in_one_line() -> None:
    async def story(stage: Stage) -> None:
        wish = replace(ticket(4, Side.BUY, "10.01"), tif=TimeInForce.FOK)
        (record,) = await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=wish))

        assert isinstance(record.event, ev.CommandRefused)
        assert record.event.text == "wire takes no FOK orders: it takes DAY, GTC, IOC"

    play_quoted(story)
