"""Whatever is sent in whatever order: nothing that is held or works exceeds a limit that it had to pass, nothing opens
while trading is closed, and nothing that only reduces is denied. The oracle examines every event."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import WORKING, Order, Side
from oms.domain.report import NotFound
from oms.domain.risk import TradingState
from oms.domain.signal import SignalType, TradingSignal
from oms.reservations import Reservations
from risk.engine import RiskManager
from tests.sessions.exchange import INSTRUMENTS, STRATEGIES, Exchange, ticket
from tests.sessions.oracle import Limits

SYMBOLS = {instrument.symbol: instrument for instrument in INSTRUMENTS}
symbols = st.sampled_from(sorted(SYMBOLS))
strategies = st.sampled_from(STRATEGIES)
sides = st.sampled_from(Side)
sizes = st.sampled_from([1, 2, 10, 24, 25, 26, 49, 50, 51])
openings = st.sampled_from([SignalType.BUY, SignalType.SELL, SignalType.INCREASE])
limits = st.sampled_from([None, None, None, "90.00", "100.00", "110.00"])
ONE = Decimal(1)
places = st.integers(min_value=0, max_value=5)
distances = st.sampled_from([1, 1, 5, 30, 200, 0, -40])  # ticks; a stop that is not beyond the market is denied
limits_of_stops = st.sampled_from([None, None, 0, 5, 40, -5])


class Session(RuleBasedStateMachine):
    """One account. What is drawn often stands here more than once."""

    LIMITS = Limits(position="0.05", positions=4, by_strategy=2, by_instrument=2)
    TIMES = 1  # what the sizes are multiplied by
    RISK_FRAC = "0.0007"  # what a signal asks for: 3.5 % of equity

    @initialize(seed=st.integers(min_value=0, max_value=99))
    def open(self, seed: int) -> None:
        self.exchange = Exchange(self.LIMITS, self.RISK_FRAC, seed)

    @rule(side=sides, size=sizes, symbol=symbols, strategy=strategies, limit=limits)
    def send(self, side: Side, size: int, symbol: str, strategy: StrategyId, limit: str | None) -> None:
        px = None if limit is None else Decimal(limit)
        wish = ticket(side, size * self.TIMES, SYMBOLS[symbol], strategy, px)
        self.exchange.put(do.SubmitTicket(actor="test", ticket=wish))

    @rule(side=sides, size=sizes, symbol=symbols, strategy=strategies, beyond=distances, limit=limits_of_stops)
    def send_stop(
        self, side: Side, size: int, symbol: str, strategy: StrategyId, beyond: int, limit: int | None
    ) -> None:
        """A stop so many ticks beyond the market; its limit lies so many beyond it."""
        stop_px = self._beyond(side, SYMBOLS[symbol], beyond)
        limit_px = None if limit is None else stop_px + SYMBOLS[symbol].tick * limit * side.sign
        wish = ticket(side, size * self.TIMES, SYMBOLS[symbol], strategy, limit_px, stop_px)
        self.exchange.put(do.SubmitTicket(actor="test", ticket=wish))

    @precondition(lambda self: any(order.ticket.stop_px for order in self.working()))
    @rule(place=places)
    def touch(self, place: int) -> None:
        """Let the market go where a stop waits for it."""
        stops = [order.ticket for order in self.working() if order.ticket.stop_px is not None]
        ticket = stops[place % len(stops)]
        instrument = SYMBOLS[ticket.instrument_id.partition(".")[0]]
        self.exchange.quote(instrument, instrument.ticks(ticket.stop_px or ONE), 1)

    @precondition(lambda self: self.working())
    @rule(place=places, size=sizes)
    def change_size(self, place: int, size: int) -> None:
        self._change(place, size, None, None)

    @precondition(lambda self: self.working())
    @rule(place=places, size=sizes, limit=limits, beyond=distances)
    def change(self, place: int, size: int, limit: str | None, beyond: int) -> None:
        """Ask for another quantity, and for other prices of what has some."""
        self._change(place, size, limit, beyond)

    @rule(side=sides, size=sizes, strategy=strategies, reports=st.integers(min_value=0, max_value=9))
    def send_and_hear(self, side: Side, size: int, strategy: StrategyId, reports: int) -> None:
        self.send(side, size, "AAA", strategy, None)
        self.exchange.hear(reports)

    @rule(reports=st.integers(min_value=1, max_value=9))
    def hear(self, reports: int) -> None:
        self.exchange.hear(reports)

    @rule(strategy=strategies, kind=st.sampled_from(SignalType), symbol=symbols)
    def signal(self, strategy: StrategyId, kind: SignalType, symbol: str) -> None:
        self.exchange.put((self._opinion(strategy, kind, SYMBOLS[symbol]),))

    @rule(strategy=strategies, legs=st.tuples(*[st.tuples(openings, symbols)] * 2))
    def signal_a_pair(self, strategy: StrategyId, legs: tuple[tuple[SignalType, str], ...]) -> None:
        group = f"G{self.exchange.state.seq}"
        self.exchange.put(tuple(self._opinion(strategy, kind, SYMBOLS[symbol], group) for kind, symbol in legs))

    @rule(place=st.integers(min_value=0, max_value=5))
    def cancel(self, place: int) -> None:
        for order_id in list(self.exchange.state.blotter.open)[place : place + 1]:
            self.exchange.put(do.CancelOrder(actor="test", client_order_id=order_id, reason=""))

    @rule(symbol=symbols, last=st.integers(min_value=9_000, max_value=11_000), spread=st.sampled_from([1, 2, 20]))
    def quote(self, symbol: str, last: int, spread: int) -> None:
        self.exchange.quote(SYMBOLS[symbol], last, spread)

    @rule(state=st.sampled_from([TradingState.ACTIVE, TradingState.ACTIVE, *TradingState]))
    def trade(self, state: TradingState) -> None:
        """Let more or less be traded from now on."""
        match state:
            case TradingState.ACTIVE:
                self.exchange.put(do.ResumeTrading(actor="test"))
                self.exchange.put(do.EnableStrategy(actor="test"))
            case TradingState.REDUCING:  # the venue speaks of an order that nobody knows
                self.exchange.put(NotFound(client_order_id=ClientOrderId("X-1-1"), ts=self.exchange.now))
            case TradingState.HALTED:
                self.exchange.put(do.HaltTrading(actor="test", reason="drawn"))

    def teardown(self) -> None:
        """Hear the rest."""
        self.exchange.hear(1_000_000)

    def working(self) -> list[Order]:
        return [order for order in self.exchange.state.blotter.open.values() if order.status in WORKING]

    def _change(self, place: int, size: int, limit: str | None, beyond: int | None) -> None:
        order = self.working()[place % len(self.working())]
        old, instrument = order.ticket, SYMBOLS[order.ticket.instrument_id.partition(".")[0]]
        self.exchange.put(
            do.ReplaceOrder(
                actor="test",
                client_order_id=order.client_order_id,
                quantity=Decimal(size * self.TIMES),
                limit_px=Decimal(limit) if limit is not None and old.limit_px is not None else None,
                stop_px=None if beyond is None or old.stop_px is None else self._beyond(old.side, instrument, beyond),
            )
        )

    def _beyond(self, side: Side, instrument: Instrument, ticks: int) -> Decimal:
        quote = self.exchange.state.marks.quotes[instrument.instrument_id]
        return instrument.price(quote.ask + ticks if side is Side.BUY else quote.bid - ticks)

    def _opinion(
        self, strategy: StrategyId, kind: SignalType, instrument: Instrument, group: str | None = None
    ) -> TradingSignal:
        return TradingSignal(
            strategy_id=strategy,
            instrument_id=instrument.instrument_id,
            signal_type=kind,
            ts=self.exchange.now,
            confidence=1.0,
            strength=1.0,
            reason="drawn",
            group_id=group,
        )


class WideSession(Session):
    """The same where positions and counts leave room, so that money is what binds."""

    LIMITS = Limits(position="0.8", positions=16, by_strategy=4, by_instrument=4)
    TIMES = 12
    RISK_FRAC = "0.008"


TestNarrowLimits = Session.TestCase
TestNarrowLimits.settings = settings(max_examples=160, stateful_step_count=40)
TestWideLimits = WideSession.TestCase
TestWideLimits.settings = settings(max_examples=90, stateful_step_count=40)


def test_the_oracle_meets_changes_that_pass_and_those_that_do_not() -> None:
    exchange = Exchange(Session.LIMITS, Session.RISK_FRAC, seed=7)
    exchange.put(do.SubmitTicket(actor="test", ticket=ticket(Side.BUY, 10, INSTRUMENTS[0], STRATEGIES[0], Decimal(98))))
    exchange.hear(1)
    (order_id,) = exchange.state.blotter.open

    for size in (49, 51, 5):  # a limit of 5 % of 100,000 is 49 at the mark of 100.00
        wish = do.ReplaceOrder(actor="test", client_order_id=order_id, quantity=Decimal(size))
        exchange.put(wish)
        exchange.hear(1)

    assert (exchange.oracle.orders, exchange.oracle.changes, exchange.oracle.denials) == (1, 2, 1)


RESERVE = Reservations.reserve  # as it is
MISTAKES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a change is not judged": lambda patch: patch.setattr(
        RiskManager,
        "check_change",
        lambda gate, _order, ticket, state: gate.check(replace(ticket, quantity=ONE), state),
    ),
    "stops reserve nothing": lambda patch: patch.setattr(
        Reservations, "reserve", lambda sums, order: RESERVE(sums, order) if order.ticket.stop_px is None else None
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_about_stops_and_changes_would_be_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MISTAKES[mistake](monkeypatch)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Session, settings=settings(max_examples=160, stateful_step_count=40, phases=[Phase.generate])
        )


def test_the_oracle_meets_what_passes_and_what_does_not() -> None:
    exchange = Exchange(Session.LIMITS, Session.RISK_FRAC, seed=7)

    for strategy, instrument in product(STRATEGIES, INSTRUMENTS):
        exchange.put(do.SubmitTicket(actor="test", ticket=ticket(Side.BUY, 10, instrument, strategy, None)))

    assert (exchange.oracle.orders, exchange.oracle.denials) == (4, 12)
