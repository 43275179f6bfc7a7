"""Why something happened: chains that lead from every order event to what started it, also across a restart."""

from collections.abc import Iterable

from msgspec.structs import replace

from oms.chains import Chains
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, StrategyId
from tests.oms.examples import AAPL, ORDER, SAMPLES, SIM, START, TREND, signal, ticket

OTHER = ClientOrderId("SIM-1-2")


def placed(chains: Chains, events: Iterable[ev.Event], after: int = 0) -> list[ev.Record]:
    """Return the events of one decision as records."""
    chains.begin()
    records = []
    for seq, event in enumerate(events, start=after + 1):
        correlation_id, parent = chains.place(event, seq)
        records.append(
            ev.Record(seq=seq, ts=START, wall=0, event=event, correlation_id=correlation_id, causation_id=parent)
        )
    return records


def links(records: Iterable[ev.Record]) -> list[tuple[str | None, int | None]]:
    return [(record.correlation_id, record.causation_id) for record in records]


def test_a_signal_starts_a_chain_and_its_order_goes_on_with_it() -> None:
    story = [sev.SignalRaised(signal=signal()), SAMPLES[oev.OrderInitialized], SAMPLES[oev.OrderSubmitted]]

    assert links(placed(Chains(), story)) == [("S1", None), ("S1", 1), ("S1", 2)]


def test_a_signal_that_no_order_is_made_of_ends_its_own_chain() -> None:
    declined = sev.SignalDeclined(strategy_id=TREND, instrument_id=AAPL, text="nothing held")

    assert links(placed(Chains(), [sev.SignalRaised(signal=signal()), declined])) == [("S1", None), ("S1", 1)]


def test_a_ticket_written_by_hand_starts_a_chain_named_after_its_order() -> None:
    chains = Chains()
    placed(chains, [sev.SignalRaised(signal=signal())])
    by_hand = placed(chains, [SAMPLES[oev.OrderInitialized], SAMPLES[oev.OrderSubmitted]], after=1)
    later = placed(chains, [SAMPLES[oev.OrderAccepted]], after=9)

    assert links(by_hand) == [(ORDER, None), (ORDER, 2)]
    assert links(later) == [(ORDER, 3)]


def test_an_order_knows_its_signal_also_after_a_restart() -> None:
    chains, later = Chains(), Chains()
    by_hand = oev.OrderInitialized(client_order_id=OTHER, ticket=ticket())
    story = placed(chains, [sev.SignalRaised(signal=signal()), SAMPLES[oev.OrderInitialized]])
    story += placed(chains, [by_hand], after=2)
    for each in story:
        later.restore(each)

    for known in (chains, later):
        assert [known.signal_of(order) for order in (ORDER, OTHER, ClientOrderId("SIM-9-9"))] == ["S1", None, None]


def test_the_newest_signal_of_each_strategy_is_known_also_after_a_restart() -> None:
    chains, later = Chains(), Chains()
    other = StrategyId("other")
    story = placed(chains, [sev.SignalRaised(signal=signal())])
    story += placed(chains, [sev.SignalRaised(signal=replace(signal(), strategy_id=other))], after=1)
    story += placed(chains, [sev.SignalRaised(signal=signal()), SAMPLES[oev.OrderInitialized]], after=2)
    for each in story:
        later.restore(each)

    for known in (chains, later):
        assert [known.newest_signal(name) for name in (TREND, other, StrategyId("mute"))] == ["S3", "S2", None]
    chains.reset()
    assert chains.newest_signal(TREND) is None


def test_a_halt_is_why_an_order_is_canceled() -> None:
    chains = Chains()
    placed(chains, [SAMPLES[oev.OrderInitialized], SAMPLES[oev.OrderSubmitted]])
    halt = ev.TradingHalted(actor="ann", cause="stop", text="")
    stopped = placed(chains, [halt, SAMPLES[oev.OrderPendingCancel]], after=2)

    assert links(stopped) == [(None, None), (ORDER, 3)]


def test_what_undoes_a_pair_goes_on_with_the_chain_of_the_leg_that_broke_it() -> None:
    """Its own signal wanted something else, so the way back leads over the rejection."""
    chains = Chains()
    placed(chains, [sev.SignalRaised(signal=signal()), SAMPLES[oev.OrderInitialized]])
    placed(chains, [sev.SignalRaised(signal=signal()), oev.OrderInitialized(client_order_id=OTHER, ticket=ticket())], 2)
    third = ClientOrderId("SIM-1-3")
    undone = [
        SAMPLES[oev.OrderRejected],
        oev.OrderPendingCancel(client_order_id=OTHER, actor="gate"),
        oev.OrderInitialized(client_order_id=third, ticket=ticket()),
        oev.OrderPendingCancel(client_order_id=third, actor="gate"),
    ]

    assert links(placed(chains, undone, after=4)) == [("S1", 2), ("S3", 5), ("S1", 5), ("S1", 5)]


def test_a_leg_goes_on_with_the_chain_of_its_parent_from_the_fill_that_made_it() -> None:
    chains = Chains()
    placed(chains, [sev.SignalRaised(signal=signal()), SAMPLES[oev.OrderInitialized]])
    leg = oev.OrderInitialized(client_order_id=OTHER, ticket=replace(ticket(), parent_id=ORDER))

    made = placed(chains, [SAMPLES[oev.OrderFilled], leg], after=2)
    again = placed(chains, [replace(leg, client_order_id=ClientOrderId("SIM-1-3"))], after=8)

    assert links([*made, *again]) == [("S1", 2), ("S1", 3), ("S1", 3)]


def test_a_restart_goes_on_with_the_chains_as_if_it_had_not_stopped() -> None:
    """A quarantined report names an order, but it is no step of the order's life and must not become one."""
    lived = Chains()
    first = placed(
        lived,
        [
            SAMPLES[oev.OrderInitialized],
            oev.OrderInitialized(client_order_id=OTHER, ticket=ticket()),
            SAMPLES[oev.OrderSubmitted],
            ev.ReportQuarantined(client_order_id=ORDER, report="TRADE", text="an overfill"),
            ev.ForeignOrderSeen(broker=SIM, client_order_id=OTHER),
        ],
    )
    restarted = Chains()
    for record in first:
        restarted.restore(record)
    rest = [SAMPLES[oev.OrderAccepted], oev.OrderCanceled(client_order_id=OTHER)]

    assert placed(restarted, rest, after=5) == placed(lived, rest, after=5)
