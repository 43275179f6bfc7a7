"""What a running engine says of a stop and of a flatten."""

import asyncio
from decimal import Decimal

import pytest

from brokers.sim.matching import Matching
from brokers.sim.venue import SimBroker
from cockpit.exits import Exit, Failure
from cockpit.server.desk import STOPPED, Desk
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import MANUAL
from oms.domain.order import Order, OrderTicket, OrderType, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.risk import TradingState
from oms.journal.codec import decode
from oms.journal.reader import read_rows
from tests.doubles.running import Engine


def held_by_a_strategy(engine: Engine) -> tuple[PositionKey, Decimal]:
    """Return one of the positions, and what it holds."""
    return next((key, position.quantity) for key, position in engine.session.state.ledger.open.items())


async def trade_by_hand(engine: Engine, key: PositionKey, quantity: Decimal) -> None:
    """Trade at the market beside a position: what is negative is sold."""
    ticket = OrderTicket(
        broker=key.broker,
        account=key.account,
        strategy_id=MANUAL,
        instrument_id=key.instrument_id,
        side=Side.BUY if quantity > 0 else Side.SELL,
        quantity=abs(quantity),
        order_type=OrderType.MARKET,
    )
    await engine.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
    await engine.session.inbox.heard()


async def test_a_stop_says_for_each_venue_what_it_was_handed_and_confirmed_and_what_stays(engine: Engine) -> None:
    order_id = await engine.place("1.00")
    held = {key.instrument_id: net for key, net in engine.session.state.ledger.net.items() if net}

    answer = await engine.ask("stop", reason="enough")

    (venue,) = answer.data["venues"]
    asked = len(answer.data["orders"])
    assert (venue["venue"], venue["cancels"], venue["handed_over"], venue["confirmed"]) == ("sim", asked, asked, asked)
    assert venue["handed_over_ms"] <= venue["confirmed_ms"]
    assert venue["text"] == ""
    assert order_id in [order["id"] for order in answer.data["orders"]]
    assert {one["instrument"]: one["quantity"] for one in answer.data["positions"]} == {
        name: f"{net:f}" for name, net in held.items()
    }
    open_orders = engine.session.state.blotter.open
    assert [order["id"] for order in answer.data["kept"]] == list(open_orders)
    assert {order.ticket.purpose for order in open_orders.values()} == {Purpose.PROTECT}
    assert answer.data["actor"] == "command line"


async def test_a_venue_that_confirms_nothing_is_said_not_to_answer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.place("1.00")
    monkeypatch.setattr(SimBroker, "cancel", lambda _broker, _order: None)
    monkeypatch.setattr("cockpit.aftermath.SILENT_SECS", 0.0)

    result = await Desk(engine.session, cancel_secs=0.01).answer("stop", {})

    assert result.exit is Exit.PARTIAL
    (venue,) = result.data["venues"]
    asked = venue["cancels"]
    assert asked
    assert result.warnings == (f"{asked} of {asked} cancels are not confirmed yet: sim does not answer",)
    assert (venue["handed_over"], venue["confirmed"]) == (asked, 0)


