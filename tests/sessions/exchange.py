"""The real gate, sizer, core and simulated venue without a loop, so that thousands of little sessions can be played.

What the venue says waits until it is heard, as it does on a wire: between an order and its fills there is time for
other orders, cancels and prices. The oracle is shown every event.
"""

from collections import deque
from decimal import Decimal
from typing import Final

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SIM, SimBroker
from oms.decide.decider import Decider
from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.account import AccountSnapshot
from oms.domain.calendar import TradingHours
from oms.domain.fees import PercentFee
from oms.domain.ids import AccountId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.report import VenueReport
from oms.domain.units import SECOND, Money
from oms.router import LEAVES
from oms.state import State
from risk.catalog import build_rules, build_sizer
from risk.engine import RiskManager
from tests.doubles.share import share
from tests.sessions.oracle import Limits, Oracle

ACCOUNT: Final = AccountId("SIM-000001")
CASH: Final = Money(Decimal(100_000), "USD")
STRATEGIES: Final = tuple(StrategyId(name) for name in ("manual", "trend", "mean", "pairs"))
START: Final = 1_000_000 * SECOND


INSTRUMENTS: Final = tuple(share(f"{symbol}.XNYS", calendar="always") for symbol in ("AAA", "BBB", "CCC", "DDD"))


class Exchange:
    """A running account. `put` decides one input and hands over what came of it; `hear` listens to the venue."""

    def __init__(self, limits: Limits, risk_frac: str, seed: int) -> None:
        self.state = State({SIM: SimBroker.capabilities})
        self.now = START
        self.oracle = Oracle(limits, self.state)
        self._said: deque[VenueReport] = deque()
        gate = RiskManager(build_rules(limits.tables()), {"always": TradingHours.always("always")}, SECOND)
        sizer = build_sizer("fixed_risk", {"risk_frac": risk_frac}, broker=SIM, account=ACCOUNT)
        self._decider = Decider(gate, sizer)
        self._venue = SimBroker(
            account=ACCOUNT,
            cash=CASH,
            seed=seed,
            instruments=INSTRUMENTS,
            fees=PercentFee(),
            settings=SimSettings(partial=Decimal("0.5"), reject=Decimal("0.1")),
        )
        self.put(
            do.BeginRun(
                actor="test",
                prefix="SIM",
                mode="paper",
                seed=seed,
                config_hash="",
                feed="",
                feed_hash="",
                currency="USD",
                instruments=INSTRUMENTS,
                limits=gate.limits(),
                strategies=STRATEGIES,
                latch=None,
            )
        )
        books = AccountSnapshot(broker=SIM, account=ACCOUNT, ts=START, cash=(CASH,), net=(), open_orders=())
        self.put(do.BrokerUp(actor="test", broker=SIM, snapshot=books))
        for instrument in INSTRUMENTS:
            self.quote(instrument, 10_000, 1)

    def quote(self, instrument: Instrument, last: int, spread: int) -> None:
        """Show a price, in ticks, to the venue and then to the core."""
        self.now += SECOND
        quote = Quote(
            instrument=instrument,
            ts=self.now,
            bid=last - spread,
            ask=last + spread,
            last=last,
            bid_size=100,
            ask_size=100,
        )
        self._venue.on_market(quote)
        self._said.extend(self._venue.drain())
        self.put(quote)

    def hear(self, reports: int) -> None:
        """Let the core hear so many of the reports that wait."""
        for _ in range(min(reports, len(self._said))):
            self.put(self._said.popleft())

    def put(self, cause: Input) -> None:
        """Decide one input, apply and examine each event, and then hand over what may leave."""
        leaving: list[ev.Event] = []
        for event in self._decider.decide(self.state, cause):
            seq = 0 if type(event) in ev.PASSING else self.state.seq + 1
            self.state.apply(ev.Record(seq=seq, ts=self.now, wall=0, event=event))
            self.oracle.examine(event)
            if type(event) in LEAVES:
                leaving.append(event)
        for event in leaving:
            self._hand_over(event)
        self._said.extend(self._venue.drain())

    def _hand_over(self, event: ev.Event) -> None:
        match event:
            case oev.OrderSubmitted():
                self._venue.submit(self.state.blotter.orders[event.client_order_id])
            case oev.OrderPendingReplace():
                self._venue.replace(self.state.blotter.orders[event.client_order_id], event.ticket)
            case oev.OrderPendingCancel():
                self._venue.cancel(self.state.blotter.orders[event.client_order_id])
            case oev.OrderQueried():
                self._venue.query(self.state.blotter.orders[event.client_order_id])
            case _:
                raise AssertionError(event)


def ticket(
    side: Side,
    quantity: int,
    instrument: Instrument,
    strategy: StrategyId,
    limit: Decimal | None,
    stop: Decimal | None = None,
) -> OrderTicket:
    """Return a wish: a market order unless it has a limit or a stop."""
    with_limit, without = (
        (OrderType.LIMIT, OrderType.MARKET) if stop is None else (OrderType.STOP_LIMIT, OrderType.STOP_MARKET)
    )
    return OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=strategy,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=Decimal(quantity),
        order_type=without if limit is None else with_limit,
        limit_px=limit,
        stop_px=stop,
    )
