"""The sessions of `test_exits_follow` with all else that a person does beside exits: positions are flattened, or turned
round on purpose, orders are changed and canceled at any moment, and some trade at once or not at all. And at venues
that know less.

At rest no order that is meant to close works on for a strategy that has nothing left for it.
"""

from decimal import Decimal
from typing import Final

import pytest
from msgspec.structs import replace

from brokers.sim.venue import SimBroker
from oms.decide.exits import Exits
from oms.domain import commands as do
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderFlag, OrderType, Purpose, Side, TimeInForce
from oms.exits import as_exit, spent
from tests.sessions.exchange import ticket
from tests.sessions.oracle import Oracle
from tests.sessions.test_exits_follow import ALL, SHARE, Story

NO_STOPS: Final = frozenset({OrderType.MARKET, OrderType.LIMIT})
VENUES: Final = {
    "changes nothing": Capabilities(knows_at_once=True, replaces=False),
    "knows no stops": Capabilities(knows_at_once=True, order_types=NO_STOPS),
    "is not told what only reduces": Capabilities(knows_at_once=True, reduce_only=False),
    "knows none of it": Capabilities(knows_at_once=True, replaces=False, reduce_only=False, order_types=NO_STOPS),
}


class Mixed(Story):
    """A story with more to do."""

    def play(self, steps: int) -> None:
        leaves = (self.trade, self.trade, self.guard, self.leave, self.leave, self.leave)
        acts = (*leaves, self.move, self.move, self.stop, self.flatten, self.change, self.change)
        for _ in range(steps):
            self.chance.choice((*acts, self.cancel, self.trade_at_once, self.turn))()
            self.exchange.hear(self.chance.choice((0, 1, 1, 2, ALL)))
            if self.chance.random() < 0.3:
                self.rest()
        self.rest()

    def rest(self) -> None:
        super().rest()
        state = self.exchange.state
        for key in state.brackets.left.given_back:
            for order in spent(state, key):
                assert order.unwanted, f"{order.client_order_id} has nothing to close, and works"

    def flatten(self) -> None:
        """Close all of one strategy, or of everybody, by a word that is repeated."""
        who = self._who() if self.chance.random() < 0.6 else None
        for _ in range(self.chance.choice((1, 2, 3))):
            self.exchange.put(do.FlattenPosition(actor="test", instrument_id=None, strategy_id=who))
            self.exchange.hear(self.chance.choice((0, 1, ALL)))

    def change(self) -> None:
        """Ask for another price or another quantity of an exit or a leg."""
        open_now = self.exchange.state.blotter.open.values()
        orders = [order for order in open_now if order.ticket.is_exit or order.ticket.parent_id is not None]
        if not orders:
            return
        order = self.chance.choice(orders)
        stop_px = self._moved(order.ticket.stop_px)
        limit_px = self._moved(order.ticket.limit_px)
        is_priced = not (stop_px is None and limit_px is None) and self.chance.random() >= 0.5
        quantity = None if is_priced else Decimal(self.chance.choice((1, 3, 5, 10, 20)))
        order_id = order.client_order_id
        self.exchange.put(
            do.ReplaceOrder(
                actor="test", client_order_id=order_id, quantity=quantity, limit_px=limit_px, stop_px=stop_px
            )
        )

    def cancel(self) -> None:
        """Cancel whatever is open."""
        open_ids = list(self.exchange.state.blotter.open)
        if open_ids:
            self.exchange.put(do.CancelOrder(actor="test", client_order_id=self.chance.choice(open_ids)))

    def trade_at_once(self) -> None:
        """Trade what there is at about the market, and no more."""
        self._trade_at((-5, 0, 5), TimeInForce.IOC)

    def turn(self) -> None:
        """Leave an order for either side, whatever is held."""
        self._trade_at((-25, 25), TimeInForce.GTC)

    def _trade_at(self, away: tuple[int, ...], tif: TimeInForce) -> None:
        side, size, who = self.chance.choice(tuple(Side)), self._size(), self._who()
        wish = ticket(side, size, SHARE, who, SHARE.price(self._px + self.chance.choice(away)))
        self._put(as_exit(replace(wish, tif=tif), self.exchange.state))

    def _moved(self, px: Decimal | None) -> Decimal | None:
        if px is None or self.chance.random() >= 0.5:
            return None
        return px + SHARE.tick * self.chance.choice((-30, -5, 5, 30))


@pytest.fixture(autouse=True)
def _nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle of the limits counts what only gives back as if it could open."""
    monkeypatch.setattr(Oracle, "examine", lambda *_: None)


@pytest.mark.parametrize("seed", [*range(12), 1617, 1767, 1967])  # in the last three a touched stop turns a position
def test_exits_follow_whatever_else_is_done(seed: int) -> None:
    story = Mixed(seed)
    story.play(100)

    assert story.exits, "nothing happened"
    if seed > 12:
        flagged = [one for one in story.exchange.state.blotter.orders.values() if OrderFlag.TURNED in one.flags]
        assert any(one.ticket.purpose is Purpose.PROTECT and not one.ticket.is_exit for one in flagged)


@pytest.mark.parametrize("venue", VENUES)
def test_they_do_so_where_a_venue_knows_less(venue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimBroker, "capabilities", VENUES[venue])
    stories = [Mixed(seed) for seed in range(30)]
    for story in stories:
        story.play(80)

    assert sum(story.exits for story in stories) > 60, "too little happened"


def test_what_closes_and_outlives_its_position_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Exits, "end_spent", lambda *_: ())

    def play_all() -> None:
        for seed in range(60):
            Mixed(seed).play(100)

    with pytest.raises(AssertionError, match="nothing to close"):
        play_all()
