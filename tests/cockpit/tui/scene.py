"""One fixed afternoon of trading, as records: what panels and pictures are tried on.

Nothing in it comes from the strategies, the venue or the sizers that ship, so a picture changes only when the screen
does. Times are engine time; of the wall's time four minutes take as long as a trend needs for a point.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from msgspec import structs

from cockpit.bootstrap import Built
from cockpit.config import load
from cockpit.tui.recent import SECS_PER_POINT, Recent
from cockpit.tui.view import Freshness, View
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, RunId, StrategyId
from oms.domain.market import Bar, BarSpec, Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.risk import RiskDecision, RuleLimits, SharedFacts, Verdict
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import DAY, MINUTE, SECOND, Money, Nanos
from oms.state import State
from risk.catalog import build_rules
from risk.engine import RiskManager
from risk.findings import findings
from tests.doubles.share import share

SIM, ACCOUNT = BrokerId("sim"), AccountId("SIM-000001")
TREND, REVERSION, PAIRS, CROSS = (
    StrategyId(name) for name in ("trend_following", "mean_reversion", "pairs_trading", "ma_crossover")
)
OPENED: Nanos = 1_279_114_200 * SECOND  # 2010-07-14 13:30Z
LASTS = {"AAPL": 25273, "GOOG": 48956, "IBM": 13045, "MSFT": 2544}
CLOSES = {"AAPL": 25180, "GOOG": 49120, "IBM": 12984, "MSFT": 2544}
MINUTES = 90
NOW = 1_000.0
"""Wall seconds when the last prices have come."""
DAY_SPEC = BarSpec("1d", DAY)
WAITING = {
    TREND: "AAPL 10/30 gap +0.4% · GOOG 10/30 gap -1.2% · IBM 10/30 gap +2.0% · MSFT 10/30 gap -0.1%",
    REVERSION: "AAPL z -1.31 of ±2.0, rsi 44 · GOOG z +0.20 of ±2.0, rsi 52 · IBM z +1.75 of ±2.0, rsi 66",
    PAIRS: "IBM/MSFT z -0.73 of ±2.0, correlation 0.96 · AAPL/GOOG z +1.70 of ±2.0, correlation 0.81",
    CROSS: "AAPL 20/50 gap -2.3% · GOOG 20/50 gap -6.0% · IBM 20/50 gap -2.1% · MSFT 20/50 gap -3.3%",
}


SHARES = {symbol: share(f"{symbol}.XNYS" if symbol == "IBM" else f"{symbol}.XNAS") for symbol in LASTS}


def quote(symbol: str, last: int, ts: Nanos) -> ev.MarketMoved:
    """The market shows a price in ticks."""
    data = Quote(
        instrument=SHARES[symbol], ts=ts, bid=last - 1, ask=last + 2, last=last, bid_size=9, ask_size=9,
        interpolated=True,
    )  # fmt: skip
    return ev.MarketMoved(data=data)


def bar(symbol: str, close: int) -> ev.MarketMoved:
    """Yesterday, as it was seen this morning."""
    data = Bar(
        instrument=SHARES[symbol], spec=DAY_SPEC, ts=OPENED, ts_open=OPENED - DAY, ts_close=OPENED - DAY + 390 * MINUTE,
        open=close, high=close + 50, low=close - 50, close=close, volume=1_000,
    )  # fmt: skip
    return ev.MarketMoved(data=data)


def ticket(strategy: StrategyId, symbol: str, side: Side, quantity: int, limit_px: str | None = None) -> OrderTicket:
    """A wish of a strategy."""
    return OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=strategy,
        instrument_id=SHARES[symbol].instrument_id,
        side=side,
        quantity=Decimal(quantity),
        order_type=OrderType.LIMIT if limit_px else OrderType.MARKET,
        limit_px=Decimal(limit_px) if limit_px else None,
        signal_px=Decimal(LASTS[symbol]) / 100,
        confidence=0.8,
    )


def decision(limits: tuple[RuleLimits, ...], **failed: str) -> RiskDecision:
    """What the gate said: all rules passed, or the named ones failed with what they observed."""
    return RiskDecision(
        verdict=Verdict.DENY if failed else Verdict.PASS,
        failed=tuple(failed),
        limits_no=1,
        observed=tuple(Decimal(failed[row.rule]) if row.rule in failed else None for row in limits),
        facts=SharedFacts(equity=Decimal(100_000), peak_equity=None, day_equity=None, mark_px=None),
    )


def signal(strategy: StrategyId, symbol: str, kind: SignalType, reason: str, ts: Nanos) -> sev.SignalRaised:
    """A strategy says something."""
    said = TradingSignal(
        strategy_id=strategy, instrument_id=SHARES[symbol].instrument_id, signal_type=kind, ts=ts,
        confidence=0.82, strength=0.82, reason=reason,
    )  # fmt: skip
    return sev.SignalRaised(signal=said)


def filled(order: str, wish: OrderTicket, quantity: int, px: str, ts: Nanos) -> oev.OrderFilled:
    """The venue executed some of it."""
    fill = Fill(
        exec_id=ExecId(f"{order}-{px}-{quantity}"), client_order_id=ClientOrderId(order), broker=SIM, account=ACCOUNT,
        strategy_id=wish.strategy_id, instrument_id=wish.instrument_id, side=wish.side, last_qty=Decimal(quantity),
        last_px=Decimal(px), fee=Money(Decimal(1), "USD"), liquidity=LiquiditySide.TAKER, ts=ts,
    )  # fmt: skip
    return oev.OrderFilled(client_order_id=fill.client_order_id, fill=fill)


def sent(order: str, wish: OrderTicket, limits: tuple[RuleLimits, ...]) -> Iterator[ev.Event]:
    """An order on its way to working."""
    order_id = ClientOrderId(order)
    yield oev.OrderInitialized(client_order_id=order_id, ticket=wish)
    yield oev.OrderSubmitted(client_order_id=order_id, decision=decision(limits), ticket_hash="h")
    yield oev.OrderAccepted(client_order_id=order_id)


def opening(limits: tuple[RuleLimits, ...]) -> Iterator[tuple[Nanos, ev.Event]]:
    """The run begins and yesterday's bars are seen."""
    before = OPENED - 1
    yield before, ev.RunStarted(
        run_id=RunId(3), actor="session", prefix="SIM", mode="paper", seed=7, config_hash="c", feed="tape",
        feed_hash="f", currency="USD",
    )  # fmt: skip
    for instrument in SHARES.values():
        yield before, ev.InstrumentListed(instrument=instrument)
    yield before, ev.LimitsSet(number=1, limits=limits)
    for strategy in WAITING:
        yield before, sev.StrategyEnabled(strategy_id=strategy, actor="session")
    yield before, aev.BalanceReported(broker=SIM, account=ACCOUNT, cash=Money(Decimal(100_000), "USD"))
    yield before, ev.BrokerConnected(broker=SIM)
    yield before, aev.DayOpened(day="2010-07-14", equity=Decimal(100_000))
    yield before, aev.PeakEquityRaised(equity=Decimal(100_150))
    for symbol, close in CLOSES.items():
        yield OPENED, bar(symbol, close)


