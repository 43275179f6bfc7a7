"""How many things we are in: an order or a position counts once, however many orders stand behind it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from oms.blotter import position_key
from oms.domain.order import OrderTicket, Side
from oms.domain.report import ExecType
from oms.ledger import RECONCILED
from tests.oms.examples import AAPL, IBM, PAIRS, TREND, Core, books, said, ticket, traded


def counts(core: Core) -> tuple[int, int, int, int]:
    """Return engaged keys: in all, of two strategies, of one instrument."""
    engagements = core.state.engagements
    return (
        len(engagements.engaged),
        engagements.by_strategy[TREND],
        engagements.by_strategy[PAIRS],
        engagements.by_instrument[AAPL],
    )


def test_an_order_engages_and_its_rejection_lets_go() -> None:
    core = Core()
    assert counts(core) == (0, 0, 0, 0)
    order_id = core.submit(ticket())
    assert list(core.state.engagements.engaged) == [position_key(ticket())]
    assert counts(core) == (1, 1, 0, 1)
    core.put(said(ExecType.REJECTED, order_id))

    assert counts(core) == (0, 0, 0, 0)


def test_a_position_and_the_orders_for_it_count_once() -> None:
    core = Core()
    first = core.submit(ticket("100"))
    core.put(traded("100", order_id=first))
    core.submit(ticket("50"))
    core.submit(ticket("50", strategy_id=PAIRS))

    assert counts(core) == (2, 1, 1, 2)


def test_a_position_closed_in_full_lets_go_and_a_half_closed_one_does_not() -> None:
    core = Core()
    first = core.submit(ticket("100"))
    core.put(traded("100", order_id=first))
    second = core.submit(ticket("100", Side.SELL))
    core.put(traded("40", order_id=second, side=Side.SELL, exec_id="X-2"))
    core.put(said(ExecType.CANCELED, second, side=Side.SELL))
    assert counts(core) == (1, 1, 0, 1)
    third = core.submit(ticket("60", Side.SELL))
    core.put(traded("60", order_id=third, side=Side.SELL, exec_id="X-3"))

    assert counts(core) == (0, 0, 0, 0)


def test_a_denied_ticket_engages_nothing() -> None:
    core = Core()
    core.submit(ticket("5000"))

    assert counts(core) == (0, 0, 0, 0)


def test_what_reconciliation_found_counts_until_it_is_gone() -> None:
    core = Core()
    core.put(books("100000", {IBM: "5"}))
    assert [key.strategy_id for key in core.state.engagements.engaged] == [RECONCILED]
    core.put(books("100000", {}))

    assert counts(core) == (0, 0, 0, 0)


moves = st.lists(
    st.tuples(
        st.sampled_from(["order", "fill", "cancel"]),
        st.builds(
            ticket,
            st.just("10"),
            st.sampled_from(Side),
            st.sampled_from([AAPL, IBM]),
            strategy_id=st.sampled_from([TREND, PAIRS]),
        ),
    ),
    max_size=30,
)


@given(moves=moves)
@settings(max_examples=150)
def test_the_counts_are_those_of_a_recount(moves: list[tuple[str, OrderTicket]]) -> None:
    core = Core()
    for number, (what, wish) in enumerate(moves):
        working = list(core.state.blotter.open.values())
        if what == "order" or not working:
            core.submit(wish)
            continue
        one = working[number % len(working)]
        order_id, side, instrument_id = one.client_order_id, one.ticket.side, one.ticket.instrument_id
        if what == "fill":
            done = traded("5", order_id=order_id, exec_id=f"X-{number}", side=side, instrument_id=instrument_id)
            core.put(done)
        else:
            core.put(said(ExecType.CANCELED, order_id, side=side, instrument_id=instrument_id))
    engaged = {position_key(one.ticket) for one in core.state.blotter.open.values()} | set(core.state.ledger.open)

    assert set(core.state.engagements.engaged) == engaged
    for strategy in (TREND, PAIRS):
        assert core.state.engagements.by_strategy[strategy] == sum(key.strategy_id == strategy for key in engaged)
    for instrument in (AAPL, IBM):
        assert core.state.engagements.by_instrument[instrument] == sum(
            key.instrument_id == instrument for key in engaged
        )
