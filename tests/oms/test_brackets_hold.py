"""Brackets under any order of events: a venue that answers late, not at all or no, and trades while it is asked not to.

Two strategies trade one instrument in opposite directions. Whatever the venue does, nothing is protected that is not
held; and once the venue has said all it has to say, the legs in force cover exactly what is left, no leg is left over,
and nobody holds what no entry of his ever bought. A leg is missing only where a person canceled it.
"""

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from oms.decide.decider import Decider
from oms.domain import commands as do
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderType, Purpose, Side
from oms.domain.report import CancelReject, ExecType, ReplaceReject
from oms.domain.risk import TradingState
from oms.domain.signal import SignalType
from oms.domain.units import ZERO
from oms.invariants import broken
from oms.left import Bracket
from tests.oms.examples import (
    AAPL,
    PAIRS,
    TREND,
    Core,
    begin,
    books,
    folded,
    quote,
    replaced,
    said,
    signal,
    ticket,
    traded,
)

S = OrderStatus
SIDES = {TREND: Side.BUY, PAIRS: Side.SELL}  # each strategy opens on one side only
VENUES = st.sampled_from(
    [
        Capabilities(knows_at_once=True),
        Capabilities(knows_at_once=True, replaces=False),
        Capabilities(replaces=False),
        Capabilities(knows_at_once=True, order_types=frozenset({OrderType.MARKET, OrderType.LIMIT})),
    ]
)
AT_VENUE = frozenset(
    {S.SUBMITTED, S.UNKNOWN, S.ACCEPTED, S.TRIGGERED, S.PARTIALLY_FILLED, S.PENDING_CANCEL, S.PENDING_REPLACE}
)
WHO = st.sampled_from(list(SIDES))
WHICH = st.integers(0, 7)  # of the orders there are, counted round


