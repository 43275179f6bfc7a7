"""What happened, in words a person would use."""

from decimal import Decimal
from typing import get_args

import pytest
from msgspec import structs

from cockpit.tui.sentence import ORDERS, REST, sentence_of
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId, VenueOrderId
from oms.domain.order import OrderFlag, OrderType, Purpose, Side
from oms.domain.signal import SignalType
from oms.state import State
from risk.findings import findings
from tests.cockpit.tui import scene

ORDER = ClientOrderId("SIM-3-4")
ADJUSTED = aev.PositionAdjusted(
    broker=BrokerId("sim"),
    account=AccountId("A"),
    instrument_id=InstrumentId("MSFT.XNAS"),
    quantity=Decimal(-6),
    px=None,
)
LOWER = scene.ticket(StrategyId("pairs_trading"), "MSFT", Side.BUY, 120, "25.00")
SAID = {
    oev.OrderRejected(
        client_order_id=ORDER, text="no margin"
    ): "pairs_trading BUY 120 MSFT limit #3-4: the venue says no: no margin",
    oev.OrderCanceled(client_order_id=ORDER): "pairs_trading BUY 120 MSFT limit #3-4: canceled",
    oev.OrderExpired(client_order_id=ORDER): "pairs_trading BUY 120 MSFT limit #3-4: expired",
    oev.OrderUnfound(
        client_order_id=ORDER, text="x"
    ): "pairs_trading BUY 120 MSFT limit #3-4: the venue does not know it: x",
    ev.TradingHalted(actor="operator", cause="stop", text="now"): "trading HALTED by operator, stop: now",
    ev.TradingResumed(actor="operator"): "trading resumed by operator",
    oev.OrderOutcomeUnknown(
        client_order_id=ORDER, text="no answer within 10 s"
    ): "pairs_trading BUY 120 MSFT limit #3-4: outcome unknown: no answer within 10 s",
    oev.OrderQueried(
        client_order_id=ORDER
    ): "pairs_trading BUY 120 MSFT limit #3-4: the venue is asked what became of it",
    oev.OrderFlagged(
        client_order_id=ORDER, flag=OrderFlag.FILLED_LATE, text="a fill came after it was CANCELED"
    ): "pairs_trading BUY 120 MSFT limit #3-4: filled late, a fill came after it was CANCELED",
    oev.OrderAdopted(
        client_order_id=ORDER, ticket=scene.ticket(StrategyId("pairs_trading"), "MSFT", Side.BUY, 120)
    ): "pairs_trading BUY 120 MSFT limit #3-4: an order that is not ours traded in the account",
    oev.OrderTriggered(client_order_id=ORDER): "pairs_trading BUY 120 MSFT limit #3-4: its stop price was reached",
    oev.OrderReplaced(client_order_id=ORDER, ticket=LOWER): "pairs_trading BUY 120 MSFT limit 25.00 #3-4: changed",
    oev.OrderReplaceDenied(
        client_order_id=ORDER, ticket=LOWER, decision=scene.decision(()), text="price_collar"
    ): "pairs_trading BUY 120 MSFT limit #3-4: a change to pairs_trading BUY 120 MSFT limit 25.00: price_collar",
    sev.StrategyPaused(strategy_id=StrategyId("own"), actor="operator"): "own paused by operator",
    sev.StrategyPaused(
        strategy_id=StrategyId("own"), actor="gate", text="the venue rejected 5 of its orders within 60 s"
    ): "own paused by gate: the venue rejected 5 of its orders within 60 s",
    ev.BrokerDisconnected(broker=BrokerId("sim"), text="reset"): "sim DISCONNECTED: reset",
    ev.RunEnded(actor="terminal", reason="quit"): "ended by terminal: quit",
    ADJUSTED: "the venue has 6 MSFT less than we knew; booked",
    structs.replace(ADJUSTED, exec_id=ExecId("X-1")): "a late fill of 6 MSFT had been booked already: it counts once",
    ev.SnapshotExported(actor="o", path="/a/b/c.svg", sha256="0"): "screen written to c.svg",
    ev.OperatorNoted(
        note_id="1", ts_noted=1, actor="command line", text="stopped trading: bad prices"
    ): "while no engine ran, command line stopped trading: bad prices",
    ev.CommandRefused(actor="o", command="ResumeTrading", text="no"): "ResumeTrading by o: no",
}


@pytest.fixture
def state() -> State:
    return scene.afternoon(scene.gate())[0]


