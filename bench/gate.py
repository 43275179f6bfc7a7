"""How many decisions a second the gate makes: `python -m bench.gate`. Best of five, CPU seconds.

All rules of the catalog judge a ticket that passes them all, against an account with four positions and four working
orders. The bound in the same run is a gate that gathers no facts: a loop that calls one empty judge per rule and makes
the decision. The ratio is what the facts and the rules themselves cost.
"""

import sys
from collections.abc import Callable
from decimal import Decimal
from time import process_time

from msgspec.structs import replace

from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.calendar import TradingHours
from oms.domain.events import Record
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, InstrumentId, RunId, StrategyId
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.risk import RiskDecision, SharedFacts, Verdict
from oms.domain.units import SECOND, Money
from oms.state import State
from risk.catalog import RULES, build_rules
from risk.engine import RiskManager
from risk.facts import Facts
from risk.rule import DOES_NOT_APPLY, Judgment
from tests.doubles.share import share

CALLS = 20_000
NOW = 1_000 * SECOND
HOURS = TradingHours(calendar="XNYS", opens=(0,), closes=(10_000 * SECOND,))


def ticket(symbol: str, strategy: str) -> OrderTicket:
    """Return a small order to buy."""
    return OrderTicket(
        broker=BrokerId("sim"),
        account=AccountId("SIM-000001"),
        strategy_id=StrategyId(strategy),
        instrument_id=InstrumentId(f"{symbol}.XNYS"),
        side=Side.BUY,
        quantity=Decimal(7),
        order_type=OrderType.MARKET,
        confidence=0.8,
        signal_px=Decimal("100.01"),
    )


def account() -> State:
    """Return a state with cash, four instruments and a working order in each."""
    state = State()
    started = ev.RunStarted(
        run_id=RunId(1), actor="", prefix="B", mode="", seed=0, config_hash="", feed="", feed_hash="", currency="USD"
    )
    cash = aev.BalanceReported(
        broker=BrokerId("sim"), account=AccountId("SIM-000001"), cash=Money(Decimal(100_000), "USD")
    )
    happened: list[ev.Event] = [started, cash, aev.DayOpened(day="", equity=Decimal(100_000))]
    approved = RiskDecision(
        verdict=Verdict.PASS,
        failed=(),
        limits_no=1,
        observed=(),
        facts=SharedFacts(equity=None, peak_equity=None, day_equity=None, mark_px=None),
    )
    for number, symbol in enumerate(("IBM", "GE", "KO", "F")):
        instrument = share(f"{symbol}.XNYS")
        quote = Quote(instrument=instrument, ts=NOW, bid=9_999, ask=10_001, last=10_000, bid_size=9, ask_size=9)
        order_id = ClientOrderId(f"B-1-{number}")
        happened += [
            ev.InstrumentListed(instrument=instrument),
            ev.MarketMoved(data=quote),
            oev.OrderInitialized(client_order_id=order_id, ticket=ticket(symbol, "trend_following")),
            oev.OrderSubmitted(client_order_id=order_id, decision=approved, ticket_hash=""),
        ]
    for event in happened:
        state.apply(Record(seq=0, ts=NOW, wall=0, event=event))
    return state


def empty(_facts: Facts | None) -> Judgment:
    """Judge nothing."""
    return DOES_NOT_APPLY


def bound(state: State) -> RiskDecision:
    """Make a decision of as many empty judgments as there are rules."""
    observed = []
    failed: list[str] = []
    for name in RULES:
        judgment = empty(None)
        observed.append(judgment.observed)
        if not judgment.passed:
            failed.append(name)
    shared = SharedFacts(equity=state.equity.now, peak_equity=None, day_equity=None, mark_px=None)
    return RiskDecision(
        verdict=Verdict.DENY if failed else Verdict.PASS,
        failed=tuple(failed),
        limits_no=state.trading.limits_no,
        observed=tuple(observed),
        facts=shared,
    )


def seconds(call: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, the best of five times many."""
    best = float("inf")
    for _ in range(5):
        begun = process_time()
        for _ in range(CALLS):
            call()
        best = min(best, process_time() - begun)
    return best / CALLS


def main() -> None:
    """Print decisions a second of the gate and of the bound, and how often headroom and watch can be asked."""
    state = account()
    gate = RiskManager(build_rules({"max_trades": {"limit": 5}}), {"XNYS": HOURS}, SECOND)
    wish = ticket("IBM", "mean_reversion")
    decision = gate.check(wish, state)
    if decision.verdict is not Verdict.PASS:
        msg = f"the ticket was meant to pass, and failed {decision.failed}"
        raise SystemExit(msg)
    reducing = replace(wish, side=Side.SELL)
    gated, empties = seconds(lambda: gate.check(wish, state)), seconds(lambda: bound(state))
    lines = (
        f"gate       {1 / gated:10,.0f} decisions/s  {gated * 1e6:6.2f} µs  {len(RULES)} rules, all asked",
        f"bound      {1 / empties:10,.0f} decisions/s  {empties * 1e6:6.2f} µs  empty judges",
        f"ratio      {gated / empties:10.1f}",
        f"headroom   {1 / seconds(lambda: gate.headroom(reducing, state)):10,.0f} a second",
        f"watch      {1 / seconds(lambda: gate.watch(state)):10,.0f} a second",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
