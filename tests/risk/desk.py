"""A state as a journal would make it: every method applies the records that would have led there."""

from decimal import Decimal
from typing import Final

from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.calendar import TradingHours
from oms.domain.events import Record
from oms.domain.fees import FeeSchedule, PercentFee
from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, RunId, StrategyId
from oms.domain.instrument import AssetClass, Instrument
from oms.domain.market import Bar, BarSpec, Quote
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from oms.domain.risk import RiskDecision, SharedFacts, Verdict
from oms.domain.units import SECOND, ZERO, Money, Nanos, Price, Quantity
from oms.state import State
from risk.engine import RiskManager
from risk.facts import Facts, Surroundings, gather
from risk.rule import RiskRule

BROKER, ACCOUNT = BrokerId("sim"), AccountId("SIM-000001")
TREND, MEAN = StrategyId("trend_following"), StrategyId("mean_reversion")
START: Final[Nanos] = 1_000_000 * SECOND  # in the session of HOURS
HOURS: Final = TradingHours(
    calendar="XNYS",
    opens=(START - 100 * SECOND, START + 2_000 * SECOND),
    closes=(START + 1_000 * SECOND, START + 3_000 * SECOND),
)
NO_FACTS: Final = SharedFacts(equity=None, peak_equity=None, day_equity=None, mark_px=None)
APPROVED: Final = RiskDecision(verdict=Verdict.PASS, failed=(), limits_no=0, observed=(), facts=NO_FACTS)


def listed(
    symbol: str, *, lot: str = "1", tick: str = "0.01", currency: str = "USD", multiplier: str = "1"
) -> Instrument:
    """Return an equity of the New York calendar."""
    return Instrument(
        instrument_id=InstrumentId(f"{symbol}.XNYS"),
        symbol=symbol,
        listing="XNYS",
        asset_class=AssetClass.EQUITY,
        currency=currency,
        tick=Decimal(tick),
        lot=Decimal(lot),
        calendar="XNYS",
        underlying=symbol,
        multiplier=Decimal(multiplier),
    )


IBM: Final = listed("IBM")
AAPL: Final = listed("AAPL")


def ticket(
    side: Side = Side.BUY,
    quantity: str | Decimal = "10",
    *,
    instrument: Instrument = IBM,
    strategy: StrategyId = TREND,
    limit: str | None = None,
    stop: str | None = None,
    confidence: float | None = None,
    reduce_only: bool = False,
    tif: TimeInForce = TimeInForce.DAY,
) -> OrderTicket:
    """Return a market order, or a limit or stop order where these prices are given."""
    kinds = {(False, False): OrderType.MARKET, (True, False): OrderType.LIMIT, (False, True): OrderType.STOP_MARKET}
    return OrderTicket(
        broker=BROKER,
        account=ACCOUNT,
        strategy_id=strategy,
        instrument_id=instrument.instrument_id,
        side=side,
        quantity=Decimal(quantity),
        order_type=kinds.get((limit is not None, stop is not None), OrderType.STOP_LIMIT),
        limit_px=None if limit is None else Decimal(limit),
        stop_px=None if stop is None else Decimal(stop),
        tif=tif,
        confidence=confidence,
        reduce_only=reduce_only,
    )


def buy(quantity: str | Decimal = "10", **more: object) -> OrderTicket:
    """Return a ticket that buys."""
    return ticket(Side.BUY, quantity, **more)  # type: ignore[arg-type]


def sell(quantity: str | Decimal = "10", **more: object) -> OrderTicket:
    """Return a ticket that sells."""
    return ticket(Side.SELL, quantity, **more)  # type: ignore[arg-type]