@pytest.mark.parametrize(("event", "words"), SAID.items(), ids=lambda given: type(given).__name__)
def test_an_event_is_said_in_one_sentence(state: State, event: ev.Event, words: str) -> None:
    said = sentence_of(event, state)

    assert said is not None
    assert said.text == words


def test_a_refusal_names_every_rule_with_its_numbers(state: State) -> None:
    limits = scene.gate().limits()
    decision = scene.decision(limits, max_position="0.0587", max_positions="11")
    denied = oev.OrderDenied(client_order_id=ORDER, decision=decision, text="max_position, max_positions")
    said = sentence_of(denied, state, findings)

    assert said is not None
    assert "max_position: position 5.87% of equity is more than 5.00%" in said.text
    assert "; max_positions: " in said.text
    assert said.word == "warn"


def test_without_the_limits_of_its_day_a_refusal_still_names_its_rules(state: State) -> None:
    decision = scene.decision((), max_position="1")
    denied = oev.OrderDenied(client_order_id=ORDER, decision=decision, text="max_position")
    said = sentence_of(denied, state)

    assert said is not None
    assert said.text == "pairs_trading BUY 120 MSFT limit #3-4: max_position"


def test_what_closes_and_what_opens_the_gate_are_told_apart_at_a_glance(state: State) -> None:
    halted = sentence_of(ev.TradingHalted(actor="operator", cause="stop", text="now"), state)
    resumed = sentence_of(ev.TradingResumed(actor="operator"), state)

    assert (halted and halted.kind, resumed and resumed.kind) == ("halt", "resume")


def test_a_signal_says_its_confidence_in_two_places(state: State) -> None:
    said = sentence_of(scene.signal(scene.TREND, "IBM", SignalType.BUY, "crossed", 0), state)

    assert said is not None
    assert said.text == "trend_following BUY IBM: crossed, confidence 0.82"


STOP_ID = ClientOrderId("SIM-3-31")
TRAIL = {"order_type": OrderType.STOP_MARKET, "purpose": Purpose.PROTECT, "stop_px": Decimal("124.50")}


def took_on(state: State, **changes: object) -> None:
    """Let AAPL be sold by order SIM-3-31."""
    wish = structs.replace(scene.ticket(scene.TREND, "AAPL", Side.SELL, 20), **changes)
    tell(state, oev.OrderInitialized(client_order_id=STOP_ID, ticket=wish))


def tell(state: State, event: ev.Event) -> str | None:
    """Count an event in, and return what is said of it."""
    state.apply(ev.Record(seq=0, ts=0, wall=0, event=event))
    said = sentence_of(event, state)
    return None if said is None else f"{said.word} {said.text}"


@pytest.mark.parametrize(
    ("trail_by", "stop", "begun"),
    [
        (None, "stop", None),
        (Decimal("2.5"), "trailing stop", "stands at 124.50, trails by 2.50"),
    ],
)
def test_a_trail_says_where_it_begins_and_every_stop_where_it_was_reached(
    state: State, trail_by: Decimal | None, stop: str, begun: str | None
) -> None:
    took_on(state, **TRAIL, trail_by=trail_by)
    tell(state, oev.OrderSubmitted(client_order_id=STOP_ID, decision=scene.decision(()), ticket_hash=""))
    told = tell(state, oev.OrderAccepted(client_order_id=STOP_ID, venue_order_id=VenueOrderId("V")))
    who = f"trend_following SELL 20 AAPL {stop} #3-31"

    assert told == (None if begun is None else f"text {who}: {begun}")
    reached = tell(state, oev.OrderTriggered(client_order_id=STOP_ID))
    assert reached == f"warn {who}: its stop price 124.50 was reached"


def test_a_stop_that_is_held_here_says_so_and_when_its_price_was_touched(state: State) -> None:
    took_on(state, **TRAIL, parent_id=ORDER)
    held = oev.OrderHeld(client_order_id=STOP_ID, text="soft: its stop 30 is CANCELED")
    assert tell(state, held) is None  # as a leg waits for its entry
    state.brackets.legs.soft.add(STOP_ID)
    who, soft = "trend_following SELL 20 AAPL stop #3-31", sentence_of(held, state)

    assert soft is not None
    assert (soft.word, soft.text) == ("warn", f"{who}: soft, held here at 124.50: its stop 30 is CANCELED")
    lost = oev.OrderFlagged(client_order_id=ORDER, flag=OrderFlag.SOFT, text="its stop 30 is CANCELED")
    assert tell(state, lost) is not None
    assert sentence_of(held, state) is None, "said of its entry already"
    wish = structs.replace(state.blotter.orders[STOP_ID].ticket, order_type=OrderType.MARKET, stop_px=None)
    touched = oev.OrderReleased(client_order_id=STOP_ID, ticket=wish)
    assert tell(state, touched) == f"warn {who}: touched here, sent to the market"
    state.brackets.left.begin(ORDER, wish).stop_failures = 1
    again = sentence_of(touched, state)
    assert again is not None
    assert again.text == f"{who}: sent to the market again"


