"""A flatten whose orders trade a part at a time: it goes on with the tape, and what is left of it has its stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from brokers.sim.matching import Matching
from brokers.sim.placed import PlacedOrder
from cockpit.flatten import Flattened, flatten_in_rounds
from cockpit.meant import End
from cockpit.settling import Settling
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import MANUAL, AccountId, BrokerId, StrategyId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from tests.cockpit.desk import AAPL, Desk, close, opened

TREND: Final = StrategyId("trend_following")
QUOTES: Final = 40  # more than any of these flattens needs, and within the session
PART: Final = Decimal(4)  # of an order that trades with one quote
SECS: Final = 0.05


class Scene:
    """A session whose orders trade in parts, and what it was told of flattens that went on."""

    def __init__(self, desk: Desk) -> None:
        self.session, self.state = desk.session, desk.session.state
        self.told: list[End] = []
        self.session.pursuit.listen(self.told.append)
        self._left, self._still = 0, asyncio.Event()
        self.session.bus.subscribe(self._count, ev.MarketMoved)

    def _count(self, _record: ev.Record) -> None:
        self._left -= 1
        if not self._left:
            self.session.pace.pause(paused=True)
            self._still.set()

    async def play(self, quotes: int = QUOTES) -> None:
        """Let the tape go on for so many quotes."""
        self._left = quotes
        self._still.clear()
        self.session.pace.pause(paused=False)
        await self._still.wait()
        await self.session.inbox.heard()

    async def hold(self, quantity: int, strategy_id: StrategyId, protect_px: str | None = None) -> None:
        """Trade so much of AAPL and let all of it fill; negative is short."""
        ticket = OrderTicket(
            broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=strategy_id, instrument_id=AAPL,
            side=Side.BUY if quantity > 0 else Side.SELL, quantity=Decimal(abs(quantity)),
            order_type=OrderType.MARKET, tif=TimeInForce.GTC,
            protect_px=None if protect_px is None else Decimal(protect_px),
        )  # fmt: skip
        await self.submit(ticket)
        assert self.of(strategy_id) == quantity

    async def guard(self, quantity: int, stop_px: str) -> None:
        """Let a stop by hand work for what manual holds."""
        await self.submit(
            OrderTicket(
                broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=MANUAL, instrument_id=AAPL,
                side=Side.SELL, quantity=Decimal(quantity), order_type=OrderType.STOP_MARKET,
                stop_px=Decimal(stop_px), tif=TimeInForce.GTC, purpose=Purpose.PROTECT,
            )
        )  # fmt: skip

    async def submit(self, ticket: OrderTicket) -> None:
        """Place an order."""
        await self.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        await self.session.inbox.heard()

    async def flatten(self) -> Flattened:
        """Close everything; whoever calls this has typed the word."""
        return await flatten_in_rounds(self.session, Settling(self.session.bus, self.state), "ann", None, SECS)

    def of(self, strategy_id: StrategyId) -> int:
        """Return what a strategy holds."""
        return sum(int(one.quantity) for key, one in self.state.ledger.open.items() if key.strategy_id == strategy_id)

    def stops(self) -> list[tuple[str, int]]:
        """Return the stops in force of what manual holds: price and quantity."""
        held = [key for key in self.state.ledger.open if key.strategy_id == MANUAL]
        return [
            (f"{one.stop_px:.0f}", int(one.quantity)) for key in held for one in self.state.brackets.protection(key)
        ]


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a flatten trade in parts, and what comes before it at once."""

    def drawn(placed: PlacedOrder) -> Decimal:
        is_closing = placed.ticket.reason.startswith("flatten")
        return min(placed.leaves_qty, PART) if is_closing else placed.leaves_qty

    monkeypatch.setattr(Matching, "_quantity", lambda _matching, placed, _quote: drawn(placed))


@asynccontextmanager
async def in_parts(folder: Path) -> AsyncIterator[Scene]:
    """Begin where prices are known and no strategy trades by itself."""
    desk = await opened(folder)
    await desk.session.inbox.ask(do.PauseStrategy(actor="test", strategy_id=None))
    try:
        yield Scene(desk)
    finally:
        await close(desk)