class Desk:
    """A running account; `bare` has listed nothing, seen no quote and knows no cash."""

    def __init__(self, *, bare: bool = False, cash: str = "100000") -> None:
        self.state = State()
        self.ts = START
        self.fees: FeeSchedule = PercentFee()
        self._seq = self._orders = self._fills = 0
        if bare:
            return
        self.apply(
            ev.RunStarted(
                run_id=RunId(1),
                actor="test",
                prefix="SIM",
                mode="paper",
                seed=7,
                config_hash="",
                feed="tape",
                feed_hash="",
                currency="USD",
            )
        )
        self.list(IBM, AAPL)
        self.cash(cash)
        self.quote(IBM, "100")
        self.quote(AAPL, "100")
        self.day(cash)
        self.peak(cash)

    def apply(self, event: ev.Event) -> None:
        """Count one event in, at the desk's time."""
        durable = not isinstance(event, ev.MarketMoved)
        self._seq += durable
        self.state.apply(Record(seq=self._seq if durable else 0, ts=self.ts, wall=0, event=event))

    def list(self, *instruments: Instrument) -> None:
        """Make instruments tradable."""
        for instrument in instruments:
            self.apply(ev.InstrumentListed(instrument=instrument))

    def wait(self, seconds: str | int) -> None:
        """Let engine time pass; the state notices with the next event, so one follows that changes nothing."""
        self.ts += int(Decimal(seconds) * SECOND)
        self.apply(ev.BrokerConnected(broker=BROKER))

    def quote(self, instrument: Instrument, last: str, *, bid: str | None = None, ask: str | None = None) -> None:
        """Show a quote; the ask is the last price where not given, and the bid a tick below it."""
        self.apply(
            ev.MarketMoved(
                data=Quote(
                    instrument=instrument,
                    ts=self.ts,
                    bid=instrument.ticks(Decimal(bid)) if bid else instrument.ticks(Decimal(ask or last)) - 1,
                    ask=instrument.ticks(Decimal(ask or last)),
                    last=instrument.ticks(Decimal(last)),
                    bid_size=100,
                    ask_size=100,
                )
            )
        )

    def closes(self, instrument: Instrument, *prices: str) -> None:
        """Show a bar for each close."""
        for px in prices:
            ticks = instrument.ticks(Decimal(px))
            bar = Bar(
                instrument=instrument,
                spec=BarSpec("1d", 1),
                ts=self.ts,
                ts_open=self.ts,
                ts_close=self.ts,
                open=ticks,
                high=ticks,
                low=ticks,
                close=ticks,
                volume=1,
            )
            self.apply(ev.MarketMoved(data=bar))

    def cash(self, amount: str) -> None:
        """Let the venue report cash."""
        self.apply(aev.BalanceReported(broker=BROKER, account=ACCOUNT, cash=Money(Decimal(amount), "USD")))

    def day(self, equity: str) -> None:
        """Open the day with this equity."""
        self.apply(aev.DayOpened(day="1970-01-12", equity=Decimal(equity)))

    def peak(self, equity: str) -> None:
        """Record a new high."""
        self.apply(aev.PeakEquityRaised(equity=Decimal(equity)))

    def halt(self, cause: str = "stop", text: str = "by hand") -> None:
        """Close the gate."""
        self.apply(ev.TradingHalted(actor="test", cause=cause, text=text))

    def reduce(self, cause: str = "test", text: str = "by hand") -> None:
        """Let pass only what reduces."""
        self.apply(ev.TradingReduced(actor="test", cause=cause, text=text))

    def resume(self) -> None:
        """Open the gate."""
        self.apply(ev.TradingResumed(actor="test"))

    def send(self, wish: OrderTicket) -> ClientOrderId:
        """Take on a ticket and submit it; it works until it is filled."""
        self._orders += 1
        order_id = ClientOrderId(f"SIM-1-{self._orders}")
        self.apply(oev.OrderInitialized(client_order_id=order_id, ticket=wish))
        self.apply(oev.OrderSubmitted(client_order_id=order_id, decision=APPROVED, ticket_hash=""))
        return order_id

    def fill(self, order_id: ClientOrderId, px: str | Price, quantity: Quantity | None = None) -> None:
        """Fill an order, the whole of it where no quantity is given."""
        wish = self.state.blotter.orders[order_id].ticket
        self._fills += 1
        fill = Fill(
            exec_id=ExecId(f"E{self._fills}"),
            client_order_id=order_id,
            broker=wish.broker,
            account=wish.account,
            strategy_id=wish.strategy_id,
            instrument_id=wish.instrument_id,
            side=wish.side,
            last_qty=wish.quantity if quantity is None else quantity,
            last_px=Decimal(px),
            fee=Money(ZERO, "USD"),
            liquidity=LiquiditySide.TAKER,
            ts=self.ts,
        )
        self.apply(oev.OrderFilled(client_order_id=order_id, fill=fill))

    def hold(self, wish: OrderTicket, px: str = "100") -> None:
        """Send a ticket and fill it."""
        self.fill(self.send(wish), px)

    def facts(self, wish: OrderTicket, *beside: OrderTicket) -> Facts:
        """Return the facts of a ticket."""
        return gather(wish, self.state, beside, Surroundings(hours={"XNYS": HOURS}, fees=self.fees))

    def gate(self, *rules: RiskRule, interval: Nanos = SECOND) -> RiskManager:
        """Return a gate of these rules."""
        return RiskManager(rules, {"XNYS": HOURS}, interval, self.fees)
