"""Little sessions at the real gate and the simulated venue, in which strategies buy, sell, and leave exits working.

However orders, prices, cancels and stops of trading are mixed, and however late the core hears of it: once everything
is heard, the exits of a kind stand for no more than their strategy holds, and an exit that turned a position round has
said so.
"""

from decimal import Decimal
from random import Random

import pytest
from msgspec.structs import replace

from oms.blotter import net_key, position_key
from oms.decide.exits import Exits
from oms.domain import commands as do
from oms.domain.ids import StrategyId
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderTicket, Purpose, Side, TimeInForce
from oms.domain.position import PositionKey
from oms.domain.units import ZERO
from oms.exits import as_exit, by_hand, held_against, legs_behind, total
from oms.invariants import broken
from tests.sessions.exchange import INSTRUMENTS, STRATEGIES, Exchange, ticket
from tests.sessions.oracle import Limits, Oracle

LIMITS = Limits(position="1", positions=16, by_strategy=16, by_instrument=16)
SHARE = INSTRUMENTS[0]
ALL = 1_000_000


class Story:
    """One account with two strategies in one share. `exits` counts those that the gate let pass, `beyond` those of them
    that were for more than the account's net."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - a story needs no secret
        self.exchange = Exchange(LIMITS, "0.001", seed)
        self.exits = self.beyond = self.denied = 0
        self._px = 10_000

    def play(self, steps: int) -> None:
        acts = (self.trade, self.trade, self.guard, self.leave, self.leave, self.leave, self.move, self.move, self.stop)
        for _ in range(steps):
            self.chance.choice(acts)()
            self.exchange.hear(self.chance.choice((0, 1, 1, 2, ALL)))
            if self.chance.random() < 0.3:
                self.rest()
        self.rest()

    def rest(self) -> None:
        """Hear everything, and what is said to what is done about it, and look."""
        for _ in range(9):
            self.exchange.hear(ALL)
        state = self.exchange.state
        assert not list(broken(state))
        for order in state.blotter.orders.values():
            if OrderFlag.TURNED in order.flags:
                assert order.ticket.is_exit or order.ticket.purpose is not Purpose.OPEN
        for key in state.blotter.exits:
            for side in Side:
                self._fits(key, side)

    def _fits(self, key: PositionKey, side: Side) -> None:
        state = self.exchange.state
        held = held_against(state, key, side)
        for stops in (True, False):
            exits = by_hand(state, key, side, stops=stops)
            if any(one.order.status is OrderStatus.PENDING_CANCEL for one in exits):
                continue
            exits = [one for one in exits if not self._is_capped(one.order, held)]
            stand = total(exits) + total(legs_behind(state, key, stops=stops) if held else ())
            assert stand <= held, f"{stand} stand for {held} of {key.strategy_id}"

    def _is_capped(self, order: Order, held: Decimal) -> bool:
        """Tell whether a venue that changes nothing lets an exit trade no more than is held."""
        state, wish = self.exchange.state, order.ticket
        able = state.inflight.of(order)
        told = wish.reduce_only and able.reduce_only and not able.replaces
        return told and -state.ledger.net_quantity(net_key(wish)) * wish.side.sign <= held

    def trade(self) -> None:
        """Buy or sell some at the market."""
        wish = ticket(self.chance.choice(tuple(Side)), self._size(), SHARE, self._who(), None)
        self._put(as_exit(wish, self.exchange.state))

    def guard(self) -> None:
        """Buy with a stop, and a target perhaps."""
        wish = ticket(Side.BUY, self._size(), SHARE, self._who(), None)
        target = SHARE.price(self._px + 60) if self.chance.random() < 0.5 else None
        self._put(replace(wish, protect_px=SHARE.price(self._px - 60), target_px=target))

    def leave(self) -> None:
        """Leave an exit for a part of what somebody holds, or for all of it."""
        who = self._who()
        key = position_key(ticket(Side.BUY, 1, SHARE, who, None))
        held = self.exchange.state.ledger.position(key).quantity
        if not held:
            return
        side = Side.SELL if held > ZERO else Side.BUY
        away = SHARE.price(self._px - side.sign * self.chance.choice((20, 60)) * self.chance.choice((1, -1)))
        is_stop = (away - SHARE.price(self._px)) * side.sign > ZERO
        size = int(abs(held)) if self.chance.random() < 0.5 else self._size()
        wish = ticket(side, size, SHARE, who, None if is_stop else away, away if is_stop else None)
        wish = as_exit(replace(wish, tif=TimeInForce.GTC), self.exchange.state)
        if wish.is_exit:
            made = self._put(wish)
            self.exits += made is not OrderStatus.DENIED
            self.beyond += made is not OrderStatus.DENIED and wish.purpose is Purpose.CLOSE and not wish.reduce_only
            self.denied += made is OrderStatus.DENIED

    def move(self) -> None:
        """Let the price go somewhere, often past an exit."""
        self._px += self.chance.choice((-90, -25, -5, 5, 25, 90))
        self.exchange.quote(SHARE, self._px, 1)

    def stop(self) -> None:
        """Stop trading, resume, or cancel something."""
        state, drawn = self.exchange.state, self.chance.random()
        if drawn < 0.3:
            self.exchange.put(do.HaltTrading(actor="test", reason="drawn"))
        elif drawn < 0.8:
            self.exchange.put(do.ResumeTrading(actor="test"))
        for order_id in list(state.blotter.open)[:1] if drawn > 0.7 else ():
            self.exchange.put(do.CancelOrder(actor="test", client_order_id=order_id))

    def _put(self, wish: OrderTicket) -> OrderStatus:
        made = len(self.exchange.state.blotter.orders)
        self.exchange.put(do.SubmitTicket(actor="test", ticket=wish))
        return list(self.exchange.state.blotter.orders.values())[made].status

    def _size(self) -> int:
        return self.chance.choice((3, 10, 10, 20))

    def _who(self) -> StrategyId:
        return self.chance.choice(STRATEGIES[:2])


@pytest.fixture(autouse=True)
def _nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle of the limits counts what only gives back as if it could open."""
    monkeypatch.setattr(Oracle, "examine", lambda *_: None)


@pytest.mark.parametrize("seed", range(40))
def test_exits_stand_for_no_more_than_is_held(seed: int) -> None:
    story = Story(seed)
    story.play(120)

    assert story.exits, "nothing happened"
    assert story.exchange.state.equity.now is not None
    assert story.exchange.state.equity.now > Decimal(0)


def test_some_of_them_stand_for_more_than_the_accounts_net() -> None:
    stories = [Story(seed) for seed in range(8)]
    for story in stories:
        story.play(120)

    assert sum(story.beyond for story in stories) >= 8


def test_an_exit_that_does_not_follow_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Exits, "fit", lambda *_, **__: ())

    def play_all() -> None:
        for seed in range(40):
            Story(seed).play(120)

    with pytest.raises(AssertionError, match="stand for"):
        play_all()