@pytest.mark.parametrize("halted", [False, True])
@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("short", [11, 12])
async def test_what_two_hold_against_each_other_is_closed_to_the_end_though_it_trades_in_parts(
    tmp_path: Path, short: int, by_hand: bool, halted: bool
) -> None:
    async with in_parts(tmp_path) as scene:
        await scene.hold(12, MANUAL, None if by_hand else "10")
        if by_hand:
            await scene.guard(12, "10")
        await scene.hold(-short, TREND)
        assert scene.stops() == [("10", 12)]
        if halted:
            await scene.session.switch.halt("ann", "enough")
        done = await scene.flatten()
        assert scene.state.ledger.open
        await scene.play()

        assert not scene.state.ledger.open
        assert not scene.state.blotter.open
        assert [end.why for end in scene.told] == [""]
        assert (done.refused, done.goes_on) == ("", True)


@pytest.mark.parametrize("halted", [False, True])
async def test_a_flatten_that_a_stop_takes_back_halfway_leaves_what_is_held_with_its_stop(
    tmp_path: Path, halted: bool
) -> None:
    async with in_parts(tmp_path) as scene:
        await scene.hold(12, MANUAL, "10")
        await scene.hold(-11, TREND)
        if halted:
            await scene.session.switch.halt("ann", "enough")
        await scene.flatten()
        await scene.session.switch.halt("ann", "not at this price")
        await scene.play()
        held = scene.of(MANUAL)

        assert held
        assert scene.stops() == [("10", held)]
        assert [end.why for end in scene.told] == ["trading was stopped"]


async def test_a_stop_by_hand_that_made_way_for_a_flatten_that_a_stop_takes_back_is_at_the_venue_again_with_the_resume(
    tmp_path: Path,
) -> None:
    async with in_parts(tmp_path) as scene:
        await scene.hold(12, MANUAL)
        await scene.guard(12, "10")
        await scene.hold(-12, TREND)
        await scene.session.switch.halt("ann", "enough")
        await scene.flatten()
        await scene.session.switch.halt("ann", "not at this price")
        await scene.play()
        held = scene.of(MANUAL)
        assert held
        assert scene.stops() == [("10", held)]
        await scene.session.switch.resume("ann")
        await scene.session.inbox.heard()

        (stop,) = scene.state.blotter.open.values()
        assert (stop.status, int(stop.leaves_qty)) == (OrderStatus.ACCEPTED, held)


async def test_a_close_of_a_part_that_trades_after_its_flatten_was_given_up_gives_the_rest_its_stop_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_parts(tmp_path) as scene:
        await scene.hold(12, MANUAL, "10")
        await scene.hold(-6, TREND)
        monkeypatch.setattr(scene.session.pursuit, "begin", lambda _command: False)  # nobody goes on with it
        await scene.flatten()
        assert (scene.of(MANUAL), scene.stops()) == (8, [])
        await scene.play()

        assert (scene.of(MANUAL), scene.of(TREND)) == (6, -6)
        assert scene.stops() == [("10", 6)]


async def test_a_flatten_that_went_on_is_told_in_the_log(tmp_path: Path) -> None:
    async with in_parts(tmp_path) as scene:
        await scene.hold(12, MANUAL, "10")
        await scene.hold(-11, TREND)
        await scene.flatten()
        await scene.play()

    assert "the flatten went on and is done: nothing of it is held" in log_of(tmp_path)


@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_flatten_that_ended_with_its_process_is_said_once_to_be_cut_off(tmp_path: Path, by_hand: bool) -> None:
    async with in_parts(tmp_path) as scene:
        await scene.hold(12, MANUAL, None if by_hand else "10")
        if by_hand:
            await scene.guard(12, "10")
        await scene.hold(-11, TREND)
        await scene.flatten()
        held = scene.of(MANUAL), scene.of(TREND)
    was_cut_off = "the flatten of AAPL was given up: it was cut off when the last run ended; still held: "
    for _ in range(2):
        async with in_parts(tmp_path) as scene:
            assert scene.of(MANUAL) == held[0]  # what worked at the venue works on, and nothing more is closed
            assert scene.stops() == [("10", held[0])]

    assert log_of(tmp_path).count(was_cut_off) == 1
    assert f"{was_cut_off}{held[0]} AAPL of manual, its stop comes back, {held[1]} AAPL of trend" in log_of(tmp_path)


def log_of(folder: Path) -> str:
    """Return what was logged."""
    return "".join(path.read_text() for path in folder.rglob("cockpit.jsonl"))
