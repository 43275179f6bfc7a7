"""The real gate, sizer, core and simulated venue without a loop, so that thousands of little sessions can be played.

What the venue says waits until it is heard, as it does on a wire: between an order and its fills there is time for
other orders, cancels and prices. After every event an oracle that knows nothing of the gate's own sums looks at what
could come of all that is held and works.
"""

from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from brokers.sim.settings import SimSettings
from brokers.sim.venue import SIM, SimBroker
from oms.blotter import position_key
from oms.decide import Decider, Input
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.account import AccountSnapshot
from oms.domain.calendar import TradingHours
from oms.domain.fees import PercentFee
from oms.domain.ids import AccountId, InstrumentId, StrategyId
from oms.domain.instrument import AssetClass, Instrument
from oms.domain.market import Quote
from oms.domain.order import Order, OrderTicket, OrderType, Side
from oms.domain.position import PositionKey
from oms.domain.report import VenueReport
from oms.domain.risk import TradingState
from oms.domain.units import SECOND, ZERO, Money, Quantity
from oms.state import State
from risk.catalog import build_rules, build_sizer
from risk.engine import RiskManager

ACCOUNT: Final = AccountId("SIM-000001")
CASH: Final = Money(Decimal(100_000), "USD")
STRATEGIES: Final = tuple(StrategyId(name) for name in ("manual", "trend", "mean", "pairs"))
START: Final = 1_000_000 * SECOND


def _listed(symbol: str) -> Instrument:
    return Instrument(
        instrument_id=InstrumentId(f"{symbol}.XNYS"),
        symbol=symbol,
        listing="XNYS",
        asset_class=AssetClass.EQUITY,
        currency="USD",
        tick=Decimal("0.01"),
        lot=Decimal(1),
        calendar="always",
        underlying=symbol,
    )


INSTRUMENTS: Final = tuple(_listed(symbol) for symbol in ("AAA", "BBB", "CCC", "DDD"))


class Limits:
    """The limits in force, as the oracle reads them."""

    def __init__(self, *, position: str, trades: int, positions: int, per_symbol: int) -> None:
        self.position = Decimal(position)
        self.trades, self.positions, self.per_symbol = trades, positions, per_symbol

    def tables(self) -> dict[str, dict[str, object]]:
        """Return the configuration; what would hide these limits behind it is raised."""
        return {
            "max_position": {"limit": self.position},
            "max_trades": {"limit": self.trades},
            "max_positions": {"limit": self.positions},
            "max_per_symbol": {"limit": self.per_symbol},
            "max_order_value": {"limit": 1_000_000},
            "duplicate": {"limit": 0},
            "order_rate": {"limit": 10_000_000, "burst": 999},
            "short_sale": {"allow": True},
        }