async def test_a_venue_whose_link_breaks_under_the_cancels_is_said_to_be_lost(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unplugged(_broker: SimBroker, _order: Order) -> None:
        message = "reset by peer"
        raise ConnectionError(message)

    await engine.place("1.00")
    with monkeypatch.context() as broken:
        broken.setattr(SimBroker, "cancel", unplugged)
        result = await Desk(engine.session, cancel_secs=0.05).answer("stop", {})

    (venue,) = result.data["venues"]
    assert (venue["handed_over"], venue["confirmed"], venue["text"]) == (0, 0, "does not answer: reset by peer")
    assert engine.session.latch.flag.is_set()


async def test_what_came_of_a_stop_by_another_door_can_be_asked_for(engine: Engine) -> None:
    with pytest.raises(Failure, match="nobody has stopped trading"):
        await engine.ask(STOPPED)
    await engine.session.switch.halt("signal", "SIGUSR1")

    answer = await engine.ask(STOPPED)

    assert (answer.data["actor"], answer.data["reason"]) == ("signal", "SIGUSR1")


async def test_a_flatten_after_a_stop_leaves_nothing_held_and_trading_halted(engine: Engine) -> None:
    await engine.place("1.00")
    assert any(engine.session.state.ledger.net.values())
    await engine.ask("stop")

    answer = await engine.ask("flatten", confirm="FLATTEN")

    assert (answer.exit, answer.warnings, answer.data["positions"]) == (0, [], [])
    assert {order["status"] for order in answer.data["orders"]} == {"FILLED"}
    assert engine.session.state.trading.state is TradingState.HALTED
    assert engine.session.latch.flag.is_set()
    with pytest.raises(Failure, match="nothing is held"):
        await engine.ask("flatten", confirm="FLATTEN")


async def test_what_stays_is_told_by_strategy_also_where_two_hold_against_each_other(engine: Engine) -> None:
    key, held = held_by_a_strategy(engine)
    await trade_by_hand(engine, key, -held)
    assert not engine.session.state.ledger.held[key.instrument_id]

    answer = await engine.ask("stop")

    told = {(one["instrument"], one["strategy"]): one["quantity"] for one in answer.data["positions"]}
    assert told[key.instrument_id, key.strategy_id] == f"{held:f}"
    assert told[key.instrument_id, MANUAL] == f"{-held:f}"


async def test_without_the_word_nothing_is_flattened(engine: Engine) -> None:
    before = engine.session.journal.seq
    with pytest.raises(Failure, match="the word is FLATTEN") as refused:
        await engine.ask("flatten", confirm="yes")

    assert (refused.value.exit, engine.session.journal.seq) == (Exit.UNCONFIRMED, before)


async def test_a_flatten_of_one_instrument_leaves_the_others(engine: Engine) -> None:
    held = [key.instrument_id for key, net in engine.session.state.ledger.net.items() if net]
    assert held

    answer = await engine.ask("flatten", confirm="FLATTEN", instrument=held[0].split(".")[0])

    left = [key.instrument_id for key, net in engine.session.state.ledger.net.items() if net]
    assert {order["instrument"] for order in answer.data["orders"]} == {held[0]}
    assert left == held[1:]


async def test_a_flatten_that_the_venue_rejects_says_why_and_what_is_without_a_stop(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, held = held_by_a_strategy(engine)
    await trade_by_hand(engine, key, Decimal(3).copy_sign(held))
    monkeypatch.setattr(Matching, "rejects", lambda _matching, _order_id: True)
    answer = await engine.ask("flatten", confirm="FLATTEN", instrument=key.instrument_id)

    why = "rejected by chance, as the venue is set to do"
    assert answer.exit == 13
    assert [(order["status"], order["text"]) for order in answer.data["orders"]] == [("REJECTED", why)] * 2
    assert {one["strategy"]: one["unprotected"] for one in answer.data["positions"]} == {
        key.strategy_id: "0",
        MANUAL: "3",
    }
    assert answer.warnings == [
        *(f"order {order['id']} is REJECTED: {why}" for order in answer.data["orders"]),
        f"3 {key.instrument_id} of manual are unprotected",
    ]


async def test_a_flatten_of_what_is_not_listed_is_not_found(engine: Engine) -> None:
    with pytest.raises(Failure, match="no instrument 'XYZ'") as refused:
        await engine.ask("flatten", confirm="FLATTEN", instrument="XYZ")

    assert refused.value.exit is Exit.NOT_FOUND


async def test_a_stop_on_a_failed_journal_is_told_and_names_who_gave_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit that carried the halt fails, so it is decided again, in memory."""
    await engine.place("1.00")
    await engine.session.inbox.ask(do.PauseStrategy(actor="test"))  # what came before is on the disk
    journal = engine.session.journal
    commit = journal._journal._commit  # type: ignore[union-attr]  # noqa: SLF001 - the disk, as the journal sees it
    full = asyncio.Event()

    async def fail(rows: object) -> None:
        if not full.is_set():
            full.set()
            message = "No space left on device"
            raise OSError(message)
        await commit(rows)  # type: ignore[arg-type]

    monkeypatch.setattr(journal._journal, "_commit", fail)  # type: ignore[union-attr]  # noqa: SLF001
    answer = await engine.ask("stop", reason="enough")

    assert (answer.exit, answer.stale) == (13, True)
    (venue,) = answer.data["venues"]
    assert venue["cancels"] == venue["confirmed"] > 0
    assert answer.data["reason"] == "enough"
    await engine.ask("resume")
    told = [record.event for record in map(decode, read_rows(engine.paths.journal))]
    assert [halt.actor for halt in told if isinstance(halt, ev.TradingHalted)] == ["command line", "journal"]
