"""A flatten under a stop, while the link to the venue goes and comes: found, never doubled, and told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from decimal import Decimal as D

from cockpit.flatten import Flattened, flatten_in_rounds
from cockpit.settling import Settling
from oms.domain import account_events as aev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from tests.doubles.venue.faults import AnswerFault, Faults, StreamFault
from tests.doubles.venue.listed import ABC
from tests.doubles.venue.stage import Stage, a_venue, play, serving
from tests.doubles.venue.venue import Venue

HELD = 8
SECS = 5.0


class Holding(Stage):
    """A stage with a position, after a stop."""

    async def flatten(self) -> Flattened:
        """Give everything back; whoever calls this has typed the word."""
        settling = Settling(self.session.bus, self.state)
        return await flatten_in_rounds(self.session, settling, "ann", None, SECS)

    @property
    def net(self) -> Decimal:
        """What the account holds, by our books."""
        return sum(self.state.ledger.net.values(), Decimal(0))

    def closing(self) -> list[ClientOrderId]:
        """The orders to sell that the venue was ever given."""
        return [ClientOrderId(one.asked.client) for one in self.venue.book.orders.values() if one.asked.side == "sell"]

    async def lose(self) -> None:
        """Cut the link, and let nobody come back for now."""
        self.venue.refuses = True
        self.venue.cut()
        await self.down()

    async def find_again(self) -> None:
        """Let the link come back."""
        self.venue.refuses = False
        await self.up()


@asynccontextmanager
async def holding() -> AsyncIterator[tuple[Holding, Venue]]:
    """Hold something at the venue, and have stopped."""
    venue = a_venue()
    async with serving(Holding(venue)) as stage:
        await stage.up()
        await stage.quote(1_000)
        await stage.submit(HELD, limit="10.01")
        while stage.state.blotter.open:
            await stage.quote(1_000)
        await stage.session.switch.halt("ann", "enough")
        assert (stage.net, stage.state.trading.state) == (D(HELD), TradingState.HALTED)
        yield stage, venue


def test_a_flatten_that_works_when_the_link_goes_is_found_filled_when_it_comes_back() -> None:
    async def main() -> None:
        async with holding() as (stage, venue):
            first = await stage.flatten()  # half of it trades at once, and the rest with the next prices
            (order_id,) = first.sent
            assert stage.status(order_id) is OrderStatus.PARTIALLY_FILLED
            await stage.lose()
            while venue.book.orders[order_id].leaves:
                venue.show("ABC", 1_000, 1_001)
            await stage.find_again()

            assert stage.status(order_id) is OrderStatus.FILLED
            assert (stage.net, stage.closing()) == (D(0), [order_id])
            assert stage.state.trading.state is TradingState.HALTED
            assert stage.differences() == []

    play(main())


def test_flattening_again_while_the_link_is_gone_sends_nothing_and_says_why() -> None:
    async def main() -> None:
        async with holding() as (stage, _venue):
            first = await stage.flatten()
            await stage.lose()
            again = await stage.flatten()
            await stage.find_again()

            assert (again.sent, again.canceled) == ([], [])
            assert again.refused == "what works there is closing it already, or being canceled"
            assert stage.closing() == first.sent

    play(main())


def test_a_flatten_whose_link_goes_under_it_is_not_doubled_and_the_venue_is_named() -> None:
    """It was taken, and the answer was lost with the connection: whether it works only the venue knows."""

    async def main() -> None:
        async with holding() as (stage, venue):
            venue.faults = Faults(answers={AnswerFault.CUT: 1.0})
            venue.refuses = True
            first = await stage.flatten()
            (order_id,) = first.sent
            assert first.refused.startswith("wire is away: ")
            assert first.refused.endswith("; what it has done is asked for once it is back")
            assert (await stage.flatten()).sent == []

            venue.faults = Faults()
            await stage.find_again()
            assert stage.closing() == [order_id]
            assert venue.verdict().resubmits == 0
            while stage.state.blotter.open:
                await stage.quote(1_000)
            assert (stage.net, stage.status(order_id)) == (D(0), OrderStatus.FILLED)

    play(main())


def test_a_flatten_whose_answer_is_lost_is_found_working_and_left_to_work() -> None:
    """The stop cancels what is found later, but this is what somebody typed a word for after it."""

    async def main() -> None:
        async with holding() as (stage, venue):
            venue.faults = Faults(answers={AnswerFault.DROP_AFTER: 1.0}, stream={StreamFault.HOLD: 1.0})
            (order_id,) = (await stage.flatten()).sent
            await stage.until(lambda: stage.status(order_id) is OrderStatus.UNKNOWN)
            venue.faults = Faults()
            await stage.until(lambda: stage.status(order_id) is not OrderStatus.UNKNOWN)
            assert stage.status(order_id) is OrderStatus.PARTIALLY_FILLED

            while stage.state.blotter.open:
                await stage.quote(1_000)
            assert (stage.net, stage.status(order_id)) == (D(0), OrderStatus.FILLED)
            assert "cancel" not in venue.verdict().requests

    play(main())


def test_a_second_stop_cancels_a_flatten_that_works() -> None:
    async def main() -> None:
        async with holding() as (stage, _venue):
            (order_id,) = (await stage.flatten()).sent
            await stage.session.switch.halt("ann", "not at this price")
            await stage.resolved()

            assert stage.status(order_id) is OrderStatus.CANCELED

    play(main())


def test_a_flatten_that_never_arrived_is_given_up_after_it_was_asked_about_and_can_be_repeated() -> None:
    async def main() -> None:
        async with holding() as (stage, venue):
            venue.faults = Faults(answers={AnswerFault.DROP_BEFORE: 1.0})
            (lost,) = (await stage.flatten()).sent
            await stage.lose()
            venue.faults = Faults()
            await stage.find_again()
            await stage.until(lambda: stage.status(lost) is OrderStatus.NOT_FOUND)
            assert stage.net == HELD

            (found,) = (await stage.flatten()).sent
            while stage.state.blotter.open:
                await stage.quote(1_000)
            assert (stage.net, stage.closing()) == (D(0), [found])

    play(main())


def test_a_flatten_that_the_venue_drops_meanwhile_is_told_and_the_rest_can_be_flattened() -> None:
    async def main() -> None:
        async with holding() as (stage, venue):
            (order_id,) = (await stage.flatten()).sent
            left = stage.net
            venue.restart()
            await stage.down()
            await stage.up()
            await stage.until(lambda: stage.status(order_id) is OrderStatus.CANCELED)
            assert (stage.net, "restart" in stage.state.blotter.orders[order_id].text) == (left, True)

            await stage.flatten()
            while stage.state.blotter.open:
                await stage.quote(1_000)
            assert stage.net == 0
            assert stage.differences() == []

    play(main())


def test_a_flatten_asked_for_while_the_link_is_gone_is_not_called_sent() -> None:
    async def main() -> None:
        async with holding() as (stage, _venue):
            await stage.lose()
            done = await stage.flatten()

            assert done.sent == []
            assert done.refused == "1 order not sent: the link to the broker is down"
            assert stage.closing() == []
            await stage.find_again()
            await stage.flatten()
            while stage.state.blotter.open:
                await stage.quote(1_000)
            assert stage.net == 0

    play(main())


def test_what_the_venue_did_with_a_flatten_meanwhile_is_on_record_under_its_name() -> None:
    """Whoever typed the word finds the fills under the order that the word made, not as a difference in totals."""

    async def main() -> None:
        async with holding() as (stage, venue):
            await stage.flatten()
            await stage.lose()
            for _ in range(10):
                venue.show("ABC", 990, 991)
            await stage.find_again()

            assert stage.count(aev.PositionAdjusted) == 0
            (order,) = [one for one in stage.state.blotter.orders.values() if one.ticket.side == "SELL"]
            assert order.ticket.instrument_id == ABC.instrument_id
            assert order.ticket.reason == "flatten, confirmed by ann"

    play(main())