def market(first: int, last: int) -> Iterator[tuple[Nanos, ev.Event]]:
    """A saw of quotes, one instant a minute, that ends at the last prices of the scene."""
    for minute in range(first, last):
        ts = OPENED + minute * MINUTE
        for place, (symbol, px) in enumerate(LASTS.items()):
            wave = (minute * (place + 3)) % 17 - 8
            yield ts, quote(symbol, px - (last - minute - 1) * (1 - place) + wave * (minute != last - 1), ts)


def trading(limits: tuple[RuleLimits, ...]) -> Iterator[tuple[Nanos, ev.Event]]:
    """Three positions, a working order, one half filled, a refusal, a rejection."""
    noon = OPENED + 60 * MINUTE
    long, short = ticket(TREND, "IBM", Side.BUY, 17), ticket(REVERSION, "AAPL", Side.SELL, 14)
    late, half = ticket(PAIRS, "MSFT", Side.BUY, 120, "25.10"), ticket(CROSS, "GOOG", Side.BUY, 8, "489.00")
    yield noon, signal(TREND, "IBM", SignalType.BUY, "10/30 crossed above, momentum +3.4%, volume 1.7x", noon)
    yield from ((noon, event) for event in sent("SIM-3-1", long, limits))
    yield noon, filled("SIM-3-1", long, 17, "130.02", noon)
    yield noon, signal(REVERSION, "AAPL", SignalType.SELL, "z +2.68 above +2.0, rsi 70", noon)
    yield from ((noon, event) for event in sent("SIM-3-2", short, limits))
    yield noon, filled("SIM-3-2", short, 10, "252.10", noon)
    yield noon, filled("SIM-3-2", short, 4, "252.14", noon)
    wish = ticket(TREND, "GOOG", Side.BUY, 12)
    denied = ClientOrderId("SIM-3-3")
    yield noon, signal(TREND, "GOOG", SignalType.BUY, "10/30 crossed above, momentum +5.8%, volume 1.2x", noon)
    yield noon, oev.OrderInitialized(client_order_id=denied, ticket=wish)
    # of another limits table, so that the words are these and not those of the rules that ship
    judged = structs.replace(decision(limits, max_position="0.0587"), limits_no=0)
    said = "max_position: position 5.87% of equity is more than 5.00%"
    yield noon, oev.OrderDenied(client_order_id=denied, decision=judged, text=said)
    yield from ((noon + MINUTE, event) for event in sent("SIM-3-4", late, limits))
    yield from ((noon + 2 * MINUTE, event) for event in sent("SIM-3-5", half, limits))
    yield noon + 2 * MINUTE, filled("SIM-3-5", half, 3, "489.00", noon + 2 * MINUTE)
    yield noon + 3 * MINUTE, sev.StrategyPaused(strategy_id=CROSS, actor="operator")


