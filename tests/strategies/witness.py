"""A strategy that notes what it is shown, and records to show it."""

from decimal import Decimal

from oms.domain.events import Event, MarketMoved, Record
from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.market import Bar, MarketData
from oms.domain.order import Side
from oms.domain.order_events import OrderFilled
from oms.domain.signal import SignalType
from oms.domain.units import Money
from strategies.base import BaseStrategy, Signals
from strategies.config import StrategyConfig, StrategyType
from strategies.context import FLAT, Context, Holding

AAPL, IBM = InstrumentId("AAPL.XNAS"), InstrumentId("IBM.XNYS")


class Witness(BaseStrategy):
    """Buys on each bar and notes what it was shown."""

    TYPE = StrategyType.MOMENTUM

    def __init__(self, name: str, *instruments: InstrumentId) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId(name), instruments=instruments))
        self.seen: list[Bar] = []
        self.held: list[Holding] = []
        self.now: list[int] = []

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        self.seen.append(bar)
        self.held.append(context.position(bar.instrument.instrument_id))
        self.now.append(context.now)
        return [self.enter(bar, SignalType.BUY, confidence=0.7, strength=0.5, reason="always")]


def flat(_: StrategyId, __: InstrumentId) -> Holding:
    return FLAT


def moved(data: MarketData) -> Record:
    return record(MarketMoved(data=data), data.ts + 7)


def record(event: Event, ts: int = 0) -> Record:
    return Record(seq=0, ts=ts, wall=0, event=event)


def filled(name: str, side: Side = Side.BUY, price: str = "100") -> Record:
    fill = Fill(
        exec_id=ExecId(f"{name} {side} {price}"),
        client_order_id=ClientOrderId("SIM-1-1"),
        broker=BrokerId("sim"),
        account=AccountId("SIM-1"),
        strategy_id=StrategyId(name),
        instrument_id=AAPL,
        side=side,
        last_qty=Decimal(10),
        last_px=Decimal(price),
        fee=Money(Decimal(1), "USD"),
        liquidity=LiquiditySide.TAKER,
        ts=0,
    )
    return record(OrderFilled(client_order_id=fill.client_order_id, fill=fill))