def test_of_a_stop_by_hand_it_is_said_as_well_that_it_is_sent_to_the_market_again(state: State) -> None:
    took_on(state, **TRAIL)
    wish = structs.replace(state.blotter.orders[STOP_ID].ticket, order_type=OrderType.MARKET, stop_px=None)
    state.brackets.legs.renewed[STOP_ID] = 1
    again = sentence_of(oev.OrderReleased(client_order_id=STOP_ID, ticket=wish), state)

    assert again is not None
    assert again.text.endswith(": sent to the market again")


@pytest.mark.parametrize(
    ("flag", "over", "words"),
    [
        (OrderFlag.UNPROTECTED, False, "danger {}: unprotected, why"),
        (OrderFlag.SOFT, False, "warn {}: soft, why"),
        (OrderFlag.SOFT, True, "info {}: no longer soft, why"),
    ],
)
def test_a_lost_stop_is_an_alarm_and_one_that_is_held_here_a_warning(
    state: State, flag: OrderFlag, over: bool, words: str
) -> None:
    said = sentence_of(oev.OrderFlagged(client_order_id=ORDER, flag=flag, text="why", over=over), state)

    assert said is not None
    assert f"{said.word} {said.text}" == words.format("pairs_trading BUY 120 MSFT limit #3-4")


@pytest.mark.parametrize(
    ("changes", "which"),
    [
        ({"order_type": OrderType.STOP_MARKET, "purpose": Purpose.PROTECT}, "stop #3-31"),
        ({"order_type": OrderType.LIMIT, "purpose": Purpose.CLOSE, "parent_id": ORDER}, "target #3-31"),
        ({**TRAIL, "trail_by": Decimal(2)}, "trailing stop #3-31"),
        ({"order_type": OrderType.STOP_LIMIT}, "stop limit #3-31"),
        ({}, "#3-31"),
    ],
)
def test_an_order_is_told_from_its_brackets_legs(state: State, changes: dict[str, object], which: str) -> None:
    took_on(state, **changes)
    said = sentence_of(oev.OrderCanceled(client_order_id=STOP_ID), state)

    assert said is not None
    assert said.text == f"trend_following SELL 20 AAPL {which}: canceled"


def test_a_fill_that_leaves_something_says_how_much(state: State) -> None:
    wish = scene.ticket(scene.CROSS, "GOOG", Side.BUY, 8, "489.00")
    said = sentence_of(scene.filled("SIM-3-5", wish, 3, "489.00", 0), state)

    assert said is not None
    assert said.text == "ma_crossover BUY 3 GOOG limit #3-5 at 489.00, 5 left"


@pytest.mark.parametrize("text", ["\x1b]52;c;aGk=\x07stolen", "AAPL[/]", "[@click=app.quit]X[/]", "a\nb\tc"])
def test_text_from_outside_is_made_safe_and_not_interpreted(state: State, text: str) -> None:
    said = sentence_of(oev.OrderRejected(client_order_id=ORDER, text=text), state)

    assert said is not None
    assert said.text.isprintable()
    assert said.text.endswith(text if "[" in text else said.text[-1])


def test_prices_and_bookkeeping_are_no_news(state: State) -> None:
    quiet = (
        scene.quote("IBM", 13_000, 0),
        ev.TapePositioned(session="2010-07-14"),
        aev.PeakEquityRaised(equity=Decimal(1)),
        aev.DayOpened(day="2010-07-14", equity=Decimal(1)),
        oev.OrderAccepted(client_order_id=ORDER),
    )

    assert [sentence_of(event, state) for event in quiet] == [None] * len(quiet)


def test_every_kind_of_halt_refusal_and_failure_has_words() -> None:
    loud = {
        "Halted",
        "Reduced",
        "Resumed",
        "Rejected",
        "Denied",
        "Unknown",
        "Faulted",
        "Refused",
        "Quarantined",
        "Lost",
    }
    kinds = {kind for kind in get_args(ev.Event) if any(word in kind.__name__ for word in loud)}

    assert kinds - set(ORDERS) - set(REST) == {oev.OrderDenied}
