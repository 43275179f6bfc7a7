"""Stories of orders, told so that a trader can read them: what happened outside, and what we made of it.

Each file of this folder is one story. A step has one input, said by a `trader`, the `venue`, the `market` or a
`strategy`, or it lets `wait` seconds pass; and it has `then`, the durable events that follow, no more and no fewer, and
where somebody is asked, `asked`, the orders in question. `after` is how the books stand at the end. All of it happens
within a day that is open already. A venue knows at once what it does not have, unless the story says `far_away`, and
does everything but what it `venue_lacks`. Orders are called by their number (`1` is the first order of the first run,
`2-1` the first of the second). The core is the real one; gate and sizer are the small ones of the doubles: no order is
larger than `largest`, trading halts when equity falls under `floor`, and an opinion is worth ten shares.
"""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from oms.decide.decider import Decider
from oms.decide.input import Input
from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId, InstrumentId, StrategyId, symbol_of
from oms.domain.market import SessionEnded
from oms.domain.order import Order, OrderTicket, OrderType, Side
from oms.domain.report import CancelReject, ExecType, NotFound, ReplaceReject, Unclear
from oms.domain.signal import SignalType
from oms.ledger import CashKey
from tests.doubles.core import AT_ONCE, SmallGate
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    FAR_AWAY,
    IBM,
    INSTRUMENTS,
    PAIRS,
    SIM,
    START,
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

STORIES: Final = sorted(Path(__file__).parent.glob("*.toml"))
LISTED: Final = {"AAPL": AAPL, "IBM": IBM}
ASKED: Final = {
    "quantity": "quantity",
    "limit": "limit_px",
    "protect": "protect_px",
    "target": "target_px",
    "trail": "trail_by",
}
LACKS: Final[dict[str, dict[str, Any]]] = {
    "stops": {"order_types": frozenset({OrderType.MARKET, OrderType.LIMIT})},
    "changes": {"replaces": False},
}
SPOKEN: Final = {
    "new": ExecType.NEW,
    "canceled": ExecType.CANCELED,
    "rejected": ExecType.REJECTED,
    "expired": ExecType.EXPIRED,
    "triggered": ExecType.TRIGGERED,
}
DETAILS: Final[dict[type, Callable[[Any], str]]] = {
    oev.OrderInitialized: lambda e: _wish(e.ticket),
    oev.OrderHeld: lambda e: f"({e.text})",
    oev.OrderReleased: lambda e: _wish(e.ticket),
    oev.OrderReplaceDenied: lambda e: f"({e.text})",
    oev.OrderPendingReplace: lambda e: _wish(e.ticket),
    oev.OrderReplaced: lambda e: _wish(e.ticket),
    oev.OrderDenied: lambda e: f"({e.text})",
    oev.OrderFilled: lambda e: f"{e.fill.last_qty} @ {e.fill.last_px}",
    oev.OrderCanceled: lambda e: f"({e.text})" if e.text else "",
    oev.OrderFlagged: lambda e: f"no longer {e.flag}" if e.over else e.flag,
    oev.OrderOutcomeUnknown: lambda e: f"({e.text})",
    oev.OrderAdopted: lambda e: f"{e.ticket.side} {e.ticket.quantity} {symbol_of(e.ticket.instrument_id)}",
    ev.ReportQuarantined: lambda e: f"({e.text})",
    ev.TradingHalted: lambda e: f"({e.cause})",
    ev.TradingReduced: lambda e: f"({e.cause})",
    ev.CommandRefused: lambda e: f"({e.text})",
    sev.StrategyPaused: lambda e: e.strategy_id + (f" ({e.text})" if e.text else ""),
    sev.StrategyEnabled: lambda e: e.strategy_id,
    aev.DayOpened: lambda e: e.day,
    ev.TapePositioned: lambda e: e.session,
    aev.MarkRecorded: lambda e: f"{symbol_of(e.instrument_id)} {e.px}",
    aev.PositionAdjusted: lambda e: f"{e.quantity:+} {symbol_of(e.instrument_id)}",
    aev.BalanceReported: lambda e: f"{e.cash.amount} {e.cash.currency}",
}


def order_id(number: str) -> ClientOrderId:
    """Return the id of an order by its number."""
    return ClientOrderId(f"SIM-{number}" if "-" in number else f"SIM-1-{number}")