class Exchange:
    """A running account. `put` decides one input and hands over what came of it; `hear` listens to the venue."""

    def __init__(self, limits: Limits, seed: int) -> None:
        self.limits = limits
        self.state = State()
        self.now = START
        self.orders = 0  # that passed the gate, and that it denied
        self.denials = 0
        self._said: deque[VenueReport] = deque()
        gate = RiskManager(build_rules(limits.tables()), {"always": TradingHours.always("always")}, SECOND)
        sizer = build_sizer("fixed_risk", {"risk_frac": "0.0005"}, broker=SIM, account=ACCOUNT)
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
            self.quote(instrument, 10_000, 0)

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
            before = self._worst()
            seq = 0 if isinstance(event, ev.MarketMoved) else self.state.seq + 1
            self.state.apply(ev.Record(seq=seq, ts=self.now, wall=0, event=event))
            self._examine(event, before)
            if isinstance(event, ev.OrderSubmitted | ev.OrderPendingCancel):
                leaving.append(event)
        for event in leaving:
            self._hand_over(event)
        self._said.extend(self._venue.drain())

    def _hand_over(self, event: ev.Event) -> None:
        match event:
            case ev.OrderSubmitted():
                self._venue.submit(self.state.blotter.orders[event.client_order_id])
            case ev.OrderPendingCancel():
                self._venue.cancel(self.state.blotter.orders[event.client_order_id])
            case _:
                raise AssertionError(event)

    # -- the oracle ---------------------------------------------------------------------------------------------

    def _examine(self, event: ev.Event, before: dict[tuple[InstrumentId, Side], Quantity]) -> None:
        match event:
            case ev.OrderInitialized():
                pass  # it is taken on to be judged; the next event is the verdict
            case ev.OrderSubmitted():
                self.orders += 1
                self._examine_passed(self.state.blotter.orders[event.client_order_id])
            case ev.OrderDenied():
                self.denials += 1
                self._examine_denied(self.state.blotter.orders[event.client_order_id])
            case _:
                grown = {key: quantity for key, quantity in self._worst().items() if quantity > before[key]}
                assert not grown, f"{type(event).__name__} alone made more possible: {grown}"

    def _examine_passed(self, order: Order) -> None:
        ticket, trading = order.ticket, self.state.trading.state
        assert trading is not TradingState.HALTED, "an order was sent while trading was halted"
        if self._against(ticket) >= ticket.quantity:
            return
        assert trading is TradingState.ACTIVE, "an order that opens was sent while only reducing was allowed"
        equity = self.state.equity.now
        assert equity is not None
        held = self._worst()[ticket.instrument_id, ticket.side] * self._px(ticket.instrument_id)
        assert held <= self.limits.position * equity, f"{held} in {ticket.instrument_id} with an equity of {equity}"
        gross = sum(
            max(self._worst()[each.instrument_id, side] for side in Side) * self._px(each.instrument_id)
            for each in INSTRUMENTS
        )
        assert gross <= equity, f"{gross} at work with an equity of {equity}"
        if not self._leaves(order):
            self._examine_counts(ticket)

    def _examine_counts(self, ticket: OrderTicket) -> None:
        engaged = {key for key, position in self.state.ledger.positions.items() if position.quantity}
        engaged |= {position_key(order.ticket) for order in self._open()}
        trades = sum(key.strategy_id == ticket.strategy_id for key in engaged)
        per_symbol = sum(key.instrument_id == ticket.instrument_id for key in engaged)
        assert trades <= self.limits.trades, f"{trades} positions of {ticket.strategy_id}"
        assert per_symbol <= self.limits.per_symbol, f"{per_symbol} positions in {ticket.instrument_id}"
        assert len(engaged) <= self.limits.positions, f"{len(engaged)} positions"

    def _examine_denied(self, order: Order) -> None:
        ticket = order.ticket
        if ticket.group_id is None and self.state.trading.state is not TradingState.HALTED:
            assert self._against(ticket) < ticket.quantity, f"{order.text} denied what only reduces: {ticket}"

    def _worst(self) -> dict[tuple[InstrumentId, Side], Quantity]:
        """Return how long and how short each instrument could become if everything on that side were filled."""
        worst = {}
        for instrument in INSTRUMENTS:
            for side in Side:
                worst[instrument.instrument_id, side] = max(ZERO, self._possible(instrument.instrument_id, side))
        return worst

    def _possible(self, instrument_id: InstrumentId, side: Side) -> Quantity:
        held = sum(
            (each.quantity for key, each in self.state.ledger.positions.items() if key.instrument_id == instrument_id),
            ZERO,
        )
        working = (order.leaves_qty for order in self._open(instrument_id) if order.ticket.side is side)
        return held * side.sign + sum(working, ZERO)

    def _against(self, ticket: OrderTicket) -> Quantity:
        """Return what lies against a ticket, whether it is counted among the open orders or was denied."""
        counted = sum((order.leaves_qty for order in self._open() if order.ticket is ticket), ZERO)
        return counted - self._possible(ticket.instrument_id, ticket.side)

    def _leaves(self, order: Order) -> bool:
        """Tell whether an order only gives back what its own strategy holds."""
        key: PositionKey = position_key(order.ticket)
        held = self.state.ledger.positions[key].quantity if key in self.state.ledger.positions else ZERO
        same = (
            other.leaves_qty
            for other in self._open()
            if position_key(other.ticket) == key and other.ticket.side is order.ticket.side
        )
        return held * order.ticket.side.sign + sum(same, ZERO) <= ZERO

    def _open(self, instrument_id: InstrumentId | None = None) -> Iterator[Order]:
        for order in self.state.blotter.orders.values():
            if not order.is_closed and instrument_id in (None, order.ticket.instrument_id):
                yield order

    def _px(self, instrument_id: InstrumentId) -> Decimal:
        return self.state.marks.by_id[instrument_id].px


def ticket(
    side: Side, quantity: int, instrument: Instrument, strategy: StrategyId, limit: Decimal | None
) -> OrderTicket:
    """Return a wish: a market order unless it has a limit."""
    return OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=strategy,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=Decimal(quantity),
        order_type=OrderType.MARKET if limit is None else OrderType.LIMIT,
        limit_px=limit,
    )