def records(limits: tuple[RuleLimits, ...]) -> Iterator[ev.Record]:
    """The whole afternoon, numbered."""
    seq = 0
    for part in (opening(limits), market(0, 60), trading(limits), market(63, MINUTES)):
        for ts, event in part:
            durable = not isinstance(event, ev.MarketMoved)
            seq += durable
            yield ev.Record(seq=seq if durable else 0, ts=ts, wall=ts, event=event)


def play(built: Built, set_wall: Callable[[float], None]) -> None:
    """Let the afternoon happen to a session that has not begun, and the wall's time pass."""
    state, bus = built.session.state, built.session.bus
    for record in records(built.risk.limits()):
        set_wall(_heard(record))
        state.apply(record)
        bus.publish(record)


def afternoon(risk: RiskManager) -> tuple[State, Recent]:
    """The state and the screen's memory after the afternoon, without a session."""
    state, recent = State(), Recent(findings)
    for record in records(risk.limits()):
        state.apply(record)
        recent.watch(record, state, _heard(record))
    return state, recent


def _heard(record: ev.Record) -> float:
    """When the screen hears of it."""
    return NOW - (MINUTES - 1 - (record.ts - OPENED) // MINUTE) * SECS_PER_POINT / 4


def gate() -> RiskManager:
    """The rules of the default settings."""
    return RiskManager(build_rules(load(None, {}).risk), hours={}, feed_interval=MINUTE)


def view(recent: Recent, **changes: Any) -> View:
    """What panels are shown besides the state, with some of it changed."""
    usual = View(
        now=NOW,
        mode_word="PAPER",
        mode_style="paper",
        is_demo=True,
        account="••••0001",
        feed="tape",
        feed_notes=("interpolated prices", "us_daily_2000_2013"),
        broker="sim",
        speed="×0.5",
        freshness=Freshness.FRESH,
        recent=recent,
        waiting=WAITING,
    )
    return replace(usual, **changes)