def number_of(client_order_id: str) -> str:
    """Return the number by which a story calls an order."""
    return client_order_id.removeprefix("SIM-1-").removeprefix("SIM-")


def told(event: ev.Event) -> str:
    """Return an event in one line."""
    about = getattr(event, "client_order_id", None)
    details = DETAILS.get(type(event), lambda _event: "")(event)
    return " ".join(filter(None, (type(event).__name__, number_of(about) if about else "", details)))


class Story:
    """A core, and the words that stand for its inputs."""

    def __init__(self, gate: dict[str, str], capabilities: Capabilities) -> None:
        limits = {name: Decimal(text) for name, text in gate.items()}
        self.capabilities = capabilities
        self.core = Core(SmallGate(**limits), capabilities=capabilities)
        self.core.apply(aev.DayOpened(day="2010-06-18", equity=Decimal(100_000)))
        self.asked: list[str] = []  # by the step

    def take(self, step: dict[str, Any]) -> list[str]:
        """Put one step's input to the core and return the durable events it caused, in words."""
        before = len(self.core.records)
        for who, read in (
            ("trader", self.trader),
            ("venue", self.venue),
            ("market", self.market),
            ("strategy", self.strategy),
        ):
            if who in step:
                self.core.put(read(step[who]))
        if "restart" in step:
            self.restart(step["restart"])
        self.core.wait(step.get("wait", 0))
        events = [record.event for record in self.core.records[before:]]
        self.asked = [number_of(event.client_order_id) for event in events if isinstance(event, oev.OrderQueried)]
        return [told(event) for event in events if type(event) not in ev.PASSING]

    def trader(self, text: str) -> Input:
        actor = "ann"
        match text.split():
            case ["buy" | "sell" as side, quantity, symbol, *asked]:
                wish = ticket(quantity, Side(side.upper()), LISTED[symbol])
                fields = dict(zip((ASKED[word] for word in asked[::2]), map(Decimal, asked[1::2]), strict=True))
                kind = OrderType.LIMIT if "limit_px" in fields else OrderType.MARKET
                return do.SubmitTicket(actor=actor, ticket=replace(wish, order_type=kind, **fields))
            case ["change", number, *asked]:
                fields = dict(zip((ASKED[word] for word in asked[::2]), map(Decimal, asked[1::2]), strict=True))
                return do.ReplaceOrder(actor=actor, client_order_id=order_id(number), **fields)
            case ["cancel", number]:
                return do.CancelOrder(actor=actor, client_order_id=order_id(number))
            case ["enable", strategy_id]:
                return do.EnableStrategy(actor=actor, strategy_id=StrategyId(strategy_id))
            case ["halt"]:
                return do.HaltTrading(actor=actor, reason="halt")
            case ["resume"]:
                return do.ResumeTrading(actor=actor)
        raise ValueError(text)

    def venue(self, text: str) -> Input:
        match text.split():
            case ["fill", number, quantity, "@", px, "as", exec_id]:
                order = self.core.order(order_id(number))
                report = traded(quantity, px, order.client_order_id, exec_id=exec_id, side=order.ticket.side)
                return replace(report, instrument_id=order.ticket.instrument_id)
            case ["new" | "canceled" | "rejected" | "expired" | "triggered" as word, number]:
                order = self.core.order(order_id(number))
                report = said(SPOKEN[word], order.client_order_id, side=order.ticket.side)
                return replace(report, instrument_id=order.ticket.instrument_id)
            case ["replaced", number]:
                return replaced(self.core.order(order_id(number)))
            case ["books", cash, *holdings]:
                net = dict(holding.split("=") for holding in holdings)
                return books(cash, {LISTED[symbol]: quantity for symbol, quantity in net.items()})
            case ["link", "stands"]:
                return do.RenewProtection(actor="session")
        return self.refusal(text)

    def refusal(self, text: str) -> Input:
        match text.split():
            case ["change", "refused", number]:
                order = self.core.order(order_id(number))
                return ReplaceReject(
                    client_order_id=order.client_order_id, number=order.replaces, ts=self.core.now, text="no"
                )
            case ["cancel", "refused", number]:
                return CancelReject(client_order_id=order_id(number), ts=self.core.now, text="too late")
            case ["unknown", number]:
                return NotFound(client_order_id=order_id(number), ts=self.core.now)
        return self.strange(text)

    def strange(self, text: str) -> Input:
        match text.split():
            case ["theirs", number, "buys" | "sells" as word, quantity, symbol, "@", px, "as", exec_id]:
                side = Side.BUY if word == "buys" else Side.SELL
                return traded(quantity, px, order_id(number), exec_id=exec_id, side=side, instrument_id=LISTED[symbol])
            case ["unclear", number, *words]:
                return Unclear(client_order_id=order_id(number), text=" ".join(words), ts=self.core.now)
        raise ValueError(text)

    def market(self, text: str) -> Input:
        match text.split():
            case [symbol, px]:
                instrument = next(one for one in INSTRUMENTS if one.symbol == symbol)
                return quote(px, instrument=instrument)
            case ["session", date, "ends"]:
                return SessionEnded(session=date, ts=START)
        raise ValueError(text)

    def strategy(self, text: str) -> Input:
        match text.split():
            case ["pair", "buys", bought, "sells", sold]:
                return tuple(
                    signal(kind, LISTED[symbol], strategy_id=PAIRS, group_id="G1")
                    for kind, symbol in ((SignalType.BUY, bought), (SignalType.SELL, sold))
                )
            case ["buys", symbol, *asked]:
                prices = {f"{name}_px": Decimal(px) for name, px in zip(asked[::2], asked[1::2], strict=True)}
                return (replace(signal(SignalType.BUY, LISTED[symbol]), **prices),)
            case ["closes", symbol]:
                return (signal(SignalType.CLOSE, LISTED[symbol]),)
        raise ValueError(text)

    def restart(self, latch: str) -> None:
        """Forget everything but the journal, and begin a new run; `latch` is a halt found on disk."""
        self.core.state = folded(self.core.durable, self.capabilities)
        self.core.decider = Decider(self.core.gate, self.core.sizer)
        self.core.put(begin(latch=latch or None))

    def after(self) -> dict[str, Any]:
        """Return how the books stand, in the words of the stories."""
        state = self.core.state
        return {
            "orders": {number_of(order.client_order_id): _order(order) for order in state.blotter.orders.values()},
            "positions": _positions(self.core),
            "cash": str(state.ledger.cash[CashKey(SIM, ACCOUNT, "USD")].normalize().quantize(Decimal("0.01"))),
            "trading": str(state.trading.state),
            "reserved": sum((held.buy_qty + held.sell_qty for held in state.blotter.reserved.values()), Decimal(0)),
        }