class Brackets(RuleBasedStateMachine):
    """The core, and a venue that may do with each order what a venue may do."""

    def __init__(self) -> None:
        super().__init__()
        self.begin_at(Capabilities(knows_at_once=True))
        self.executions = 0
        self.px = 150

    # -- what we do ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.core.records and not self.core.state.blotter.orders)
    @rule(venue=VENUES)
    def trade_elsewhere(self, venue: Capabilities) -> None:
        self.begin_at(venue)

    @rule(
        who=WHO,
        lots=st.integers(1, 20),
        limit=st.booleans(),
        stop=st.booleans(),
        gain=st.booleans(),
        trail=st.booleans(),
    )
    def enter(self, who: StrategyId, lots: int, *, limit: bool, stop: bool, gain: bool, trail: bool) -> None:
        side = SIDES[who]
        entry = Decimal(self.px)
        wish = replace(
            ticket(str(lots), side, strategy_id=who, limit_px=str(self.px) if limit else None),
            protect_px=entry - 5 * side.sign if stop else None,
            target_px=entry + 5 * side.sign if gain else None,
            trail_by=Decimal(4) if trail else None,
        )
        self.core.put(do.SubmitTicket(actor="ann", ticket=wish))

    @rule(who=WHO, lots=st.integers(1, 20), part=st.integers(1, 20))
    def enter_and_fill(self, who: StrategyId, lots: int, part: int) -> None:
        self.enter(who, lots, limit=False, stop=True, gain=True, trail=False)
        entry = next(reversed(self.core.state.blotter.orders.values()))
        if entry.status in AT_VENUE:
            self.trade(entry, Decimal(min(part, lots)))

    @precondition(lambda self: self.core.state.ledger.open)
    @rule(who=WHO)
    def close(self, who: StrategyId) -> None:
        leaving = [
            order
            for order in self.core.state.blotter.open.values()
            if order.ticket.strategy_id == who and order.ticket.purpose is Purpose.CLOSE
        ]
        if all(order.ticket.parent_id is not None for order in leaving):  # a sizer counts what is on its way
            self.core.put((signal(SignalType.CLOSE, AAPL, strategy_id=who),))

    @precondition(lambda self: self.core.state.blotter.open)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        for order in pick(which, list(self.core.state.blotter.open.values())):
            self.core.put(do.CancelOrder(actor="ann", client_order_id=order.client_order_id))
            self.dismissed.add(order.client_order_id)

    @precondition(lambda self: self.core.state.ledger.open)
    @rule()
    def halt_or_resume(self) -> None:
        halted = self.core.trading() is not TradingState.ACTIVE
        self.core.put(do.ResumeTrading(actor="ann") if halted else do.HaltTrading(actor="ann", reason="why not"))

    @precondition(lambda self: self.core.state.brackets.left.by_parent)
    @rule(move=st.integers(-8, 8))
    def move_the_market(self, move: int) -> None:
        self.px = max(50, self.px + move)
        self.core.put(quote(str(self.px)))

    @precondition(lambda self: self.core.state.ledger.open)
    @rule()
    def restart(self) -> None:
        before = self.core.state.digest()
        self.core.state = folded(self.core.durable, self.capabilities)
        assert self.core.state.digest() == before
        self.core.decider = Decider(self.core.gate, self.core.sizer)
        self.core.put(begin())
        self.core.put(quote(str(self.px)))
        self.reconnect()

    # -- what the venue does -------------------------------------------------------------------------------------

    @precondition(lambda self: self.at_venue())
    @rule(which=WHICH, lots=st.integers(1, 20))
    def fill(self, which: int, lots: int) -> None:
        for order in pick(which, self.at_venue()):
            self.trade(order, min(Decimal(lots), order.ticket.quantity - order.filled_qty))

    @precondition(lambda self: self.at_venue())
    @rule(which=WHICH, word=st.sampled_from(["answer", "refuse", "drop", "repeat"]))
    def say(self, which: int, word: str) -> None:
        for order in pick(which, self.at_venue()):
            if word == "drop":
                self.core.put(self.about(order, ExecType.CANCELED))
            elif word == "repeat":
                self.core.put(self.about(order, ExecType.NEW))
            else:
                self.answer(order, refuse=word == "refuse")

    @precondition(lambda self: self.at_venue())
    @rule(which=WHICH, lots=st.integers(1, 20))
    def fill_into_a_silence(self, which: int, lots: int) -> None:
        """Trade, and lose the answers to all that follows from it, but that the orders are there."""
        for order in pick(which, self.at_venue()):
            self.trade(order, min(Decimal(lots), order.ticket.quantity - order.filled_qty))
        self.wait(30, knows=True)

    @precondition(lambda self: self.at_venue())
    @rule(secs=st.sampled_from([0.5, 10, 30]), knows=st.booleans())
    def wait(self, secs: float, *, knows: bool) -> None:
        """Let time pass; a venue that is asked may say that it has the orders, and no more."""
        self.core.wait(secs)
        if knows:
            for order in self.at_venue():
                self.core.put(self.about(order, ExecType.NEW))
            self.core.wait(0.5)

    @rule()
    def settle(self) -> None:
        """Let the venue answer all it was asked, and the market orders trade, until nothing is owed."""
        for _ in range(200):
            owed = [order for order in self.at_venue() if order.status not in {S.ACCEPTED, S.PARTIALLY_FILLED}]
            market = [one for one in self.at_venue() if one.ticket.order_type is OrderType.MARKET]
            if owed:
                self.answer(owed[0], refuse=False)
            elif market:
                self.trade(market[0], market[0].leaves_qty)
            else:
                break
        else:
            raise AssertionError("it never comes to rest")
        self.check_at_rest()

    def teardown(self) -> None:
        self.settle()

    # -- what holds ----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_protected_that_is_not_held(self) -> None:
        assert list(broken(self.core.state)) == []

    @invariant()
    def no_leg_may_trade_more_than_its_bracket_had(self) -> None:
        orders = self.core.state.blotter.orders
        for order in orders.values():
            parent_id = order.ticket.parent_id
            if parent_id is not None:
                assert order.ticket.quantity <= orders[parent_id].ticket.quantity + order.filled_qty

    def check_at_rest(self) -> None:
        state = self.core.state
        refused = state.brackets.legs.recalled  # a cancel that the venue refused is not asked for again
        for order in state.blotter.open.values():
            if order.ticket.parent_id is not None and order.client_order_id not in refused:
                bracket = state.brackets.left.by_parent[order.ticket.parent_id]
                assert order.client_order_id in {bracket.stop, bracket.target}
        for bracket in state.brackets.left.by_parent.values():
            self.check_stop(bracket)
        for key, position in state.ledger.open.items():
            assert position.quantity * SIDES[key.strategy_id].sign > 0 or self.was_undo_denied, position

    def check_stop(self, bracket: Bracket) -> None:
        orders, brackets = self.core.state.blotter.orders, self.core.state.brackets
        parent = orders[bracket.parent_id]
        asks_stop = parent.ticket.protect_px is not None or parent.ticket.trail_by is not None
        if not bracket.left or not asks_stop or bracket.stop in self.dismissed:
            return
        assert bracket.stop is not None
        stop = orders[bracket.stop]
        if stop.is_closed:
            assert OrderFlag.UNPROTECTED in parent.flags
        elif bracket.stop not in brackets.legs.recalled:
            assert stop.leaves_qty == bracket.left

    # -- words ---------------------------------------------------------------------------------------------------

    def begin_at(self, capabilities: Capabilities) -> None:
        self.capabilities = capabilities
        self.dismissed: set[ClientOrderId] = set()  # what a person canceled
        self.core = Core(capabilities=capabilities)
        self.core.put(quote("150"))

    @property
    def was_undo_denied(self) -> bool:
        """Whether something was to be given back and trading was halted."""
        return any(
            order.status in {S.DENIED, S.REJECTED, S.CANCELED} and "to give back" in order.ticket.reason
            for order in self.core.state.blotter.orders.values()
        )

    def at_venue(self) -> list[Order]:
        return [order for order in self.core.state.blotter.open.values() if order.status in AT_VENUE]

    def trade(self, order: Order, quantity: Decimal) -> None:
        if quantity <= ZERO:
            return
        self.executions += 1
        exec_id = f"X-{self.executions}"
        side = order.ticket.side
        self.core.put(traded(quantity, str(self.px), order.client_order_id, exec_id=exec_id, side=side))

    def about(self, order: Order, exec_type: ExecType) -> Any:
        return said(exec_type, order.client_order_id, side=order.ticket.side)

    def answer(self, order: Order, *, refuse: bool) -> None:
        order_id, now = order.client_order_id, self.core.now
        match order.status:
            case S.SUBMITTED | S.UNKNOWN:
                self.core.put(self.about(order, ExecType.REJECTED if refuse else ExecType.NEW))
            case S.PENDING_CANCEL:
                refusal = CancelReject(client_order_id=order_id, ts=now)
                self.core.put(refusal if refuse else self.about(order, ExecType.CANCELED))
            case S.PENDING_REPLACE:
                refused = ReplaceReject(client_order_id=order_id, number=order.replaces, ts=now)
                self.core.put(refused if refuse else replaced(order))
            case _:
                pass

    def reconnect(self) -> None:
        net = sum((position.quantity for position in self.core.state.ledger.open.values()), ZERO)
        cash = next(iter(self.core.state.ledger.cash.values()))
        working = [order.client_order_id for order in self.at_venue()]
        self.core.put(books(str(cash), {AAPL: str(net)}, *working))
        self.core.put(do.RenewProtection(actor="session"))


def pick(which: int, orders: list[Order]) -> list[Order]:
    return [orders[which % len(orders)]] if orders else []


TestBrackets = Brackets.TestCase
TestBrackets.settings = settings(
    max_examples=200, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
