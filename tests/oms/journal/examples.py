"""Records to write: one story of a few orders for examples, and strategies that can make any event there is."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct, inspect

from oms.domain.account_events import DayOpened
from oms.domain.events import Event, Record, RunStarted, TradingHalted
from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, RunId, StrategyId, VenueOrderId
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.order_events import OrderAccepted, OrderCanceled, OrderDenied, OrderFilled, OrderInitialized
from oms.domain.risk import RiskDecision, SharedFacts, Verdict
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.strategy_events import SignalRaised
from oms.domain.units import SECOND, Money

ORDER = ClientOrderId("SIM-1-1")
SIM, ACCOUNT, TREND, AAPL = BrokerId("sim"), AccountId("SIM-000001"), StrategyId("trend"), InstrumentId("AAPL.XNAS")
OPENING = 1_276_867_800 * SECOND

STARTED = RunStarted(
    run_id=RunId(1),
    actor="ann",
    prefix="SIM",
    mode="paper",
    seed=7,
    config_hash="c0",
    feed="tape",
    feed_hash="f0",
    currency="USD",
)
TICKET = OrderTicket(
    broker=SIM,
    account=ACCOUNT,
    strategy_id=TREND,
    instrument_id=AAPL,
    side=Side.BUY,
    quantity=Decimal(10),
    order_type=OrderType.LIMIT,
    limit_px=Decimal("271.40"),
    confidence=0.75,
    reason="10/30 crossed — “up”",
)
SIGNAL = TradingSignal(
    strategy_id=TREND,
    instrument_id=AAPL,
    signal_type=SignalType.BUY,
    ts=OPENING,
    confidence=0.75,
    strength=0.5,
    reason="crossed",
)
FILL = Fill(
    exec_id=ExecId("X-1"),
    client_order_id=ORDER,
    broker=SIM,
    account=ACCOUNT,
    strategy_id=TREND,
    instrument_id=AAPL,
    side=Side.BUY,
    last_qty=Decimal(10),
    last_px=Decimal("271.38"),
    fee=Money(Decimal("0.35"), "USD"),
    liquidity=LiquiditySide.TAKER,
    ts=OPENING,
)
DECISION = RiskDecision(
    verdict=Verdict.DENY,
    failed=("max_position",),
    limits_no=1,
    observed=(Decimal("0.051"), None),
    facts=SharedFacts(
        equity=Decimal(100_000), peak_equity=Decimal(100_000), day_equity=None, mark_px=Decimal("271.38")
    ),
)
STORY: tuple[Event, ...] = (
    STARTED,
    DayOpened(day="2010-06-18", equity=Decimal(100_000)),
    SignalRaised(signal=SIGNAL),
    OrderInitialized(client_order_id=ORDER, ticket=TICKET),
    OrderAccepted(client_order_id=ORDER, venue_order_id=VenueOrderId("V-1")),
    OrderFilled(client_order_id=ORDER, fill=FILL),
    OrderDenied(client_order_id=ORDER, decision=DECISION, text="5.1 % of equity, limit 5 %"),
    OrderCanceled(client_order_id=ORDER, text="by\nhand"),
    TradingHalted(actor="ann", cause="stop", text=""),
)


def record(seq: int, event: Event | None = None) -> Record:
    """Return record number `seq`; without an event, the story's, told over and over."""
    return Record(
        seq=seq,
        ts=OPENING + seq * SECOND,
        wall=1_800_000_000 * SECOND + seq,
        event=event or STORY[(seq - 1) % len(STORY)],
        correlation_id=f"S-{seq // 4}" if seq % 4 else None,
        causation_id=seq - 1 or None,
    )


def records(count: int, after: int = 0) -> list[Record]:
    """Return so many records that follow record number `after`."""
    return [record(seq) for seq in range(after + 1, after + count + 1)]


def events_of(kind: type[Struct]) -> st.SearchStrategy[Any]:
    """Return a strategy that makes any event of this kind."""
    return _values_of(inspect.type_info(kind))


def _values_of(of: inspect.Type) -> st.SearchStrategy[Any]:
    """Return a strategy for a type as msgspec sees it; a type it does not know fails the test."""
    match of:
        case inspect.StructType():
            return st.builds(of.cls, **{field.name: _values_of(field.type) for field in of.fields})
        case inspect.UnionType():
            return st.one_of(*map(_values_of, of.types))
        case inspect.VarTupleType():
            return st.lists(_values_of(of.item_type), max_size=3).map(tuple)
        case inspect.DictType():
            return st.dictionaries(_values_of(of.key_type), _values_of(of.value_type), max_size=3)
        case inspect.EnumType():
            return st.sampled_from(list(of.cls))
        case _:
            return LEAVES[type(of)]


LEAVES: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.DecimalType: st.decimals("0.00000001", "1e12", allow_nan=False)
    | st.sampled_from([Decimal("1E+5"), Decimal("10.00")]),
    inspect.StrType: st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    inspect.IntType: st.integers(-(2**63), 2**63 - 1),
    inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
    inspect.BoolType: st.booleans(),
    inspect.NoneType: st.none(),
}