def _wish(ticket: OrderTicket) -> str:
    """Return what a ticket is for, and of a leg also at which price."""
    what = f"{ticket.side} {ticket.quantity} {symbol_of(ticket.instrument_id)}"
    if ticket.parent_id is None:
        return what
    return f"{what} {ticket.purpose} @ {ticket.stop_px or ticket.limit_px or 'market'}"


def _order(order: Order) -> str:
    filled = f"{order.filled_qty} @ {order.avg_px.quantize(Decimal('0.01'))}" if order.avg_px is not None else ""
    return " ".join(filter(None, (order.status, filled, *order.flags)))


def _positions(core: Core) -> dict[str, str]:
    held: dict[str, str] = {}
    for key, position in core.state.ledger.positions.items():
        at = f" @ {position.avg_px.quantize(Decimal('0.01'))}" if position.avg_px is not None else ""
        held[f"{key.strategy_id} {symbol_of(InstrumentId(key.instrument_id))}"] = (
            f"{position.quantity}{at}, made {position.realized.quantize(Decimal('0.01'))}"
        )
    return held


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_as_it_is_told(path: Path) -> None:
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    capabilities = FAR_AWAY if text.get("far_away") else AT_ONCE
    for lack in text.get("venue_lacks", ()):
        capabilities = replace(capabilities, **LACKS[lack])
    story = Story(text.get("gate", {}), capabilities)

    for step in text["step"]:
        assert story.take(step) == step["then"], step
        assert story.asked == step.get("asked", []), step
    books_now = story.after()
    for what, expected in text["after"].items():
        assert books_now[what] == expected, what
    assert folded(story.core.durable, story.capabilities).digest() == story.core.state.digest()


def test_there_are_stories_and_each_says_what_it_is_about() -> None:
    assert len(STORIES) >= 8
    for path in STORIES:
        text = tomllib.loads(path.read_text(encoding="utf-8"))

        assert text["story"]
        assert text["because"]
        assert {"orders", "cash", "trading", "reserved"} <= set(text["after"]), path.name
